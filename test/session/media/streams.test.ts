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

/**
 * The receiver of RFC 3550: `update_seq` of A.1 with its names, the loss of A.3, the jitter of A.8 in milliseconds. What it
 * throws away of a sequence that begins anew counts here: the packet before, and what was expected until then.
 */
function receive(packets: readonly { at: number; sequence: number; timestamp: number }[]) {
	const [RTP_SEQ_MOD, MAX_DROPOUT, MAX_MISORDER] = [1 << 16, 3000, 100];
	let [cycles, max_seq, bad_seq] = [0, packets[0]!.sequence, RTP_SEQ_MOD + 1];
	let lowest = max_seq;
	let seen = new Set([max_seq]);
	let transit = packets[0]!.at - packets[0]!.timestamp / 8;
	let [jitter, expected, duplicates, reordered] = [0, 0, 0, 0];
	/** After a new beginning there is none to count from. */
	let hasTransit = true;
	const jitters: number[] = [];
	for (const { at, sequence: seq, timestamp } of packets.slice(1)) {
		const udelta = (seq - max_seq + RTP_SEQ_MOD) % RTP_SEQ_MOD;
		let isNew = true;
		if (udelta < MAX_DROPOUT) {
			if (seq < max_seq) cycles += RTP_SEQ_MOD;
			max_seq = seq;
			isNew = udelta > 0;
			if (!isNew) duplicates++;
		} else if (udelta <= RTP_SEQ_MOD - MAX_MISORDER) {
			if (seq !== bad_seq) {
				bad_seq = (seq + 1) & (RTP_SEQ_MOD - 1);
				continue;
			}
			expected += cycles + max_seq - lowest + 1;
			[cycles, max_seq, bad_seq, lowest, hasTransit] = [0, seq, RTP_SEQ_MOD + 1, seq - 1, false];
			seen = new Set([seq - 1]);
		} else {
			const extended = cycles + max_seq - (RTP_SEQ_MOD - udelta);
			// Repetitions are known as such among the latest 32 numbers.
			isNew = !(seen.has(extended) && RTP_SEQ_MOD - udelta < 32);
			if (isNew) reordered++;
			else duplicates++;
			lowest = Math.min(lowest, extended);
			seen.add(extended);
		}
		if (udelta < MAX_DROPOUT || seen.size === 1) seen.add(cycles + max_seq);
		if (!isNew) continue;
		const d = Math.abs(at - timestamp / 8 - transit);
		transit = at - timestamp / 8;
		if (hasTransit) {
			jitter += (d - jitter) / 16;
			jitters.push(jitter);
		}
		hasTransit = true;
	}
	expected += cycles + max_seq - lowest + 1;
	const lost = Math.max(0, expected - (packets.length - duplicates));
	return { counts: { packets: packets.length, expected, lost, duplicates, reordered }, jitters };
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
		["a gap", [1, 2, 5, 6], { expected: 6, lost: 2, burst: 2 }],
		["numbers that wrap", [65_534, 65_535, 0, 1], { expected: 4, lost: 0 }],
		["a gap over the wrap", [65_534, 1, 2], { expected: 5, lost: 2, burst: 2 }],
		["the largest of several gaps", [1, 3, 7, 9], { lost: 5, burst: 3 }],
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

	it.each<[string, number[], Partial<Stream>]>([
		["a first packet that comes twice, the second time late", [1, 2, 1, 3], { duplicates: 1, reordered: 0, lost: 0 }],
		["one stray number 0", [30_000, 0, 30_001, 30_002], { expected: 3 }],
		["one stray number 1", [30_000, 1, 30_001, 30_002], { expected: 3 }],
		["numbers that begin anew with 0", [30_000, 30_001, 0, 1, 2], { expected: 5, lost: 0 }],
		["a stray number behind a new beginning", [10, 40_000, 40_001, 1, 40_002], { expected: 4 }],
		[
			"one of a new beginning's first numbers, long after it",
			[10, ...Array.from({ length: 300 }, (_, n) => 40_000 + n), 40_001, 40_300],
			{ expected: 302, lost: 0 },
		],
		["a late packet behind a gap as wide as the window", [1, 2, 3, 35, 34], { duplicates: 0, reordered: 1 }],
		["a late packet behind one that is later still", [0, 60, 20, 52], { duplicates: 0, reordered: 2 }],
		["the first packet of a new beginning again", [10, 40_000, 40_001, 40_000], { duplicates: 1, reordered: 0 }],
		["a jump that is a loss yet", [10, 3009, 3010], { expected: 3001, lost: 2998 }],
		["a jump that is none any more", [10, 3010, 11], { expected: 2 }],
		["a packet that is late yet", [200, 101], { expected: 100, reordered: 1 }],
		["a packet that is too late", [200, 100], { expected: 1, reordered: 0 }],
	])("takes %s into account, as RFC 3550, A.1 does", (_, numbers, expected) => {
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

	it("tells comfort noise, and what G.729 sends in its place", () => {
		const sent = (type: number, ...lengths: number[]) =>
			follow(lengths.map((length, n) => ({ at: 20 * n, sequence: n, type, length }))).hasComfortNoise;
		expect([sent(8, 160, 160), sent(18, 20, 20), sent(8, 162, 2)]).toEqual([false, false, false]);
		expect([sent(18, 20, 2), sent(18, 12, 20), sent(13, 1)]).toEqual([true, true, true]);
	});

	it("keeps the payload types in their order", () => {
		const types = [8, 18, 8, 0].map((type, i) => ({ at: 20 * i, sequence: i, type }));
		expect(follow(types).payloadTypes).toEqual([8, 18, 0]);
		const many = Array.from({ length: 20 }, (_, i) => ({ at: 20 * i, sequence: i, type: 96 + i }));
		expect(follow(many).payloadTypes).toEqual([96, 97, 98, 99, 100, 101]);
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

	it("concludes a clock from 32 packets, no fewer, that runs within a tenth of a usual one", () => {
		const sent = (count: number, rate: number) =>
			follow(
				Array.from({ length: count }, (_, n) => ({
					at: 5000 + 20 * n,
					sequence: n,
					timestamp: 70_000 + Math.round((n * rate) / 50),
					type: 111,
				})),
			);
		expect([sent(31, 8000).rate, sent(32, 8000).rate]).toEqual([0, 8000]);
		expect([7300, 8700, 46_000, 52_000].map((rate) => sent(64, rate).rate)).toEqual([8000, 8000, 48_000, 48_000]);
		expect([7000, 9000, 20_000, 70_000].map((rate) => sent(64, rate).rate)).toEqual([0, 0, 0, 0]);
		expect(sent(64, 7000).isRateAssumed).toBe(false);
	});

	it("has the clock that is known of its newest type, if any", () => {
		const typed = (...types: number[]) =>
			follow(types.map((type, n) => ({ at: 20 * n, sequence: n, timestamp: 160 * n, type })));
		expect([typed(0).rate, typed(0).payloadTypes]).toEqual([8000, [0]]);
		expect([typed(111).rate, typed(8, 111).rate, typed(111, 8).rate]).toEqual([0, 8000, 8000]);
		const concluded = Array.from({ length: 40 }, (_, n) => ({
			at: 20 * n,
			sequence: n,
			timestamp: 320 * n,
			type: 111,
		}));
		const last = (type: number) => follow([...concluded, { at: 800, sequence: 40, timestamp: 12_800, type }]);
		expect([last(112).rate, last(112).isRateAssumed]).toEqual([16_000, true]);
		expect([last(8).rate, last(8).isRateAssumed]).toEqual([8000, false]);
	});

	it("has a pace: how fast its time stamps run, from wherever they and the capture begin", () => {
		fc.assert(
			fc.property(
				fc.nat(1e6),
				fc.nat(0xffffffff),
				fc.integer({ min: 2, max: 50 }),
				fc.integer({ min: 5, max: 80 }),
				(begin, timestamp, count, every) => {
					const packets = Array.from({ length: count }, (_, n) => ({
						at: begin + every * n,
						sequence: n,
						timestamp: timestamp + 160 * n,
					}));
					expect(follow(packets).pace).toBeCloseTo(20 / every, 9);
				},
			),
		);
		expect([follow(numbered(1)).pace, follow([...numbered(1), { at: 0, sequence: 2 }]).pace]).toEqual([null, null]);
		expect(follow(numbered(1, 2, 3).map((packet) => ({ ...packet, type: 111 }))).pace).toBeNull();
		// A type that comes later does not move the beginning.
		const types = [8, 8, 18, 18].map((type, n) => ({ at: 1000 + 20 * n, sequence: n, timestamp: 160 * n, type }));
		expect(follow(types).pace).toBeCloseTo(1, 9);
	});

	it("counts jitter anew where numbers and time stamps begin anew, and where the type changes", () => {
		const anew = [10, 11, 12, 40_000, 40_001, 40_002, 40_003];
		const packets = anew.map((sequence, n) => ({ at: 20 * n, sequence, timestamp: (n < 3 ? 5e6 : 0) + 160 * n }));
		expect(follow(packets)).toMatchObject({ jitter: { mean: 0, max: 0 }, expected: 7, payloadTypes: [8] });
		const types = [8, 8, 18, 18, 8, 8].map((type, n) => ({
			at: 20 * n,
			sequence: n,
			timestamp: (type === 8 ? 5e6 : 0) + 160 * n,
			type,
		}));
		expect(follow(types)).toMatchObject({ jitter: { mean: 0, max: 0 }, payloadTypes: [8, 18] });
	});

	it("takes short packets of dynamic types for digits, and no others", () => {
		const short = (type: number, timestamp: number, length = 4) =>
			follow([...numbered(1, 2), { at: 40, sequence: 3, timestamp, type, length }]);
		expect([short(96, 0).digits, short(127, 0).digits, short(101, 77).digits]).toEqual([1, 1, 1]);
		expect([short(18, 0).digits, short(18, 0).payloadTypes]).toEqual([0, [8, 18]]);
		expect([short(101, 0, 5).digits, short(101, 0, 5).payloadTypes]).toEqual([0, [8, 101]]);
	});

	it("says nothing of jitter where the clock is no usual one", () => {
		const packets = Array.from({ length: 100 }, (_, n) => ({ at: 20 * n, sequence: n, timestamp: n * 7, type: 111 }));
		expect(follow(packets)).toMatchObject({ rate: 0, jitter: null });
	});

	it("is what the receiver of RFC 3550, A.1, A.3 and A.8 finds, whatever comes", () => {
		const step = fc.oneof(
			{ weight: 6, arbitrary: fc.constantFrom(1, 1, 1, 2, 3) },
			{ weight: 3, arbitrary: fc.integer({ min: -40, max: 0 }) },
			{ weight: 1, arbitrary: fc.constantFrom(31, 32, 33, 2999, 3000, 3001, -31, -32, -33, -98, -99, -100, -101) },
			{ weight: 1, arbitrary: fc.integer({ min: -30_000, max: 30_000 }) },
		);
		const sent = fc.record({ step, wait: fc.nat(60), tick: fc.nat(400) });
		fc.assert(
			fc.property(fc.nat(65_535), fc.array(sent, { minLength: 1, maxLength: 120 }), (first, plan) => {
				let [at, sequence] = [1000, first];
				const packets = plan.map(({ step, wait, tick }, n) => {
					at += wait;
					sequence = (sequence + (n === 0 ? 0 : step)) & 0xffff;
					return { at, sequence, timestamp: 8 * at + tick };
				});
				const { jitter, ...found } = follow(packets);
				const receiver = receive(packets);
				expect(found).toMatchObject(receiver.counts);
				expect(found.maxGap).toBe(Math.max(0, ...plan.slice(1).map(({ wait }) => wait * MS)));
				expect(jitter === null).toBe(receiver.jitters.length === 0);
				if (jitter === null) return;
				expect(jitter.max / MS).toBeCloseTo(Math.max(...receiver.jitters), 6);
				const sum = receiver.jitters.reduce((all, each) => all + each, 0);
				expect(jitter.mean / MS).toBeCloseTo(sum / receiver.jitters.length, 6);
			}),
		);
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

	it("do not mix, however many there are: each is what it is alone", () => {
		const asked: string[] = [];
		const streams = new StreamTable((flow, side, type) => {
			asked.push(`${flow} ${side} ${type}`);
			return 8000;
		});
		const ids = Array.from({ length: 600 }, (_, n) => streams.open(n, (n & 1) as 0 | 1, n + 1, 0, n & 63));
		expect(ids).toEqual(Array.from({ length: 600 }, (_, n) => n + 1));
		const packetsOf = (n: number) =>
			numbered(n, n + 1, n + 1, n + 4, n + 2).map((packet) => ({
				...packet,
				at: packet.at + n,
				type: [0, 8, 18][n % 3]!,
			}));
		for (let place = 0; place < 5; place++)
			for (const [n, id] of ids.entries()) {
				const { at, sequence, type } = packetsOf(n)[place]!;
				streams.add(id, { time: at * MS }, sequence, at * 8, type, 160);
			}
		for (const [n, id] of ids.entries()) {
			expect(streams.find(id, n + 1)).toBe(id);
			expect(streams.from(id)).toEqual([{ ...follow(packetsOf(n)), flow: n, side: n & 1, ssrc: n + 1, dscp: n & 63 }]);
			expect(asked).toContain(`${n} ${n & 1} ${[0, 8, 18][n % 3]}`);
		}
	});

	it("of a side lie anywhere among those of others", () => {
		const streams = table();
		let newest = 0;
		for (let n = 0; n < 15; n++) {
			for (let other = 0; other < 100; other++) streams.open(9, 0, other, 0, 0);
			newest = streams.open(0, 0, 1000 + n, newest, 0);
		}
		expect(streams.from(newest).map(({ ssrc }) => ssrc)).toEqual(Array.from({ length: 15 }, (_, n) => 1000 + n));
		expect(streams.find(newest, 1000)).toBe(101);
		newest = streams.open(0, 0, 2000, newest, 0);
		expect(newest).toBeGreaterThan(0);
		expect(streams.open(0, 0, 2001, newest, 0)).toBe(0);
	});

	it("count what came twice before they began", () => {
		const streams = table();
		for (const id of [streams.open(0, 0, 1, 0, 0), streams.open(1, 0, 1, 0, 0)]) {
			for (const n of [1, 2, 4]) streams.add(id, { time: n }, n, 160 * n, 8, 160);
			streams.repeat(id, 2);
			streams.repeat(id, 3);
			expect(streams.from(id)).toMatchObject([{ packets: 8, duplicates: 5, expected: 4, lost: 1 }]);
		}
	});

	it("of a whole run are bounded", () => {
		const streams = table();
		for (let n = 0; n < 99_999; n++) streams.open(n, 0, 1, 0, 0);
		expect([streams.open(5, 1, 2, 0, 0), streams.open(6, 1, 2, 0, 0), streams.size]).toEqual([100_000, 0, 100_000]);
		expect(streams.from(100_000)).toMatchObject([{ flow: 5, side: 1, ssrc: 2 }]);
	});

	it("are bounded, whatever sources come", () => {
		const streams = table();
		let newest = 0;
		for (let ssrc = 1; ssrc < 1000; ssrc++) newest = streams.open(0, 0, ssrc, newest, 0) || newest;
		expect(streams.from(newest).length).toBeLessThanOrEqual(16);
	});
});
