import { type PacketView, TcpFlag } from "../packet/view.ts";

/**
 * Zeek's view of a TCP connection, conn_state and history letter for letter, kept in a record of its own.
 *
 * The rules are those of Zeek's TCP session adapter and of its base/protocols/conn script, with these differences:
 * checksums are not verified (offloading makes the letter C noise in captures taken on a host), no port list turns a
 * connection around (only a SYN-ACK as first packet does), and of several holes in a side's data only the newest is
 * remembered for the letter G. Sequence numbers are signed 32-bit words; differences wrap as RFC 9293, 3.4 wants.
 */
const AT = {
	/** Endpoint states and what preceded them: 3 bits each, see {@link stateOf}; flags above. */
	state: 0,
	/** Letters recorded: 7 bits a side; bits 16–21 length of the history; 22–23 a side has a hole. */
	seen: 1,
	/** First sequence number, one past the last byte, and highest acknowledgement received: a word for each side. */
	start: 2,
	last: 4,
	acknowledged: 6,
	/** Handle of the connection's analysis: see {@link TcpAnalysis}. */
	analysis: 8,
	/** Retransmissions, 16 bits a side; then a word for each side, gaps << 16 | zero windows. */
	retransmissions: 9,
	gapsAndZeroWindows: 10,
	/** One byte a letter. */
	history: 12,
	/** Bytes `hole … holeEnd - 1` of a side were not seen. */
	hole: 20,
	holeEnd: 22,
	/** Relative sequence numbers of the last SYN, FIN and RST in the history. */
	lastSyn: 24,
	lastFin: 26,
	lastReset: 28,
} as const;

const HISTORY_WORDS = 8;
/** Letters kept; Zeek has no bound, but only storms of resets and repeated SYNs make longer histories. */
const MAX_HISTORY = HISTORY_WORDS * 4;
/** 32-bit words of a connection's record: two cache lines, of which most packets touch the first. They start as zeros. */
export const TCP_WORDS = 32;

const State = { Inactive: 0, SynSent: 1, SynAckSent: 2, Partial: 3, Established: 4, Closed: 5, Reset: 6 } as const;
type State = (typeof State)[keyof typeof State];

const PREVIOUS_SHIFT = 6;
const FLIPPED = 1 << 12;
const SYN_BY = 13;
const SYN_ACK_BY = 15;

const Letter = { Syn: 1, Fin: 2, Reset: 4, Data: 8, Ack: 16, FinReset: 32, MultiFlag: 64 } as const;
const FURTHER = Letter.Data | Letter.Ack | Letter.Fin;
const SIDE_BITS = 8;
const LENGTH_SHIFT = 16;
const HOLE = 22;

/** A jump of sequence numbers larger than this is not believed (Zeek's TOO_LARGE_SEQ_DELTA). */
const LARGE_JUMP = 1_048_576;
const { FIN, SYN, RST, ACK } = TcpFlag;
const CONTROL = FIN | SYN | RST;

type Side = 0 | 1;
type Words = Int32Array;

/**
 * Takes in one packet of a connection.
 * @param base index of the connection's first word; `side` 0 for the sender of the flow's first packet.
 */
export function trackTcp(words: Words, base: number, packet: PacketView, side: Side): void {
	const flags = packet.tcpFlags;
	const sequence = packet.tcpSequence;
	const length = packet.payloadLength;
	const peer = (1 - side) as Side;
	// The first packet: each leaves a state behind.
	if (words[base + AT.state] === 0 && (flags & (SYN | ACK | FIN | RST)) === (SYN | ACK)) {
		words[base + AT.state]! |= FLIPPED;
		addLetter(words, base, 0x5e); // ^
	}
	if (flags & SYN) words[base + AT.state]! |= 1 << ((flags & ACK ? SYN_ACK_BY : SYN_BY) + side);
	const size = (flags & RST ? 0 : length) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
	initEndpoint(words, base, side, flags, sequence, (sequence + size) | 0);
	const relative = (sequence - words[base + AT.start + side]!) | 0;
	recordLetters(words, base, side, flags, relative, length);
	const state = stateOf(words, base, side);
	if (
		packet.tcpWindow === 0 &&
		!(flags & RST) &&
		state !== State.Reset &&
		stateOf(words, base, peer) !== State.Closed
	) {
		countScaled(words, base, AT.gapsAndZeroWindows + side, 0, 0x57, side); // W
	}
	if (flags & ACK) acknowledge(words, base, peer, flags, packet.tcpAcknowledgement);
	advance(words, base, side, flags, sequence, (sequence + size) | 0, length);
	if (state !== State.Established || flags & CONTROL) changeState(words, base, side, flags, length);
	if (flags & ACK) checkGap(words, base, peer, packet.tcpAcknowledgement, flags);
}

