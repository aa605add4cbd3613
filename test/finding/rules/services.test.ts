/** Failures of the services beside telephony, as findings of a capture. */
import { describe, expect, it } from "vitest";
import { ascii, list8, u8, u16 } from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import { Connection, Scene } from "../../support/scene.ts";

const HOST = "10.0.0.2:50000";
const NAME_SERVER = "10.0.0.1:53";

/** A DNS message about one name (RFC 1035, 4.1). @param flags 0x0100 for a query */
function dns(id: number, name: string, flags = 0x0100): Uint8Array {
	const labels = name.split(".").map((label) => list8(ascii(label)));
	return concat(u16(id), u16(flags), u16(1), u16(0), u16(0), u16(0), ...labels, u8(0), u16(1), u16(1));
}
const answer = (id: number, name: string, rcode: number) => dns(id, name, 0x8180 | rcode);

/** SNMP version 2c (RFC 3416, 3): tag of the PDU, request id, error status, no variables. */
function snmp(pdu: number, id: number, status = 0): Uint8Array {
	const body = concat(hex("0201"), u8(id), hex("0201"), u8(status), hex("020100 3000"));
	const inside = concat(hex("020101 0406 7075626c6963"), u8(pdu), list8(body));
	return concat(u8(0x30), list8(inside));
}

/** NTP version 4 (RFC 5905, 7.3): first byte, stratum, reference id. */
const ntp = (first: number, stratum = 0, reference = "\0\0\0\0", sent = 0) =>
	concat(u8(first), u8(stratum), new Uint8Array(10), ascii(reference), new Uint8Array(30), u16(sent));

/** DHCP (RFC 2131, 2) with a message type. */
function dhcp(type: number, client: number): Uint8Array {
	const isReply = type === 2 || type === 5 || type === 6;
	const fixed = concat(
		u8(isReply ? 2 : 1),
		hex("010600"),
		u16(0),
		u16(client),
		new Uint8Array(20),
		hex("02000000 00"),
		u8(client),
	);
	return concat(fixed, new Uint8Array(236 - fixed.length), hex("63825363 3501"), u8(type), u8(255));
}
const ASKING = ["0.0.0.0:68", "255.255.255.255:67"] as const;
const ANSWERING = ["10.0.0.1:67", "255.255.255.255:68"] as const;

const later = (scene: Scene) => scene.wait(10).end().findings();

describe("DNS", () => {
	it("queries without an answer are one finding of their flow", async () => {
		const scene = new Scene();
		for (const name of ["a", "b", "c", "d", "e"])
			scene.send(HOST, NAME_SERVER, dns(name.charCodeAt(0), `${name}.example`));
		expect(await later(scene)).toEqual(["error unanswered: 5 DNS queries (a.example) got no answer"]);
	});

	it("queries that the capture ends with, and those to many hosts, are nothing", async () => {
		const scene = new Scene()
			.send(HOST, NAME_SERVER, dns(1, "a.example"))
			.send(HOST, "10.0.0.255:53", dns(2, "a.example"));
		expect(await scene.wait(1).end().findings()).toEqual([]);
		expect(await later(new Scene().send(HOST, "224.0.0.252:5355", dns(2, "a.example")))).toEqual([]);
	});

	it("a query that another server answers is told as good to know", async () => {
		const scene = new Scene().send(HOST, NAME_SERVER, dns(1, "a.example"));
		scene.send(HOST, "10.0.0.3:53", dns(2, "A.Example")).send("10.0.0.3:53", HOST, answer(2, "A.Example", 0));
		expect(await later(scene)).toEqual([
			"info unanswered: 1 DNS query (a.example) got no answer, but another try was answered",
		]);
	});

	it("queries over TCP are followed too", async () => {
		const scene = new Scene();
		const query = dns(1, "a.example");
		new Connection(scene, HOST, NAME_SERVER).say("client", concat(u16(query.length), query)).close("server");
		expect(await later(scene)).toEqual(["error unanswered: 1 DNS query (a.example) got no answer"]);
	});

	it("failures are told by their code, and as good to know where another try succeeds", async () => {
		const scene = new Scene();
		const ask = (id: number, name: string, rcode: number) =>
			scene.send(HOST, NAME_SERVER, dns(id, name)).send(NAME_SERVER, HOST, answer(id, name, rcode));
		ask(1, "a.example", 2);
		ask(2, "b.example", 2);
		ask(3, "b.example", 0);
		ask(4, "1.0.0.10.in-addr.arpa", 2);
		expect(await later(scene)).toEqual([
			"warning dns-failure: the name server answered SERVFAIL (a.example)",
			"info dns-failure: the name server answered SERVFAIL, but another try was answered (b.example)",
		]);
	});

	it("a name that there is none of matters where a row is known by it", async () => {
		const scene = new Scene();
		for (const name of ["www.example", "admin.avaya-sub.com", "admin.avaya-sub.com.example", "_sip._udp.avaya-sub.com"])
			scene.send(HOST, NAME_SERVER, dns(1, name)).send(NAME_SERVER, HOST, answer(1, name, 3));
		expect(await later(scene)).toEqual([
			"error dns-failure: the name server says that admin.avaya-sub.com does not exist (NXDOMAIN)",
		]);
	});
});

