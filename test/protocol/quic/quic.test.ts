/**
 * The packets of RFC 9001, appendix A, and RFC 9369, appendix A: encrypted here with the keys that these print, so that
 * nothing of the derivation under test is used.
 */
import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quic } from "../../../src/protocol/quic/quic.ts";
import { Role } from "../../../src/protocol/recogniser.ts";
import { concat, hex } from "../../support/packet-builder.ts";

/** The CRYPTO frame of the RFCs' client: a hello for example.com. */
const FRAME = hex(`060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c0000041301130201
	0000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018001000070005
	04616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f
	1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00
	024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8
	f03e51570806048000ffff`);

interface Keys {
	readonly header: string;
	readonly key: string;
	readonly iv: string;
	readonly hp: string;
}

const VERSION_1: Keys = {
	header: "c300000001088394c8f03e5157080000449e00000002",
	key: "1f369613dd76d5467730efcbe3b1a22d",
	iv: "fa044b2f42a3fd3b46fb255c",
	hp: "9f50449e04a0e810283a1e9933adedd2",
};
const VERSION_2: Keys = {
	header: "d36b3343cf088394c8f03e5157080000449e00000002",
	key: "8b1a0bc121284290a29e0971b5cd045d",
	iv: "91f73e2351d8fa91660e909f",
	hp: "45b95e15235d6f45a6b19cbcb0294ba9",
};

/** A client's Initial packet of 1,200 bytes with these frames, padded; its packet number, 2, has four bytes. */
function initial(keys: Keys, ...frames: readonly Uint8Array[]): Uint8Array {
	const header = hex(keys.header);
	const nonce = hex(keys.iv);
	nonce[11]! ^= 2;
	const cipher = createCipheriv("aes-128-gcm", hex(keys.key), nonce).setAAD(header);
	const payload = new Uint8Array(1162);
	payload.set(concat(...frames));
	const encrypted = concat(cipher.update(payload), cipher.final(), cipher.getAuthTag());
	const mask = createCipheriv("aes-128-ecb", hex(keys.hp), null).update(encrypted.subarray(0, 16));
	header[0]! ^= mask[0]! & 0x0f;
	for (let i = 1; i <= 4; i++) header[17 + i]! ^= mask[i]!;
	return concat(header, encrypted);
}

/** Bytes `from … to` of the hello as a CRYPTO frame with a length of two bytes. */
function part(from: number, to: number): Uint8Array {
	const piece = FRAME.subarray(4 + from, 4 + to);
	return concat(Uint8Array.of(6, from === 0 ? 0 : 0x40, ...(from === 0 ? [] : [from]), 0x40, piece.length), piece);
}

const shown = (bytes: Uint8Array) => quic.describe!(bytes, 0, bytes.length);
const role = (bytes: Uint8Array) => quic.recognise(bytes, 0, bytes.length);
const HELLO_LENGTH = FRAME.length - 4;

describe("a client's first packet", () => {
	it.each([
		["QUIC v1", VERSION_1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b"],
		["QUIC v2", VERSION_2, "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071"],
	])("of %s says what the client asks for", (version, keys, beginning) => {
		const packet = initial(keys, FRAME);
		expect(packet.length).toBe(1200);
		expect(Buffer.from(packet.subarray(0, 38)).toString("hex")).toBe(beginning);
		expect(role(packet)).toBe(Role.Client);
		expect(shown(packet)).toEqual({
			version,
			sni: "example.com",
			offeredAlpn: "alpn",
			ja3: expect.stringMatching(/^[0-9a-f]{32}$/),
			ja4: expect.stringMatching(/^q13d0211an_[0-9a-f]{12}_[0-9a-f]{12}$/),
		});
	});

	it("may have the hello in pieces, in any order, with padding and pings between", () => {
		const packet = initial(VERSION_1, part(100, HELLO_LENGTH), hex("00 01 00"), part(0, 60), part(60, 100));
		expect(shown(packet)).toEqual(shown(initial(VERSION_1, FRAME)));
	});

	it("shows what is there of a hello that goes on in the next datagram, without a fingerprint", () => {
		expect(shown(initial(VERSION_1, part(0, 90)))).toEqual({ version: "QUIC v1", sni: "example.com" });
		expect(shown(initial(VERSION_1, part(90, 200)))).toEqual({ version: "QUIC v1" });
	});

	it("is read no further where one bit of it is another, and where it is cut", () => {
		const packet = initial(VERSION_1, FRAME);
		for (const at of [6, 19, 30, 600, 1199]) {
			const changed = Uint8Array.from(packet);
			changed[at]! ^= 1;
			expect(shown(changed)).toEqual({ version: "QUIC v1" });
		}
		expect(shown(packet.subarray(0, 1199))).toEqual({ version: "QUIC v1" });
	});

	it("may hold anything: frames that are none, lengths that run out", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), (frames) => {
				expect(shown(initial(VERSION_1, frames))).toMatchObject({ version: "QUIC v1" });
			}),
			{ numRuns: 200 },
		);
		expect(shown(initial(VERSION_1, hex("06 bfffffff 4010"), FRAME))).toEqual({ version: "QUIC v1" });
	});
});

