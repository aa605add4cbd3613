/**
 * The record of one RTP stream: what its receiver would find, by RFC 3550, A.1 (sequence), A.3 (loss) and A.8 (jitter).
 */

/**
 * Word offsets inside a stream's record: what every packet touches first, in two cache lines. Times are nanoseconds since
 * the run's epoch, time stamps signed.
 */
export const AT = {
	ssrc: 14,
	packets: 15,
	/** Which of the 32 numbers up to the highest came, as bits. */
	window: 16,
	/** Of the packet that jitter counts from; its arrival is among the doubles. */
	timestamp: 17,
	jitterCount: 18,
	/** Clock units in a second: 0 unknown, negative where concluded from the time stamps. */
	rate: 19,
	/** The payload type now. */
	type: 20,
	/** The number that would show that they begin anew, -1 for none. */
	suspect: 21,
	/** 2 × flow + the sending side. */
	sender: 22,
	/** Id of the side's previous stream, 0 for none. */
	older: 23,
	duplicates: 24,
	/** Came later than a packet with a higher number. */
	reordered: 25,
	firstTimestamp: 26,
	/** Differentiated services code point of the first packet. */
	dscp: 27,
	/** Digits (RFC 4733). */
	digits: 28,
	/** Packets that stand for silence. */
	silences: 29,
	/** Most numbers left out at once. */
	burst: 40,
} as const;

/** The same of its doubles, from half of the record's first word on. */
export const DOUBLE = {
	last: 0,
	/** Longest silence between two packets. */
	gap: 1,
	/** Of the packet that jitter counts from. */
	arrival: 2,
	jitter: 3,
	jitterSum: 4,
	jitterMax: 5,
	/** Extended sequence numbers: highest and lowest. */
	highest: 6,
	lowest: 15,
	/** Packets expected before the numbers began anew. */
	expectedBefore: 16,
	first: 17,
	/** Payload types in the order in which they came, 7 bits each, with the number of them in the lowest 3 bits. */
	types: 18,
	/** The time stamp of the last digit. */
	digitTimestamp: 19,
} as const;
/** Words of a record. */
export const RECORD = 42;
/** RFC 3550, A.1: a jump ahead or back by these or more is a sequence that begins anew, once a second packet follows. */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
/** Sequence numbers have 16 bits; extended ones begin here, so that none below the first is negative. */
export const NUMBERS = 0x10000;
const WINDOW = 32;
/** Payload types that a record has room for, and the bits of their number and of each. */
const TYPES = 6;
const COUNT_BITS = 3;
const TYPE_BITS = 7;
/** Clock rates that dynamic payload types have. */
const RATES = [8000, 16_000, 32_000, 48_000, 90_000];
const RATE_TOLERANCE = 0.1;

/** What was seen of a stream. */
export interface Stream {
	readonly flow: number;
	/** The side that sends it. */
	readonly side: 0 | 1;
	readonly ssrc: number;
	/** Nanoseconds since the run's epoch. */
	readonly first: number;
	readonly last: number;
	readonly maxGap: number;
	readonly packets: number;
	readonly expected: number;
	/** Expected and not seen. */
	readonly lost: number;
	/** Most numbers left out at once; what was late may have come since. */
	readonly burst: number;
	readonly duplicates: number;
	readonly reordered: number;
	/** Nanoseconds; null where the clock rate is not known. */
	readonly jitter: { readonly mean: number; readonly max: number } | null;
	/** Clock units in a second; 0 where unknown. */
	readonly rate: number;
	/** Whether the rate was concluded from the time stamps. */
	readonly isRateAssumed: boolean;
	/** How fast the stream's own time runs against that of its arrivals: 1 in a live stream; null where unknown. */
	readonly pace: number | null;
	/** In the order in which they came, those of digits and comfort noise left out. */
	readonly payloadTypes: readonly number[];
	readonly dscp: number;
	readonly digits: number;
	/** Whether the sender leaves silence out: comfort noise came in its place. */
	readonly hasComfortNoise: boolean;
}

/**
 * Takes a number into account (RFC 3550, A.1).
 * @returns false for a packet whose time stamp tells nothing of the present: a duplicate, or one that begins anew.
 */
export function inOrder(words: Int32Array, doubles: Float64Array, base: number, sequence: number): boolean {
	const half = base >> 1;
	const highest = doubles[half + DOUBLE.highest]!;
	const ahead = (sequence - highest) & 0xffff;
	const window = words[base + AT.window]!;
	if (ahead === 0) {
		words[base + AT.duplicates]!++;
		return false;
	}
	if (ahead < MAX_DROPOUT) {
		doubles[half + DOUBLE.highest] = highest + ahead;
		if (ahead > words[base + AT.burst]! + 1) words[base + AT.burst] = ahead - 1;
		words[base + AT.window] = ahead >= WINDOW ? 1 : (window << ahead) | 1;
		return true;
	}
	const behind = NUMBERS - ahead;
	if (behind < MAX_MISORDER) {
		const isKnown = behind < WINDOW && ((window >>> behind) & 1) === 1;
		words[base + (isKnown ? AT.duplicates : AT.reordered)]!++;
		if (behind < WINDOW) words[base + AT.window] = window | (1 << behind);
		if (highest - behind < doubles[half + DOUBLE.lowest]!) doubles[half + DOUBLE.lowest] = highest - behind;
		return !isKnown;
	}
	if (sequence !== words[base + AT.suspect]) {
		words[base + AT.suspect] = (sequence + 1) & 0xffff;
		return false;
	}
	// Two in a row: the sender began anew, with the packet before this one.
	doubles[half + DOUBLE.expectedBefore]! += highest - doubles[half + DOUBLE.lowest]! + 1;
	doubles[half + DOUBLE.lowest] = sequence - 1 + NUMBERS;
	doubles[half + DOUBLE.highest] = sequence + NUMBERS;
	words[base + AT.window] = 3;
	words[base + AT.suspect] = -1;
	words[base + AT.type] = -1;
	return true;
}