describe("DHCP", () => {
	const offerless = (count: number) => {
		const scene = new Scene();
		for (let i = 0; i < count; i++) scene.send(...ASKING, dhcp(1, 7)).wait(4);
		return scene;
	};

	it("clients that ask again and get no offer are told", async () => {
		expect(await later(offerless(3))).toEqual([
			"error dhcp-no-offer: no DHCP server offered 02:00:00:00:00:07 an address, which it asked for 3 times",
		]);
	});

	it("each client counts by itself: none is charged with the requests of others", async () => {
		const scene = new Scene();
		for (const client of [7, 8, 9]) scene.send(...ASKING, dhcp(1, client)).wait(4);
		expect(await later(scene)).toEqual([]);
		for (const client of [8, 9]) scene.send(...ASKING, dhcp(1, client)).wait(4);
		expect(await later(scene)).toEqual([
			"error dhcp-no-offer: no DHCP server offered 02:00:00:00:00:08 an address, which it asked for 2 times",
			"error dhcp-no-offer: no DHCP server offered 02:00:00:00:00:09 an address, which it asked for 2 times",
		]);
	});

	it("a client that was seen to ask once, or to take what it was offered, is nothing", async () => {
		expect(await later(offerless(1))).toEqual([]);
		expect(await later(offerless(2).send(...ANSWERING, dhcp(2, 7)))).toEqual([]);
		// Offers go to the client alone: what the client does next shows that there was one.
		expect(await later(offerless(2).send(...ASKING, dhcp(3, 7)))).toEqual([]);
	});

	it("refusals are told, and as good to know where an address follows", async () => {
		const refused = () => new Scene().send(...ASKING, dhcp(3, 7)).send(...ANSWERING, dhcp(6, 7));
		expect(await later(refused())).toEqual([
			"warning dhcp-refused: the DHCP server refused the address that 02:00:00:00:00:07 asked for",
		]);
		expect(
			await later(
				refused()
					.send(...ASKING, dhcp(1, 7))
					.send(...ANSWERING, dhcp(5, 7)),
			),
		).toEqual([
			"info dhcp-refused: the DHCP server refused the address that 02:00:00:00:00:07 asked for and gave another one then",
		]);
	});
});

describe("NTP", () => {
	const SERVER = "10.0.0.1:123";
	const request = (sent: number) => ntp(0x23, 0, undefined, sent);
	const asked = (reply: Uint8Array) => new Scene().send(HOST, SERVER, ntp(0x23)).send(SERVER, HOST, reply);

	it.each([
		["a clock with a source", ntp(0x24, 2, "GPS\0"), []],
		["a refusal", ntp(0xe4, 0, "RATE"), ["warning ntp-refused: the time server refuses to serve (kiss code RATE)"]],
		[
			"a server that has just started",
			ntp(0xe4, 0, "INIT"),
			["warning ntp-unsynchronised: the time server says that its own clock is not synchronised (kiss code INIT)"],
		],
		[
			"a clock without a source",
			ntp(0xe4, 16),
			["warning ntp-unsynchronised: the time server says that its own clock is not synchronised (leap 3, stratum 16)"],
		],
		[
			"a clock whose stratum alone says so",
			ntp(0x24, 16),
			["warning ntp-unsynchronised: the time server says that its own clock is not synchronised (stratum 16)"],
		],
	])("answers tell %s", async (_name, reply, expected) => {
		expect(await later(asked(reply))).toEqual(expected);
	});

	it("requests without an answer are told, unless the server answers others", async () => {
		const silent = new Scene().send(HOST, SERVER, request(1)).wait(2).send(HOST, SERVER, request(2));
		expect(await later(silent)).toEqual(["error unanswered: 2 NTP requests got no answer"]);
		expect(await later(silent.send(SERVER, HOST, ntp(0x24, 2)))).toEqual([]);
	});
});

