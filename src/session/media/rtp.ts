import { RecordPool } from "../../flow/records.ts";
import { type FlowStore, sideAddress } from "../../flow/store.ts";
import { addressText } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { type ReportBlock, readReports } from "../../protocol/rtcp.ts";
import { isControlType, looksLikeRtp, RTP_HEADER } from "../../protocol/rtp.ts";
import { DTLS, MEDIA_MAY_FOLLOW, RTP } from "../evidence.ts";
import { Overflow } from "../overflow.ts";
import type { MediaTable } from "./media.ts";
import { RoundTrips } from "./round-trips.ts";
import type { Stream } from "./stream-record.ts";
import { StreamTable } from "./streams.ts";

/** Successive packets of one source that make a stream. RFC 3550 A.1 asks for two; chance alone passes two too often. */
const STREAM_PACKETS = 3;
/** Sequence numbers may skip packets that were lost on the way. */
const MAX_SKIP = 32;
/** And one of them may have been overtaken by so many that were sent behind it. */
const MAX_LATE = 8;
/** Receivers' reports kept; a flood of them must not fill the memory. */
const MAX_REPORTS = 50_000;
const BEYOND = "RTP packets of streams beyond the limits are counted in their flows, but in no stream";
const BEYOND_REPORTS = `RTCP reports on sources beyond the first ${MAX_REPORTS} were not kept`;

/** A side's words in the flow's record of media: the newest stream, and the packets that may become its first one. */
const AT = { newest: 0, ssrc: 1, inARow: 2, dscp: 3, repeats: 4, packets: 5 } as const;
/** Words of a packet that waits: sequence number << 16 | payload type, time stamp, seconds, nanoseconds, length. */
const WAITING = 5;
/** Bits of the number of records allocated at a time. */
const SIDES = [0, 1] as const;
const SIDES_BITS = 8;
const WORDS_PER_SIDE = AT.packets + WAITING * (STREAM_PACKETS - 1);
/** First bytes on a port that STUN, DTLS, TURN channels and RTP share (RFC 7983). */
const FirstByte = { dtls: 20, dtlsEnd: 63, channel: 0x40, channelEnd: 0x4f } as const;
const CHANNEL_HEADER = 4;

/**
 * Finds RTP, with or without its signalling, and follows its streams. One packet proves nothing (12 bytes with two
 * fixed bits), but packets of one synchronisation source with rising sequence numbers do. What is needed for each
 * packet is in the flow's record and in the stream's: nothing is allocated.
 */
export class RtpTracker {
	readonly #store: FlowStore;
	readonly #streams: StreamTable;
	/** What receivers last reported, by source and sender's address. */
	readonly #reports = new Map<string, ReportBlock>();
	readonly #roundTrips: RoundTrips;
	readonly #overflow: Overflow;
	/** One for each flow that may be media, by {@link FlowStore.sessionHandle}: the words of side 0, then those of side 1. */
	readonly #sides = new RecordPool(2 * WORDS_PER_SIDE, SIDES_BITS);

	constructor(store: FlowStore, media: MediaTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#roundTrips = new RoundTrips(overflow);
		this.#store = store;
		this.#streams = new StreamTable((flow, side, type) => media.rateFor(store, flow, side, type));
	}

	/** Streams in the whole capture. */
	get streams(): number {
		return this.#streams.size;
	}