/** Adds a payload type to those of a record. @returns its place; -1 where it is there already or there is no room. */
export function addType(doubles: Float64Array, base: number, type: number): number {
	const half = base >> 1;
	const types = doubles[half + DOUBLE.types]!;
	const count = types % 2 ** COUNT_BITS;
	for (let n = 0; n < count; n++) if (typeAt(types, n) === type) return -1;
	if (count >= TYPES) return -1;
	doubles[half + DOUBLE.types] = types + 1 + type * 2 ** (COUNT_BITS + TYPE_BITS * count);
	return count;
}

function typesIn(types: number): number[] {
	const all: number[] = [];
	for (let n = 0; n < types % 2 ** COUNT_BITS; n++) all.push(typeAt(types, n));
	return all;
}

function typeAt(types: number, place: number): number {
	return Math.floor(types / 2 ** (COUNT_BITS + TYPE_BITS * place)) % 2 ** TYPE_BITS;
}

/** The usual clock rate that time stamps and arrivals agree on, if any. */
export function concludeRate(
	words: Int32Array,
	doubles: Float64Array,
	base: number,
	time: number,
	timestamp: number,
): void {
	const half = base >> 1;
	const seconds = (time - doubles[half + DOUBLE.first]!) / 1e9;
	const measured = ((timestamp - words[base + AT.firstTimestamp]!) >>> 0) / seconds;
	const rate = RATES.find((each) => Math.abs(measured - each) < RATE_TOLERANCE * each);
	if (rate !== undefined) words[base + AT.rate] = -rate;
}

export function streamOf(words: Int32Array, doubles: Float64Array, base: number): Stream {
	const half = base >> 1;
	const sender = words[base + AT.sender]!;
	const packets = words[base + AT.packets]!;
	const duplicates = words[base + AT.duplicates]!;
	const expected =
		doubles[half + DOUBLE.expectedBefore]! + doubles[half + DOUBLE.highest]! - doubles[half + DOUBLE.lowest]! + 1;
	const count = words[base + AT.jitterCount]!;
	const rate = words[base + AT.rate]!;
	const types = doubles[half + DOUBLE.types]!;
	return {
		flow: Math.floor(sender / 2),
		side: (sender % 2) as 0 | 1,
		ssrc: words[base + AT.ssrc]! >>> 0,
		first: doubles[half + DOUBLE.first]!,
		last: doubles[half + DOUBLE.last]!,
		maxGap: doubles[half + DOUBLE.gap]!,
		packets,
		expected,
		lost: Math.max(0, expected - (packets - duplicates)),
		burst: words[base + AT.burst]!,
		duplicates,
		reordered: words[base + AT.reordered]!,
		jitter:
			count === 0 ? null : { mean: doubles[half + DOUBLE.jitterSum]! / count, max: doubles[half + DOUBLE.jitterMax]! },
		rate: Math.abs(rate),
		isRateAssumed: rate < 0,
		pace: paceOf(words, doubles, base),
		payloadTypes: typesIn(types),
		dscp: words[base + AT.dscp]!,
		digits: words[base + AT.digits]!,
		hasComfortNoise: words[base + AT.silences]! > 0,
	};
}

/** Fewer missing packets are no burst. */
const BURST = 10;

/** Whether most of the packets that a stream lacks are of one gap. */
export function isBurst({ lost, burst }: Pick<Stream, "lost" | "burst">): boolean {
	return burst >= BURST && burst <= lost && 2 * burst > lost;
}

/** A stream whose own time runs otherwise than the clock is no live one, or its time stamps are wrong: jitter means nothing. */
const PACE = { lowest: 0.8, highest: 1.25 };

/** Whether a stream's own time runs as that of its arrivals does. */
export function keepsPace({ pace }: Pick<Stream, "pace">): boolean {
	return pace !== null && pace >= PACE.lowest && pace <= PACE.highest;
}

function paceOf(words: Int32Array, doubles: Float64Array, base: number): number | null {
	const half = base >> 1;
	const rate = Math.abs(words[base + AT.rate]!);
	const seconds = (doubles[half + DOUBLE.arrival]! - doubles[half + DOUBLE.first]!) / 1e9;
	if (rate === 0 || seconds <= 0) return null;
	return ((words[base + AT.timestamp]! - words[base + AT.firstTimestamp]!) >>> 0) / rate / seconds;
}
