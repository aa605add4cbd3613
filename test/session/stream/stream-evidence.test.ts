/** What TCP streams show does not depend on the segments in which they come. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_MESSAGE } from "../../../src/session/stream/tcp-streams.ts";
import { analyse } from "../../support/analyse.ts";
import { makeCertificate } from "../../support/certificate.ts";
import {
	ascii,
	certificateBody,
	clientHelloBody,
	handshakeRecord,
	list8,
	message,
	record,
	serverHelloBody,
	u16,
} from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import { Connection, Scene } from "../../support/scene.ts";

type Turn = readonly [side: "client" | "server", bytes: Uint8Array];
interface Dialogue {
	readonly port: number;
	readonly turns: readonly Turn[];
}

const client = (bytes: Uint8Array | string): Turn => ["client", typeof bytes === "string" ? ascii(bytes) : bytes];
const server = (bytes: Uint8Array | string): Turn => ["server", typeof bytes === "string" ? ascii(bytes) : bytes];

const tls: readonly Turn[] = [
	client(handshakeRecord(message(1, clientHelloBody()))),
	server(
		concat(
			handshakeRecord(message(2, serverHelloBody())),
			handshakeRecord(message(11, certificateBody(makeCertificate({ subject: [[3, "pbx.example"]] }).der))),
			handshakeRecord(message(14)),
		),
	),
	client(
		concat(
			handshakeRecord(message(16, new Uint8Array(33).fill(32))),
			record(20, Uint8Array.of(1)),
			record(22, new Uint8Array(40).fill(0xe7)),
		),
	),
];
const dns = (id: number, name: string, flags: number) => {
	const body = concat(
		u16(id),
		u16(flags),
		u16(1),
		new Uint8Array(6),
		...name.split(".").map((label) => list8(ascii(label))),
		hex("00 0001 0001"),
	);
	return concat(u16(body.length), body);
};
const sip = (first: string, cseq: string, body = "") =>
	[
		first,
		"Via: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1",
		"From: <sip:201@h>;tag=A",
		"To: <sip:200@h>",
		"Call-ID: x",
		`CSeq: ${cseq}`,
		"User-Agent: Phone/1.0",
		`Content-Length: ${body.length}`,
		"",
		body,
	].join("\r\n");

const dialogues: Readonly<Record<string, Dialogue>> = {
	"a TLS handshake": { port: 443, turns: tls },
	"a TLS handshake with an alert": { port: 443, turns: [...tls.slice(0, 2), client(record(21, Uint8Array.of(2, 45)))] },
	"mail that goes over to TLS": {
		port: 25,
		turns: [
			server("220 mail.example ESMTP Postfix\r\n"),
			client("EHLO pbx.example\r\n"),
			server("250-mail.example\r\n250-SIZE 10\r\n250 STARTTLS\r\n"),
			client("STARTTLS\r\n"),
			server("220 go on\r\n"),
			...tls,
		],
	},
	"mail in clear": {
		port: 25,
		turns: [
			server("220 mail.example ESMTP Postfix\r\n"),
			client("EHLO pbx.example\r\n"),
			server("250-mail.example\r\n250 SIZE 10\r\n"),
			client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"),
			server("250 ok\r\n550 5.1.1 nobody here\r\n"),
		],
	},
	"DNS over TCP": {
		port: 53,
		turns: [
			client(concat(dns(1, "a.example", 0x0100), dns(2, "b.example", 0x0100))),
			server(dns(2, "b.example", 0x8182)),
			client(dns(3, "c.example", 0x0100)),
		],
	},
	"a login at a directory": {
		port: 389,
		turns: [
			client(hex("300c 020101 6007 020103 0400 8000")),
			server(hex("300c 020101 6107 0a0131 0400 0400")),
			client(hex("300c 020102 6007 020103 0400 8000")),
			server(hex("300c 020102 6107 0a0108 0400 0400")),
		],
	},
	"SIP over TCP": {
		port: 5060,
		turns: [
			client(sip("REGISTER sip:h SIP/2.0", "1 REGISTER")),
			server(sip("SIP/2.0 401 Unauthorized", "1 REGISTER")),
			client(sip("OPTIONS sip:h SIP/2.0", "2 OPTIONS", "v=0\r\n") + sip("MESSAGE sip:h SIP/2.0", "3 MESSAGE", "hello")),
			server(sip("SIP/2.0 200 OK", "2 OPTIONS") + sip("SIP/2.0 486 Busy", "3 MESSAGE")),
		],
	},
	"a web server": {
		port: 80,
		turns: [
			client("GET / HTTP/1.1\r\nHost: pbx.example\r\nUser-Agent: x\r\n\r\n"),
			server("HTTP/1.1 200 OK\r\nServer: y/1\r\nContent-Length: 2\r\n\r\nok"),
		],
	},
	"an SSH greeting": { port: 22, turns: [server("SSH-2.0-OpenSSH_9.0\r\n"), client("SSH-2.0-PuTTY\r\n")] },
	"nothing that is known": {
		port: 40_001,
		turns: [client(new Uint8Array(40).fill(0xee)), server(new Uint8Array(40).fill(0xdd))],
	},
};

/** What the sessions know of the flow. */
function shown(port: number, turns: readonly Turn[]) {
	const scene = new Scene();
	const connection = new Connection(scene, "10.0.0.2:50000", `10.0.0.1:${port}`);
	for (const [side, bytes] of turns) connection.say(side, bytes);
	const { sessions } = analyse(scene.frames);
	sessions.finish();
	const incidents = sessions.incidents.of(0).map(({ kind, side, detail, subject, count }) => {
		return `${kind} of ${side}: ${detail} (${subject}) ${count}`;
	});
	return { protocol: sessions.protocolOf(0), fields: sessions.fieldsOf(0), incidents };
}

