import { u16 } from "../bytes.ts";
import { type Recogniser, Role } from "../recogniser.ts";

/** A sequence number, and a primary packet of at least one byte behind its length (T.38, annex A). */
const SEQUENCE_NUMBER = 2;
const MAX_PACKETS = 16;
/** First byte of an Internet fax packet: data field present, type of message, extension, its number, a bit of padding. */
const HAS_DATA = 0x80;
const IS_DATA = 0x40;
const IS_EXTENDED = 0x20;
const NUMBER = 0x1e;
const IS_PADDING = 0x01;
const LAST_DATA_TYPE = 8;
/** Error recovery by forward correction; without this bit by earlier packets. */
const IS_FORWARD_CORRECTION = 0x80;

/**
 * Whether a payload can be a UDPTL packet of T.38: a primary packet whose first byte makes sense, and error recovery that
 * fills the datagram. A dozen bits prove little: an announcement or several packets in sequence do. The sequence number
 * is in the first two bytes.
 */
export function looksLikeT38(data: Uint8Array, start: number, end: number): boolean {
	const primary = start + SEQUENCE_NUMBER;
	let at = openTypeEnd(data, primary, end);
	if (at < 0 || at >= end || !isFaxPacket(data, primary, at)) return false;
	const recovery = data[at++]!;
	if ((recovery & ~IS_FORWARD_CORRECTION) !== 0) return false;
	if (recovery & IS_FORWARD_CORRECTION) at = openTypeEnd(data, at, end);
	if (at < 0 || at >= end) return false;
	const packets = data[at++]!;
	if (packets > MAX_PACKETS) return false;
	for (let i = 0; i < packets && at >= 0; i++) at = openTypeEnd(data, at, end);
	return at === end;
}

/** Fax over UDPTL. No port is its own: it counts only where signalling announced it for one of the flow's ports. */
export const t38: Recogniser = {
	protocol: "t38",
	transports: [17],
	strength: "weak",
	ports: [],
	source: "ITU-T T.38, annex A and 9.1",
	recognise: (data, start, end) => (looksLikeT38(data, start, end) ? Role.Either : Role.No),
};

/** Whether what the open type at `at` holds begins as a fax packet: an indicator alone, or data with its fields. */
function isFaxPacket(data: Uint8Array, at: number, end: number): boolean {
	const content = data[at]! & 0x80 ? at + 2 : at + 1;
	const first = data[content]!;
	if (first & IS_EXTENDED) return end - content > 1;
	if (first & IS_PADDING) return false;
	if (first & IS_DATA) return (first & HAS_DATA) !== 0 && (first & NUMBER) >>> 1 <= LAST_DATA_TYPE && end - content > 1;
	return (first & HAS_DATA) === 0 && end - content === 1;
}

/** End of an open type, or of a string, behind its length; -1 where it is empty or does not fit. */
function openTypeEnd(data: Uint8Array, at: number, end: number): number {
	if (end - at < 2) return -1;
	const first = data[at]!;
	const isLong = (first & 0x80) !== 0;
	if (isLong && (first & 0x40 || end - at < 3)) return -1;
	const length = isLong ? u16(data, at) & 0x3fff : first;
	const last = at + (isLong ? 2 : 1) + length;
	return length > 0 && last <= end ? last : -1;
}
