import { type PacketPlace, Protocol } from "../packet/view.ts";
import type { FlowStore } from "./store.ts";
import { resetSide } from "./tcp.ts";
import { AT, Handshake, Last, PLACE_WORDS, type TcpRecord, TROUBLE } from "./tcp-record.ts";

/** What one side of a connection sent, in numbers of packets. Names and meaning are those of tshark's `tcp.analysis`. */
export interface SideFigures {
	/** Segments with data. */
	readonly segments: number;
	/** Fast and spurious ones, repeated SYNs and FINs included. */
	readonly retransmissions: number;
	readonly fastRetransmissions: number;
	readonly spuriousRetransmissions: number;
	readonly outOfOrder: number;
	readonly duplicateAcks: number;
	readonly zeroWindows: number;
	readonly keepAlives: number;
	/** Segments before which one is missing. */
	readonly lostSegments: number;
	/** Acknowledgements of segments that are missing. */
	readonly ackedLostSegments: number;
	/** Of the segments out of order: those that came before their sender could have sent them again. */
	readonly reordered: number;
	/** Of the retransmissions: those without data (SYN, FIN), copies that the capture made, and what came late only. */
	readonly notLoss: number;
	/** Milliseconds of the longest time with a zero window. */
	readonly longestStall: number;
	/** The first packet that tells of loss: a retransmission, or a segment out of order that was sent again. */
	readonly firstAgain: PacketPlace | null;
	readonly firstReordered: PacketPlace | null;
	readonly firstZeroWindow: PacketPlace | null;
}

/** The reset of a connection, in the situation in which it came. */
export interface ResetFigures {
	readonly side: 0 | 1;
	/** One of the sides had already ended its stream. */
	readonly afterFin: boolean;
	/** The last data was, by its looks, a TLS alert. */
	readonly afterAlert: boolean;
	/** The other side was the last to send data. */
	readonly afterPeersData: boolean;
	/** The other side had not acknowledged all that the side of the reset sent. */
	readonly unacknowledged: boolean;
	/** Nanoseconds to it from the last new data, where there was any, else from the last packet. */
	readonly wait: number;
	readonly place: PacketPlace;
}

export interface TcpFigures {
	readonly sides: readonly [SideFigures, SideFigures];
	/** Connection requests: SYNs without ACK. */
	readonly syns: number;
	/** Nanoseconds from the last SYN to its SYN-ACK: the way to the server and back; null where not seen. */
	readonly serverTime: number | null;
	/** Nanoseconds from the last SYN-ACK to the ACK: the way to the client and back. */
	readonly clientTime: number | null;
	/** The client acknowledged the server's SYN-ACK. */
	readonly established: boolean;
	/** A SYN was answered by SYN-ACK, and nothing but SYNs came from the side that asked. */
	readonly halfOpen: boolean;
	readonly firstSynAck: PacketPlace | null;
	/** The side whose reset ended the connection, or refused it. */
	readonly resetBy: 0 | 1 | null;
	/** Null also where a reset refused the connection. */
	readonly reset: ResetFigures | null;
}

/** Figures of a TCP flow; undefined for another one. */
export function tcpFigures(store: FlowStore, flow: number): TcpFigures | undefined {
	if (store.protocol(flow) !== Protocol.TCP) return undefined;
	const handle = store.analysisHandle(flow);
	const ended = resetSide(store.tcpWords(flow), store.tcpBase(flow));
	if (handle <= 0) return ofRequests(-handle, ended);
	const record = store.analysis.at(handle);
	const { words, doubles, base } = record;
	const bits = words[base + AT.handshake]!;
	const reset = resetOf(bits, record);
	const last = store.last(flow);
	return {
		sides: [sideOf(record, 0, last), sideOf(record, 1, last)],
		syns: bits & Handshake.syns,
		serverTime: has(bits, Handshake.syn | Handshake.accepted) ? doubles[(base + AT.serverTime) >> 1]! : null,
		clientTime: clientTime(bits, doubles, base),
		established: has(bits, Handshake.synAck | Handshake.acked | Handshake.completed),
		halfOpen: has(bits, Handshake.syn | Handshake.synAck) && !has(bits, Handshake.completed),
		firstSynAck: placeOf(
			words[base + AT.synAckPlace + 2]!,
			words[base + AT.synAckPlace + 3]!,
			doubles[(base + AT.synAckPlace) >> 1]!,
		),
		resetBy: ended === "both" ? (reset?.side ?? null) : ended,
		reset,
	};
}

function has(bits: number, needed: number): boolean {
	return (bits & needed) === needed;
}

