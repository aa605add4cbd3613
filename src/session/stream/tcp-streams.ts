import { copyBytes } from "../../capture/batch.ts";
import type { FlowStore } from "../../flow/store.ts";
import { type PacketView, TcpFlag } from "../../packet/view.ts";
import { Overflow } from "../overflow.ts";

/** One side's bytes, in the order in which they were sent. */
export interface StreamReader {
	/**
	 * Reads at the front of what is there.
	 * @param end exclusive. @param fresh where the bytes of the newest segment begin.
	 * @param isLast no more will follow: the stream has a hole, the snaplen cut it, or the capture is over.
	 * @param packet the packet that brought the newest bytes; null at the end of the capture.
	 * @returns bytes that are done with; the rest is kept, and offered again with what follows.
	 */
	read(stream: StreamPart, packet: PacketView | null): number;
	/** Bytes of a flow are missing in the capture, and reading goes on behind them. */
	lose(flow: number): void;
}

/** What a {@link StreamReader} is given. One object, reused: it dies at the next call. */
export interface StreamPart {
	data: Uint8Array;
	start: number;
	end: number;
	fresh: number;
	isLast: boolean;
	flow: number;
	side: 0 | 1;
}

/** A segment that came before its turn. */
interface EarlySegment {
	readonly sequence: number;
	/** Length on the wire; more than `bytes` where the snaplen cut it. */
	readonly length: number;
	readonly bytes: Uint8Array;
}

/** What waits for more of one side: the beginning of a message, and segments beyond a hole. */
interface Waiting {
	/** Sequence number of the stream's first byte, as {@link PacketView.streamStart} last told it. */
	start: number;
	kept: Uint8Array;
	keptLength: number;
	readonly early: EarlySegment[];
}

/** Longest message that is put together: a TLS record, or a chain of certificates (RFC 8446, 5.1: 2^14). */
export const MAX_MESSAGE = 16_384;
const FIRST_KEPT = 2048;
/**
 * Segments beyond a hole that are held before the hole counts as lost by the capture: more than a connection's first
 * window (RFC 6928: 10). Of each, no more than the longest message.
 */
const MAX_EARLY = 16;
const MAX_EARLY_BYTES = 32_768;
/**
 * Sides that wait at a time: with a message's beginning and what lies beyond a hole, 64 kB each, 128 MB in all. The oldest
 * gives way: a message that takes long is no opening.
 */
const MAX_WAITING = 2048;
const BEYOND = `sides of TCP streams beyond ${MAX_WAITING} that waited for the end of a message at a time: these were read as they were`;

/**
 * Puts the segments at the beginning of TCP streams in order: repeated bytes are left out, segments that came early
 * wait for their turn, and a message's beginning waits for its end. Nothing is copied or kept while segments come in
 * order and hold whole messages.
 */
