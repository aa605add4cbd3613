import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PerWriter, per } from "../../../scripts/captures/payloads/per.ts";
import {
	bmpString,
	boolean,
	choice,
	type Decode,
	digitString,
	ia5String,
	integer,
	listOf,
	nulls,
	objectIdentifier,
	octets,
	optional,
	sequence,
	unread,
} from "../../../src/protocol/h323/asn1.ts";
import { PerReader } from "../../../src/protocol/h323/per-reader.ts";
import { hex } from "../../support/packet-builder.ts";

function read<T>(decode: Decode<T>, bytes: Uint8Array, skipped = 0): { value: T; failed: boolean; end: number } {
	const reader = new PerReader(bytes, 0, bytes.length);
	reader.bits(skipped);
	const value = decode(reader);
	return { value, failed: reader.failed, end: reader.byte };
}

describe("aligned PER", () => {
	/** Numbers of the clauses of X.691. The first bit is skipped, so that alignment shows. */
	it.each<[string, Decode<unknown>, string, unknown]>([
		["11.5.7.1: 3 bits for 5 to 12", integer(5, 12), "50", 10],
		["11.5.7.2: a byte for 256 values", integer(0, 255), "00 fe", 254],
		["11.5.7.3: two bytes for up to 65536 values", integer(1, 65535), "00 01 02", 259],
		["11.5.7.4: as many bytes as needed for more", integer(0, 0xffffffff), "20 01 02", 258],
		["11.5.7.4, all of them", integer(0, 0xffffffff), "60 ff fe fd fc", 0xfffefdfc],
		["a single value takes nothing", integer(7, 7), "00", 7],
		["17.8: octets of a fixed size", octets(4), "00 01020304", hex("01020304")],
		["17.8: octets of a bounded size", octets(1, 20), "08 0a0b0c", hex("0a0b0c")],
		["17.8: octets without bounds", octets(), "00 03 0a0b0c", hex("0a0b0c")],
		["24: an object identifier", objectIdentifier, "00 06 0008914a0004", hex("0008914a0004")],
		["30.5: 4 bits for an alphabet of 13", digitString(1, 128), "02 45 60", "123"],
		["30.5: 8 bits for IA5String", ia5String(1, 512), "00 0001 6869", "hi"],
		["30.5: 16 bits for BMPString", bmpString(1, 256), "00 01 0068 00e9", "hé"],
		["20: a list", listOf(integer(0, 255)), "00 02 0506", [5, 6]],
	])("%s", (_, decode, bytes, value) => {
		expect(read(decode, hex(bytes), 1)).toMatchObject({ value, failed: false });
	});

	it("reads a sequence as far as it is known", () => {
		const type = sequence({ a: boolean, b: optional(integer(0, 255)), c: optional(boolean) }, { d: integer(0, 255) });
		// Extended, b absent, c present; a and c true; two additions, both present, of which the second is not known.
		const written = per()
			.preamble(true, false, true)
			.bits(3, 2)
			.additions([per().integer(9, 0, 255), per().bytes("anything")]);
		expect(read(type, written.done())).toMatchObject({ value: { a: true, c: true, d: 9 }, failed: false });
	});

	it("reads a choice by name, and passes over one that is not known", () => {
		const type = choice({ a: boolean, ...nulls("b", "c") }, { d: integer(0, 255) });
		expect(read(type, per().choice(1, 3).done()).value).toEqual({ b: true });
		expect(
			read(
				type,
				per()
					.addedChoice(0, per().integer(3, 0, 255))
					.done(),
			).value,
		).toEqual({ d: 3 });
		expect(read(type, per().addedChoice(5, per().bytes("more")).done())).toEqual({ value: {}, failed: false, end: 6 });
		expect(read(type, per().bits(0, 1).bits(3, 2).done()).failed).toBe(true);
	});

	it("keeps what came before the end, and nothing of what it cut", () => {
		const type = sequence({ a: integer(0, 255), b: sequence({ c: integer(0, 255), d: octets(4) }), e: boolean });
		expect(read(type, hex("01 02 0304")).value).toEqual({ a: 1, b: { c: 2 } });
		expect(read(sequence({ a: integer(0, 255), b: unread, c: boolean }), hex("01 ff")).value).toEqual({ a: 1 });
	});

	it("keeps damage inside an open type", () => {
		const type = sequence({ a: boolean }, { b: octets(16), c: boolean });
		const written = per()
			.preamble(true)
			.bits(1, 1)
			.additions([per().bytes("short"), per().bits(1, 1)]);
		expect(read(type, written.done())).toMatchObject({ value: { a: true, c: true }, failed: false });
	});

	it("refuses lists, additions and lengths beyond its bounds", () => {
		expect(read(listOf(boolean), hex(`41 ${"ff".repeat(20)}`))).toMatchObject({ value: [], failed: true });
		expect(read(listOf(boolean), hex(`40 ${"ff".repeat(20)}`)).value).toHaveLength(64);
		expect(read(octets(), hex("c1 00 00"))).toMatchObject({ failed: true });
		expect(read(sequence({}, {}), hex("ff ff ff ff ff ff")).failed).toBe(true);
	});

	it("reads numbers as they were written", () => {
		const bounds = fc.tuple(fc.nat(70_000), fc.nat(65_535)).map(([min, range]) => [min, min + range] as const);
		fc.assert(
			fc.property(bounds, fc.nat(), fc.nat(7), ([min, max], pick, skipped) => {
				const value = min + (pick % (max - min + 1));
				const written: PerWriter = per().bits(0, skipped).integer(value, min, max);
				expect(read(integer(min, max), written.done(), skipped)).toMatchObject({ value, failed: false });
			}),
		);
	});
});