describe("other packets", () => {
	it.each<[string, Uint8Array, Role]>([
		["a server's first packet", hex("cf000000010008f067a5502a4262b5004075c0d95a482cd0"), Role.Server],
		[
			"a client that has a name of its own",
			hex("c0 00000001 08 0102030405060708 08 1112131415161718 00 4000"),
			Role.Either,
		],
		["a retry", hex("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba"), Role.Server],
		["early data", hex("d0 00000001 08 0102030405060708 00 4020 0000"), Role.Client],
		["early data of version 2", hex("e0 6b3343cf 08 0102030405060708 00 4020 0000"), Role.Client],
		["a handshake packet", hex("e0 00000001 08 0102030405060708 08 1112131415161718 4020"), Role.Either],
		["a list of versions", hex("80 00000000 00 08 1112131415161718 00000001 6b3343cf"), Role.Server],
		["draft 29", hex("c0 ff00001d 08 0102030405060708 00 00 4020"), Role.Client],
	])("%s", (_, bytes, expected) => {
		expect(role(bytes)).toBe(expected);
	});

	it.each<[string, Uint8Array]>([
		["a short header", hex("40 00000001 08 0102030405060708 00")],
		["a version that is none", hex("c0 00000009 08 0102030405060708 00 00 4020")],
		["a connection id that is too long", hex("c0 00000001 15 0102030405060708090a0b0c0d0e0f101112131415 00 00")],
		["a connection id that is cut", hex("c0 00000001 08 010203")],
		["a list of no versions", hex("80 00000000 00 08 1112131415161718")],
		["a list of versions that are none", hex("80 00000000 00 00 12345678")],
	])("not %s", (_, bytes) => {
		expect(role(bytes)).toBe(Role.No);
		expect(shown(bytes)).toBeTypeOf("object");
	});

	it("name their version", () => {
		expect(shown(hex("c0 ff00001d 08 0102030405060708 00 00 4020"))).toEqual({ version: "QUIC draft 29" });
	});
});

describe("datagrams of any kind", () => {
	const packet = initial(VERSION_1, FRAME);
	const mutated = fc
		.tuple(fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat(255)), { maxLength: 4 }), fc.nat())
		.map(([changes, end]) => {
			const bytes = Uint8Array.from(packet);
			for (const [at, value] of changes) bytes[at] = value;
			return bytes.subarray(0, end % 2 ? bytes.length : end % 60);
		});

	it("are read alike whatever surrounds them, without an error", () => {
		const edge = fc.uint8Array({ maxLength: 12 });
		fc.assert(
			fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 60 })), edge, edge, (bytes, before, after) => {
				const all = concat(before, bytes, after);
				const [start, end] = [before.length, before.length + bytes.length];
				expect(quic.recognise(all, start, end)).toBe(role(bytes));
				expect(quic.describe!(all, start, end)).toEqual(shown(bytes));
			}),
			{ numRuns: 1000 },
		);
	});
});
