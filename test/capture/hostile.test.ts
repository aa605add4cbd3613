import * as zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../scripts/captures/random.ts";
import { type ByteOrder, Bytes, Pcapng, pcap, type Record, read } from "../support/capture-file.ts";

/** Packets that tell which one they are: no two alike, and no other bytes of a file look like one. */
function packetNumber(index: number, length: number): Buffer {
	const data = Buffer.alloc(4 + length, 0xe0 | (index & 0x0f));
	data.writeUInt32BE(0xc0de0000 + index);
	return data;
}
const lengths = fc.array(fc.nat(120), { minLength: 1, maxLength: 12 });
const order = fc.constantFrom<ByteOrder>("le", "be");
const length32 = fc.oneof(
	fc.nat(400),
	fc.constantFrom(0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff, 262_144, 262_145, 1 << 24, (1 << 24) + 4),
);
const cut = fc.option(fc.nat(), { nil: undefined });

/** A part of a file: bytes, and the packet that they hold where all is well with them. */
interface Piece {
	readonly bytes: Buffer;
	readonly packet?: Buffer;
	/** Whether nothing that follows is sure to be read. */
	readonly damaged: boolean;
	/** Whether it cannot pass for anything good, so that it must be told. */
	readonly isPlain?: boolean;
}

/** Reads the pieces as one file, cut somewhere. What must hold of any file is held here. */
async function readPieces(pieces: readonly Piece[], at: number | undefined): Promise<void> {
	const whole = Buffer.concat(pieces.map(({ bytes }) => bytes));
	const file = at === undefined ? whole : whole.subarray(0, at % (whole.length + 1));
	const { packets, problems, readable } = await read(file);
	const found = packets.map(({ data }) => data);
	let end = 0;
	const sure: string[] = [];
	let isDamaged = false;
	for (const { bytes, packet, damaged, isPlain } of pieces) {
		end += bytes.length;
		if (damaged) {
			isDamaged = isPlain === true && end <= file.length;
			break;
		}
		if (end > file.length) {
			isDamaged = file.length > end - bytes.length;
			break;
		}
		if (packet) sure.push(packet.toString("hex"));
	}
	expect(found.slice(0, sure.length)).toEqual(sure);
	if (isDamaged) expect(problems.length).toBeGreaterThan(0);
	const hexFile = file.toString("hex");
	for (const data of found) expect(hexFile).toContain(data);
	expect(readable).toBeLessThanOrEqual(1);
	expect(problems.length).toBeLessThanOrEqual(51);
	for (const { offset, message, kind } of problems) {
		expect(message).not.toBe("");
		expect(kind).not.toBe("unreadable");
		expect(Number.isInteger(offset)).toBe(true);
		expect(offset).toBeGreaterThanOrEqual(0);
		expect(offset).toBeLessThanOrEqual(file.length);
	}
}

/** What a pcapng file may hold besides its packets, all of it well-formed as blocks go. */
const oddBlock = (ng: Pcapng) =>
	fc.oneof(
		fc
			.tuple(fc.constantFrom(4, 5, 9, 10, 0x0bad, 0x40000bad, 0x80000001), fc.uint8Array({ maxLength: 80 }))
			.map(([type, body]) => ng.block(type, body)),
		// Options and name records whose lengths lie.
		fc
			.tuple(fc.constantFrom(1, 4, 5), fc.array(fc.tuple(fc.nat(16), fc.nat(70_000), fc.nat(20)), { maxLength: 5 }))
			.map(([type, options]) =>
				ng.block(
					type,
					Buffer.concat([
						Buffer.alloc(type === 1 ? 8 : type === 5 ? 12 : 0),
						...options.map(
							([code, length, held]) =>
								new Bytes(ng.order)
									.u16(code)
									.u16(length & 0xffff)
									.add(Buffer.alloc((held + 3) & ~3, 9)).bytes,
						),
					]),
				),
			),
	);

/** A block that is broken as blocks may be. */
const brokenBlock = (ng: Pcapng) =>
	fc.oneof(
		// Either length of a packet's block.
		fc.tuple(fc.boolean(), length32).map(([first, length]) => {
			const bytes = ng.enhanced(0, 0n, Buffer.alloc(30, 0x77));
			bytes.set(new Bytes(ng.order).u32(length).bytes, first ? 4 : bytes.length - 4);
			return { bytes, damaged: true };
		}),
		// A packet's captured length beyond its block.
		length32.map((length) => {
			const bytes = ng.enhanced(0, 0n, Buffer.alloc(30, 0x77));
			bytes.set(new Bytes(ng.order).u32(length).bytes, 20);
			return { bytes, damaged: true, isPlain: length > 40 };
		}),
		// An interface that is not there.
		fc
			.constantFrom(50_000, 0xffffffff)
			.map((id) => ({ bytes: ng.enhanced(id, 0n, Buffer.alloc(9, 0x77)), damaged: true, isPlain: true })),
		// Blocks too short for what they must hold.
		fc
			.tuple(fc.constantFrom(1, 2, 3, 6, 0x0a0d0d0a), fc.nat(7))
			.map(([type, length]) => ({ bytes: ng.block(type, Buffer.alloc(length, 1)), damaged: true })),
		fc.uint8Array({ minLength: 1, maxLength: 60 }).map((noise) => ({ bytes: Buffer.from(noise), damaged: true })),
		// A section header without its magic, or of another version.
		fc.nat(0xffff).map((major) => ({ bytes: ng.section(major), damaged: true })),
		fc.nat(0xff).map((at) => {
			const bytes = ng.section();
			bytes[8 + (at % 4)]! ^= 0x55;
			return { bytes, damaged: true, isPlain: true };
		}),
	);

