/**
 * What an RTP stream's receiver would find: RFC 3550, A.1 (sequence), A.3 (loss) and A.8 (jitter), kept in typed
 * arrays so that a packet allocates nothing.
 */

/** Offsets of a stream's doubles in its record. Times are nanoseconds since the run's epoch. */
const AT = {
	/** 2 × flow + the sending side. */
	sender: 0,
	/** Id of the side's previous stream, 0 for none. */
	older: 1,
	/** Signed. */
	ssrc: 2,
	first: 3,
	last: 4,
	/** Longest silence between two packets. */
	gap: 5,
	packets: 6,
	duplicates: 7,
	/** Came later than a packet with a higher number. */
	reordered: 8,
	/** Extended sequence numbers: lowest and highest. */
	lowest: 9,
	highest: 10,
	/** Packets expected before the numbers began anew. */
	expectedBefore: 11,
	/** The number that would show that they begin anew, -1 for none. */
	suspect: 12,
	/** Which of the 32 numbers up to the highest came, as bits. */
	window: 13,
	/** Of the packet that jitter counts from: arrival and time stamp (signed, as all time stamps here). */
	arrival: 14,
	timestamp: 15,
	firstTimestamp: 16,
	jitter: 17,
	jitterSum: 18,
	jitterCount: 19,
	jitterMax: 20,
	/** Clock units in a second: 0 unknown, negative where concluded from the time stamps. */
	rate: 21,
	/** Payload types in the order in which they came, 7 bits each, with the number of them in the lowest 3 bits. */
	types: 22,
	/** The payload type now. */
	type: 23,
	/** Differentiated services code point of the first packet. */
	dscp: 24,
	/** Digits (RFC 4733), and the time stamp of the last one. */
	digits: 25,
	digitTimestamp: 26,
} as const;
const RECORD = 28;
const SEGMENT_BITS = 8;
const SEGMENT_STREAMS = 1 << SEGMENT_BITS;
/** Streams of a run: 22 MB of records. Packets of further ones are counted as refused. */
const MAX_STREAMS = 100_000;
/** Streams of one side that are looked through for a packet's source: a browser's bundle has about six. */
const MAX_SOURCES = 16;
/** RFC 3550, A.1: a jump ahead or back beyond these is a sequence that begins anew, once a second packet follows. */
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
const NUMBERS = 0x10000;
const WINDOW = 32;
const TYPES = 6;
/** Event payload of RFC 4733, 2.3. */
const EVENT_LENGTH = 4;
const FIRST_DYNAMIC_TYPE = 96;
const COMFORT_NOISE = 13;
/** Clock rates that dynamic payload types have, and after how many packets they are concluded from the time stamps. */
const RATES = [8000, 16_000, 32_000, 48_000, 90_000];
const RATE_AFTER = 32;
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
	/** In the order in which they came, those of digits and comfort noise left out. */
	readonly payloadTypes: readonly number[];
	readonly dscp: number;
	readonly digits: number;
}

export class StreamTable {
	/** Streams so far; ids are `1 … size`. */
	size = 0;
	/** Packets of streams beyond the limits. */
	refused = 0;
	readonly #segments: Float64Array[] = [];
	readonly #rateOf: (flow: number, side: 0 | 1, type: number) => number;

	/** @param rateOf clock rate of a payload type in a flow, as far as signalling says or RFC 3551 fixes it; else 0. */
	constructor(rateOf: (flow: number, side: 0 | 1, type: number) => number) {
		this.#rateOf = rateOf;
	}

	/**
	 * The stream of a packet among those of its side.
	 * @param newest the side's newest stream, 0 for none. @param ssrc signed.
	 * @returns 0 where there is none.
	 */
	find(newest: number, ssrc: number): number {
		let stream = newest;
		for (let n = 0; stream !== 0 && n < MAX_SOURCES; n++) {
			const record = this.#segments[(stream - 1) >>> SEGMENT_BITS]!;
			const base = ((stream - 1) & (SEGMENT_STREAMS - 1)) * RECORD;
			if (record[base + AT.ssrc] === ssrc) return stream;
			stream = record[base + AT.older]!;
		}
		return 0;
	}

