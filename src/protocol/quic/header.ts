/** Long headers of QUIC: RFC 8999 (all versions), RFC 9000, 17.2 (version 1 and its drafts), RFC 9369 (version 2). */
import { i32 } from "../bytes.ts";

export const VERSION_NEGOTIATION = 0;
export const VERSION_1 = 1;
export const VERSION_2 = 0x6b3343cf | 0;
const LONG_HEADER_AND_FIXED_BIT = 0xc0;
const MAX_CONNECTION_ID = 20;
/** First byte, version, two empty connection ids. */
const MIN_HEADER = 7;

export const PacketType = { Initial: 0, ZeroRtt: 1, Handshake: 2, Retry: 3 } as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

export function versionAt(data: Uint8Array, start: number): number {
	return i32(data, start + 1);
}

/** Version 1 had drafts 0xff000001 and up. */
export function isDraft(version: number): boolean {
	return (version & 0xffffff00) === (0xff000000 | 0);
}

/** Whether a long header of a known version begins at `start`, with both connection ids behind it. */
export function isLongHeader(data: Uint8Array, start: number, end: number): boolean {
	if (end - start < MIN_HEADER || (data[start]! & 0x80) === 0) return false;
	const version = versionAt(data, start);
	const isKnown = version === VERSION_1 || version === VERSION_2 || isDraft(version);
	// A server that does not know the client's version fills the rest of the first byte as it likes.
	if (version !== VERSION_NEGOTIATION && (!isKnown || data[start]! < LONG_HEADER_AND_FIXED_BIT)) return false;
	const source = sourceIdAt(data, start);
	return (
		data[start + 5]! <= MAX_CONNECTION_ID &&
		source < end &&
		data[source]! <= MAX_CONNECTION_ID &&
		afterIds(data, start) <= end
	);
}

/** Place of the length of the source connection id. */
export function sourceIdAt(data: Uint8Array, start: number): number {
	return start + 6 + data[start + 5]!;
}

/** Place behind both connection ids. */
export function afterIds(data: Uint8Array, start: number): number {
	const source = sourceIdAt(data, start);
	return source + 1 + data[source]!;
}

/** Version 2 counts the types from another place. */
export function packetType(data: Uint8Array, start: number): PacketType {
	const bits = (data[start]! >>> 4) & 3;
	return (versionAt(data, start) === VERSION_2 ? (bits + 3) & 3 : bits) as PacketType;
}

/** `QUIC v1`, `QUIC draft 29`; undefined for version negotiation. */
export function versionName(version: number): string | undefined {
	if (version === VERSION_1) return "QUIC v1";
	if (version === VERSION_2) return "QUIC v2";
	return isDraft(version) ? `QUIC draft ${version & 0xff}` : undefined;
}
