import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../../../src/protocol/recogniser.ts";
import { tls } from "../../../src/protocol/tls/tls.ts";
import {
	certificateBody,
	clientHelloBody,
	extension,
	handshakeRecord,
	message,
	record,
	serverHelloBody,
	supportedVersions,
	u8,
} from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import {
	CERTIFICATE,
	CHANGE,
	CLIENT_KEY,
	cut,
	DATA,
	DONE,
	FINISHED,
	HELLO,
	inRecords,
	KEY_EXCHANGE,
	REQUEST,
	SERVER_HELLO,
	TICKET,
} from "../../support/tls-messages.ts";
import { walk } from "../../support/walk.ts";

const shown = (bytes: Uint8Array) => tls.describe!(bytes, 0, bytes.length);
const leads = (bytes: Uint8Array) => tls.leadsOn!(bytes, 0, bytes.length);

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