	/** Begins a stream with no packets yet. @param ssrc signed. @returns its id, or 0 beyond the limits. */
	open(flow: number, side: 0 | 1, ssrc: number, older: number, dscp: number): number {
		if (this.size >= MAX_STREAMS || this.#depth(older) >= MAX_SOURCES) return 0;
		const index = this.size++;
		if (index >>> SEGMENT_BITS === this.#segments.length)
			this.#segments.push(new Float64Array(SEGMENT_STREAMS * RECORD));
		const record = this.#segments[index >>> SEGMENT_BITS]!;
		const base = (index & (SEGMENT_STREAMS - 1)) * RECORD;
		record[base + AT.sender] = 2 * flow + side;
		record[base + AT.older] = older;
		record[base + AT.ssrc] = ssrc;
		record[base + AT.dscp] = dscp;
		record[base + AT.suspect] = -1;
		record[base + AT.type] = -1;
		record[base + AT.digitTimestamp] = Number.NaN;
		return index + 1;
	}

	#depth(stream: number): number {
		let depth = 0;
		for (let each = stream; each !== 0; depth++)
			each = this.#segments[(each - 1) >>> SEGMENT_BITS]![((each - 1) & (SEGMENT_STREAMS - 1)) * RECORD + AT.older]!;
		return depth;
	}

	/**
	 * Counts a packet. Numbers that need more than 31 bits are signed, and the time comes in its object: so nothing is
	 * boxed on the way.
	 * @param type payload type; @param length of the payload behind the fixed header, on the wire.
	 */
	add(
		stream: number,
		arrival: { readonly time: number },
		sequence: number,
		timestamp: number,
		type: number,
		length: number,
	): void {
		const { time } = arrival;
		const record = this.#segments[(stream - 1) >>> SEGMENT_BITS]!;
		const base = ((stream - 1) & (SEGMENT_STREAMS - 1)) * RECORD;
		if (record[base + AT.packets] === 0) {
			record[base + AT.first] = time;
			record[base + AT.lowest] = sequence + NUMBERS;
			record[base + AT.highest] = sequence + NUMBERS;
			record[base + AT.window] = 1;
		} else {
			const gap = time - record[base + AT.last]!;
			if (gap > record[base + AT.gap]!) record[base + AT.gap] = gap;
			if (!inOrder(record, base, sequence)) {
				record[base + AT.packets]!++;
				record[base + AT.last] = time;
				return;
			}
		}
		record[base + AT.packets]!++;
		record[base + AT.last] = time;
		if (type !== record[base + AT.type]) {
			if (type === COMFORT_NOISE) return;
			if (type >= FIRST_DYNAMIC_TYPE && length === EVENT_LENGTH) {
				if (record[base + AT.digitTimestamp] !== timestamp) record[base + AT.digits]!++;
				record[base + AT.digitTimestamp] = timestamp;
				return;
			}
			this.#change(record, base, type, time, timestamp);
			return;
		}
		const rate = Math.abs(record[base + AT.rate]!);
		if (rate !== 0) {
			const advance = ((timestamp - record[base + AT.timestamp]!) | 0) * (1e9 / rate);
			const deviation = Math.abs(time - record[base + AT.arrival]! - advance);
			const jitter = record[base + AT.jitter]! + (deviation - record[base + AT.jitter]!) / 16;
			record[base + AT.jitter] = jitter;
			record[base + AT.jitterSum]! += jitter;
			record[base + AT.jitterCount]!++;
			if (jitter > record[base + AT.jitterMax]!) record[base + AT.jitterMax] = jitter;
		} else if (record[base + AT.packets]! % RATE_AFTER === 0) {
			concludeRate(record, base, time, timestamp);
		}
		record[base + AT.arrival] = time;
		record[base + AT.timestamp] = timestamp;
	}

	/** Counts packets that came twice. */
	repeat(stream: number, times: number): void {
		const record = this.#segments[(stream - 1) >>> SEGMENT_BITS]!;
		const base = ((stream - 1) & (SEGMENT_STREAMS - 1)) * RECORD;
		record[base + AT.packets]! += times;
		record[base + AT.duplicates]! += times;
	}

	/** Another payload type: its clock may run at another rate, and jitter is counted from here. */
	#change(record: Float64Array, base: number, type: number, time: number, timestamp: number): void {
		const types = record[base + AT.types]!;
		const count = types % 8;
		let isNew = count < TYPES;
		for (let n = 0; n < count; n++) if (Math.floor(types / 2 ** (3 + 7 * n)) % 128 === type) isNew = false;
		if (isNew) {
			record[base + AT.types] = types + 1 + type * 2 ** (3 + 7 * count);
			const sender = record[base + AT.sender]!;
			const known = this.#rateOf(Math.floor(sender / 2), (sender % 2) as 0 | 1, type);
			if (known !== 0 || count === 0) record[base + AT.rate] = known;
		}
		if (count === 0 || record[base + AT.rate] === 0) {
			record[base + AT.firstTimestamp] = timestamp;
			record[base + AT.arrival] = time;
		}
		record[base + AT.type] = type;
		record[base + AT.arrival] = time;
		record[base + AT.timestamp] = timestamp;
	}

	/** The streams of a side, oldest first. @param newest its newest, 0 for none. */
	from(newest: number): Stream[] {
		const streams: Stream[] = [];
		for (let stream = newest; stream !== 0; ) {
			const record = this.#segments[(stream - 1) >>> SEGMENT_BITS]!;
			const base = ((stream - 1) & (SEGMENT_STREAMS - 1)) * RECORD;
			streams.push(streamOf(record, base));
			stream = record[base + AT.older]!;
		}
		return streams.reverse();
	}
}

/**
 * Takes a number into account (RFC 3550, A.1).
 * @returns false for a packet whose time stamp tells nothing of the present: a duplicate, or one that begins anew.
 */
function inOrder(record: Float64Array, base: number, sequence: number): boolean {
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

/** The usual clock rate that time stamps and arrivals agree on, if any. */
function concludeRate(record: Float64Array, base: number, time: number, timestamp: number): void {
	const seconds = (time - record[base + AT.first]!) / 1e9;
	const measured = ((timestamp - record[base + AT.firstTimestamp]!) >>> 0) / seconds;
	const rate = RATES.find((each) => Math.abs(measured - each) < RATE_TOLERANCE * each);
	if (rate !== undefined) record[base + AT.rate] = -rate;
}

function streamOf(record: Float64Array, base: number): Stream {
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
		payloadTypes: Array.from({ length: types % 8 }, (_, n) => Math.floor(types / 2 ** (3 + 7 * n)) % 128),
		dscp: record[base + AT.dscp]!,
		digits: record[base + AT.digits]!,
	};
}