	/**
	 * Looks at a UDP payload of a flow that carries RTP, or may.
	 * @returns the flow's evidence, with the {@link RTP} mark once a stream is found.
	 */
	observe(packet: PacketView, flow: number, side: 0 | 1, evidence: number): number {
		const { data, payloadStart, payloadEnd, payloadLength } = packet;
		const hasHeader = payloadEnd - payloadStart >= RTP_HEADER;
		const first = hasHeader ? packet.head0 >>> 24 : data[payloadStart]!;
		if (first >>> 6 === 2) {
			if (!hasHeader) return evidence;
			if (isControlType((packet.head0 >>> 16) & 0xff)) this.control(packet);
			// Beside media, padding is no test: probes are nearly all padding, and under SRTP its length is encrypted.
			else if (
				(evidence & (RTP | MEDIA_MAY_FOLLOW)) !== 0 ||
				looksLikeRtp(data, payloadStart, payloadEnd, payloadLength)
			)
				return this.#take(packet, payloadLength, flow, side, evidence);
			return evidence;
		}
		if ((evidence & MEDIA_MAY_FOLLOW) === 0) return evidence;
		if (first >= FirstByte.dtls && first <= FirstByte.dtlsEnd) return evidence | DTLS;
		const inside = payloadStart + CHANNEL_HEADER;
		if (first < FirstByte.channel || first > FirstByte.channelEnd || inside >= payloadEnd) return evidence;
		if (!looksLikeRtp(data, inside, payloadEnd, payloadLength - CHANNEL_HEADER)) return evidence;
		packet.head0 = packet.view.getInt32(inside);
		packet.head1 = packet.view.getInt32(inside + 4);
		packet.head2 = packet.view.getInt32(inside + 8);
		return this.#take(packet, payloadLength - CHANNEL_HEADER, flow, side, evidence);
	}

	/** Takes what an RTCP message says of the streams that its receiver sends. */
	control(packet: PacketView): void {
		const { data, payloadStart, payloadEnd, ipVersion, time } = packet;
		const from = addressText(ipVersion, packet.src0, packet.src1, packet.src2, packet.src3);
		const to = addressText(ipVersion, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
		readReports(
			data,
			payloadStart,
			payloadEnd,
			(block) => {
				const key = `${block.ssrc}|${to}`;
				if (this.#reports.has(key) || this.#reports.size < MAX_REPORTS) this.#reports.set(key, block);
				else this.#overflow.add(BEYOND_REPORTS);
				this.#roundTrips.reported(key, block, time);
			},
			(report) => this.#roundTrips.sent(`${report.ssrc}|${from}`, report, time),
		);
	}

	/** Takes a packet whose RTP header is in the view's head words. @param whole length on the wire, header included. */
	#take(packet: PacketView, whole: number, flow: number, side: 0 | 1, evidence: number): number {
		const sides = this.#sides;
		let handle = this.#store.sessionHandle(flow);
		if (handle === 0) {
			handle = sides.open();
			this.#store.setSessionHandle(flow, handle);
		}
		const words = sides.words(handle);
		const at = sides.base(handle) + WORDS_PER_SIDE * side;
		const sequence = packet.head0 & 0xffff;
		const length = whole - RTP_HEADER;
		const ssrc = packet.head2;
		let stream = (evidence & RTP) === 0 ? 0 : this.#streams.find(words[at + AT.newest]!, ssrc);
		// Stray packets must not take the place of the streams to come: a new source proves itself as the first did.
		if (stream === 0 && !makesStream(packet, words, at, sequence, length)) return evidence;
		if (stream === 0) stream = this.#begin(flow, side, words, at);
		if (stream !== 0) this.#streams.add(stream, packet, sequence, packet.head1, (packet.head0 >>> 16) & 0x7f, length);
		return evidence | RTP;
	}

	/** Opens a stream with the packets that waited for it. @returns 0 beyond the limits. */
	#begin(flow: number, side: 0 | 1, words: Int32Array, at: number): number {
		const waited = words[at + AT.inARow]!;
		const stream = this.#streams.open(flow, side, words[at + AT.ssrc]!, words[at + AT.newest]!, words[at + AT.dscp]!);
		if (stream === 0) {
			this.#overflow.add(BEYOND);
			return 0;
		}
		words[at + AT.newest] = stream;
		words[at + AT.inARow] = 0;
		for (let n = 0; n < waited; n++) {
			const waiting = at + AT.packets + WAITING * n;
			const time = words[waiting + 2]! * 1e9 + words[waiting + 3]!;
			const numbers = words[waiting]!;
			this.#streams.add(stream, { time }, numbers >>> 16, words[waiting + 1]!, numbers & 0x7f, words[waiting + 4]!);
		}
		this.#streams.repeat(stream, words[at + AT.repeats]!);
		return stream;
	}

