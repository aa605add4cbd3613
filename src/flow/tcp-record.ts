import type { PacketView } from "../packet/view.ts";

/**
 * Word offsets inside a record of {@link TcpAnalysis}. Where a name stands for two values, side 0's comes first. Words
 * that every packet touches lie together at the beginning; values marked as doubles take two words each.
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
	/** All that tshark's `tcp.analysis.retransmission` marks: fast and spurious ones and repeated SYNs and FINs too. */
	retransmissions: 20,
	fast: 22,
	spurious: 24,
	outOfOrder: 26,
	/** Of those out of order: they came before their sender could have sent them again. */
	reordered: 28,
	duplicateAcks: 30,
	zeroWindows: 32,
	keepAlives: 34,
	/** Segments before which one is missing, and acknowledgements of data that was not seen. */
	lost: 36,
	unseen: 38,
	/** Of the retransmissions: those without data (SYN, FIN), copies that the capture made, and what came late only. */
	notLoss: 40,
	/** Longest time with a zero window, in milliseconds. */
	stall: 42,
	/** Doubles, of the connection: times of the last SYN, the last SYN-ACK and the first packet with ACK alone. */
	syn: 44,
	synAck: 46,
	firstAck: 48,
	/** Double: nanoseconds from a SYN to the first SYN-ACK after it. */
	serverTime: 50,
	/** Double: nanoseconds from the last new data, else from the last packet, to the first reset. */
	resetWait: 52,
	/** Doubles: since when the side's window is zero. */
	stallSince: 54,
	/** Where each of the side's newest {@link HOLES} holes begins, and when it was noticed (microseconds, 32 bits). */
	holes: 58,
	holeTimes: 66,
	/**
	 * Places of {@link PLACE_WORDS} words: the first packet of the side that counts as sent again because of loss, that was
	 * {@link AT.reordered}, that said zero window; of the connection, the first SYN-ACK, and the reset that {@link Handshake}
	 * tells of.
	 */
	againPlace: 74,
	reorderedPlace: 82,
	zeroWindowPlace: 90,
	synAckPlace: 98,
	resetPlace: 102,
} as const;

/** 32-bit words of a record. */
export const ANALYSIS_WORDS = 106;

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

/** Notes a packet's place. @param at index of the place in `words`. */
export function notePlace(words: Int32Array, doubles: Float64Array, at: number, packet: PacketView): void {
	doubles[at >> 1] = packet.time;
	words[at + 2] = packet.file;
	words[at + 3] = packet.number;
}

/** Notes a packet's place where none is noted yet. */
export function noteFirst(words: Int32Array, doubles: Float64Array, at: number, packet: PacketView): void {
	if (words[at + 3] === 0) notePlace(words, doubles, at, packet);
}
