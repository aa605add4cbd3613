import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressOfBytes } from "../../src/packet/address.ts";
import { type ByteOrder, Bytes, Pcapng, read } from "../support/capture-file.ts";

const hello = Buffer.from("hello");
const ORDERS: ByteOrder[] = ["le", "be"];

describe.each(ORDERS)("pcapng, %s", (order) => {
	const ng = new Pcapng(order);

	it("reads enhanced, simple and obsolete packet blocks", async () => {
		const { packets, problems } = await read(
			Buffer.concat([
				ng.section(),
				ng.interface(1, 65535, ng.option(2, Buffer.from("eth0"))),
				ng.enhanced(0, 1_700_000_000_000_001n, hello, 1500),
				ng.old(0, 1_700_000_000_000_002n, hello),
				ng.simple(hello),
			]),
		);
		expect(problems).toEqual([]);
		expect(packets.map(({ number, time, data, wireLength }) => ({ number, time, data, wireLength }))).toEqual([
			{ number: 1, time: 1_700_000_000_000_001_000n, data: hello.toString("hex"), wireLength: 1500 },
			{ number: 2, time: 1_700_000_000_000_002_000n, data: hello.toString("hex"), wireLength: 5 },
			{ number: 3, time: 1_700_000_000_000_002_000n, data: hello.toString("hex"), wireLength: 5 },
		]);
	});

	it.each([
		[6, "enhanced packet"],
		[2, "packet"],
	])("skips a block of type %i that is too short for its header, wherever it lies (%s)", async (type) => {
		const whole = [ng.section(), ng.interface(1), ng.enhanced(0, 1n, hello)];
		const short = ng.block(type, new Uint8Array(0));
		const length = Buffer.concat([...whole, short]).length;
		// As the last block of a read of 512 KiB, nothing of the window's memory follows it.
		const filler = ng.block(0x0bad, new Uint8Array(512 * 1024 - length - 12));
		const { packets, problems } = await read(Buffer.concat([...whole, filler, short]));
		expect(packets).toHaveLength(1);
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatchObject({ kind: "corrupt", offset: 512 * 1024 - 12 });
	});

	it("reads the names of a name resolution block", async () => {
		const record = (type: number, ...parts: Uint8Array[]) => ng.option(type, Buffer.concat(parts));
		const v6 = Buffer.from("fd000000000000000000000000000001", "hex");
		const block = ng.block(
			4,
			Buffer.concat([
				record(1, Uint8Array.of(10, 0, 0, 1), Buffer.from("pbx.example\0pbx\0")),
				record(2, v6, Buffer.from("six.example\0")),
				record(1, Uint8Array.of(10, 0, 0, 2), Buffer.from("unterminated")),
				record(1, Uint8Array.of(10, 0)),
				record(7, Buffer.from("no such record")),
				Buffer.alloc(4),
			]),
		);
		const { names, problems } = await read(Buffer.concat([ng.section(), block, ng.interface(1)]));
		expect(problems).toEqual([]);
		expect(names.map(({ address, name }) => [addressOfBytes(address), name])).toEqual([
			["10.0.0.1", "pbx.example"],
			["10.0.0.1", "pbx"],
			["fd00::1", "six.example"],
			["10.0.0.2", "unterminated"],
		]);
	});

	it("cuts a simple packet at the interface's snaplen", async () => {
		const { packets } = await read(
			Buffer.concat([ng.section(), ng.interface(1, 4), ng.simple(hello.subarray(0, 4), 99)]),
		);
		expect(packets[0]).toMatchObject({ data: hello.subarray(0, 4).toString("hex"), wireLength: 99 });
	});

	it("skips blocks that it has no use for by their length", async () => {
		const others = [5, 9, 10, 0x0bad, 0x40000bad, 0x80000001, 0x7777].map((type) =>
			ng.block(type, Buffer.alloc(40, 3)),
		);
		const { packets, problems } = await read(
			Buffer.concat([ng.section(), ...others, ng.interface(1), ...others, ng.enhanced(0, 5n, hello), ...others]),
		);
		expect(packets).toHaveLength(1);
		expect(problems).toEqual([]);
	});

	it("knows each interface's link type, name and frame check sequence", async () => {
		const { interfaces, packets } = await read(
			Buffer.concat([
				ng.section(),
				ng.interface(1, 0, ng.option(2, Buffer.from("lan")), ng.option(13, Buffer.from([4]))),
				ng.interface(113),
				ng.enhanced(1, 0n, hello),
				ng.enhanced(0, 0n, hello),
			]),
		);
		expect(interfaces).toMatchObject([
			{ linkType: 1, name: "lan", fcsLength: 4 },
			{ linkType: 113, name: undefined, fcsLength: 0 },
		]);
		expect(packets.map((packet) => packet.interface)).toEqual([1, 0]);
	});

	it("adds if_tsoffset", async () => {
		const offset = ng.option(14, new Bytes(order).i64(-3600n).bytes);
		const { packets } = await read(
			Buffer.concat([ng.section(), ng.interface(1, 0, offset), ng.enhanced(0, 7_200_000_001n, hello)]),
		);
		expect(packets[0]!.time).toBe(3_600_000_001_000n);
	});

	it("counts what the statistics blocks say was dropped, the last of each interface", async () => {
		const statistics = (drops: bigint) =>
			ng.block(
				5,
				new Bytes(order)
					.u32(0)
					.u32(0)
					.u32(0)
					.add(ng.option(5, new Bytes(order).i64(drops).bytes)).bytes,
			);
		const { dropped } = await read(Buffer.concat([ng.section(), ng.interface(1), statistics(3n), statistics(10n)]));
		expect(dropped).toBe(10);
	});
});

describe("pcapng", () => {
	it("reads sections of either byte order in one file, each with its own interfaces", async () => {
		const parts = ORDERS.flatMap((order, i) => {
			const ng = new Pcapng(order);
			return [ng.section(), ng.interface(i === 0 ? 1 : 101), ng.enhanced(0, BigInt(i), hello)];
		});
		const { packets, interfaces, problems } = await read(Buffer.concat(parts));
		expect(problems).toEqual([]);
		expect(packets.map((packet) => packet.interface)).toEqual([0, 1]);
		expect(interfaces.map((each) => each.linkType)).toEqual([1, 101]);
	});

	it("turns any if_tsresol into nanoseconds exactly", async () => {
		const resolution = fc.oneof(
			fc.integer({ min: 0, max: 19 }),
			fc.integer({ min: 0, max: 62 }).map((n) => n | 0x80),
		);
		const ticks = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
		await fc.assert(
			fc.asyncProperty(resolution, ticks, async (tsresol, time) => {
				const ng = new Pcapng();
				const units = tsresol & 0x80 ? 2n ** BigInt(tsresol & 0x7f) : 10n ** BigInt(tsresol);
				const file = Buffer.concat([
					ng.section(),
					ng.interface(1, 0, ng.option(9, Buffer.from([tsresol]))),
					ng.enhanced(0, time, hello),
				]);
				const seconds = time / units;
				fc.pre(seconds <= BigInt(Number.MAX_SAFE_INTEGER)); // beyond it, no calendar has a date
				const { packets } = await read(file);
				expect(packets[0]!.time).toBe(seconds * 1_000_000_000n + ((time % units) * 1_000_000_000n) / units);
			}),
			{ numRuns: 200 },
		);
	});
});