	/** Nothing more comes: what waits in a flow that its other packets showed to be RTP is a stream, few as they are. */
	finish(): void {
		if (this.#streams.size === 0) return;
		for (let flow = 0; flow < this.#store.size; flow++) {
			if ((this.#store.evidence(flow) & RTP) === 0) continue;
			const handle = this.#store.sessionHandle(flow);
			const words = this.#sides.words(handle);
			for (const side of SIDES) {
				const at = this.#sides.base(handle) + WORDS_PER_SIDE * side;
				if (words[at + AT.inARow]! > 0) this.#begin(flow, side, words, at);
			}
		}
	}

	/** The streams of a flow, in the order in which each side began them. */
	streamsOf(flow: number): Stream[] {
		if ((this.#store.evidence(flow) & RTP) === 0) return [];
		const handle = this.#store.sessionHandle(flow);
		const words = this.#sides.words(handle);
		return SIDES.flatMap((side) =>
			this.#streams.from(words[this.#sides.base(handle) + WORDS_PER_SIDE * side + AT.newest]!),
		);
	}

	/** What the receiver of a stream last said of it by RTCP. */
	reportOn(stream: Stream): ReportBlock | undefined {
		return this.#reports.size === 0 ? undefined : this.#reports.get(this.#sourceOf(stream));
	}

	/** Round trip between the two ends of a stream's flow, nanoseconds; undefined where RTCP does not tell both halves. */
	roundTripOf(stream: Stream): number | undefined {
		const there = this.#roundTrips.of(this.#sourceOf(stream));
		if (there === undefined) return undefined;
		for (const other of this.streamsOf(stream.flow)) {
			const back = other.side === stream.side ? undefined : this.#roundTrips.of(this.#sourceOf(other));
			if (back !== undefined) return there + back;
		}
		return undefined;
	}

	#sourceOf({ flow, side, ssrc }: Stream): string {
		return `${ssrc}|${sideAddress(this.#store, flow, side)}`;
	}
}

/**
 * Whether a packet, with those of its side that wait, makes a stream; else it waits itself.
 * @param length behind the RTP header.
 */
function makesStream(packet: PacketView, words: Int32Array, at: number, sequence: number, length: number): boolean {
	const { time } = packet;
	const ssrc = packet.head2;
	const isFirst = words[at + AT.ssrc] !== ssrc || words[at + AT.inARow] === 0;
	if (!isFirst && isWaiting(words, at, sequence)) {
		// A mirror port may send every packet twice.
		words[at + AT.repeats]!++;
		return false;
	}
	if (isFirst || !isNext(words, at, sequence)) {
		words[at + AT.ssrc] = ssrc;
		words[at + AT.repeats] = 0;
		words[at + AT.inARow] = 0;
		words[at + AT.dscp] = packet.trafficClass >>> 2;
	}
	const inARow = words[at + AT.inARow]!;
	if (inARow === STREAM_PACKETS - 1) return true;
	const waiting = at + AT.packets + WAITING * inARow;
	const seconds = Math.floor(time / 1e9);
	words[at + AT.inARow] = inARow + 1;
	words[waiting] = (sequence << 16) | ((packet.head0 >>> 16) & 0x7f);
	words[waiting + 1] = packet.head1;
	words[waiting + 2] = seconds;
	words[waiting + 3] = time - seconds * 1e9;
	words[waiting + 4] = length;
	return false;
}

/** Whether a packet with this number waits. */
function isWaiting(words: Int32Array, at: number, sequence: number): boolean {
	for (let n = words[at + AT.inARow]! - 1; n >= 0; n--) if (waitingNumber(words, at, n) === sequence) return true;
	return false;
}

/** Whether a number follows those that wait: ahead of the latest, or a little behind it, but not behind what was late itself. */
function isNext(words: Int32Array, at: number, sequence: number): boolean {
	const latest = words[at + AT.inARow]! - 1;
	const step = stepFrom(waitingNumber(words, at, latest), sequence);
	if (step > 0) return step <= MAX_SKIP;
	return -step <= MAX_LATE && (latest === 0 || stepFrom(waitingNumber(words, at, 0), waitingNumber(words, at, 1)) > 0);
}

/** Sequence number of a packet that waits. */
function waitingNumber(words: Int32Array, at: number, place: number): number {
	return words[at + AT.packets + WAITING * place]! >>> 16;
}

/** How far a number is ahead of another; negative for behind. */
function stepFrom(one: number, other: number): number {
	return ((other - one) << 16) >> 16;
}
