import { FIRST_DYNAMIC_TYPE } from "../../protocol/codecs.ts";
import { AT, addType, concludeRate, DOUBLE, inOrder, NUMBERS, RECORD, type Stream, streamOf } from "./stream-record.ts";

const SEGMENT_BITS = 8;
const SEGMENT_STREAMS = 1 << SEGMENT_BITS;
/** Streams of a run: 16 MB of records. Packets of further ones are counted as refused. */
const MAX_STREAMS = 100_000;
/** Streams of one side that are looked through for a packet's source: a browser's bundle has about six. */
const MAX_SOURCES = 16;
/** Event payload of RFC 4733, 2.3. */
const EVENT_LENGTH = 4;
const COMFORT_NOISE = 13;
/** G.729 has its own (annex B): a frame of 2 bytes, alone or behind those of speech, which have 10. */
const G729 = { type: 18, frame: 10, silence: 2 } as const;
/** After how many packets an unknown clock rate is concluded from the time stamps. */
const RATE_AFTER = 32;

/** The RTP streams of a run, in typed arrays: a packet of a stream allocates nothing. */
export class StreamTable {
	/** Streams so far; ids are `1 … size`. */
	size = 0;
	/** Two views of the same memory. */
	readonly #words: Int32Array[] = [];
	readonly #doubles: Float64Array[] = [];
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
			const words = this.#words[(stream - 1) >>> SEGMENT_BITS]!;
			const base = baseOf(stream);
			if (words[base + AT.ssrc] === ssrc) return stream;
			stream = words[base + AT.older]!;
		}
		return 0;
	}

	/** Begins a stream with no packets yet. @param ssrc signed. @returns its id, or 0 beyond the limits. */
	open(flow: number, side: 0 | 1, ssrc: number, older: number, dscp: number): number {
		if (this.size >= MAX_STREAMS || this.#depth(older) >= MAX_SOURCES) return 0;
		const index = this.size++;
		if (index >>> SEGMENT_BITS === this.#words.length) {
			const segment = new ArrayBuffer(SEGMENT_STREAMS * RECORD * 4);
			this.#words.push(new Int32Array(segment));
			this.#doubles.push(new Float64Array(segment));
		}
		const words = this.#words[index >>> SEGMENT_BITS]!;
		const doubles = this.#doubles[index >>> SEGMENT_BITS]!;
		const base = (index & (SEGMENT_STREAMS - 1)) * RECORD;
		const half = base >> 1;
		words[base + AT.sender] = 2 * flow + side;
		words[base + AT.older] = older;
		words[base + AT.ssrc] = ssrc;
		words[base + AT.dscp] = dscp;
		words[base + AT.suspect] = -1;
		words[base + AT.type] = -1;
		doubles[half + DOUBLE.digitTimestamp] = Number.NaN;
		return index + 1;
	}

	#depth(stream: number): number {
		let depth = 0;
		for (let each = stream; each !== 0; depth++)
			each = this.#words[(each - 1) >>> SEGMENT_BITS]![baseOf(each) + AT.older]!;
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
		const words = this.#words[(stream - 1) >>> SEGMENT_BITS]!;
		const doubles = this.#doubles[(stream - 1) >>> SEGMENT_BITS]!;
		const base = baseOf(stream);
		const half = base >> 1;
		if (words[base + AT.packets] === 0) {
			doubles[half + DOUBLE.first] = time;
			doubles[half + DOUBLE.lowest] = sequence + NUMBERS;
			doubles[half + DOUBLE.highest] = sequence + NUMBERS;
			words[base + AT.window] = 1;
		} else {
			const gap = time - doubles[half + DOUBLE.last]!;
			if (gap > doubles[half + DOUBLE.gap]!) doubles[half + DOUBLE.gap] = gap;
			if (!inOrder(words, doubles, base, sequence)) {
				words[base + AT.packets]!++;
				doubles[half + DOUBLE.last] = time;
				return;
			}
		}
		words[base + AT.packets]!++;
		doubles[half + DOUBLE.last] = time;
		if (type === COMFORT_NOISE || (type === G729.type && length % G729.frame === G729.silence))
			words[base + AT.silences]!++;
		if (type !== words[base + AT.type]) {
			if (type === COMFORT_NOISE) return;
			if (type >= FIRST_DYNAMIC_TYPE && length === EVENT_LENGTH) {
				if (doubles[half + DOUBLE.digitTimestamp] !== timestamp) words[base + AT.digits]!++;
				doubles[half + DOUBLE.digitTimestamp] = timestamp;
				return;
			}
			this.#change(words, doubles, base, type, time, timestamp);
			return;
		}
		const rate = Math.abs(words[base + AT.rate]!);
		if (rate !== 0) {
			const advance = ((timestamp - words[base + AT.timestamp]!) | 0) * (1e9 / rate);
			const deviation = Math.abs(time - doubles[half + DOUBLE.arrival]! - advance);
			const jitter = doubles[half + DOUBLE.jitter]! + (deviation - doubles[half + DOUBLE.jitter]!) / 16;
			doubles[half + DOUBLE.jitter] = jitter;
			doubles[half + DOUBLE.jitterSum]! += jitter;
			words[base + AT.jitterCount]!++;
			if (jitter > doubles[half + DOUBLE.jitterMax]!) doubles[half + DOUBLE.jitterMax] = jitter;
		} else if (words[base + AT.packets]! % RATE_AFTER === 0) {
			concludeRate(words, doubles, base, time, timestamp);
		}
		doubles[half + DOUBLE.arrival] = time;
		words[base + AT.timestamp] = timestamp;
	}

	/** Counts packets that came twice. */
	repeat(stream: number, times: number): void {
		const words = this.#words[(stream - 1) >>> SEGMENT_BITS]!;
		const base = baseOf(stream);
		words[base + AT.packets]! += times;
		words[base + AT.duplicates]! += times;
	}

	/** Another payload type: its clock may run at another rate, and jitter is counted from here. */
	#change(words: Int32Array, doubles: Float64Array, base: number, type: number, time: number, timestamp: number): void {
		const half = base >> 1;
		const place = addType(doubles, base, type);
		if (place >= 0) {
			const sender = words[base + AT.sender]!;
			const known = this.#rateOf(Math.floor(sender / 2), (sender % 2) as 0 | 1, type);
			if (known !== 0 || place === 0) words[base + AT.rate] = known;
			if (place === 0) words[base + AT.firstTimestamp] = timestamp;
		}
		words[base + AT.type] = type;
		doubles[half + DOUBLE.arrival] = time;
		words[base + AT.timestamp] = timestamp;
	}

	/** The streams of a side, oldest first. @param newest its newest, 0 for none. */
	from(newest: number): Stream[] {
		const streams: Stream[] = [];
		for (let stream = newest; stream !== 0; ) {
			const words = this.#words[(stream - 1) >>> SEGMENT_BITS]!;
			const base = baseOf(stream);
			streams.push(streamOf(words, this.#doubles[(stream - 1) >>> SEGMENT_BITS]!, base));
			stream = words[base + AT.older]!;
		}
		return streams.reverse();
	}
}

/** Index of a stream's first word in the words of its segment. */
function baseOf(stream: number): number {
	return ((stream - 1) & (SEGMENT_STREAMS - 1)) * RECORD;
}