describe("what a TCP stream shows", () => {
	// So that nothing is compared with nothing.
	it("is something, of what is known", () => {
		const known = Object.values(dialogues).map(({ port, turns }) => shown(port, turns));
		expect(known.map(({ protocol, incidents }) => [protocol, incidents])).toEqual([
			["tls", ["tls-incomplete of 0: finished () 1"]],
			["tls", ["tls-alert of 0: certificate_expired () 1"]],
			["smtp", ["tls-incomplete of 0: finished () 1"]],
			["smtp", ["smtp-error of 1: RCPT TO was answered 550 nobody here (5.1.1 nobody here) 1"]],
			["dns", ["dns-failure of 1: SERVFAIL (b.example) 1", "unanswered of 0: DNS query (a.example) 2"]],
			[
				"ldap",
				["ldap-bind-failed of 1: 49 invalidCredentials () 1", "ldap-bind-failed of 1: 8 strongerAuthRequired () 1"],
			],
			["sip", expect.anything()],
			["http", []],
			["ssh", []],
			[null, []],
		]);
		const fields = Object.fromEntries(Object.keys(dialogues).map((name, n) => [name, known[n]!.fields]));
		expect(fields["mail that goes over to TLS"]).toMatchObject({ starttls: true });
		expect(fields["a TLS handshake"]).not.toHaveProperty("starttls");
		expect(fields["nothing that is known"]).toBeUndefined();
	});

	it.each(Object.entries(dialogues))("is the same however it is cut into segments: %s", (_, { port, turns }) => {
		const whole = shown(port, turns);
		const cuts = fc.array(fc.array(fc.nat(), { maxLength: 4 }), {
			minLength: turns.length,
			maxLength: turns.length,
		});
		fc.assert(
			fc.property(cuts, (places) => {
				const pieces = turns.flatMap(([side, bytes], n) => {
					const at = [0, ...places[n]!.map((place) => place % bytes.length), bytes.length].sort((a, b) => a - b);
					const parts = at.slice(1).map((end, i) => bytes.subarray(at[i]!, end));
					return parts.filter(({ length }) => length > 0).map((part): Turn => [side, part]);
				});
				expect(shown(port, pieces)).toEqual(whole);
			}),
			{ numRuns: 30 },
		);
	});

	it.each(Object.entries(dialogues))("is the same however little comes at a time: %s", (_, { port, turns }) => {
		const whole = shown(port, turns);
		for (const size of [1, 7, 24]) {
			const pieces = turns.flatMap(([side, bytes]) =>
				Array.from(
					{ length: Math.ceil(bytes.length / size) },
					(_each, n): Turn => [side, bytes.subarray(n * size, (n + 1) * size)],
				),
			);
			expect(shown(port, pieces), `${size} bytes`).toEqual(whole);
		}
	});
});

