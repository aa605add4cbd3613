import type { PacketView } from "../packet/view.ts";
import type { RecordPool } from "./records.ts";

/**
 * Word offsets inside a record of {@link TcpAnalysis}. Where a name stands for two values, side 0's comes first. Words
 * that every packet touches come first; values marked as doubles take two words each.
 */
export const AT = {
	/** Doubles: when the highest sequence number of the side was sent, and when its last packet was. */
	nextTime: 0,
	seenTime: 4,
	/** One past the highest sequence number sent; 0: unknown (as for the two below). */
	next: 8,
	/** Up to here a side's data was seen without holes: what is acknowledged beyond it was not captured. */
	edge: 10,
	/** Acknowledgement number of the side's last packet. */
	acknowledged: 12,
	/** What else is to be known of the side's last packet: {@link Last}. */
	last: 14,
	/** One word for both sides: {@link Handshake}. */
	handshake: 16,
	/** One word for both sides: the side that last sent new data, plus 1; {@link FAREWELL}. */
	speaker: 17,
	/** Segments with data. */
	segments: 18,
	/** Handle of the connection's {@link TROUBLE}, 0 while it has none. */
	trouble: 20,
	/** Doubles, of the connection: times of the last SYN, the last SYN-ACK and the first packet with ACK alone. */
	syn: 22,
	synAck: 24,
	firstAck: 26,
	/** Double: nanoseconds from a SYN to the first SYN-ACK after it. */
	serverTime: 28,
	/** Place of the first SYN-ACK. */
	synAckPlace: 30,
} as const;

/** 32-bit words of a record. */
export const ANALYSIS_WORDS = 34;

/** Word offsets inside the second record of a connection in which something went wrong; most have none. */
export const TROUBLE = {
	/** All that tshark's `tcp.analysis.retransmission` marks: fast and spurious ones and repeated SYNs and FINs too. */
	retransmissions: 0,
	fast: 2,
	spurious: 4,
	outOfOrder: 6,
	/** Of those out of order: they came before their sender could have sent them again. */
	reordered: 8,
	duplicateAcks: 10,
	zeroWindows: 12,
	keepAlives: 14,
	/** Segments before which one is missing, and acknowledgements of data that was not seen. */
	lost: 16,
	unseen: 18,
	/** Of the retransmissions: those without data (SYN, FIN), copies that the capture made, and what came late only. */
	notLoss: 20,
	/** Longest time with a zero window, in milliseconds. */
	stall: 22,
	/** Double: nanoseconds from the last new data, else from the last packet, to the first reset. */
	resetWait: 24,
	/** Doubles: since when the side's window is zero. */
	stallSince: 26,
	/** Where each of the side's newest {@link HOLES} holes begins, and when it was noticed (microseconds, 32 bits). */
	holes: 30,
	holeTimes: 38,
	/**
	 * Places of {@link PLACE_WORDS} words: the first packet of the side that counts as sent again because of loss, that was
	 * {@link TROUBLE.reordered}, that said zero window; of the connection, the reset that {@link Handshake} tells of.
	 */
	againPlace: 46,
	reorderedPlace: 54,
	zeroWindowPlace: 62,
	resetPlace: 70,
} as const;

export const TROUBLE_WORDS = 74;

/** A packet's place: its time (a double), then two words, the index of its file and its number there; 0: none. */
export const PLACE_WORDS = 4;

/** Holes of a side that are remembered: reordering makes some at a time, loss many. */
export const HOLES = 4;

/** Bits of {@link AT.last}. */
export const Last = {
	/** The window plus 1; 0 where no packet was seen. */
	window: 0x1ffff,
	keepAlive: 1 << 17,
	/** A zero-window probe. */
	probe: 1 << 18,
	/** The side's window is zero. */
	stalled: 1 << 19,
	/** Duplicate acknowledgements in a row, up to 2; {@link UNSEEN} after one of unseen data. 2 bits. */
	run: 3 << 20,
} as const;