function stateOf(words: Words, base: number, side: Side): State {
	return ((words[base + AT.state]! >>> (3 * side)) & 7) as State;
}

function previousOf(words: Words, base: number, side: Side): State {
	return ((words[base + AT.state]! >>> (PREVIOUS_SHIFT + 3 * side)) & 7) as State;
}

function setState(words: Words, base: number, side: Side, state: State): void {
	const before = stateOf(words, base, side);
	if (before === state) return;
	const cleared = words[base + AT.state]! & ~((7 << (3 * side)) | (7 << (PREVIOUS_SHIFT + 3 * side)));
	words[base + AT.state] = cleared | (state << (3 * side)) | (before << (PREVIOUS_SHIFT + 3 * side));
}

/**
 * Sequence number of the first byte of a side's stream: that behind its SYN or, where the capture begins later, of its
 * first packet.
 */
export function streamStart(words: Int32Array, base: number, side: 0 | 1): number {
	return (words[base + AT.start + side]! + 1) | 0;
}

/** Handle of the connection's analysis: see {@link TcpAnalysis}. */
export function analysisOf(words: Int32Array, base: number): number {
	return words[base + AT.analysis]!;
}

export function setAnalysis(words: Int32Array, base: number, handle: number): void {
	words[base + AT.analysis] = handle;
}

/** Whether `side` is Zeek's originator. */
function isOriginator(words: Words, base: number, side: Side): boolean {
	return (side === 0) !== ((words[base + AT.state]! & FLIPPED) !== 0);
}

function initSequence(words: Words, base: number, side: Side, start: number, last: number): void {
	words[base + AT.start + side] = start;
	words[base + AT.acknowledged + side] = start;
	words[base + AT.last + side] = last;
}

function initEndpoint(words: Words, base: number, side: Side, flags: number, sequence: number, past: number): void {
	switch (stateOf(words, base, side)) {
		case State.Inactive:
			if (flags & SYN) initSequence(words, base, side, sequence, past);
			else initSequence(words, base, side, (sequence - 1) | 0, sequence);
			break;
		case State.SynSent:
		case State.SynAckSent:
			if (flags & SYN && sequence !== words[base + AT.start + side]) initSequence(words, base, side, sequence, past);
			break;
		case State.Established:
		case State.Partial:
			if (flags & SYN) initSequence(words, base, side, sequence, past);
			break;
		case State.Reset:
			if (flags & SYN && previousOf(words, base, side) === State.Inactive)
				initSequence(words, base, side, sequence, past);
			break;
	}
}

function recordLetters(words: Words, base: number, side: Side, flags: number, relative: number, length: number): void {
	const control = flags & CONTROL;
	if (control === 0) {
		if (length > 0)
			recordOnce(words, base, side, Letter.Data, 0x44); // D
		else if (flags & ACK) recordOnce(words, base, side, Letter.Ack, 0x41); // A
	} else if (control === SYN) {
		recordMoved(words, base, side, Letter.Syn, flags & ACK ? 0x48 : 0x53, AT.lastSyn, relative); // H, S
	} else if (control === FIN) {
		// A FIN stands at the end of its packet's data, a SYN or RST at the beginning.
		recordMoved(words, base, side, Letter.Fin, 0x46, AT.lastFin, (relative + length) | 0); // F
	} else if (control === RST) {
		recordMoved(words, base, side, Letter.Reset, 0x52, AT.lastReset, relative); // R
	} else if ((control & (FIN | RST)) === (FIN | RST)) {
		recordOnce(words, base, side, Letter.FinReset, 0x49); // I
	} else {
		recordOnce(words, base, side, Letter.MultiFlag, 0x51); // Q
	}
}

/** @returns whether the letter was there already. */
function recordOnce(words: Words, base: number, side: Side, letter: number, code: number): boolean {
	const bit = letter << (SIDE_BITS * side);
	if (words[base + AT.seen]! & bit) return true;
	words[base + AT.seen]! |= bit;
	addSideLetter(words, base, side, code);
	return false;
}

/** Records again where the packet is no repetition: its place in the sequence space is another one. */
function recordMoved(
	words: Words,
	base: number,
	side: Side,
	letter: number,
	code: number,
	at: number,
	place: number,
): void {
	if (recordOnce(words, base, side, letter, code) && place !== words[base + at + side])
		addSideLetter(words, base, side, code);
	words[base + at + side] = place;
}

