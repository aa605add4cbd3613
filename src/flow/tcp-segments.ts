import { type PacketView, TcpFlag } from "../packet/view.ts";
import { roundTrip } from "./tcp-handshake.ts";
import { AT, HOLES, Last, noteFirst, PLACE_WORDS, RUN_SHIFT } from "./tcp-record.ts";

const { FIN, SYN } = TcpFlag;

/** A segment sent again this soon after a duplicate acknowledgement answers it (Wireshark's 20 ms). */
const FAST = 20e6;
/** How late a segment may be and yet be out of order, where no handshake tells the round-trip time (Wireshark's 3 ms). */
export const LATE = 3e6;
/** Mirror ports repeat a packet within half a millisecond, captures of both sides of a router within half a round trip. */
const LEAST_COPY = 0.5e6;
const MOST_COPY = 50e6;

type Side = 0 | 1;

/**
 * Judges data, a SYN or a FIN by what its side sent before: sent again, in which way, or come late.
 * @param base index of the connection's record in `words`.
 */
export function judgeSegment(
	words: Int32Array,
	doubles: Float64Array,
	base: number,
	side: Side,
	packet: PacketView,
): void {
	const { tcpSequence: sequence, payloadLength: length } = packet;
	const next = words[base + AT.next + side]!;
	const acknowledged = words[base + AT.acknowledged + 1 - side]!;
	if (length > 0 && acknowledged !== 0 && ((sequence + length - acknowledged) | 0) <= 0) {
		words[base + AT.spurious + side]! += 1;
		noteAgain(words, doubles, base, side, packet, true);
		return;
	}
	// After a zero-window probe its byte is sent again as part of a whole segment.
	if (next === 0 || ((sequence - next) | 0) >= 0 || (length > 1 && sequence === ((next - 1) | 0))) return;
	if (isAskedFor(words, doubles, base, side, packet)) {
		words[base + AT.fast + side]! += 1;
		noteAgain(words, doubles, base, side, packet, false);
	} else if (isOutOfOrder(doubles, base, side, packet, next, roundTrip(words, doubles, base) || LATE)) {
		words[base + AT.outOfOrder + side]! += 1;
		const late = isLate(words, base, side, sequence, packet.time, lateness(words, doubles, base));
		if (late) words[base + AT.reordered + side]! += 1;
		noteFirst(words, doubles, base + (late ? AT.reorderedPlace : AT.againPlace) + side * PLACE_WORDS, packet);
	} else {
		noteAgain(words, doubles, base, side, packet, pastOf(packet) === next);
	}
}

/** By two duplicate acknowledgements or more. */
function isAskedFor(
	words: Int32Array,
	doubles: Float64Array,
	base: number,
	side: Side,
	{ tcpSequence, time }: PacketView,
): boolean {
	const peer = base + 1 - side;
	const since = time - doubles[((base + AT.seenTime) >> 1) + 1 - side]!;
	const run = (words[peer + AT.last]! & Last.run) >>> RUN_SHIFT;
	return run === 2 && words[peer + AT.acknowledged] === tcpSequence && since >= 0 && since < FAST;
}

/** Soon after the highest number, and not up to it: then it would be what was sent last. */
function isOutOfOrder(
	doubles: Float64Array,
	base: number,
	side: Side,
	packet: PacketView,
	next: number,
	limit: number,
): boolean {
	const since = packet.time - doubles[((base + AT.nextTime) >> 1) + side]!;
	return since >= 0 && since < limit && pastOf(packet) !== next;
}

function pastOf({ tcpFlags, tcpSequence, payloadLength }: PacketView): number {
	return (tcpSequence + payloadLength + (tcpFlags & (SYN | FIN) ? 1 : 0)) | 0;
}

/** Counts a retransmission, and whether it tells of loss. @param repeats whether it may be a copy of what was seen last. */
function noteAgain(
	words: Int32Array,
	doubles: Float64Array,
	base: number,
	side: Side,
	packet: PacketView,
	repeats: boolean,
): void {
	const { tcpSequence: sequence, payloadLength: length, time } = packet;
	words[base + AT.retransmissions + side]! += 1;
	const since = time - doubles[((base + AT.nextTime) >> 1) + side]!;
	const isCopy = repeats && since < copyTime(roundTrip(words, doubles, base));
	if (length === 0 || isCopy || isLate(words, base, side, sequence, time, lateness(words, doubles, base)))
		words[base + AT.notLoss + side]! += 1;
	else noteFirst(words, doubles, base + AT.againPlace + side * PLACE_WORDS, packet);
}

/** Half a round trip: what fills a hole sooner was not sent again, also where the line has become faster since. */
function lateness(words: Int32Array, doubles: Float64Array, base: number): number {
	return roundTrip(words, doubles, base) / 2 || LATE;
}

/** A segment that is seen again sooner than this was not sent again: its sender cannot know of a loss yet. */
function copyTime(roundTrip: number): number {
	return Math.max(LEAST_COPY, Math.min(roundTrip / 2, MOST_COPY));
}

/** Notes that what lies from `next` to the packet of this time is missing. */
export function noteHole(words: Int32Array, base: number, side: Side, next: number, time: number): void {
	const hole = base + HOLES * side + (words[base + AT.lost + side]! & (HOLES - 1));
	words[hole + AT.holes] = next;
	words[hole + AT.holeTimes] = microseconds(time);
	words[base + AT.lost + side]! += 1;
}

/** Wraps after 71 minutes: for differences of times that are close. */
function microseconds(time: number): number {
	return (time / 1e3) | 0;
}

/** Whether a segment fills a hole that was noticed less than `limit` nanoseconds ago: it was late, and sent once only. */
function isLate(words: Int32Array, base: number, side: Side, sequence: number, time: number, limit: number): boolean {
	const lost = words[base + AT.lost + side]!;
	for (let n = lost - 1; n >= 0 && n >= lost - HOLES; n--) {
		const hole = base + HOLES * side + (n & (HOLES - 1));
		if (((sequence - words[hole + AT.holes]!) | 0) < 0) continue;
		const age = (microseconds(time) - words[hole + AT.holeTimes]!) | 0;
		return age >= 0 && age < limit / 1e3;
	}
	return false;
}
