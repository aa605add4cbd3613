import { Carried, type Cursor, type HeaderReader } from "../cursor.ts";
import { cutOff, type Reason } from "../reasons.ts";

const CUT = cutOff("GRE header");
const ERSPAN_CUT = cutOff("ERSPAN header");
const VERSION = {
	class: "problem",
	text: (version) => `GRE version ${version}`,
	rest: "GRE of another version",
} satisfies Reason;

/** Flags of the first two bytes (RFC 1701, RFC 2784, RFC 2890; RFC 2637 for version 1). */
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGEMENT = 0x0080;
const VERSION_MASK = 0x0007;

const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;
const WCCP = 0x883e;

/** Generic routing encapsulation: flags, EtherType, and what the flags announce. */
export const gre: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	if (packet.end - at < 4) return cursor.cut(CUT, at);
	const flags = packet.view.getUint16(at);
	const type = packet.view.getUint16(at + 2);
	const version = flags & VERSION_MASK;
	if (version > 1) return cursor.stop(VERSION, version);
	// PPTP: without a sequence number there is no payload but an acknowledgement.
	if (version === 1 && (flags & SEQUENCE) === 0) return -1;
	let next = at + 4;
	if (version === 0 && flags & (CHECKSUM | ROUTING)) next += 4;
	if (flags & KEY) next += 4;
	if (flags & SEQUENCE) next += 4;
	if (version === 1 && flags & ACKNOWLEDGEMENT) next += 4;
	if (version === 0 && flags & ROUTING) next = skipRouting(cursor, next);
	if (next < 0 || next > packet.end) return cursor.cut(CUT, at);
	// A keep-alive: a header for its sender, with nothing in it.
	if (type === 0) return -1;
	return carry(cursor, type, flags, next);
};

/** Source routing (RFC 1701): entries of family, offset and length, up to one of length 0. */
function skipRouting(cursor: Cursor, at: number): number {
	const { packet } = cursor;
	while (packet.end - at >= 4) {
		const length = packet.view.getUint8(at + 3);
		at += 4;
		if (length === 0) return at;
		at += length;
	}
	return -1;
}

function carry(cursor: Cursor, type: number, flags: number, at: number): number {
	const { packet } = cursor;
	cursor.carried = type;
	if (type === ERSPAN_III) return erspan3(cursor, at);
	if (type === ERSPAN) return erspan(cursor, (flags & SEQUENCE) !== 0, at);
	if (type === WCCP) {
		cursor.carried = Carried.IPV4;
		// Version 2 puts a redirect header before the packet.
		return packet.end - at >= 5 && packet.view.getUint8(at) >> 4 !== 4 ? at + 4 : at;
	}
	return at;
}

/** ERSPAN type I (no header) and II (8 bytes), which GRE's sequence number tells apart (draft-foschiano-erspan). */
function erspan(cursor: Cursor, sequence: boolean, at: number): number {
	cursor.carried = Carried.ETHERNET;
	if (!sequence) return at;
	return cursor.packet.end - at < 8 ? cursor.cut(ERSPAN_CUT, at) : at + 8;
}

/** ERSPAN type III: 12 bytes, and 8 more where the last bit says so; the frame type tells IP from Ethernet. */
function erspan3(cursor: Cursor, at: number): number {
	const { packet } = cursor;
	if (packet.end - at < 12) return cursor.cut(ERSPAN_CUT, at);
	const word = packet.view.getUint16(at + 10);
	const frameType = (word >> 10) & 0x1f;
	const next = at + ((word & 1) === 0 ? 12 : 20);
	cursor.carried = frameType === 2 ? Carried.IP : Carried.ETHERNET;
	return next > packet.end ? cursor.cut(ERSPAN_CUT, at) : next;
}
