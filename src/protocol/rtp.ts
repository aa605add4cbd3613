import { u16 } from "./bytes.ts";

/** Bytes of the fixed header. */
export const RTP_HEADER = 12;
const MAX_PADDING = 64;

/**
 * Whether a payload can be an RTP packet (RFC 3550, 5.1 and A.1): version 2, a payload type that is no RTCP packet's,
 * and contributing sources, extension and padding that fit. Twelve bytes prove little: several packets in order do.
 * @param end exclusive. @param length of the payload on the wire: more than `end - start` where the snaplen cut it.
 */
export function looksLikeRtp(data: Uint8Array, start: number, end: number, length = end - start): boolean {
	if (end - start < RTP_HEADER || data[start]! >>> 6 !== 2) return false;
	const type = data[start + 1]! & 0x7f;
	// 72-76 with the marker would be RTCP (RFC 5761, 4); 35-71 and 77-95 are not assigned, save a few (RFC 3551, 6).
	if (type >= 35 && type <= 95) return false;
	let header = RTP_HEADER + 4 * (data[start]! & 15);
	if (data[start]! & 0x10) {
		if (length < header + 4) return false;
		header += 4 + (end - start < header + 4 ? 0 : 4 * u16(data, start + header + 2));
	}
	if (length < header) return false;
	if ((data[start]! & 0x20) === 0 || end - start < length) return true;
	const padding = data[end - 1]!;
	return padding > 0 && padding <= MAX_PADDING && header + padding <= length;
}

/** Whether a packet on a media port is RTCP and not RTP (RFC 5761, 4). @param type the packet's second byte. */
export function isControlType(type: number): boolean {
	return type >= 192 && type <= 223;
}
