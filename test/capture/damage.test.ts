import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bytes, Pcapng, pcap, type Record, read } from "../support/capture-file.ts";

const ng = new Pcapng();
const packets: Record[] = Array.from({ length: 12 }, (_, i) => ({
	seconds: 1_700_000_000 + i,
	fraction: i,
	data: Buffer.alloc(20 + 3 * i, i + 1),
}));
const classic = pcap(packets);
const blocks = [
	ng.section(),
	ng.interface(1, 65535),
	...packets.map(({ seconds, fraction, data }) =>
		ng.enhanced(0, BigInt(seconds) * 1_000_000n + BigInt(fraction), data),
	),
];
const nextGeneration = Buffer.concat(blocks);
const whole = packets.map(({ data }) => Buffer.from(data).toString("hex"));

const files = [
	["pcap", classic],
	["pcapng", nextGeneration],
] as const;

describe.each(files)("a damaged %s", (name, file) => {
	it("gives every whole packet of every prefix, and says where it ends", async () => {
		for (let length = 0; length < file.length; length++) {
			const { packets: got, problems, readable } = await read(file.subarray(0, length));
			expect(got.map((packet) => packet.data)).toEqual(whole.slice(0, got.length));
			expect(got.length).toBe(wholePackets(name, length));
			if (length < 4) expect(problems).toMatchObject([{ kind: "not-a-capture" }]);
			else expect(readable).toBe(1);
			for (const { offset } of problems) expect(offset).toBeLessThanOrEqual(length);
			if (length >= 4 && !isBoundary(name, length))
				expect(problems, `${length} bytes`).toMatchObject([{ kind: "truncated" }]);
		}
	}, 60_000);

	it("survives 2,000 byte flips, each with a clear outcome", async () => {
		const random = fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }));
		await fc.assert(
			fc.asyncProperty(random, async ([at, mask]) => {
				const flipped = Buffer.from(file);
				flipped[at]! ^= mask;
				const { packets: got, problems } = await read(flipped);
				expect(got.length).toBeLessThanOrEqual(packets.length + 1);
				if (got.length < packets.length && !isUndetectable(name, at)) expect(problems.length).toBeGreaterThan(0);
				for (const problem of problems) expect(problem.message).not.toBe("");
			}),
			{ numRuns: 2000 },
		);
	}, 60_000);
});

function wholePackets(name: string, length: number): number {
	return boundaries(name).filter((end) => end <= length).length;
}

/** Ends of the packets' records. */
function boundaries(name: string): number[] {
	let at = name === "pcap" ? 24 : blocks[0]!.length + blocks[1]!.length;
	return packets.map(({ data }, i) => (at += name === "pcap" ? 16 + data.length : blocks[i + 2]!.length));
}

/** A block's type may become another that is to be skipped; a record's length may lead to the start of a later record. */
function isUndetectable(name: string, at: number): boolean {
	const starts =
		name === "pcap"
			? [24, ...boundaries(name)].map((start) => start + 8)
			: blocks.map((_, i) => Buffer.concat(blocks.slice(0, i)).length);
	return starts.some((start) => at >= start && at < start + 4);
}

function isBoundary(name: string, length: number): boolean {
	const starts = name === "pcap" ? [24] : [blocks[0]!.length, blocks[0]!.length + blocks[1]!.length];
	return [...starts, ...boundaries(name)].includes(length);
}

it("a pcap that ends inside a long packet says how much of it is there", async () => {
	const { problems } = await read(pcap([{ seconds: 1, fraction: 0, data: Buffer.alloc(1500, 1) }]).subarray(0, 1000));
	expect(problems).toMatchObject([{ kind: "truncated", offset: 24 }]);
	expect(problems[0]!.message).toBe("the file ends inside a packet: 1516 bytes needed, 976 bytes there");
});

