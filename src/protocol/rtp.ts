import { u16 } from "./bytes.ts";

const HEADER = 12;
const MAX_PADDING = 64;

/**
 * Whether a payload can be an RTP packet (RFC 3550, 5.1 and A.1): version 2, a payload type that is no RTCP packet's,
 * and contributing sources, extension and padding that fit. Twelve bytes prove little: several packets in order do.
 */
export function looksLikeRtp(data: Uint8Array, start: number, end: number): boolean {
	const length = end - start;
	if (length < HEADER || data[start]! >>> 6 !== 2) return false;
	const type = data[start + 1]! & 0x7f;
	// 72-76 with the marker would be RTCP (RFC 5761, 4); 35-71 and 77-95 are not assigned, save a few (RFC 3551, 6).
	if ((type >= 64 && type <= 95) || (type >= 35 && type <= 63)) return false;
	let header = HEADER + 4 * (data[start]! & 15);
	if (data[start]! & 0x10) {
		if (length < header + 4) return false;
		header += 4 + 4 * u16(data, start + header + 2);
	}
	if (length < header) return false;
	if ((data[start]! & 0x20) === 0) return true;
	const padding = data[end - 1]!;
	return padding > 0 && padding <= MAX_PADDING && header + padding <= length;
}
