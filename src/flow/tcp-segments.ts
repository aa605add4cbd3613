import { type PacketView, TcpFlag } from "../packet/view.ts";
import { roundTrip } from "./tcp-handshake.ts";
import { AT, HOLES, Last, PLACE_WORDS, RUN_SHIFT, type TcpRecord, TROUBLE } from "./tcp-record.ts";

const { FIN, SYN } = TcpFlag;

/** A segment sent again this soon after a duplicate acknowledgement answers it (Wireshark's 20 ms). */
const FAST = 20e6;
/** How late a segment may be and yet be out of order, where no handshake tells the round-trip time (Wireshark's 3 ms). */
export const LATE = 3e6;
/** Mirror ports repeat a packet within half a millisecond, captures of both sides of a router within half a round trip. */
const LEAST_COPY = 0.5e6;
const MOST_COPY = 50e6;

type Side = 0 | 1;

/** Judges data, a SYN or a FIN by what its side sent before: sent again, in which way, or come late. */
export function judgeSegment(record: TcpRecord, side: Side, packet: PacketView): void {
	const { words, base } = record;
	const { tcpSequence: sequence, payloadLength: length } = packet;
	const next = words[base + AT.next + side]!;
	const acknowledged = words[base + AT.acknowledged + 1 - side]!;
	if (length > 0 && acknowledged !== 0 && ((sequence + length - acknowledged) | 0) <= 0) {
		record.count(TROUBLE.spurious + side);
		noteAgain(record, side, packet, true);
		return;
	}
	// After a zero-window probe its byte is sent again as part of a whole segment.
	if (next === 0 || ((sequence - next) | 0) >= 0 || (length > 1 && sequence === ((next - 1) | 0))) return;
	if (isAskedFor(record, side, packet)) {
		record.count(TROUBLE.fast + side);
		noteAgain(record, side, packet, false);
	} else if (isOutOfOrder(record, side, packet, next, roundTrip(record) || LATE)) {
		record.count(TROUBLE.outOfOrder + side);
		const late = isLate(record, side, sequence, packet.time, lateness(record));
		if (late) record.count(TROUBLE.reordered + side);
		record.noteFirst((late ? TROUBLE.reorderedPlace : TROUBLE.againPlace) + side * PLACE_WORDS, packet);
	} else {
		noteAgain(record, side, packet, pastOf(packet) === next);
	}
}

/** By two duplicate acknowledgements or more. */
function isAskedFor({ words, doubles, base }: TcpRecord, side: Side, { tcpSequence, time }: PacketView): boolean {
	const peer = base + 1 - side;
	const since = time - doubles[((base + AT.seenTime) >> 1) + 1 - side]!;
	const run = (words[peer + AT.last]! & Last.run) >>> RUN_SHIFT;
	return run === 2 && words[peer + AT.acknowledged] === tcpSequence && since >= 0 && since < FAST;
}

/** Soon after the highest number, and not up to it: then it would be what was sent last. */
function isOutOfOrder(record: TcpRecord, side: Side, packet: PacketView, next: number, limit: number): boolean {
	const since = sinceNext(record, side, packet.time);
	return since >= 0 && since < limit && pastOf(packet) !== next;
}

function sinceNext({ doubles, base }: TcpRecord, side: Side, time: number): number {
	return time - doubles[((base + AT.nextTime) >> 1) + side]!;
}

function pastOf({ tcpFlags, tcpSequence, payloadLength }: PacketView): number {
	return (tcpSequence + payloadLength + (tcpFlags & (SYN | FIN) ? 1 : 0)) | 0;
}

/** Counts a retransmission, and whether it tells of loss. @param repeats whether it may be a copy of what was seen last. */
function noteAgain(record: TcpRecord, side: Side, packet: PacketView, repeats: boolean): void {
	const { tcpSequence: sequence, payloadLength: length, time } = packet;
	record.count(TROUBLE.retransmissions + side);
	const isCopy = repeats && sinceNext(record, side, time) < copyTime(roundTrip(record));
	if (length === 0 || isCopy || isLate(record, side, sequence, time, lateness(record)))
		record.count(TROUBLE.notLoss + side);
	else record.noteFirst(TROUBLE.againPlace + side * PLACE_WORDS, packet);
}

/** Half a round trip: what fills a hole sooner was not sent again, also where the line has become faster since. */
function lateness(record: TcpRecord): number {
	return roundTrip(record) / 2 || LATE;
}

/** A segment that is seen again sooner than this was not sent again: its sender cannot know of a loss yet. */
function copyTime(roundTrip: number): number {
	return Math.max(LEAST_COPY, Math.min(roundTrip / 2, MOST_COPY));
}

/** Notes that what lies from `next` to the packet of this time is missing. */
export function noteHole(record: TcpRecord, side: Side, next: number, time: number): void {
	const hole = HOLES * side + (record.trouble(TROUBLE.lost + side) & (HOLES - 1));
	record.setTrouble(TROUBLE.holes + hole, next);
	record.setTrouble(TROUBLE.holeTimes + hole, microseconds(time));
	record.count(TROUBLE.lost + side);
}

/** Wraps after 71 minutes: for differences of times that are close. */
function microseconds(time: number): number {
	return (time / 1e3) | 0;
}

/** Whether a segment fills a hole that was noticed less than `limit` nanoseconds ago: it was late, and sent once only. */
function isLate(record: TcpRecord, side: Side, sequence: number, time: number, limit: number): boolean {
	const lost = record.trouble(TROUBLE.lost + side);
	for (let n = lost - 1; n >= 0 && n >= lost - HOLES; n--) {
		const hole = HOLES * side + (n & (HOLES - 1));
		if (((sequence - record.trouble(TROUBLE.holes + hole)) | 0) < 0) continue;
		const age = (microseconds(time) - record.trouble(TROUBLE.holeTimes + hole)) | 0;
		return age >= 0 && age < limit / 1e3;
	}
	return false;
}