/** What is shown where a snaplen cuts some of the turns. */
function cut(port: number, turns: readonly (readonly [...Turn, kept?: number])[]) {
	const scene = new Scene();
	const connection = new Connection(scene, "10.0.0.2:50000", `10.0.0.1:${port}`);
	for (const [side, bytes, kept] of turns) connection.say(side, bytes, kept);
	const packets = scene.frames.map((packet, n) => ({ packet, wireLength: scene.wireLengths[n]! }));
	const { sessions } = analyse(packets);
	const before = sessions.protocolOf(0);
	sessions.finish();
	const incidents = sessions.incidents.of(0).map(({ detail, count }) => `${detail} ${count}`);
	return { before, protocol: sessions.protocolOf(0), fields: sessions.fieldsOf(0), incidents };
}

describe("a TCP stream's messages", () => {
	const get = "GET /first HTTP/1.1\r\nHost: pbx.example\r\n\r\n";

	it("are read at the capture's end though their ends are missing", () => {
		const shortest = client("SSH-2.0-x");
		const found = cut(4000, [client("GET / HTTP/1.1\r\nHost: pbx.example\r\nUser-Agent: x")]);
		expect(found).toMatchObject({ before: "http", protocol: "http", fields: { path: "/", host: "pbx.example" } });
		expect(shown(22, [shortest])).toMatchObject({ protocol: "ssh" });
	});

	it("are one of each side where nobody follows them and they lead on to nothing", () => {
		const later = client("GET /later HTTP/1.1\r\nUser-Agent: later\r\n\r\n");
		expect(shown(80, [client(get), later]).fields).not.toHaveProperty("agent");
		expect(shown(80, [client(get + Buffer.from(later[1]).toString("latin1"))]).fields).not.toHaveProperty("agent");
	});

	it("lead on to the next one of their side where they say so", () => {
		const answer = (status: string) => server(`HTTP/1.1 ${status}\r\nServer: ${status.slice(0, 3)}\r\n\r\n`);
		const of = (...answers: Turn[]) => shown(80, [client(get), ...answers]).fields?.server;
		const told = of(answer("200 OK"), answer("404 Not Found"));
		expect(told).toBe("200");
		expect(of(server("HTTP/1.1 100 Continue\r\n\r\n"), answer("200 OK"), answer("404 Not Found"))).toBe(told);
	});

	it("may be whole segments, of which nothing is told but the protocol", () => {
		const greeting = concat([19], "BitTorrent protocol", new Uint8Array(48));
		expect(shown(4000, [client(greeting), server(greeting)])).toEqual({
			protocol: "bittorrent",
			fields: undefined,
			incidents: [],
		});
	});

	it("are known by their beginning, be it behind something else", () => {
		const junk = new Uint8Array(10).fill(0xee);
		expect(shown(4000, [client(junk), client("SSH-2.0-PuTTY_Release_0.80\r\n")]).protocol).toBe("ssh");
		expect(shown(4000, [client(concat(junk, "SSH-2.0-PuTTY_Release_0.80\r\n"))]).protocol).toBe(null);
		// Too little to tell, but nothing follows: the snaplen has cut it.
		expect(cut(4000, [client(junk.subarray(0, 3)), ["client", ascii("SSH-2.0-x and more"), 9]])).toMatchObject({
			before: "ssh",
		});
	});

	it("are read as they are where they are longer than the longest", () => {
		// The text before the body and the body, in two segments: the first one alone does not make a message.
		const long = (length: number) => {
			const text = sip("MESSAGE sip:h SIP/2.0", "3 MESSAGE", "").replace("Content-Length: 0", "Content-Length: 99999");
			const [head] = text.split("Content-Length");
			const rest = length - head!.length - "Content-Length: 12345\r\n\r\n".length;
			const scene = new Scene();
			new Connection(scene, "10.0.0.2:50000", "10.0.0.1:5060").say(
				"client",
				`${head}Content-Length: ${rest}\r\n\r\nbeginning`,
			);
			return analyse(scene.frames).sessions.fieldsOf(0)?.method;
		};
		expect([long(MAX_MESSAGE), long(MAX_MESSAGE + 1)]).toEqual([undefined, "MESSAGE"]);
	});

	it("are read behind one that the snaplen cut, also if that is the first", () => {
		const invite = ascii(sip("INVITE sip:h SIP/2.0", "1 INVITE", "v=0\r\n"));
		const options = client(sip("OPTIONS sip:h SIP/2.0", "2 OPTIONS"));
		const whole = client(sip("MESSAGE sip:h SIP/2.0", "3 MESSAGE", "hello"));
		expect(cut(5060, [["client", invite, 60], options]).incidents).toEqual(["SIP OPTIONS request 1"]);
		expect(cut(5060, [whole, ["client", invite, 60], options]).incidents).toEqual(["SIP OPTIONS request 1"]);
	});

	it("of a directory lead on where they log in, and no further where they encrypt", () => {
		const search = hex("3025 020101 6320 0400 0a0100 0a0100 020100 020100 010100 870b 6f626a656374436c617373 3000");
		const bind = hex("300c 020101 6007 020103 0400 8000");
		const bound = hex("300c 020101 6107 0a0131 0400 0400");
		const encrypted = new Uint8Array(40).fill(0xee);
		const refused = "49 invalidCredentials 1";
		expect(cut(389, [client(bind), server(bound), client(search)]).incidents).toEqual([refused]);
		expect(cut(389, [client(bind), server(encrypted), server(bound)]).incidents).toEqual([]);
	});
});

