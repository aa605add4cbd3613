import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../../../src/protocol/recogniser.ts";
import { dtls } from "../../../src/protocol/tls/dtls.ts";
import { makeCertificate } from "../../support/certificate.ts";
import {
	certificateBody,
	clientHelloBody,
	extension,
	list16,
	serverHelloBody,
	serverName,
	supportedVersions,
	u8,
	u16,
	u24,
} from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";

/** A record (RFC 6347, 4.1). */
const record = (type: number, body: Uint8Array, { version = 0xfefd, epoch = 0 } = {}) =>
	concat(u8(type), u16(version), u16(epoch), hex("000000000005"), list16(body));

/** A fragment of a handshake message (RFC 6347, 4.2.2); the whole of it if no place is given. */
const fragment = (type: number, body: Uint8Array, from = 0, to = body.length) =>
	concat(u8(type), u24(body.length), u16(0), u24(from), u24(to - from), body.subarray(from, to));

const { der } = makeCertificate({ subject: [[3, "WebRTC"]] });
const srtp = extension(14, hex("0004 0007 0001 00"));
const hello = clientHelloBody({
	version: 0xfefd,
	cookie: new Uint8Array(0),
	extensions: [serverName("gw.example"), srtp],
});
const serverHello = serverHelloBody({ version: 0xfefd, extensions: [srtp] });
const certificate = certificateBody(der);
const CLIENT = record(22, fragment(1, hello), { version: 0xfeff });
const SERVER = concat(
	record(22, fragment(2, serverHello)),
	record(22, fragment(11, certificate)),
	record(22, fragment(13, new Uint8Array(8))),
	record(22, fragment(14, new Uint8Array(0))),
);
const DATA = record(23, new Uint8Array(40).fill(9), { epoch: 1 });

const role = (bytes: Uint8Array) => dtls.recognise(bytes, 0, bytes.length);
const shown = (bytes: Uint8Array) => dtls.describe!(bytes, 0, bytes.length);
const leads = (bytes: Uint8Array) => dtls.leadsOn!(bytes, 0, bytes.length);

describe("what is DTLS", () => {
	it.each<[string, Uint8Array, Role]>([
		["a client hello", CLIENT, Role.Client],
		["a client hello that the snaplen cuts", CLIENT.subarray(0, 60), Role.Client],
		["a server's flight", SERVER, Role.Server],
		["a request for a cookie", record(22, fragment(3, hex("feff 04 01020304"))), Role.Server],
		["application data", DATA, Role.Either],
		["application data in two records", concat(DATA, DATA), Role.Either],
		["an encrypted handshake message", record(22, new Uint8Array(48).fill(0xaa), { epoch: 1 }), Role.Either],
		[
			"a record of DTLS 1.3 behind one in clear",
			concat(record(22, fragment(2, serverHello)), hex("2e 0102 0304")),
			Role.Server,
		],
	])("%s", (_, bytes, expected) => {
		expect(role(bytes)).toBe(expected);
	});

	it.each<[string, Uint8Array]>([
		["a version that never was", record(23, new Uint8Array(40), { version: 0xfefe })],
		["application data that is cut", DATA.subarray(0, 30)],
		["application data with something else behind", concat(DATA, hex("80"))],
		["a record header alone", DATA.subarray(0, 13)],
	])("not %s", (_, bytes) => {
		expect(role(bytes)).toBe(Role.No);
	});
});

describe("what DTLS shows", () => {
	it("a client: name, version, that SRTP is to come, fingerprints", () => {
		expect(shown(CLIENT)).toEqual({
			offeredVersion: "DTLS 1.2",
			sni: "gw.example",
			srtp: true,
			ja3: expect.stringMatching(/^[0-9a-f]{32}$/),
			ja4: expect.stringMatching(/^dd2d010200_/),
		});
	});

	it("DTLS 1.3 by its extension", () => {
		const body = clientHelloBody({
			version: 0xfefd,
			cookie: new Uint8Array(0),
			extensions: [supportedVersions(0xfefd, 0xfefc)],
		});
		expect(shown(record(22, fragment(1, body)))).toMatchObject({ offeredVersion: "DTLS 1.3" });
		const answer = serverHelloBody({ version: 0xfefd, extensions: [extension(43, hex("fefc"))] });
		expect(shown(record(22, fragment(2, answer)))).toMatchObject({ version: "DTLS 1.3" });
		expect(leads(record(22, fragment(2, answer)))).toBe(false);
	});

	it("a server: version, suite, certificate, that it wants the client's", () => {
		expect(shown(SERVER)).toMatchObject({
			version: "DTLS 1.2",
			cipher: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
			srtp: true,
			certificate: "WebRTC",
			selfSigned: true,
			certificateRequested: true,
		});
	});

	it("of a message in fragments what the first one has, and no fingerprint", () => {
		const first = record(22, fragment(1, hello, 0, hello.length - 4));
		expect(shown(first)).toEqual({ offeredVersion: "DTLS 1.2", sni: "gw.example" });
		expect(shown(record(22, fragment(1, hello, 20)))).toEqual({});
		expect(role(record(22, fragment(1, hello, 20)))).toBe(Role.Client);
		expect(shown(record(22, fragment(11, certificate, 0, 150)))).toMatchObject({ certificate: "WebRTC" });
	});

	it("nothing in an encrypted message that looks like a hello", () => {
		expect(shown(record(22, fragment(1, hello), { epoch: 1 }))).toEqual({});
	});

	it("an alert", () => {
		expect(shown(record(21, hex("0246")))).toEqual({ alert: "fatal protocol_version" });
		expect(shown(record(21, new Uint8Array(26), { epoch: 1 }))).toEqual({});
	});

	it("leads on until the handshake is no longer in clear", () => {
		expect([leads(CLIENT), leads(SERVER), leads(record(22, fragment(3, hex("feff 00"))))]).toEqual([true, true, true]);
		expect([leads(DATA), leads(record(22, fragment(16, new Uint8Array(33))))]).toEqual([false, false]);
	});
});

describe("datagrams of any kind", () => {
	const mutated = fc
		.tuple(fc.constantFrom(CLIENT, SERVER, DATA), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
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
				expect(dtls.recognise(all, start, end)).toBe(role(bytes));
				expect(dtls.describe!(all, start, end)).toEqual(shown(bytes));
				expect(dtls.leadsOn!(all, start, end)).toBe(leads(bytes));
			}),
			{ numRuns: 3000 },
		);
	});

	it("are read in every prefix", () => {
		for (const sample of [CLIENT, SERVER])
			for (let end = 0; end <= sample.length; end++) {
				expect(role(sample.subarray(0, end))).toBeTypeOf("number");
				expect(shown(sample.subarray(0, end))).toBeTypeOf("object");
			}
	});
});
