import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PcapOptions, pcap, type Record, read, withFiles } from "../support/capture-file.ts";

interface OtherPacket {
	readonly header: {
		timestampSeconds: number;
		timestampMicroseconds: number;
		capturedLength: number;
		originalLength: number;
	};
	readonly data: Buffer;
}
const otherReader = createRequire(import.meta.url)("pcap-parser") as {
	parse(path: string): { on(event: string, handler: (value: OtherPacket & Error) => void): unknown };
};

const hello = Buffer.from("hello");
const three: Record[] = [
	{ seconds: 1_700_000_000, fraction: 1, data: hello },
	{ seconds: 1_700_000_000, fraction: 999_999, data: Buffer.alloc(0) },
	{ seconds: 1_700_000_100, fraction: 0, data: Buffer.alloc(60, 7), wireLength: 1514 },
];

describe("classic pcap", () => {
	const variants: PcapOptions[] = [
		{ order: "le" },
		{ order: "be" },
		{ order: "le", nanoseconds: true },
		{ order: "be", nanoseconds: true },
		{ order: "le", modified: true },
		{ order: "be", modified: true },
	];
	it.each(variants)("reads %j", async (options) => {
		const { packets, problems } = await read(pcap(three, options));
		const scale = options.nanoseconds ? 1n : 1000n;
		expect(problems).toEqual([]);
		expect(packets.map(({ number, time, data, wireLength }) => ({ number, time, data, wireLength }))).toEqual(
			three.map(({ seconds, fraction, data, wireLength }, i) => ({
				number: i + 1,
				time: BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * scale,
				data: Buffer.from(data).toString("hex"),
				wireLength: wireLength ?? data.length,
			})),
		);
	});

	/** Records of good packets, so many seconds after one another. */
	const good = (count: number, from = 0): Record[] =>
		Array.from({ length: count }, (_, i) => ({
			seconds: 1_700_000_000 + from + i,
			fraction: i,
			data: Buffer.alloc(60, i + 1),
		}));
	const secondsOf = ({ packets }: Awaited<ReturnType<typeof read>>) =>
		packets.map(({ time }) => Number(time / 1_000_000_000n) - 1_700_000_000);

	it.each([16, 17, 1000, 4096])(
		"reads on behind %i zeros between two packets, which capinfos takes for empty ones",
		async (count) => {
			const after = pcap(good(10, 10)).subarray(24);
			const result = await read(Buffer.concat([pcap(good(10)), Buffer.alloc(count), after]));
			const packets = result.packets.filter(({ data }) => data !== "");
			expect(secondsOf({ ...result, packets })).toEqual(Array.from({ length: 20 }, (_, i) => i));
			expect(result.packets.length - packets.length).toBe(Math.floor(count / 16));
		},
	);

	it.each(variants)("reads another capture behind the first one's end: %j", async (options) => {
		const [first, second] = [pcap(good(10)), pcap(good(10, 10), options)];
		const result = await read(Buffer.concat([first, second]));
		expect(secondsOf(result)).toEqual(Array.from({ length: 20 }, (_, i) => i));
		expect(result.problems).toMatchObject([
			{ offset: first.length, message: expect.stringContaining("another capture begins") },
		]);
	});

	it("reads another capture behind one that was cut off, but for what the cut packet seems to reach into", async () => {
		const first = pcap(good(10));
		const result = await read(Buffer.concat([first.subarray(0, first.length - 30), pcap(good(30, 10))]));
		const seconds = secondsOf(result);
		expect(seconds.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
		expect(seconds.at(-1)).toBe(39);
		expect(seconds.length).toBeGreaterThan(35);
		expect(result.problems.length).toBeGreaterThan(0);
	});

	it("is not led astray by the time of one broken record", async () => {
		const broken = { seconds: 1, fraction: 0, data: Buffer.alloc(60, 9) };
		const noise = Buffer.alloc(40, 0xff);
		const result = await read(Buffer.concat([pcap([...good(10), broken]), noise, pcap(good(10, 10)).subarray(24)]));
		expect(result.packets).toHaveLength(21);
	});

	it("takes link type and frame check sequence from the header's last field", async () => {
		const { interfaces } = await read(pcap(three, { linkField: 0x44000001 }));
		expect(interfaces).toMatchObject([{ linkType: 1, fcsLength: 8 }]);
		const plain = await read(pcap(three, { linkField: 113 }));
		expect(plain.interfaces).toMatchObject([{ linkType: 113, fcsLength: 0 }]);
	});

	it("believes a packet that is longer than the header's snaplen", async () => {
		const { packets, problems } = await read(
			pcap([{ seconds: 1, fraction: 0, data: Buffer.alloc(200, 1) }], { snaplen: 68 }),
		);
		expect(packets[0]!.data).toHaveLength(400);
		expect(problems).toEqual([]);
	});

	it("keeps time stamps that run backwards, in the file's order", async () => {
		const { packets } = await read(pcap([three[2]!, three[0]!]));
		expect(packets.map((packet) => packet.time)).toEqual([1_700_000_100_000_000_000n, 1_700_000_000_000_001_000n]);
	});

	it("reads what pcap-parser reads", async () => {
		const records = fc.array(
			fc.record({
				// Nanoseconds are exact within 104 days of the first packet.
				seconds: fc.integer({ min: 1_700_000_000, max: 1_708_000_000 }),
				fraction: fc.nat(999_999),
				data: fc.uint8Array({ maxLength: 300 }),
			}),
			{ minLength: 1, maxLength: 20 },
		);
		await fc.assert(
			fc.asyncProperty(records, fc.constantFrom("le" as const, "be" as const), async (all, order) => {
				const file = pcap(all, { order });
				const [ours, theirs] = await withFiles([file], async ([path]) => [
					await read(file),
					await parseElsewhere(path!),
				]);
				// Random times are out of order.
				expect(ours!.problems.filter(({ kind }) => kind !== "time-order")).toEqual([]);
				expect(ours!.packets.map(({ time, data, wireLength }) => ({ time, data, wireLength }))).toEqual(theirs);
			}),
			{ numRuns: 40 },
		);
	});
});

function parseElsewhere(path: string): Promise<{ time: bigint; data: string; wireLength: number }[]> {
	return new Promise((resolve, reject) => {
		const packets: { time: bigint; data: string; wireLength: number }[] = [];
		const parser = otherReader.parse(path);
		parser.on("packet", ({ header, data }) => {
			const time = BigInt(header.timestampSeconds) * 1_000_000_000n + BigInt(header.timestampMicroseconds) * 1000n;
			packets.push({ time, data: data.toString("hex"), wireLength: header.originalLength });
		});
		parser.on("end", () => resolve(packets));
		parser.on("error", reject);
	});
}