/** @param code the upper-case letter: the originator's. */
function addSideLetter(words: Words, base: number, side: Side, code: number): void {
	addLetter(words, base, isOriginator(words, base, side) ? code : code | 0x20);
}

function addLetter(words: Words, base: number, code: number): void {
	const length = (words[base + AT.seen]! >>> LENGTH_SHIFT) & 63;
	if (length >= MAX_HISTORY) return;
	words[base + AT.history + (length >> 2)]! |= code << (8 * (length & 3));
	words[base + AT.seen]! += 1 << LENGTH_SHIFT;
}

/** Counts in 16 bits of a word; writes the letter at 1, 10, 100, … */
function countScaled(words: Words, base: number, at: number, shift: 0 | 16, code: number, side: Side): void {
	const count = (words[base + at]! >>> shift) & 0xffff;
	if (count === 0xffff) return;
	words[base + at]! += 1 << shift;
	if (isPowerOfTen(count + 1)) addSideLetter(words, base, side, code);
}

function isPowerOfTen(count: number): boolean {
	return count === 1 || count === 10 || count === 100 || count === 1000 || count === 10_000;
}

/** Takes an acknowledgement of `owner`'s data. */
function acknowledge(words: Words, base: number, owner: Side, flags: number, number: number): void {
	// Of a side that is not in the capture the first acknowledgement tells where it is, later ones how far it comes.
	if (stateOf(words, base, owner) === State.Inactive && words[base + AT.start + owner] === 0) {
		initSequence(words, base, owner, (number - 1) | 0, (number - 1) | 0);
		return;
	}
	if (flags & RST) return;
	const delta = (number - words[base + AT.acknowledged + owner]!) | 0;
	// An acknowledgement of 0 after a jump is a broken one rather than a large connection.
	if (delta > 0 && !(number === 0 && delta > LARGE_JUMP)) words[base + AT.acknowledged + owner] = number;
}

function advance(
	words: Words,
	base: number,
	side: Side,
	flags: number,
	sequence: number,
	past: number,
	length: number,
): void {
	const last = words[base + AT.last + side]!;
	const delta = (past - last) | 0;
	if (flags & (SYN | RST) && (delta > LARGE_JUMP || delta < -LARGE_JUMP)) return;
	const onlySyn = flags & FIN && last === ((words[base + AT.start + side]! + 1) | 0);
	if (onlySyn) {
		words[base + AT.last + side] = past;
	} else if (stateOf(words, base, side) === State.Reset) {
		return;
	} else if (delta > 0) {
		if (length > 0 && ((sequence - last) | 0) > 0 && stateOf(words, base, side) !== State.Inactive) {
			words[base + AT.hole + side] = last;
			words[base + AT.holeEnd + side] = sequence;
			words[base + AT.seen]! |= 1 << (HOLE + side);
		}
		words[base + AT.last + side] = past;
	} else if (length > 0) {
		countScaled(words, base, AT.retransmissions, side === 0 ? 0 : 16, 0x54, side); // T
		fillHole(words, base, side, sequence, past);
	}
}

function fillHole(words: Words, base: number, side: Side, sequence: number, past: number): void {
	if (!(words[base + AT.seen]! & (1 << (HOLE + side)))) return;
	const from = words[base + AT.hole + side]!;
	if (((sequence - from) | 0) > 0 || ((past - from) | 0) <= 0) return;
	words[base + AT.hole + side] = past;
	if (((past - words[base + AT.holeEnd + side]!) | 0) >= 0) words[base + AT.seen]! &= ~(1 << (HOLE + side));
}

/** Data that its receiver acknowledges but that the capture lacks is a gap; the capture, not the network, lost it. */
function checkGap(words: Words, base: number, owner: Side, number: number, flags: number): void {
	// Acknowledgements at the end of a connection are not reliable: Zeek does not flag them either.
	if (
		flags & (FIN | RST) ||
		stateOf(words, base, owner) < State.Partial ||
		stateOf(words, base, owner) > State.Established
	)
		return;
	const last = words[base + AT.last + owner]!;
	const beyond = (number - last) | 0;
	if (beyond > 0 && beyond < LARGE_JUMP && !isFirstAcknowledgement(words, base, owner)) {
		countScaled(words, base, AT.gapsAndZeroWindows + owner, 16, 0x47, owner); // G
		words[base + AT.last + owner] = number;
	} else if (words[base + AT.seen]! & (1 << (HOLE + owner)) && ((number - words[base + AT.hole + owner]!) | 0) > 0) {
		countScaled(words, base, AT.gapsAndZeroWindows + owner, 16, 0x47, owner);
		words[base + AT.seen]! &= ~(1 << (HOLE + owner));
	}
}

