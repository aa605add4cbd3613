/**
 * Tunnels in UDP. Their ports are not theirs alone: a port in 1024 and up may be some client's, so each reader asks for
 * what only its own header has, and answers -1 uncounted for anything else.
 */
import { Carried, type HeaderReader } from "../cursor.ts";
import type { PacketView } from "../view.ts";

/**
 * RFC 7348, 5: flags with bit I, 3 reserved bytes (in part Group Policy), VNI, a reserved byte. With bit P the last of
 * the 3 names what follows (draft-ietf-nvo3-vxlan-gpe, 3.2).
 */
export const vxlan: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 8 || view.getUint8(at + 7) !== 0) return -1;
	const flags = view.getUint8(at) & 0x7f;
	if (flags === 0x0c) {
		const next = GPE_NEXT[view.getUint8(at + 3)];
		if (next === undefined) return -1;
		cursor.carried = next;
		return at + 8;
	}
	if (flags !== 0x08) return -1;
	cursor.carried = Carried.ETHERNET;
	return at + 8;
};

const GPE_NEXT: readonly (number | undefined)[] = [undefined, Carried.IPV4, Carried.IPV6, Carried.ETHERNET];

/** RFC 8926, 3.4: version 0 and options' length in words, flags, EtherType, VNI, a reserved byte. */
export const geneve: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 8) return -1;
	const first = view.getUint8(at);
	const length = 8 + ((first & 0x3f) << 2);
	const reserved = (view.getUint8(at + 1) & 0x3f) | view.getUint8(at + 7);
	if (first >> 6 !== 0 || reserved !== 0 || packet.end - at < length) return -1;
	cursor.carried = view.getUint16(at + 2);
	return at + length;
};

const L2TP = { control: 0x8000, length: 0x4000, sequence: 0x0800, offset: 0x0200, reserved: 0x34f0 } as const;

/** RFC 2661, 3.1: flags and version 2, then the fields that the flags announce. Control messages carry nothing. */
export const l2tp: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 6) return -1;
	const flags = view.getUint16(at);
	if ((flags & 0x000f) !== 2 || flags & (L2TP.control | L2TP.reserved)) return -1;
	if (flags & L2TP.length && view.getUint16(at + 2) > packet.payloadLength && !packet.fragment) return -1;
	let next = at + 6;
	if (flags & L2TP.length) next += 2;
	if (flags & L2TP.sequence) next += 4;
	if (flags & L2TP.offset) {
		if (packet.end - next < 2) return -1;
		next += 2 + view.getUint16(next);
	}
	if (packet.end - next < 1) return -1;
	cursor.carried = Carried.PPP;
	return next;
};

/** RFC 4380, 5.1.1: authentication and origin indication, both optional, then an IPv6 packet to the last byte. */
export const teredo: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	const end = at + packet.payloadLength;
	if (packet.end - at >= 4 && view.getUint16(at) === 0x0001) {
		at += 13 + view.getUint8(at + 2) + view.getUint8(at + 3);
	}
	if (packet.end - at >= 8 && view.getUint16(at) === 0x0000) at += 8;
	if (packet.end - at < 40 || view.getUint8(at) >> 4 !== 6) return -1;
	if (!endsAt(packet, at + 40 + view.getUint16(at + 4), end)) return -1;
	cursor.carried = Carried.IPV6;
	return at;
};

/** 3GPP TS 29.281, 5.1: version 1, message type 255 (G-PDU), length, tunnel; optional fields, extension headers. */
export const gtpUser: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 8) return -1;
	const flags = view.getUint8(at);
	if ((flags & 0xf8) !== 0x30 || view.getUint8(at + 1) !== 255) return -1;
	if (!endsAt(packet, at + 8 + view.getUint16(at + 2), at + packet.payloadLength)) return -1;
	let next = at + 8;
	if (flags & 7) next += 4;
	if (flags & 4) {
		// The byte before an extension header gives its type, 0 for none; its own first byte, its length in words.
		while (next <= packet.end && view.getUint8(next - 1) !== 0) {
			const length = next < packet.end ? view.getUint8(next) << 2 : 0;
			if (length === 0) return -1;
			next += length;
		}
	}
	if (packet.end - next < 1) return -1;
	cursor.carried = Carried.IP;
	return next;
};

/** Whether a header's own length leads to the end of the payload; in a first fragment the end lies further on. */
function endsAt(packet: PacketView, own: number, end: number): boolean {
	return packet.fragment ? own >= end : own === end;
}
