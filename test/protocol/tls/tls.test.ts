import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../../../src/protocol/recogniser.ts";
import { tls } from "../../../src/protocol/tls/tls.ts";
import { handshakeRecord, message, record, u8 } from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import {
	CERTIFICATE,
	CHANGE,
	CLIENT_KEY,
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

const role = (bytes: Uint8Array) => tls.recognise(bytes, 0, bytes.length);
const length = (bytes: Uint8Array) => tls.messageLength!(bytes, 0, bytes.length);
const shown = (bytes: Uint8Array) => tls.describe!(bytes, 0, bytes.length);
const leads = (bytes: Uint8Array) => tls.leadsOn!(bytes, 0, bytes.length);

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