/** A connection met in mid-stream: what lies before its first packets is no gap. */
function isFirstAcknowledgement(words: Words, base: number, owner: Side): boolean {
	return !((words[base + AT.seen]! >>> (SIDE_BITS * owner)) & (Letter.Data | Letter.Syn));
}

function changeState(words: Words, base: number, side: Side, flags: number, length: number): void {
	const peer = (1 - side) as Side;
	switch (stateOf(words, base, side)) {
		case State.Inactive:
			leaveInactive(words, base, side, peer, flags, length);
			break;
		case State.SynSent:
		case State.SynAckSent:
			if (flags & FIN) setState(words, base, side, State.Closed);
			if (flags & RST) setState(words, base, side, State.Reset);
			// A SYN-ACK of the originator's own after its SYN, or the ACK that completes the handshake, changes nothing.
			break;
		case State.Partial:
		case State.Established:
			leaveEstablished(words, base, side, peer, flags);
			break;
		case State.Closed:
			// After both FINs a RST is part of a normal end.
			if (flags & RST && stateOf(words, base, peer) !== State.Closed) setState(words, base, side, State.Reset);
			break;
	}
}

function leaveInactive(words: Words, base: number, side: Side, peer: Side, flags: number, length: number): void {
	const originator = isOriginator(words, base, side);
	const peerState = stateOf(words, base, peer);
	if (flags & SYN) {
		if (originator) {
			setState(words, base, side, flags & ACK ? State.SynAckSent : State.SynSent);
		} else {
			if (peerState === State.SynSent) setState(words, base, peer, State.Established);
			setState(words, base, side, State.Established);
		}
	}
	if (flags & FIN) setState(words, base, side, State.Closed);
	if (flags & RST) setState(words, base, side, State.Reset);
	if (stateOf(words, base, side) !== State.Inactive) return;
	// Some stacks acknowledge a SYN before they answer it.
	if (!originator && length === 0 && peerState === State.SynSent) return;
	// A pure ACK after a SYN-ACK: only the first SYN was missed.
	setState(words, base, side, flags & ACK && peerState === State.Established ? State.Established : State.Partial);
}

function leaveEstablished(words: Words, base: number, side: Side, peer: Side, flags: number): void {
	if (
		flags & SYN &&
		!(flags & ACK) &&
		stateOf(words, base, side) === State.Partial &&
		stateOf(words, base, peer) === State.Inactive
	) {
		setState(words, base, side, State.SynSent);
	}
	if (flags & FIN && !(flags & RST)) {
		setState(words, base, side, State.Closed);
		// FIN, then RST, then the other's FIN: a normal end after all.
		if (previousOf(words, base, peer) === State.Closed) setState(words, base, peer, State.Closed);
	}
	if (flags & RST) setState(words, base, side, State.Reset);
}

/** Zeek's conn_state: S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR or OTH. */
export function connState(words: Words, base: number): string {
	const first: Side = words[base + AT.state]! & FLIPPED ? 1 : 0;
	const originator = stateOf(words, base, first);
	const responder = stateOf(words, base, (1 - first) as Side);
	const originatorIdle = originator === State.Inactive || originator === State.Partial;
	const responderIdle = responder === State.Inactive || responder === State.Partial;
	if (responder === State.Reset) {
		if (
			originator === State.SynSent ||
			originator === State.SynAckSent ||
			(originator === State.Reset && !hasData(words, base))
		)
			return "REJ";
		return originatorIdle ? "RSTRH" : "RSTR";
	}
	if (originator === State.Reset) return responderIdle ? "RSTOS0" : "RSTO";
	if (responder === State.Closed && originator === State.Closed) return "SF";
	if (originator === State.Closed) return responderIdle ? "SH" : "S2";
	if (responder === State.Closed) return originatorIdle ? "SHR" : "S3";
	if (originator === State.SynSent && responder === State.Inactive) return "S0";
	return originator === State.Established && responder === State.Established ? "S1" : "OTH";
}

function hasData(words: Words, base: number): boolean {
	return (words[base + AT.seen]! & (Letter.Data | (Letter.Data << SIDE_BITS))) !== 0;
}