describe("SNMP", () => {
	const AGENT = "10.0.0.1:161";

	it("requests without an answer are told, traps are none", async () => {
		const scene = new Scene().send(HOST, AGENT, snmp(0xa0, 1)).wait(1).send(HOST, AGENT, snmp(0xa0, 1));
		expect(await later(scene)).toEqual(["error unanswered: 1 SNMP get, sent 2 times, got no answer"]);
		expect(await later(new Scene().send(HOST, "10.0.0.1:162", snmp(0xa7, 1)))).toEqual([]);
	});

	it("requests without an answer on a flow with answers are less", async () => {
		const scene = new Scene()
			.send(HOST, AGENT, snmp(0xa0, 1))
			.send(AGENT, HOST, snmp(0xa2, 1))
			.send(HOST, AGENT, snmp(0xa0, 2));
		expect(await later(scene)).toEqual(["warning unanswered: 1 SNMP get got no answer"]);
	});

	it.each([
		["set", 0xa3, 6, ["warning snmp-error: the SNMP agent answered noAccess to an SNMP set"]],
		["get", 0xa0, 2, ["warning snmp-error: the SNMP agent answered noSuchName to an SNMP get"]],
		["walk's end", 0xa1, 2, []],
		["answer too big", 0xa5, 1, []],
	])("an error of a %s", async (_name, pdu, status, expected) => {
		const scene = new Scene().send(HOST, AGENT, snmp(pdu, 1)).send(AGENT, HOST, snmp(0xa2, 1, status));
		expect(await later(scene)).toEqual(expected);
	});
});

describe("RADIUS, STUN and LDAP over UDP", () => {
	it.each([
		["10.0.0.1:1812", hex("01 07 0014 000102030405060708090a0b0c0d0e0f"), "1 RADIUS access-request got no answer"],
		["10.0.0.1:3478", hex("0001 0000 2112a442 000102030405060708090a0b"), "1 STUN binding request got no answer"],
		[
			"10.0.0.1:389",
			hex("3025 020101 6320 0400 0a0100 0a0100 020100 020100 010100 870b 6f626a656374436c617373 3000"),
			"1 LDAP search got no answer",
		],
	])("ask %s in vain", async (server, request, expected) => {
		expect(await later(new Scene().send(HOST, server, request))).toEqual([`error unanswered: ${expected}`]);
	});

	it("checks of ICE and of NAT go without an answer as a rule", async () => {
		const priority = hex("0001 0008 2112a442 000102030405060708090a0b 0024 0004 6e7f00ff");
		const change = hex("0001 0008 2112a442 000102030405060708090a0b 0003 0004 00000006");
		for (const check of [priority, change])
			expect(await later(new Scene().send(HOST, "10.0.0.1:3478", check))).toEqual([]);
	});
});

