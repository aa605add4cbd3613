import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Stream } from "../../../src/session/media/stream-record.ts";
import { StreamTable } from "../../../src/session/media/streams.ts";

const MS = 1e6;
const rates: Readonly<Record<number, number>> = { 0: 8000, 8: 8000, 18: 8000 };
const table = () => new StreamTable((_flow, _side, type) => rates[type] ?? 0);

interface Packet {
	/** Milliseconds. */
	readonly at: number;
	readonly sequence: number;
	readonly timestamp?: number;
	readonly type?: number;
	readonly length?: number;
}

function follow(packets: readonly Packet[]): Stream {
	const streams = table();
	const id = streams.open(3, 1, 0xdeadbeef | 0, 0, 46);
	for (const { at, sequence, timestamp = at * 8, type = 8, length = 160 } of packets)
		streams.add(id, { time: at * MS }, sequence & 0xffff, timestamp | 0, type, length);
	return streams.from(id)[0]!;
}

/** Packets 20 ms apart with these numbers. */
const numbered = (...numbers: number[]): Packet[] => numbers.map((sequence, i) => ({ at: 20 * i, sequence }));

describe("a stream", () => {
	it("knows who sends it, how many packets came, and when", () => {
		expect(follow(numbered(1, 2, 3))).toMatchObject({
			flow: 3,
			side: 1,
			ssrc: 0xdeadbeef,
			dscp: 46,
			first: 0,
			last: 40 * MS,
			packets: 3,
			expected: 3,
			lost: 0,
			maxGap: 20 * MS,
			payloadTypes: [8],
			rate: 8000,
			isRateAssumed: false,
		});
	});

	it.each<[string, number[], Partial<Stream>]>([
		["a gap", [1, 2, 5, 6], { expected: 6, lost: 2 }],
		["numbers that wrap", [65_534, 65_535, 0, 1], { expected: 4, lost: 0 }],
		["a gap over the wrap", [65_534, 1, 2], { expected: 5, lost: 2 }],
		["a duplicate", [1, 2, 2, 3], { packets: 4, expected: 3, lost: 0, duplicates: 1 }],
		["a late duplicate", [1, 2, 3, 4, 2], { lost: 0, duplicates: 1, reordered: 0 }],
		["a late packet", [1, 3, 2, 4], { lost: 0, duplicates: 0, reordered: 1 }],
		["a packet before the first", [2, 1, 3], { expected: 3, lost: 0, reordered: 1 }],
		[
			"a late packet beyond the window",
			[1, ...Array.from({ length: 50 }, (_, i) => i + 3), 2],
			{ lost: 0, reordered: 1 },
		],
		["numbers that begin anew", [10, 11, 40_000, 40_001, 40_002], { expected: 5, lost: 0 }],
		["one stray number", [10, 11, 40_000, 12, 13], { expected: 4, lost: 0 }],
	])("takes %s into account", (_, numbers, expected) => {
		expect(follow(numbered(...numbers))).toMatchObject(expected);
	});

	it("has the jitter of RFC 3550, A.8, mean and maximum", () => {
		expect(follow(numbered(1, 2, 3)).jitter).toEqual({ mean: 0, max: 0 });
		// 16 ms late once: |D| = 16 ms, twice; J = 1, then 1 + (16 - 1) / 16 = 1.9375.
		const late = follow([
			{ at: 0, sequence: 1, timestamp: 0 },
			{ at: 36, sequence: 2, timestamp: 160 },
			{ at: 40, sequence: 3, timestamp: 320 },
		]);
		expect(late.jitter!.max / MS).toBeCloseTo(1.9375, 9);
		expect(late.jitter!.mean / MS).toBeCloseTo((1 + 1.9375) / 2, 9);
	});

	it("counts time stamps that wrap", () => {
		const wrap = [1, 2, 3].map((n) => ({ at: 20 * n, sequence: n, timestamp: 0xffffff60 + 160 * n }));
		expect(follow(wrap).jitter).toEqual({ mean: 0, max: 0 });
	});

	it("tells digits and comfort noise from speech, and counts each digit once", () => {
		const digits = [1, 2, 3].map((n) => ({
			at: 60 + n,
			sequence: 3 + n,
			timestamp: n < 3 ? 9000 : 9999,
			type: 101,
			length: 4,
		}));
		const noise = { at: 80, sequence: 7, type: 13, length: 1 };
		const stream = follow([...numbered(1, 2, 3), ...digits, noise, { at: 100, sequence: 8 }]);
		expect(stream).toMatchObject({ digits: 2, payloadTypes: [8], lost: 0, packets: 8, jitter: { mean: 0, max: 0 } });
	});

	it("keeps the payload types in their order", () => {
		const types = [8, 18, 8, 0].map((type, i) => ({ at: 20 * i, sequence: i, type }));
		expect(follow(types).payloadTypes).toEqual([8, 18, 0]);
		const many = Array.from({ length: 20 }, (_, i) => ({ at: 20 * i, sequence: i, type: 96 + i }));
		expect(follow(many).payloadTypes.length).toBeLessThanOrEqual(6);
	});

	it.each([8000, 16_000, 48_000, 90_000])("concludes a clock of %i Hz that nothing announces", (rate) => {
		const packets = Array.from({ length: 100 }, (_, n) => ({
			at: 20 * n,
			sequence: n,
			timestamp: (n * rate) / 50,
			type: 111,
		}));
		expect(follow(packets)).toMatchObject({ rate, isRateAssumed: true });
	});

	it("says nothing of jitter where the clock is no usual one", () => {
		const packets = Array.from({ length: 100 }, (_, n) => ({ at: 20 * n, sequence: n, timestamp: n * 7, type: 111 }));
		expect(follow(packets)).toMatchObject({ rate: 0, jitter: null });
	});

	it("finds every packet that is missing, whatever the order within the window", () => {
		fc.assert(
			fc.property(
				fc.nat(65_535),
				fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { minLength: 2, maxLength: 200 }),
				(first, plan) => {
					// The first and the last packet come in their places, so that the range is known.
					const kept = plan.map(([isKept, delay], n) => ({
						n,
						delay,
						isKept: isKept || n === 0 || n === plan.length - 1,
					}));
					const sent = kept.filter(({ isKept }) => isKept);
					const order = sent
						.map(({ n, delay }) => ({
							n,
							place: n === 0 ? -1 : n === plan.length - 1 ? Number.POSITIVE_INFINITY : n + delay,
						}))
						.sort((a, b) => a.place - b.place);
					const stream = follow(order.map(({ n }, i) => ({ at: 20 * i, sequence: first + n })));
					expect(stream.expected).toBe(plan.length);
					expect(stream.lost).toBe(plan.length - sent.length);
					expect(stream.duplicates).toBe(0);
				},
			),
		);
	});
});

describe("the streams of one side", () => {
	it("are found by their source and listed in the order in which they began", () => {
		const streams = table();
		const first = streams.open(0, 0, 1, 0, 0);
		const second = streams.open(0, 0, 2, first, 0);
		expect([streams.find(second, 1), streams.find(second, 2), streams.find(second, 3)]).toEqual([first, second, 0]);
		expect(streams.from(second).map(({ ssrc }) => ssrc)).toEqual([1, 2]);
	});

	it("are bounded, whatever sources come", () => {
		const streams = table();
		let newest = 0;
		for (let ssrc = 1; ssrc < 1000; ssrc++) newest = streams.open(0, 0, ssrc, newest, 0) || newest;
		expect(streams.from(newest).length).toBeLessThanOrEqual(16);
	});
});
