import { FIRST_DYNAMIC_TYPE } from "../../protocol/codecs.ts";
import { AT, addType, concludeRate, inOrder, NUMBERS, RECORD, type Stream, streamOf } from "./stream-record.ts";

const SEGMENT_BITS = 8;
const SEGMENT_STREAMS = 1 << SEGMENT_BITS;
/** Streams of a run: 22 MB of records. Packets of further ones are counted as refused. */
const MAX_STREAMS = 100_000;
/** Streams of one side that are looked through for a packet's source: a browser's bundle has about six. */
const MAX_SOURCES = 16;
/** Event payload of RFC 4733, 2.3. */
const EVENT_LENGTH = 4;
const COMFORT_NOISE = 13;
/** After how many packets an unknown clock rate is concluded from the time stamps. */
const RATE_AFTER = 32;

/** The RTP streams of a run, in typed arrays: a packet of a stream allocates nothing. */
export class StreamTable {
	/** Streams so far; ids are `1 … size`. */
	size = 0;
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
		const place = addType(record, base, type);
		if (place >= 0) {
			const sender = record[base + AT.sender]!;
			const known = this.#rateOf(Math.floor(sender / 2), (sender % 2) as 0 | 1, type);
			if (known !== 0 || place === 0) record[base + AT.rate] = known;
			if (place === 0) record[base + AT.firstTimestamp] = timestamp;
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