describe("how long a TCP stream is looked at", () => {
	const unknown = (side: "client" | "server", n: number): Turn => [side, new Uint8Array(40).fill(0xe0 + n)];
	const hello = client(handshakeRecord(message(1, clientHelloBody())));
	/** The protocol, and whether nothing more is looked for. */
	const looked = (port: number, ...turns: readonly Turn[]) => {
		const scene = new Scene();
		const connection = new Connection(scene, "10.0.0.2:50000", `10.0.0.1:${port}`);
		for (const [side, bytes] of turns) connection.say(side, bytes);
		const { sessions, table } = analyse(scene.frames);
		return [sessions.protocolOf(0), table.store.evidence(0) < 0];
	};
	const each = (count: number) =>
		Array.from({ length: count }, (_, n) => [unknown("client", n), unknown("server", n)]).flat();

	it("is four payloads of both sides, where they show nothing", () => {
		expect(looked(40_001, ...each(3))).toEqual([null, false]);
		expect(looked(40_001, ...each(3), unknown("client", 4))).toEqual([null, false]);
		expect(looked(40_001, ...each(4))).toEqual([null, true]);
		expect(looked(40_001, ...each(3), hello)).toEqual(["tls", false]);
		expect(looked(40_001, ...each(4), hello)).toEqual([null, true]);
	});

	it("is four payloads of both sides, whichever sends first; less than 24 bytes are too few to tell", () => {
		const four = (side: "client" | "server") => Array.from({ length: 4 }, (_, n) => unknown(side, n));
		expect(looked(40_001, ...four("server"), unknown("client", 0))).toEqual([null, false]);
		expect(looked(40_001, ...four("server"), ...four("client"))).toEqual([null, true]);
		const short = (length: number) => each(4).map(([side, bytes]): Turn => [side, bytes.subarray(0, length)]);
		expect([looked(40_001, ...short(24)), looked(40_001, ...short(23))]).toEqual([
			[null, true],
			[null, false],
		]);
	});

	it("is seven of one side alone", () => {
		const alone = (count: number) => Array.from({ length: count }, (_, n) => unknown("client", n));
		expect(looked(40_001, ...alone(6))).toEqual([null, false]);
		expect(looked(40_001, ...alone(7))).toEqual([null, true]);
		expect(looked(40_001, ...alone(6), hello)).toEqual(["tls", false]);
		expect(looked(40_001, ...alone(7), hello)).toEqual([null, true]);
	});

	it("ends with what both sides had to say, and not before", () => {
		const { turns } = dialogues["a web server"]!;
		expect([looked(80, turns[0]!), looked(80, ...turns)]).toEqual([
			["http", false],
			["http", true],
		]);
		const ssh = dialogues["an SSH greeting"]!.turns;
		expect([looked(22, ssh[0]!), looked(22, ...ssh)]).toEqual([
			["ssh", false],
			["ssh", true],
		]);
	});

	it("goes on where every message is wanted, and to a handshake's end", () => {
		const sipTurns = dialogues["SIP over TCP"]!.turns;
		expect(looked(5060, ...sipTurns, ...sipTurns, ...sipTurns)).toEqual(["sip", false]);
		expect(looked(443, ...tls)).toEqual(["tls", false]);
		const finished = server(concat(record(20, Uint8Array.of(1)), record(22, new Uint8Array(40).fill(0xe8))));
		expect(looked(443, ...tls, finished)).toEqual(["tls", true]);
	});
});