const pcapngPieces = order
	.map((each) => new Pcapng(each))
	.chain((ng) =>
		fc
			.array(
				fc.oneof(
					{ weight: 5, arbitrary: fc.tuple(fc.constantFrom("enhanced", "old", "simple"), fc.nat(120)) },
					{ weight: 2, arbitrary: oddBlock(ng) },
					{ weight: 1, arbitrary: brokenBlock(ng) },
				),
				{ maxLength: 16 },
			)
			.map((items): Piece[] => [
				{ bytes: ng.section(), damaged: false },
				{ bytes: ng.interface(1, 65535), damaged: false },
				...items.map((item, index): Piece => {
					if (item instanceof Uint8Array) return { bytes: item, damaged: false };
					if (!Array.isArray(item)) return item;
					const [kind, length] = item;
					// A simple packet has no padding of its own kind: whole words are read alike by all.
					const packet = packetNumber(index, length & ~3);
					const bytes =
						kind === "simple" ? ng.simple(packet) : kind === "old" ? ng.old(0, 1n, packet) : ng.enhanced(0, 1n, packet);
					return { bytes, packet, damaged: false };
				}),
			]),
	);

const pcapPieces = fc
	.tuple(order, fc.boolean(), fc.boolean(), lengths, fc.option(fc.tuple(fc.nat(), length32), { nil: undefined }))
	.map(([each, nanoseconds, modified, sizes, broken]): Piece[] => {
		const records: Record[] = sizes.map((length, index) => ({
			seconds: 1_700_000_000 + index,
			fraction: index,
			data: packetNumber(index, length),
		}));
		const options = { order: each, nanoseconds, modified };
		const header = pcap([], options);
		return [
			{ bytes: header, damaged: false },
			...records.map((record, index): Piece => {
				const bytes = pcap([record], options).subarray(header.length);
				const packet = Buffer.from(record.data);
				if (broken === undefined || index !== broken[0] % sizes.length) return { bytes, packet, damaged: false };
				bytes.set(new Bytes(each).u32(broken[1]).bytes, 8);
				return { bytes, damaged: true, isPlain: broken[1] > 262_144 };
			}),
		];
	});

describe("files of good parts and bad ones, cut somewhere", () => {
	it.each([
		["pcapng", pcapngPieces],
		["pcap", pcapPieces],
	])("%s: all before the damage is read, the damage is told where it lies", async (_, pieces) => {
		await fc.assert(fc.asyncProperty(pieces, cut, readPieces), { numRuns: 700 });
	});
});

/** Bytes that gzip cannot make shorter, so that a file is several blocks of it. */
const noise = new Random("noise");

describe("a damaged gzip file", () => {
	const records = Array.from({ length: 150 }, (_, index) => ({
		seconds: 1_700_000_000 + index,
		fraction: index,
		data: Buffer.concat([packetNumber(index, 0), noise.bytes(1500)]),
	}));
	const packed = zlib.gzipSync(pcap(records));
	const whole = records.map(({ data }) => data.toString("hex"));

	it("gives every packet that zlib unpacks before a cut", async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 100, max: packed.length - 1 }), async (length) => {
				const bytes = packed.subarray(0, length);
				const unpacked = zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
				const { packets, problems } = await read(bytes);
				expect(packets.map(({ data }) => data)).toEqual(
					whole.slice(0, Math.max(0, Math.floor((unpacked.length - 24) / (16 + records[0]!.data.length)))),
				);
				expect(problems.map(({ message }) => message)).toContain("the gzip data is cut off");
			}),
			{ numRuns: 60 },
		);
	});

	it("gives every packet that zlib unpacks before damage, and tells it", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.integer({ min: 10, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 })), {
					minLength: 1,
					maxLength: 4,
				}),
				async (changes) => {
					const bytes = Buffer.from(packed);
					for (const [at, mask] of changes) bytes[at]! ^= mask;
					const { problems, packets } = await read(bytes);
					if (!bytes.equals(packed)) expect(problems.length).toBeGreaterThan(0);
					const before = await read(unpackedBefore(bytes));
					expect(packets.map(({ data }) => data)).toEqual(before.packets.map(({ data }) => data));
				},
			),
			{ numRuns: 40 },
		);
	});
});

/** What zlib unpacks of the longest beginning in which it finds no fault. */
function unpackedBefore(packed: Buffer): Buffer {
	let good: Buffer = Buffer.alloc(0);
	let [low, high] = [0, packed.length];
	while (low <= high) {
		const middle = (low + high) >> 1;
		try {
			good = zlib.gunzipSync(packed.subarray(0, middle), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
			low = middle + 1;
		} catch {
			high = middle - 1;
		}
	}
	return good;
}