describe("a length that cannot be true", () => {
	it("in a pcap record of 4 GiB: the rest is searched for records that can be trusted", async () => {
		const broken = Buffer.from(classic);
		broken.writeUInt32LE(0xffffffff, 24 + 8);
		const { packets: got, problems } = await read(broken);
		expect(got.map((packet) => packet.data)).toEqual(whole.slice(1));
		expect(problems).toMatchObject([{ kind: "corrupt", offset: 24 }]);
		expect(problems[0]!.message).toMatch(/claims 4294967295 bytes.*skipped 36 bytes, then reading went on/);
	});

	it("in a pcap record beyond the file's end: what comes before stays", async () => {
		const broken = Buffer.from(classic);
		broken.writeUInt32LE(200_000, boundaries("pcap")[10]! + 8);
		const { packets: got, problems } = await read(broken);
		expect(got).toHaveLength(11);
		expect(problems).toMatchObject([{ kind: "truncated", offset: boundaries("pcap")[10] }]);
	});

	it.each([0, 4, 13, 0xffffffff, 0x7ffffffc])("in a pcapng block: %i", async (length) => {
		const broken = Buffer.from(nextGeneration);
		const at = boundaries("pcapng")[3]!;
		broken.writeUInt32LE(length, at + 4);
		const { packets: got, problems } = await read(broken);
		expect(got.map((packet) => packet.data)).toEqual(whole.filter((_, i) => i !== 4));
		expect(problems).toMatchObject([{ kind: "corrupt", offset: at }]);
		expect(problems[0]!.message).toContain("then reading went on");
	});

	it.each([3, 11])("at the end of the pcapng block of packet %i alone: the packet is read, and said", async (index) => {
		const broken = Buffer.from(nextGeneration);
		const ends = boundaries("pcapng");
		broken.writeUInt32LE(7777, ends[index]! - 4);
		const { packets: got, problems } = await read(broken);
		expect(got.map((packet) => packet.data)).toEqual(whole);
		expect(problems).toMatchObject([{ kind: "corrupt", offset: ends[index - 1] }]);
		expect(problems[0]!.message).toContain("7777); the first one leads to the next block and is taken");
	});

	it("in a pcapng packet: the block is skipped", async () => {
		const broken = Buffer.from(nextGeneration);
		broken.writeUInt32LE(0xffffffff, boundaries("pcapng")[3]! + 20);
		const { packets: got, problems } = await read(broken);
		expect(got).toHaveLength(11);
		expect(problems).toMatchObject([{ kind: "corrupt", offset: boundaries("pcapng")[3] }]);
		expect(problems[0]!.message).toMatch(/claims 4294967295 bytes, its block has room for/);
	});
});

describe("damage in a pcapng file", () => {
	it.each([
		["beyond its block", 99, 5],
		["far beyond it", 0xffffffff, 5],
		["short of its block's end", 1, 9],
	])("a simple packet whose length leads %s is read as far as both go, and said", async (_, claimed, held) => {
		const data = Buffer.alloc(held, 7);
		const { packets: got, problems } = await read(
			Buffer.concat([ng.section(), ng.interface(1), ng.simple(data, claimed), ng.simple(data)]),
		);
		expect(got.map(({ data }) => data.length / 2)).toEqual([Math.min(claimed, (held + 3) & ~3), held]);
		expect(problems).toMatchObject([{ kind: "corrupt", offset: 48 }]);
		expect(problems[0]!.message).toContain(`claims ${claimed} byte`);
	});

	it("an option or name that leads out of its block is said with the block's place; packets stay", async () => {
		const bad = new Bytes("le").u16(5).u16(500).u32(0).bytes;
		const { packets: got, problems } = await read(
			Buffer.concat([
				ng.section(),
				ng.interface(1, 0, bad),
				ng.block(4, bad),
				ng.block(5, Buffer.concat([Buffer.alloc(12), bad])),
				ng.enhanced(0, 0n, Buffer.alloc(9)),
			]),
		);
		expect(got).toHaveLength(1);
		expect(problems.map(({ offset }) => offset)).toEqual([28, 56, 76]);
		for (const { message } of problems) expect(message).toContain("reaches 496 bytes beyond the block's end");
	});

	it("an interface id out of range: the packet is skipped and said", async () => {
		const { packets: got, problems } = await read(
			Buffer.concat([...blocks.slice(0, 3), ng.enhanced(7, 0n, Buffer.alloc(9)), ...blocks.slice(3)]),
		);
		expect(got).toHaveLength(12);
		expect(problems).toMatchObject([
			{ kind: "corrupt", message: "a packet names interface 7, but the section has 1 so far; the packet is skipped" },
		]);
	});

	it("is searched across megabytes, in bounded memory", async () => {
		const garbage = Buffer.alloc(40 << 20, 0x55);
		const { packets: got, problems } = await read(Buffer.concat([...blocks.slice(0, 4), garbage, ...blocks.slice(4)]));
		expect(got).toHaveLength(12);
		expect(problems).toHaveLength(1);
	}, 60_000);

	it("tells at most 50 problems one by one", async () => {
		const bad = ng.enhanced(9, 0n, Buffer.alloc(4));
		const { problems } = await read(Buffer.concat([...blocks.slice(0, 2), ...Array(500).fill(bad)]));
		expect(problems).toHaveLength(51);
		expect(problems[50]!.message).toBe("450 more problems of this file are not listed");
	});

	it("more interfaces than any capture has are not kept", async () => {
		const { interfaces, problems } = await read(Buffer.concat([ng.section(), ...Array(6000).fill(ng.interface(1))]));
		expect(interfaces).toHaveLength(4096);
		expect(problems).toMatchObject([{ kind: "limit" }]);
	});
});

it("a pcap header of random bytes behind the magic never crashes", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.uint8Array({ maxLength: 400 }),
			fc.constantFrom(0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x0a0d0d0a),
			async (noise, magic) => {
				const { readable } = await read(Buffer.concat([new Bytes("le").u32(magic).bytes, noise]));
				expect(readable).toBeLessThanOrEqual(1);
			},
		),
		{ numRuns: 300 },
	);
}, 60_000);
