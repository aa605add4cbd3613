import type { Cursor } from "./cursor.ts";
import { cutOff, plainReason } from "./reasons.ts";
import { Protocol } from "./view.ts";

/**
 * Most extension headers of one IPv6 packet that are read. RFC 8200, 4.1 names six places for them; hostile packets
 * hold hundreds.
 */
export const MAX_EXTENSION_HEADERS = 16;

/** Next-header numbers of the IANA registry "IPv6 Extension Header Types"; ESP hides what it carries. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
export const FRAGMENT = 44;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;

const CUT = cutOff("IPv6 extension header");
const AH_CUT = cutOff("authentication header");
const TOO_MANY = plainReason("problem", `more than ${MAX_EXTENSION_HEADERS} IPv6 extension headers`);

/**
 * Follows the extension headers of an IPv6 packet from `packet.protocol`, whose header is at `at`, and leaves the
 * transport's number there. Sets the view's fragment fields.
 * @returns the offset of the transport header (of a later fragment: of its data), or -1, counted.
 */
export function skipExtensions(cursor: Cursor, at: number): number {
	const { packet } = cursor;
	const { view } = packet;
	for (let headers = 0; headers <= MAX_EXTENSION_HEADERS; headers++) {
		const type = packet.protocol;
		if (!isExtension(type)) return at;
		if (headers === MAX_EXTENSION_HEADERS) break;
		if (packet.end - at < 8) return cursor.cut(CUT, at);
		if (type === FRAGMENT) readFragment(cursor, at);
		const length = extensionLength(type, view.getUint8(at + 1));
		if (packet.end - at < length) return cursor.cut(CUT, at);
		packet.protocol = view.getUint8(at);
		at += length;
		if (packet.laterFragment) return at;
	}
	return cursor.stop(TOO_MANY);
}

/**
 * Moves `packet.protocol` from an IPv4 packet's authentication header at `at` (RFC 4302) to what it covers.
 * @returns the offset of that; `at` itself, counted, where the header is not all there.
 */
export function skipAuthentication(cursor: Cursor, at: number): number {
	const { packet } = cursor;
	const captured = packet.end - at;
	const length = captured < 2 ? 8 : extensionLength(Protocol.AH, packet.view.getUint8(at + 1));
	if (captured < length) {
		cursor.cut(AH_CUT, at);
		return at;
	}
	packet.protocol = packet.view.getUint8(at);
	return at + length;
}

/** Whether a header of this number leads on to another one. */
export function isExtension(type: number): boolean {
	switch (type) {
		case HOP_BY_HOP:
		case ROUTING:
		case FRAGMENT:
		case Protocol.AH:
		case DESTINATION_OPTIONS:
		case MOBILITY:
		case HIP:
		case SHIM6:
			return true;
		default:
			return false;
	}
}

/**
 * Bytes of an extension header.
 * @param field its second byte, the length: 8-byte units without the first; of the authentication header, words less 2. A
 * fragment header has none.
 */
export function extensionLength(type: number, field: number): number {
	if (type === FRAGMENT) return 8;
	return type === Protocol.AH ? (field + 2) << 2 : (field + 1) << 3;
}

/** RFC 8200, 4.5. A fragment that is the whole packet (RFC 6946) is none. */
function readFragment(cursor: Cursor, at: number): void {
	const { packet } = cursor;
	const offsetAndFlag = packet.view.getUint16(at + 2);
	packet.fragmentOffset = offsetAndFlag >> 3;
	packet.laterFragment = packet.fragmentOffset !== 0;
	packet.fragment = packet.laterFragment || (offsetAndFlag & 1) !== 0;
	packet.ipId = packet.fragment ? packet.view.getInt32(at + 4) : 0;
}
