/**
 * The record of one RTP stream: what its receiver would find, by RFC 3550, A.1 (sequence), A.3 (loss) and A.8 (jitter).
 */

/**
 * Offsets of a stream's doubles in its record, those that every packet touches in the first of its cache lines. Times are
 * nanoseconds since the run's epoch.
 */
export const AT = {
	/** Signed. */
	ssrc: 0,
	packets: 1,
	last: 2,
	/** Longest silence between two packets. */
	gap: 3,
	/** Extended sequence numbers: highest, and below, lowest. */
	highest: 4,
	/** Which of the 32 numbers up to the highest came, as bits. */
	window: 5,
	/** The payload type now. */
	type: 6,
	/** Clock units in a second: 0 unknown, negative where concluded from the time stamps. */
	rate: 7,
	/** Of the packet that jitter counts from: arrival and time stamp (signed, as all time stamps here). */
	arrival: 8,
	timestamp: 9,
	jitter: 10,
	jitterSum: 11,
	jitterCount: 12,
	jitterMax: 13,
	/** 2 × flow + the sending side. */
	sender: 14,
	/** Id of the side's previous stream, 0 for none. */
	older: 15,
	first: 16,
	duplicates: 17,
	/** Came later than a packet with a higher number. */
	reordered: 18,
	lowest: 19,
	/** Packets expected before the numbers began anew. */
	expectedBefore: 20,
	/** The number that would show that they begin anew, -1 for none. */
	suspect: 21,
	firstTimestamp: 22,
	/** Payload types in the order in which they came, 7 bits each, with the number of them in the lowest 3 bits. */
	types: 23,
	/** Differentiated services code point of the first packet. */
	dscp: 24,
	/** Digits (RFC 4733), and the time stamp of the last one. */
	digits: 25,
	digitTimestamp: 26,
} as const;
/** Doubles of a record: four cache lines. */
export const RECORD = 32;
/** RFC 3550, A.1: a jump ahead or back beyond these is a sequence that begins anew, once a second packet follows. */
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
}

/**
 * Takes a number into account (RFC 3550, A.1).
 * @returns false for a packet whose time stamp tells nothing of the present: a duplicate, or one that begins anew.
 */
export function inOrder(record: Float64Array, base: number, sequence: number): boolean {
	const highest = record[base + AT.highest]!;
	const ahead = (sequence - highest) & 0xffff;
	const window = record[base + AT.window]!;
	if (ahead === 0) {
		record[base + AT.duplicates]!++;
		return false;
	}
	if (ahead < MAX_DROPOUT) {
		record[base + AT.highest] = highest + ahead;
		record[base + AT.window] = ahead >= WINDOW ? 1 : ((window << ahead) | 1) >>> 0;
		return true;
	}
	const behind = NUMBERS - ahead;
	if (behind <= MAX_MISORDER) {
		const isKnown = behind < WINDOW && ((window >>> behind) & 1) === 1;
		record[base + (isKnown ? AT.duplicates : AT.reordered)]!++;
		if (behind < WINDOW) record[base + AT.window] = (window | (1 << behind)) >>> 0;
		if (highest - behind < record[base + AT.lowest]!) record[base + AT.lowest] = highest - behind;
		return !isKnown;
	}
	if (sequence !== record[base + AT.suspect]) {
		record[base + AT.suspect] = (sequence + 1) & 0xffff;
		return false;
	}
	// Two in a row: the sender began anew, with the packet before this one.
	record[base + AT.expectedBefore]! += highest - record[base + AT.lowest]! + 1;
	record[base + AT.lowest] = sequence - 1 + NUMBERS;
	record[base + AT.highest] = sequence + NUMBERS;
	record[base + AT.window] = 3;
	record[base + AT.suspect] = -1;
	record[base + AT.type] = -1;
	return true;
}

/** Adds a payload type to those of a record. @returns its place; -1 where it is there already or there is no room. */
export function addType(record: Float64Array, base: number, type: number): number {
	const types = record[base + AT.types]!;
	const count = types % 2 ** COUNT_BITS;
	for (let n = 0; n < count; n++) if (typeAt(types, n) === type) return -1;
	if (count >= TYPES) return -1;
	record[base + AT.types] = types + 1 + type * 2 ** (COUNT_BITS + TYPE_BITS * count);
	return count;
}

function typeAt(types: number, place: number): number {
	return Math.floor(types / 2 ** (COUNT_BITS + TYPE_BITS * place)) % 2 ** TYPE_BITS;
}

/** The usual clock rate that time stamps and arrivals agree on, if any. */
export function concludeRate(record: Float64Array, base: number, time: number, timestamp: number): void {
	const seconds = (time - record[base + AT.first]!) / 1e9;
	const measured = ((timestamp - record[base + AT.firstTimestamp]!) >>> 0) / seconds;
	const rate = RATES.find((each) => Math.abs(measured - each) < RATE_TOLERANCE * each);
	if (rate !== undefined) record[base + AT.rate] = -rate;
}

export function streamOf(record: Float64Array, base: number): Stream {
	const sender = record[base + AT.sender]!;
	const packets = record[base + AT.packets]!;
	const duplicates = record[base + AT.duplicates]!;
	const expected = record[base + AT.expectedBefore]! + record[base + AT.highest]! - record[base + AT.lowest]! + 1;
	const count = record[base + AT.jitterCount]!;
	const rate = record[base + AT.rate]!;
	const types = record[base + AT.types]!;
	return {
		flow: Math.floor(sender / 2),
		side: (sender % 2) as 0 | 1,
		ssrc: record[base + AT.ssrc]! >>> 0,
		first: record[base + AT.first]!,
		last: record[base + AT.last]!,
		maxGap: record[base + AT.gap]!,
		packets,
		expected,
		lost: Math.max(0, expected - (packets - duplicates)),
		duplicates,
		reordered: record[base + AT.reordered]!,
		jitter: count === 0 ? null : { mean: record[base + AT.jitterSum]! / count, max: record[base + AT.jitterMax]! },
		rate: Math.abs(rate),
		isRateAssumed: rate < 0,
		pace: paceOf(record, base),
		payloadTypes: Array.from({ length: types % 2 ** COUNT_BITS }, (_, n) => typeAt(types, n)),
		dscp: record[base + AT.dscp]!,
		digits: record[base + AT.digits]!,
	};
}

function paceOf(record: Float64Array, base: number): number | null {
	const rate = Math.abs(record[base + AT.rate]!);
	const seconds = (record[base + AT.arrival]! - record[base + AT.first]!) / 1e9;
	if (rate === 0 || seconds <= 0) return null;
	return ((record[base + AT.timestamp]! - record[base + AT.firstTimestamp]!) >>> 0) / rate / seconds;
}