/** Whether a connection came further than to its first SYN: somebody accepted, acknowledged, sent data or closed. */
export function isUnderWay(words: Words, base: number): boolean {
	const accepted = (words[base + AT.state]! >>> SYN_ACK_BY) & 3;
	return accepted !== 0 || (words[base + AT.seen]! & (FURTHER | (FURTHER << SIDE_BITS))) !== 0;
}

/**
 * Whether `side` behaves as if its peer spoke: it goes on after its own SYN, or acknowledges more and more. Of a
 * connection without packets of the peer that is proof that they were there.
 */
export function hearsPeer(words: Words, base: number, side: Side): boolean {
	const letters = words[base + AT.seen]! >>> (SIDE_BITS * side);
	if (letters & Letter.Syn && letters & FURTHER) return true;
	const peer = (1 - side) as Side;
	return ((words[base + AT.acknowledged + peer]! - words[base + AT.start + peer]!) | 0) > 1;
}

/** Zeek's history: a letter for each first event of a side, upper case for the originator. At most {@link MAX_HISTORY}. */
export function history(words: Words, base: number): string {
	const length = (words[base + AT.seen]! >>> LENGTH_SHIFT) & 63;
	let text = "";
	for (let i = 0; i < length; i++)
		text += String.fromCharCode((words[base + AT.history + (i >> 2)]! >>> (8 * (i & 3))) & 0xff);
	return text;
}

/** How the connection ended, as far as the capture shows: null where it did not. */
export function tcpEnd(words: Words, base: number): "closed" | "reset" | null {
	const a = stateOf(words, base, 0);
	const b = stateOf(words, base, 1);
	if (a === State.Reset || b === State.Reset) return "reset";
	return a === State.Closed && b === State.Closed ? "closed" : null;
}

/** The side whose reset ended the connection; null where none did. */
export function resetSide(words: Words, base: number): Side | "both" | null {
	const a = stateOf(words, base, 0) === State.Reset;
	const b = stateOf(words, base, 1) === State.Reset;
	if (a && b) return "both";
	return a ? 0 : b ? 1 : null;
}

/** Whether each side took part: by data, an acknowledgement or a FIN, or by accepting the connection. A reset is no part. */
export function haveBothSpoken(words: Words, base: number): boolean {
	return hasSpoken(words, base, 0) && hasSpoken(words, base, 1);
}

function hasSpoken(words: Words, base: number, side: Side): boolean {
	const letters = words[base + AT.seen]! >>> (SIDE_BITS * side);
	if ((letters & (Letter.Data | Letter.Ack | Letter.Fin)) !== 0) return true;
	return (words[base + AT.state]! & (1 << (SYN_ACK_BY + side))) !== 0;
}

/** Sides that have said that they send nothing more, by FIN or reset, as bits. */
export function closedSides(words: Words, base: number): number {
	return (stateOf(words, base, 0) >= State.Closed ? 1 : 0) | (stateOf(words, base, 1) >= State.Closed ? 2 : 0);
}

/** The side that sent a SYN without ACK; -1 where none did or both did. */
export function synSide(words: Words, base: number): Side | -1 {
	return onlySide(words[base + AT.state]! >>> SYN_BY);
}

/** The side that answered a SYN with SYN-ACK; -1 where none did or both did. */
export function synAckSide(words: Words, base: number): Side | -1 {
	return onlySide(words[base + AT.state]! >>> SYN_ACK_BY);
}

function onlySide(bits: number): Side | -1 {
	const sides = bits & 3;
	return sides === 1 ? 0 : sides === 2 ? 1 : -1;
}

/**
 * Whether a SYN opens a new connection on the ports of this one: the old one ended, was met in mid-stream, or has
 * another initial sequence number from this side. A repeated SYN, a retry that got no answer yet, and the second SYN
 * of a simultaneous open belong to the connection that is there.
 */
export function startsNewConnection(words: Words, base: number, packet: PacketView, side: Side): boolean {
	if ((packet.tcpFlags & (SYN | ACK | RST)) !== SYN) return false;
	if (tcpEnd(words, base) !== null)
		return packet.tcpSequence !== words[base + AT.start + side] || words[base + AT.state]! >>> SYN_BY === 0;
	const state = stateOf(words, base, side);
	if (state === State.SynSent) return false;
	if (state === State.Inactive) return stateOf(words, base, (1 - side) as Side) !== State.SynSent;
	return packet.tcpSequence !== words[base + AT.start + side];
}