export class TcpStreams {
	readonly #store: FlowStore;
	readonly #reader: StreamReader;
	/** By flow * 2 + side, oldest first. */
	readonly #waiting = new Map<number, Waiting>();
	readonly #overflow: Overflow;
	#isOver = false;
	readonly #part: StreamPart = {
		data: new Uint8Array(0),
		start: 0,
		end: 0,
		fresh: 0,
		isLast: false,
		flow: 0,
		side: 0,
	};

	constructor(store: FlowStore, reader: StreamReader, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#store = store;
		this.#reader = reader;
	}

	/** Takes in a segment with payload. @returns whether it brought bytes that were not there before. */
	observe(packet: PacketView, flow: number, side: 0 | 1): boolean {
		const sequence = (packet.tcpSequence + (packet.tcpFlags & TcpFlag.SYN ? 1 : 0)) | 0;
		const ahead = (sequence - packet.streamStart - this.#store.taken(flow, side)) | 0;
		const { payloadStart, payloadEnd, payloadLength } = packet;
		if (ahead + payloadLength <= 0) return false;
		const key = keyOf(flow, side);
		if (ahead > 0) {
			this.#hold(key, packet, sequence);
			return true;
		}
		this.#store.take(flow, side, ahead + payloadLength);
		const start = Math.min(payloadEnd, payloadStart - ahead);
		this.#append(key, packet.data, start, payloadEnd, payloadEnd - payloadStart < payloadLength, packet);
		const waiting = this.#waitingAt(key);
		if (waiting && waiting.early.length > 0) {
			waiting.start = packet.streamStart;
			this.#takeEarly(key, waiting, packet);
		}
		return true;
	}

	/** Whether a side's beginning of a message, or what lies beyond a hole, waits for more. */
	isWaiting(flow: number, side: 0 | 1): boolean {
		return this.#waitingAt(keyOf(flow, side)) !== undefined;
	}

	/** Forgets what waits of a flow in which nothing more is looked for. */
	release(flow: number): void {
		if (this.#waiting.size === 0) return;
		this.#waiting.delete(keyOf(flow, 0));
		this.#waiting.delete(keyOf(flow, 1));
	}

	/** The capture is over: what still waits is read as it is. */
	finish(): void {
		this.#isOver = true;
		for (const [key, waiting] of this.#waiting) this.#abandon(key, waiting);
	}

	#waitingAt(key: number): Waiting | undefined {
		return this.#waiting.size === 0 ? undefined : this.#waiting.get(key);
	}

	#wait(key: number): Waiting {
		if (this.#waiting.size >= MAX_WAITING) {
			const [oldest, waiting] = this.#waiting.entries().next().value!;
			this.#abandon(oldest, waiting);
			this.#overflow.add(BEYOND);
		}
		const waiting: Waiting = { start: 0, kept: EMPTY, keptLength: 0, early: [] };
		this.#waiting.set(key, waiting);
		return waiting;
	}

	/** Offers new bytes, behind those that are kept, and keeps what the reader leaves. */
	#append(key: number, data: Uint8Array, start: number, end: number, isLast: boolean, packet: PacketView | null): void {
		const waiting = this.#waitingAt(key);
		const part = this.#part;
		part.flow = Math.floor(key / 2);
		part.side = (key % 2) as 0 | 1;
		part.fresh = start;
		if (waiting && waiting.keptLength > 0) {
			part.fresh = waiting.keptLength;
			keep(waiting, data, start, end);
			data = waiting.kept;
			start = 0;
			end = waiting.keptLength;
		}
		if (start === end) return;
		isLast ||= end - start >= MAX_MESSAGE;
		part.data = data;
		part.start = start;
		part.end = end;
		part.isLast = isLast;
		const done = this.#reader.read(part, packet);
		if (isLast && !this.#isOver) this.#reader.lose(part.flow);
		const rest = isLast ? end : start + done;
		if (rest >= end) {
			if (!waiting) return;
			waiting.keptLength = 0;
			if (waiting.early.length === 0) this.#waiting.delete(key);
		} else if (waiting && data === waiting.kept) {
			// Large segments need more room than a message: it is given back.
			if (waiting.kept.length > 2 * MAX_MESSAGE) waiting.kept = copyBytes(data, rest, end);
			else waiting.kept.copyWithin(0, rest, end);
			waiting.keptLength = end - rest;
		} else keep(waiting ?? this.#wait(key), data, rest, end);
	}

	#hold(key: number, packet: PacketView, sequence: number): void {
		const waiting = this.#waitingAt(key) ?? this.#wait(key);
		waiting.start = packet.streamStart;
		const { data, payloadStart, payloadEnd, payloadLength } = packet;
		const { early } = waiting;
		const known = early.findIndex((segment) => segment.sequence === sequence);
		// A segment that is sent again may bring more with it.
		if (known >= 0 && early[known]!.length >= payloadLength) return;
		const bytes = copyBytes(data, payloadStart, Math.min(payloadEnd, payloadStart + MAX_MESSAGE));
		early.splice(Math.max(known, 0), known < 0 ? 0 : 1, { sequence, length: payloadLength, bytes });
		early.sort((a, b) => (a.sequence - b.sequence) | 0);
		const held = early.reduce((sum, segment) => sum + segment.bytes.length, 0);
		if (early.length >= MAX_EARLY || held >= MAX_EARLY_BYTES) this.#skipHole(key, waiting, packet);
	}

	/** Takes the segments whose turn has come. */
	#takeEarly(key: number, waiting: Waiting, packet: PacketView | null): void {
		const flow = Math.floor(key / 2);
		const side = (key % 2) as 0 | 1;
		for (let first = waiting.early[0]; first; first = waiting.early[0]) {
			const ahead = (first.sequence - waiting.start - this.#store.taken(flow, side)) | 0;
			if (ahead > 0) return;
			waiting.early.shift();
			const fresh = ahead + first.length;
			if (fresh <= 0) continue;
			this.#store.take(flow, side, fresh);
			const { bytes, length } = first;
			this.#append(key, bytes, Math.min(bytes.length, -ahead), bytes.length, bytes.length < length, packet);
		}
		if (waiting.keptLength === 0) this.#waiting.delete(key);
	}

	/** Reads what is kept as it is, and goes on behind the hole. */
	#skipHole(key: number, waiting: Waiting, packet: PacketView | null): void {
		this.#append(key, EMPTY, 0, 0, true, packet);
		const flow = Math.floor(key / 2);
		this.#reader.lose(flow);
		const side = (key % 2) as 0 | 1;
		const taken = this.#store.taken(flow, side);
		this.#store.take(flow, side, (waiting.early[0]!.sequence - waiting.start - taken) | 0);
		this.#takeEarly(key, waiting, packet);
	}

	/** Reads all that waits as it is. */
	#abandon(key: number, waiting: Waiting): void {
		while (waiting.early.length > 0) this.#skipHole(key, waiting, null);
		this.#append(key, EMPTY, 0, 0, true, null);
		this.#waiting.delete(key);
	}
}

const EMPTY = new Uint8Array(0);

function keyOf(flow: number, side: 0 | 1): number {
	return 2 * flow + side;
}

function keep(waiting: Waiting, data: Uint8Array, start: number, end: number): void {
	const length = waiting.keptLength + end - start;
	if (length > waiting.kept.length) {
		const larger = Buffer.allocUnsafe(Math.max(FIRST_KEPT, 2 * length));
		larger.set(waiting.kept.subarray(0, waiting.keptLength));
		waiting.kept = larger;
	}
	waiting.kept.set(data.subarray(start, end), waiting.keptLength);
	waiting.keptLength = length;
}
