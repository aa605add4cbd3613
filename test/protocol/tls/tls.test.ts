import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../../../src/protocol/recogniser.ts";
import { tls } from "../../../src/protocol/tls/tls.ts";
import { makeCertificate } from "../../support/certificate.ts";
import {
	alpn,
	certificateBody,
	clientHelloBody,
	extension,
	handshakeRecord,
	message,
	record,
	serverHelloBody,
	serverName,
	supportedVersions,
	u8,
} from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import { walk } from "../../support/walk.ts";

const own = makeCertificate({ subject: [[3, "ipo.example"]], names: ["ipo.example"] }).der;
const HELLO = message(1, clientHelloBody({ extensions: [serverName("pbx.example"), alpn("h2", "http/1.1")] }));
const SERVER_HELLO = message(2, serverHelloBody({ extensions: [alpn("h2")] }));
const CERTIFICATE = message(11, certificateBody(own));
const KEY_EXCHANGE = message(12, new Uint8Array(70).fill(3));
const REQUEST = message(13, new Uint8Array(20).fill(1));
const DONE = message(14);
const CLIENT_KEY = message(16, new Uint8Array(33).fill(32));
const TICKET = message(4, new Uint8Array(60).fill(1));
const CHANGE = record(20, u8(1));
const FINISHED = record(22, new Uint8Array(40).fill(0xe7));
const DATA = record(23, new Uint8Array(50).fill(0x5a));

