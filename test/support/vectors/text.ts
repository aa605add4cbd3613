import { join } from "../../../scripts/captures/bytes.ts";
import { block, tcp, text, udp, type Vector } from "./vector.ts";

const GREETING =
	"220 vm.example.com IP Office Voicemail Pro [Hardware mode 00] - Version 11.1.2.3 SMTP MAIL Service ready";

/** HTTP, mail, file transfer, shell: what is made of lines. */
export const TEXT_VECTORS: readonly Vector[] = [
	tcp(
		"a request (RFC 9112, 2.1)",
		80,
		"http Client",
		block("GET /46xxsettings.txt HTTP/1.1", "Host: pbx.example.com:8411", "User-Agent: Avaya SIP J179 IP Phone"),
		{
			fields: {
				method: "GET",
				path: "/46xxsettings.txt",
				host: "pbx.example.com",
				agent: "Avaya SIP J179 IP Phone",
			},
			leadsOn: false,
		},
	),
	tcp(
		"a response with a body",
		80,
		"http Server",
		join(block("HTTP/1.1 200 OK", "Server: IPOffice/11.1.2.3"), "body"),
		{
			fields: { status: 200, server: "IPOffice/11.1.2.3", release: "11.1.2.3" },
			length: 46,
		},
	),
	tcp("an interim response", 80, "http Server", block("HTTP/1.1 100 Continue"), { leadsOn: true }),
	tcp(
		"an upgrade to WebSocket (RFC 6455, 4.1)",
		443,
		"http Client",
		block("GET /lic HTTP/1.1", "Host: a", "Upgrade: WebSocket", "Sec-WebSocket-Protocol: xmpp"),
		{ fields: { method: "GET", path: "/lic", host: "a", upgrade: "websocket", subprotocol: "xmpp" } },
	),
	tcp(
		"a request for a stream (RFC 2326, 10.2)",
		8554,
		"rtsp Client",
		block("DESCRIBE rtsp://cam/1 RTSP/1.0", "CSeq: 2", "User-Agent: player"),
		{
			fields: { method: "DESCRIBE", agent: "player" },
		},
	),
	tcp("its answer", 554, "rtsp Server", block("RTSP/1.0 401 Unauthorized", "CSeq: 2", "Server: camera"), {
		fields: { status: 401, server: "camera" },
	}),
	tcp("a tunnel", 8080, "http Client", block("CONNECT example.com:443 HTTP/1.1"), { leadsOn: true }),
	tcp(
		"BOSH by its body (XEP-0206)",
		7070,
		"http Client",
		join(block("POST /x HTTP/1.1"), "<body xmlns='http://jabber.org/protocol/httpbind'/>"),
		{ fields: { method: "POST", path: "/x", bosh: true }, length: 20 },
	),
	tcp("HTTP/2's preface (RFC 9113, 3.4)", 80, "http Client", join("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), {
		fields: { version: "HTTP/2" },
	}),
	tcp("a request line cut by the segment", 80, "http Client", join("GET /a/very/long/path/that/goes/o"), {
		length: 34,
	}),
	tcp("a simple request (RFC 1945, 5.1)", 80, "http Client", text("GET /health"), {
		fields: { method: "GET", path: "/health" },
	}),
	udp("a search (UPnP)", 1900, "ssdp Client", block("M-SEARCH * HTTP/1.1", "ST: ssdp:all"), {
		fields: { target: "ssdp:all" },
	}),
	tcp("a Voicemail Pro greeting", 25, "smtp Server", text(GREETING), {
		fields: { banner: GREETING.slice(4), release: "11.1.2.3" },
		leadsOn: true,
	}),
	tcp("a hello (RFC 5321, 4.1.1.1)", 25, "smtp Client", text("EHLO mail.example.com"), {
		fields: { client: "mail.example.com" },
		leadsOn: true,
	}),
	tcp("its answer", 25, "smtp Server", text("250-example.com", "250-SIZE 1000", "250 STARTTLS"), {
		fields: { tlsOffered: true },
		leadsOn: true,
	}),
	tcp("a request for TLS (RFC 3207)", 587, "smtp Client", text("STARTTLS"), {
		fields: { tlsAsked: true },
		leadsOn: true,
	}),
	tcp("the mail itself", 25, "smtp Client", text("MAIL FROM:<a@example.com>"), { leadsOn: false }),
	tcp("a refusal", 25, "smtp Server", text("554 no service"), { fields: { banner: "no service" } }),
	tcp("a greeting (RFC 9051, 7.1.1)", 143, "imap Server", text("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready"), {
		fields: { banner: "[CAPABILITY IMAP4rev1 STARTTLS] ready", tlsOffered: true },
		leadsOn: true,
	}),
	tcp("a command", 143, "imap Client", text("a1 STARTTLS"), { fields: { tlsAsked: true }, leadsOn: true }),
	tcp("a login", 143, "imap Client", text("a1 LOGIN user secret"), { fields: {}, leadsOn: false }),
	tcp("a result", 143, "imap Server", text("a1 OK done"), { leadsOn: true }),
	tcp("a greeting (RFC 1939, 4)", 110, "pop3 Server", text("+OK POP3 ready"), {
		fields: { banner: "POP3 ready" },
		leadsOn: true,
	}),
	tcp("capabilities (RFC 2449)", 110, "pop3 Server", text("+OK list follows", "STLS", "."), {
		fields: { tlsOffered: true },
	}),
	tcp("a request for TLS (RFC 2595)", 110, "pop3 Client", text("STLS"), { fields: { tlsAsked: true } }),
	tcp("a greeting (RFC 959)", 21, "ftp Server", text("220-Welcome", " to FTP", "220 ready"), {
		fields: { banner: "Welcome" },
		leadsOn: true,
	}),
	tcp("a greeting away from its port", 2121, "ftp Server", text("220 FTP ready"), { fields: { banner: "FTP ready" } }),
	tcp("a request for TLS (RFC 4217)", 21, "ftp Client", text("AUTH TLS"), {
		fields: { tlsAsked: true },
		leadsOn: true,
	}),
	tcp("a version (RFC 4253, 4.2)", 22, "ssh Either", text("SSH-2.0-OpenSSH_9.6"), {
		fields: { software: "SSH-2.0-OpenSSH_9.6" },
	}),
	tcp(
		"a client's stream (RFC 6120, 4)",
		5222,
		"xmpp Client",
		join("<?xml version='1.0'?><stream:stream to='im.example.com' xmlns='jabber:client' version='1.0'>"),
		{ fields: { stream: "client", host: "im.example.com" }, leadsOn: true },
	),
	tcp(
		"the answer to a server's stream",
		5269,
		"xmpp Server",
		join("<stream:stream xmlns='jabber:server' id='1' from='b.example.com' to='a.example.com'>"),
		{ fields: { stream: "server", host: "b.example.com" } },
	),
	tcp(
		"features",
		5222,
		"xmpp Server",
		join("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"),
		{ fields: { tlsOffered: true }, leadsOn: true },
	),
	tcp("a request for TLS", 5222, "xmpp Client", join("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), {
		fields: { tlsAsked: true },
		leadsOn: true,
	}),
	tcp("a stanza", 5222, "xmpp Either", join("<iq type='get' id='1'/>"), { fields: {}, leadsOn: false }),
	udp("RFC 5424", 514, "syslog Client", join("<165>1 2026-03-02T09:00:00Z pbx.example.com ipo 8710 - - text"), {
		fields: {
			priority: 165,
			facility: 20,
			severity: "notice",
			host: "pbx.example.com",
			program: "ipo",
		},
	}),
	udp("RFC 3164", 514, "syslog Client", join("<34>Oct 11 22:14:15 mymachine su: failed"), {
		fields: { priority: 34, facility: 4, severity: "critical", host: "mymachine" },
	}),
	udp("RFC 3164 without a host", 514, "syslog Client", join("<133>Feb  1 12:00:00 cron[17]: job"), {
		fields: { priority: 133, facility: 16, severity: "notice", program: "cron" },
	}),
	tcp("a counted message (RFC 6587, 3.4.1)", 514, "syslog Client", join("16 <34>1 - - - - - x<34>1"), { length: 19 }),
	tcp("a line of its own", 514, "syslog Client", join("<13>no date\n<13>next"), { length: 12 }),
];