export const RUN_SHIFT = 20;
export const UNSEEN = 3;

/** Bit of {@link AT.speaker}: the data was, by its looks, a TLS alert. */
export const FAREWELL = 4;

/** Bits of {@link AT.handshake}. */
export const Handshake = {
	/** Number of SYNs without ACK, as far as 16 bits go. */
	syns: 0xffff,
	syn: 1 << 16,
	synAck: 1 << 17,
	/** The SYN-ACK came from side 1. */
	synAckBy1: 1 << 18,
	/** The last SYN was answered. */
	accepted: 1 << 19,
	/** A packet with ACK and without SYN came, and from side 1. */
	acked: 1 << 20,
	ackedBy1: 1 << 21,
	/** The side that did not send the SYN-ACK sent something else than a SYN. */
	completed: 1 << 22,
	/** More is to be learnt of the handshake. */
	running: 1 << 23,
	fin: 1 << 24,
	/** A reset came. Of the first one: from side 1, after a FIN, after a TLS alert, after data that the other side sent. */
	reset: 1 << 25,
	resetBy1: 1 << 26,
	resetAfterFin: 1 << 27,
	resetAfterAlert: 1 << 28,
	resetAfterPeersData: 1 << 29,
	/** The other side had not acknowledged all that the side of the reset sent. */
	resetUnacknowledged: 1 << 30,
} as const;

/** All that {@link Handshake} holds of a reset. */
export const RESET_BITS = 63 << 25;

/** Where a connection's record is. One object, moved from packet to packet. */
export class TcpRecord {
	words: Int32Array = new Int32Array(0);
	doubles: Float64Array = new Float64Array(0);
	base = 0;
	readonly #troubles: RecordPool;

	constructor(troubles: RecordPool) {
		this.#troubles = troubles;
	}

	/** A word of the connection's {@link TROUBLE}. */
	trouble(at: number): number {
		const handle = this.words[this.base + AT.trouble]!;
		return this.#troubles.words(handle)[this.#troubles.base(handle) + at]!;
	}

	/** @param at offset of a double. */
	troubleTime(at: number): number {
		const handle = this.words[this.base + AT.trouble]!;
		return this.#troubles.doubles(handle)[(this.#troubles.base(handle) + at) >> 1]!;
	}

	setTrouble(at: number, value: number): void {
		const handle = this.#open();
		this.#troubles.words(handle)[this.#troubles.base(handle) + at] = value;
	}

	/** @param at offset of a double. */
	setTroubleTime(at: number, value: number): void {
		const handle = this.#open();
		this.#troubles.doubles(handle)[(this.#troubles.base(handle) + at) >> 1] = value;
	}

	/** Adds 1. */
	count(at: number): void {
		const handle = this.#open();
		this.#troubles.words(handle)[this.#troubles.base(handle) + at]! += 1;
	}

	/** Notes a packet's place among the {@link TROUBLE}. */
	notePlace(at: number, packet: PacketView): void {
		const handle = this.#open();
		notePlace(this.#troubles.words(handle), this.#troubles.doubles(handle), this.#troubles.base(handle) + at, packet);
	}

	/** Notes a packet's place where none is noted yet. */
	noteFirst(at: number, packet: PacketView): void {
		if (this.trouble(at + 3) === 0) this.notePlace(at, packet);
	}

	#open(): number {
		const { words, base } = this;
		let handle = words[base + AT.trouble]!;
		if (handle === 0) {
			handle = this.#troubles.open();
			words[base + AT.trouble] = handle;
		}
		return handle;
	}
}

/** Notes a packet's place. @param at index of the place in `words`. */
export function notePlace(words: Int32Array, doubles: Float64Array, at: number, packet: PacketView): void {
	doubles[at >> 1] = packet.time;
	words[at + 2] = packet.file;
	words[at + 3] = packet.number;
}