const role = (bytes: Uint8Array) => tls.recognise(bytes, 0, bytes.length);
const length = (bytes: Uint8Array) => tls.messageLength!(bytes, 0, bytes.length);
const shown = (bytes: Uint8Array) => tls.describe!(bytes, 0, bytes.length);
const leads = (bytes: Uint8Array) => tls.leadsOn!(bytes, 0, bytes.length);
const cut = (bytes: Uint8Array, ...places: readonly number[]) =>
	[0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
/** Handshake messages in records of this many bytes. */
const inRecords = (size: number, ...messages: readonly Uint8Array[]) => {
	const bytes = concat(...messages);
	const count = Math.ceil(bytes.length / size);
	return concat(...Array.from({ length: count }, (_, i) => record(22, bytes.subarray(i * size, (i + 1) * size))));
};

describe("what is TLS", () => {
	it.each<[string, Uint8Array, Role]>([
		["a client hello", handshakeRecord(HELLO), Role.Client],
		["a client hello of which one byte of the body is there", handshakeRecord(HELLO).subarray(0, 10), Role.Client],
		["a server hello", handshakeRecord(SERVER_HELLO), Role.Server],
		["a server's certificate", handshakeRecord(CERTIFICATE, KEY_EXCHANGE, DONE), Role.Server],
		["a client's certificate", handshakeRecord(CERTIFICATE, CLIENT_KEY), Role.Client],
		["the same in two records", concat(handshakeRecord(CERTIFICATE), handshakeRecord(CLIENT_KEY)), Role.Client],
		["a certificate alone", handshakeRecord(CERTIFICATE), Role.Either],
		["an encrypted handshake message", FINISHED, Role.Either],
		["one that begins with a nonce of zeros", record(22, concat(new Uint8Array(8), FINISHED)), Role.Either],
		["a server's request for another handshake", handshakeRecord(message(0)), Role.Server],
		["application data", DATA, Role.Either],
		["application data of which the header is there", DATA.subarray(0, 5), Role.Either],
		["application data, and the next record's first byte", concat(DATA, DATA.subarray(0, 1)), Role.Either],
		["the end of a handshake", concat(CHANGE, FINISHED), Role.Either],
		["an alert in clear", record(21, hex("0228"), 0x301), Role.Either],
		["an encrypted alert", record(21, new Uint8Array(26).fill(0x99)), Role.Either],
		["a heartbeat's neighbour, SSL 3.0", record(23, new Uint8Array(32).fill(1), 0x300), Role.Either],
	])("%s", (_, bytes, expected) => {
		expect(role(bytes)).toBe(expected);
	});

	it.each<[string, Uint8Array]>([
		["four bytes", hex("16030100")],
		["a version that never was", record(23, new Uint8Array(40), 0x305)],
		["application data too short for any cipher", record(23, new Uint8Array(9).fill(7))],
		["application data with something else behind", concat(DATA, hex("47455420 2f"))],
		["application data with one odd byte behind", concat(DATA, hex("47"))],
		["a change of cipher spec to 2", record(20, u8(2))],
		["an alert of level 3", record(21, hex("0328"))],
		["a record longer than may be", concat(hex("17 0303 4801"), new Uint8Array(100))],
		["an empty record", concat(record(23, new Uint8Array(0)), DATA)],
	])("not %s", (_, bytes) => {
		expect(role(bytes)).toBe(Role.No);
	});
});

describe("a message of TLS", () => {
	it.each<[string, number, Uint8Array]>([
		["is a record", DATA.length, concat(DATA, DATA)],
		[
			"is a whole flight",
			5 * 4 + SERVER_HELLO.length + CERTIFICATE.length + KEY_EXCHANGE.length + DONE.length,
			concat(...[SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE, DONE].map((each) => handshakeRecord(each))),
		],
		[
			"ends before a message that is not all there",
			5 + SERVER_HELLO.length,
			concat(handshakeRecord(SERVER_HELLO), handshakeRecord(CERTIFICATE).subarray(0, 100)),
		],
		["goes over records", inRecords(100, HELLO).length, concat(inRecords(100, HELLO), DATA)],
		["goes on behind what is there", 5 + HELLO.length, handshakeRecord(HELLO).subarray(0, 50)],
		[
			"goes on in a record that is not there",
			105 + 5 + (CERTIFICATE.length - 100),
			inRecords(100, CERTIFICATE).subarray(0, 105),
		],
		[
			"has the end of the handshake with it where a session is resumed",
			5 + SERVER_HELLO.length + 6,
			concat(handshakeRecord(SERVER_HELLO), CHANGE, FINISHED),
		],
		["is one record where it is encrypted", FINISHED.length, concat(FINISHED, DATA)],
		["is an SSL 2.0 hello", 46, concat(hex("802c 01 0301 0003 0000 0020 000004"), new Uint8Array(40))],
	])("%s", (_, expected, bytes) => {
		expect(length(bytes)).toBe(expected);
	});

	it("has no length where its header is cut", () => {
		for (let end = 0; end < 5; end++) expect(length(handshakeRecord(HELLO).subarray(0, end))).toBe(0);
	});
});

describe("what a side shows", () => {
	const server = {
		version: "TLS 1.2",
		cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		alpn: "h2",
		certificate: "ipo.example",
		certificateNames: "ipo.example",
		issuer: "ipo.example",
		validFrom: "2026-01-01T00:00:00Z",
		validTo: "2036-01-01T00:00:00Z",
		selfSigned: true,
	};
	const flight = [SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE, REQUEST, DONE];
	const separate = concat(...flight.map((each) => handshakeRecord(each)));

	it.each<[string, Uint8Array[]]>([
		["one record", [handshakeRecord(...flight)]],
		["a record each", [separate]],
		["records of 100 bytes", [inRecords(100, ...flight)]],
		["a segment for each record", flight.map((each) => handshakeRecord(each))],
		["segments cut anywhere", cut(separate, 5, 60, 131, 300, 301)],
		["small records in small segments", cut(inRecords(64, ...flight), 10, 150, 400)],
	])("a server, in %s", (_, segments) => {
		expect(walk(tls, ...segments)).toEqual({ ...server, certificateRequested: true, ja3s: expect.any(String) });
	});

	it("does not depend on where segments are cut", () => {
		const whole = walk(tls, separate);
		// Five bytes are a record's header: fewer are not known for TLS.
		const places = fc.uniqueArray(fc.integer({ min: 5, max: separate.length - 1 }), { maxLength: 8 });
		fc.assert(
			fc.property(places, (some) => {
				const sorted = some.sort((one, other) => one - other);
				expect(walk(tls, ...cut(separate, ...sorted))).toEqual(whole);
			}),
		);
	});

	it("a client that shows a certificate", () => {
		const sent = concat(
			handshakeRecord(HELLO),
			handshakeRecord(CERTIFICATE),
			handshakeRecord(CLIENT_KEY),
			CHANGE,
			FINISHED,
		);
		expect(walk(tls, sent)).toMatchObject({
			offeredVersion: "TLS 1.2",
			sni: "pbx.example",
			offeredAlpn: "h2,http/1.1",
			clientCertificate: true,
			clientCertificateName: "ipo.example",
		});
		expect(walk(tls, sent)).not.toHaveProperty("certificate");
	});

	it("a client that was asked for a certificate and has none", () => {
		const none = message(11, certificateBody());
		expect(shown(handshakeRecord(none, CLIENT_KEY))).toEqual({ clientCertificate: false });
		expect(shown(handshakeRecord(none))).toEqual({ clientCertificate: false });
	});

	it.each<[string, Uint8Array]>([
		["the end of the handshake", concat(handshakeRecord(SERVER_HELLO), CHANGE, FINISHED)],
		["a new ticket", concat(handshakeRecord(SERVER_HELLO, TICKET), CHANGE, FINISHED)],
	])("a session resumed, by %s behind the hello", (_, bytes) => {
		expect(walk(tls, bytes)).toMatchObject({ version: "TLS 1.2", resumed: true });
	});

	it("no session resumed where a certificate is shown, or nothing is behind the hello", () => {
		expect(walk(tls, concat(handshakeRecord(...flight), handshakeRecord(TICKET), CHANGE))).not.toHaveProperty(
			"resumed",
		);
		expect(walk(tls, handshakeRecord(SERVER_HELLO))).not.toHaveProperty("resumed");
	});

	it("TLS 1.3's version, from its extension; resumed by a key that was agreed before", () => {
		const hello = message(
			2,
			serverHelloBody({ ciphers: [0x1301], extensions: [selected(0x304), extension(41, u8(0))] }),
		);
		const sent = concat(handshakeRecord(hello), CHANGE, DATA);
		expect(walk(tls, sent)).toMatchObject({ version: "TLS 1.3", cipher: "TLS_AES_128_GCM_SHA256", resumed: true });
		expect(leads(handshakeRecord(hello))).toBe(false);
	});

	it.each<[string, string, Uint8Array]>([
		["TLS 1.3", "TLS 1.3", message(1, clientHelloBody({ extensions: [supportedVersions(0x3a3a, 0x303, 0x304)] }))],
		[
			"TLS 1.3 and its drafts",
			"TLS 1.3",
			message(1, clientHelloBody({ extensions: [supportedVersions(0x7f1c, 0x304)] })),
		],
		["a draft", "TLS 1.3 draft 18", message(1, clientHelloBody({ extensions: [supportedVersions(0x7f12, 0x303)] }))],
		["SSL 3.0", "SSL 3.0", message(1, clientHelloBody({ version: 0x300, extensions: null }))],
	])("a client that offers %s", (_, expected, hello) => {
		expect(shown(handshakeRecord(hello))).toMatchObject({ offeredVersion: expected });
	});

	it("a server that speaks a draft of TLS 1.3, of which the hello has no session id", () => {
		const body = concat(hex("7f12"), new Uint8Array(32), hex("1301 0000"));
		expect(shown(handshakeRecord(message(2, body)))).toMatchObject({
			version: "TLS 1.3 draft 18",
			cipher: "TLS_AES_128_GCM_SHA256",
		});
		expect(leads(handshakeRecord(message(2, body)))).toBe(false);
	});

	it("a client that encrypts its hello, or may, and one that asks for SRTP keys", () => {
		const hello = message(
			1,
			clientHelloBody({ extensions: [extension(0xfe0d, u8(0)), extension(14, hex("0002 0001 00"))] }),
		);
		expect(shown(handshakeRecord(hello))).toMatchObject({ ech: true, srtp: true });
	});

	it("a cipher suite without a name by its number", () => {
		expect(shown(handshakeRecord(message(2, serverHelloBody({ ciphers: [0x00ff] }))))).toMatchObject({
			cipher: "0x00ff",
		});
	});
});

/** The supported_versions extension of a server hello: one version, no list. */
function selected(version: number): Uint8Array {
	return extension(43, Uint8Array.of(version >> 8, version & 0xff));
}

describe("an alert", () => {
	const describeBy = tls.describe as (data: Uint8Array, start: number, end: number, sender?: Role) => unknown;

	it.each<[string, string, Role | undefined]>([
		["0228", "fatal handshake_failure from server", Role.Server],
		["0230", "fatal unknown_ca from client", Role.Client],
		["0100", "warning close_notify", undefined],
		["0270", "fatal unrecognized_name", Role.Either],
	])("%s is %s", (bytes, expected, sender) => {
		expect(describeBy(record(21, hex(bytes)), 0, 7, sender)).toEqual({ alert: expected });
	});

	it("that is encrypted or unknown, or of which a byte is missing, says nothing", () => {
		expect(shown(record(21, new Uint8Array(26).fill(2)))).toEqual({});
		expect(shown(record(21, hex("02c8")))).toEqual({});
		expect(shown(record(21, hex("0228")).subarray(0, 6))).toEqual({});
	});

	it("that only warns may come before the server's hello", () => {
		const sent = concat(record(21, hex("0170")), handshakeRecord(SERVER_HELLO, CERTIFICATE));
		expect(walk(tls, sent)).toMatchObject({ alert: "warning unrecognized_name", certificate: "ipo.example" });
		expect(leads(record(21, hex("0228")))).toBe(false);
	});

	it("is reached behind a client's hello", () => {
		expect(walk(tls, handshakeRecord(HELLO), record(21, hex("0230")))).toMatchObject({ alert: "fatal unknown_ca" });
	});
});

describe("SSL 2.0", () => {
	const client = concat(
		hex("802e 01 0301 0015 0000 0010"),
		hex("000004 010080 00000a 000009 000064 000062 000003"),
		new Uint8Array(16),
	);
	const server = concat(
		hex("8000 04 00 01 0002"),
		u16Of(own.length),
		hex("0003 0010"),
		own,
		hex("010080"),
		new Uint8Array(16),
	);
	new DataView(server.buffer).setUint16(0, 0x8000 | (server.length - 2));

	it("asks in its form for a newer version", () => {
		expect(role(client)).toBe(Role.Client);
		expect(shown(client)).toEqual({ offeredVersion: "TLS 1.0" });
		expect(length(client)).toBe(client.length);
		expect(leads(client)).toBe(true);
	});

	it("shows its certificate with its hello", () => {
		expect(role(server)).toBe(Role.Server);
		expect(shown(server)).toMatchObject({ version: "SSL 2.0", certificate: "ipo.example" });
	});

	it("is not what only begins alike", () => {
		expect(role(concat(hex("802f"), client.subarray(2)))).toBe(Role.No);
		expect(role(concat(client.subarray(0, 5), hex("0014"), client.subarray(7)))).toBe(Role.No);
	});
});

function u16Of(value: number): Uint8Array {
	return Uint8Array.of(value >> 8, value & 0xff);
}

describe("bytes of any kind", () => {
	const samples = [
		handshakeRecord(HELLO),
		handshakeRecord(SERVER_HELLO, CERTIFICATE, KEY_EXCHANGE, REQUEST, DONE),
		concat(handshakeRecord(SERVER_HELLO, TICKET), CHANGE, FINISHED),
		inRecords(90, CERTIFICATE, CLIENT_KEY),
		concat(record(21, hex("0228")), DATA),
	];
	const mutated = fc
		.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
		.map(([sample, changes, end]) => {
			const bytes = Uint8Array.from(sample);
			for (const [at, value] of changes) bytes[at % bytes.length] = value;
			return bytes.subarray(0, end % (bytes.length + 1));
		});

	it("are read alike whatever surrounds them, without an error", () => {
		const edge = fc.uint8Array({ maxLength: 12 });
		fc.assert(
			fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 120 })), edge, edge, (bytes, before, after) => {
				const all = concat(before, bytes, after);
				const [start, end] = [before.length, before.length + bytes.length];
				expect(tls.recognise(all, start, end)).toBe(role(bytes));
				expect(tls.describe!(all, start, end)).toEqual(shown(bytes));
				expect(tls.leadsOn!(all, start, end)).toBe(leads(bytes));
				expect(tls.messageLength!(all, start, end)).toBe(length(bytes));
			}),
			{ numRuns: 3000 },
		);
	});

	it("never hold up the reader: a message has a length, of what is there or more", () => {
		fc.assert(
			fc.property(fc.oneof(mutated, fc.uint8Array({ minLength: 5, maxLength: 120 })), (bytes) => {
				if (bytes.length >= 5 && role(bytes) !== Role.No) expect(length(bytes)).toBeGreaterThan(0);
			}),
			{ numRuns: 2000 },
		);
	});

	it("are read in every prefix", () => {
		for (const sample of samples)
			for (let end = 0; end <= sample.length; end++) {
				const prefix = sample.subarray(0, end);
				expect(role(prefix)).toBeTypeOf("number");
				expect(shown(prefix)).toBeTypeOf("object");
				expect(length(prefix) === 0).toBe(end < 5);
			}
	});
});