/** The time to the first ACK, where it came from the side that the SYN-ACK was for. */
function clientTime(bits: number, doubles: Float64Array, base: number): number | null {
	if (!has(bits, Handshake.synAck | Handshake.acked)) return null;
	if (has(bits, Handshake.synAckBy1) === has(bits, Handshake.ackedBy1)) return null;
	return Math.max(0, doubles[(base + AT.firstAck) >> 1]! - doubles[(base + AT.synAck) >> 1]!);
}

function resetOf(bits: number, record: TcpRecord): ResetFigures | null {
	const place = troublePlace(record, TROUBLE.resetPlace);
	if (!has(bits, Handshake.reset) || !place) return null;
	return {
		side: has(bits, Handshake.resetBy1) ? 1 : 0,
		afterFin: has(bits, Handshake.resetAfterFin),
		afterAlert: has(bits, Handshake.resetAfterAlert),
		afterPeersData: has(bits, Handshake.resetAfterPeersData),
		unacknowledged: has(bits, Handshake.resetUnacknowledged),
		wait: record.troubleTime(TROUBLE.resetWait),
		place,
	};
}

function placeOf(file: number, number: number, time: number): PacketPlace | null {
	return number === 0 ? null : { file, number: number >>> 0, time };
}

function troublePlace(record: TcpRecord, at: number): PacketPlace | null {
	return placeOf(record.trouble(at + 2), record.trouble(at + 3), record.troubleTime(at));
}

function sideOf(record: TcpRecord, side: 0 | 1, end: number): SideFigures {
	const { words, base } = record;
	const segments = words[base + AT.segments + side]! >>> 0;
	if (words[base + AT.trouble] === 0) return smooth(segments);
	const at = (offset: number) => record.trouble(offset + side) >>> 0;
	const place = (offset: number) => troublePlace(record, offset + side * PLACE_WORDS);
	const isStalled = (words[base + AT.last + side]! & Last.stalled) !== 0;
	const open = isStalled ? Math.round((end - record.troubleTime(TROUBLE.stallSince + 2 * side)) / 1e6) : 0;
	return {
		segments,
		retransmissions: at(TROUBLE.retransmissions),
		fastRetransmissions: at(TROUBLE.fast),
		spuriousRetransmissions: at(TROUBLE.spurious),
		outOfOrder: at(TROUBLE.outOfOrder),
		duplicateAcks: at(TROUBLE.duplicateAcks),
		zeroWindows: at(TROUBLE.zeroWindows),
		keepAlives: at(TROUBLE.keepAlives),
		lostSegments: at(TROUBLE.lost),
		ackedLostSegments: at(TROUBLE.unseen),
		reordered: at(TROUBLE.reordered),
		notLoss: at(TROUBLE.notLoss),
		longestStall: Math.max(at(TROUBLE.stall), open),
		firstAgain: place(TROUBLE.againPlace),
		firstReordered: place(TROUBLE.reorderedPlace),
		firstZeroWindow: place(TROUBLE.zeroWindowPlace),
	};
}

/** Figures of sides that had no trouble, by their segments: most are short, and alike. */
const SMOOTH: SideFigures[] = [];
const MAX_SMOOTH = 1000;

function smooth(segments: number): SideFigures {
	if (segments >= MAX_SMOOTH) return { ...NOTHING, segments };
	let known = SMOOTH[segments];
	if (!known) {
		known = { ...NOTHING, segments };
		SMOOTH[segments] = known;
	}
	return known;
}

const NOTHING: SideFigures = {
	segments: 0,
	retransmissions: 0,
	fastRetransmissions: 0,
	spuriousRetransmissions: 0,
	outOfOrder: 0,
	duplicateAcks: 0,
	zeroWindows: 0,
	keepAlives: 0,
	lostSegments: 0,
	ackedLostSegments: 0,
	reordered: 0,
	notLoss: 0,
	longestStall: 0,
	firstAgain: null,
	firstReordered: null,
	firstZeroWindow: null,
};

/** A flow of SYNs alone, or of SYNs and resets. */
function ofRequests(syns: number, ended: 0 | 1 | "both" | null): TcpFigures {
	const repeated = Math.max(0, syns - 1);
	return {
		sides: [{ ...NOTHING, retransmissions: repeated, notLoss: repeated }, NOTHING],
		syns,
		serverTime: null,
		clientTime: null,
		established: false,
		halfOpen: false,
		firstSynAck: null,
		resetBy: ended === "both" ? 1 : ended,
		reset: null,
	};
}