describe("mail", () => {
	const talk = (port: number, ...lines: readonly string[]) => {
		const scene = new Scene();
		const connection = new Connection(scene, HOST, `10.0.0.1:${port}`);
		for (const line of lines) connection.say(line.startsWith("> ") ? "client" : "server", `${line.slice(2)}\r\n`);
		return later(scene);
	};
	const GREETED = ["< 220 mail.example ESMTP", "> EHLO pbx"];

	it("refusals of SMTP are told with the command, without what varies in the group's words", async () => {
		const text = "550 5.1.1 No such user here <nobody@mail.example>";
		expect(
			await talk(
				25,
				...GREETED,
				"< 250 mail.example",
				"> MAIL FROM:<a@b>",
				"< 250 ok",
				"> RCPT TO:<nobody@mail.example>",
				`< ${text}`,
			),
		).toEqual([
			"warning smtp-error: the mail server refused: RCPT TO was answered 550 No such user here (5.1.1 No such user here <nobody@mail.example>)",
		]);
	});

	it("commands sent ahead are answered in their order", async () => {
		const ahead = "> MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA";
		const found = await talk(
			25,
			...GREETED,
			"< 250-mail.example\r\n250 PIPELINING",
			ahead,
			"< 250 ok\r\n450 try later\r\n503 no recipient",
		);
		// That there is nobody to send it to follows from the first.
		expect(found).toEqual(["warning smtp-error: the mail server refused: RCPT TO was answered 450 try later"]);
	});

	it("what a mail's text says is not taken for commands or replies", async () => {
		const mail = [
			"> MAIL FROM:<a@b>",
			"< 250 ok",
			"> DATA",
			"< 354 go on",
			"> AUTH LOGIN\r\n550 no\r\n.",
			"< 250 taken",
		];
		expect(await talk(25, ...GREETED, "< 250-mail.example\r\n250 STARTTLS", ...mail)).toEqual([
			"warning starttls-missing: mail went in clear text, though the server offers STARTTLS",
		]);
	});

	it("a password and a mail in clear are told once", async () => {
		const login = ["> AUTH PLAIN AGEAYg==", "< 235 ok", "> MAIL FROM:<a@b>", "< 250 ok", "> DATA", "< 354 go on"];
		expect(await talk(25, ...GREETED, "< 250-mail.example\r\n250 STARTTLS", ...login)).toEqual([
			"warning starttls-missing: user and password went in clear text, though the server offers STARTTLS",
		]);
	});

	it("a server that does not know EHLO is asked again, and a password in clear is told", async () => {
		expect(
			await talk(25, ...GREETED, "< 500 unknown", "> HELO pbx", "< 250 ok", "> AUTH PLAIN AGEAYg==", "< 535 no"),
		).toEqual([
			"warning smtp-error: the mail server refused: AUTH was answered 535 no",
			"info smtp-error: the mail server refused: EHLO was answered 500 unknown",
			"info starttls-missing: user and password went in clear text, and the server was not seen to offer STARTTLS",
		]);
	});

	it("refusals of IMAP and POP3 are told, a farewell and a probe are not", async () => {
		const imap = [
			"< * OK IMAP4rev1 [CAPABILITY STARTTLS] ready",
			"> a1 LOGIN u p",
			"< a1 NO [AUTHENTICATIONFAILED] wrong",
		];
		expect(await talk(143, ...imap, "> a2 LOGOUT", "< * BYE bye", "< a2 OK done")).toEqual([
			"warning starttls-missing: user and password went in clear text, though the server offers STARTTLS",
			"warning imap-error: the mailbox server refused: LOGIN was answered NO [AUTHENTICATIONFAILED] wrong",
		]);
		expect(await talk(143, "< * BYE IMAP4rev1 too many connections")).toEqual([
			"warning imap-error: the mailbox server refused: BYE (IMAP4rev1 too many connections)",
		]);
		const pop3 = ["< +OK ready", "> AUTH", "< -ERR no", "> USER u", "< +OK", "> PASS p", "< -ERR wrong password"];
		expect(await talk(110, ...pop3)).toEqual([
			"warning imap-error: the mailbox server refused: PASS was answered -ERR wrong password",
			"info starttls-missing: user and password went in clear text, and the server was not seen to offer STARTTLS",
		]);
	});
});

describe("LDAP", () => {
	const bind = hex("300c 020101 6007 020103 0400 8000");
	const bound = (result: number) => concat(hex("300c 020101 6107 0a01"), u8(result), hex("0400 0400"));

	it.each([
		[0, []],
		[14, []],
		[49, ["warning ldap-bind-failed: the directory server refused the login: 49 invalidCredentials"]],
		[8, ["warning ldap-bind-failed: the directory server refused the login: 8 strongerAuthRequired"]],
	])("a login's result %i", async (result, expected) => {
		const scene = new Scene();
		new Connection(scene, HOST, "10.0.0.1:389").say("client", bind).say("server", bound(result));
		expect(await later(scene)).toEqual(expected);
	});
});
