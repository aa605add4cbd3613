import type { Cursor } from "./cursor.ts";
import { skipAuthentication } from "./extension.ts";
import { cutOff, type Reason } from "./reasons.ts";
import { clearTransport, readTransport } from "./transport.ts";
import { Protocol } from "./view.ts";

/** RFC 791, 3.1. */
const AT = { tos: 1, totalLength: 2, id: 4, fragment: 6, ttl: 8, protocol: 9, source: 12, destination: 16 } as const;
const MINIMUM = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

const CUT = cutOff("IPv4 header");
const OPTIONS_CUT = cutOff("IPv4 options");
const VERSION = {
	class: "problem",
	text: (version) => `IPv4 header with version ${version}`,
	rest: "IPv4 header with another version",
} satisfies Reason;
const HEADER_LENGTH = {
	class: "problem",
	text: (words) => `IPv4 header length ${words} ${words === 1 ? "word" : "words"} is below 5`,
	rest: "IPv4 header length below 5 words",
} satisfies Reason;
const TOTAL_LENGTH = {
	class: "problem",
	text: (length) => `IPv4 total length ${length} is shorter than the header`,
	rest: "IPv4 total length shorter than the header",
} satisfies Reason;

/**
 * Moves the view to the IPv4 header at `at` and to the transport header in it.
 * @returns false, counted, where the header gives no addresses that could be believed.
 */
export function readIPv4(cursor: Cursor, at: number): boolean {
	const { packet } = cursor;
	if (!isHeader(cursor, at)) return false;
	const { view } = packet;
	const headerLength = (view.getUint8(at) & 15) << 2;
	const totalLength = view.getUint16(at + AT.totalLength);
	if (totalLength !== 0) cursor.wireEnd = at + totalLength;
	if (cursor.wireEnd < packet.end) packet.end = cursor.wireEnd;

	packet.ipVersion = 4;
	packet.ipOffset = at;
	packet.src0 = 0;
	packet.src1 = 0;
	packet.src2 = 0;
	packet.src3 = view.getInt32(at + AT.source);
	packet.dst0 = 0;
	packet.dst1 = 0;
	packet.dst2 = 0;
	packet.dst3 = view.getInt32(at + AT.destination);
	packet.trafficClass = view.getUint8(at + AT.tos);
	packet.ttl = view.getUint8(at + AT.ttl);
	packet.protocol = view.getUint8(at + AT.protocol);
	packet.ipId = view.getUint16(at + AT.id);
	const fragment = view.getUint16(at + AT.fragment);
	packet.fragmentOffset = fragment & FRAGMENT_OFFSET;
	packet.laterFragment = packet.fragmentOffset !== 0;
	packet.fragment = (fragment & (FRAGMENT_OFFSET | MORE_FRAGMENTS)) !== 0;

	const next = at + headerLength;
	if (next > packet.end) {
		packet.transportOffset = packet.end;
		clearTransport(packet);
		cursor.cut(OPTIONS_CUT, at + MINIMUM);
	} else if (packet.protocol === Protocol.AH && !packet.laterFragment) {
		readTransport(cursor, skipAuthentication(cursor, next));
	} else {
		readTransport(cursor, next);
	}
	return true;
}

/** Counts what is wrong with the header at `at`, if anything. */
function isHeader(cursor: Cursor, at: number): boolean {
	const { view, end } = cursor.packet;
	if (end - at < MINIMUM) {
		cursor.cut(CUT, at);
		return false;
	}
	const first = view.getUint8(at);
	const headerLength = (first & 15) << 2;
	if (first >> 4 !== 4) {
		cursor.stop(VERSION, first >> 4);
		return false;
	}
	if (headerLength < MINIMUM) {
		cursor.stop(HEADER_LENGTH, headerLength >> 2);
		return false;
	}
	// 0 where the capturing host left it to its network card to cut the segment up (segmentation offload).
	const totalLength = view.getUint16(at + AT.totalLength);
	if (totalLength < headerLength && totalLength !== 0) {
		cursor.stop(TOTAL_LENGTH, totalLength);
		return false;
	}
	return true;
}
