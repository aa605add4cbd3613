import { u16 } from "../bytes.ts";

/** Version, a reserved byte, and the length of the packet with these four bytes (RFC 1006, 6). */
export const TPKT_HEADER = 4;
const VERSION = 3;

/** Bytes of the TPKT packet at `start`, its header counted; 0 where there is none, or less than its header. */
export function tpktLength(data: Uint8Array, start: number, end: number): number {
	if (end - start < TPKT_HEADER || data[start] !== VERSION || data[start + 1] !== 0) return 0;
	const length = u16(data, start + 2);
	return length >= TPKT_HEADER ? length : 0;
}
