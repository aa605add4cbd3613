import { Carried, type HeaderReader } from "../cursor.ts";
import { hexNumber, PPP_NAMES } from "../names.ts";
import { cutOff, plainReason, type Reason } from "../reasons.ts";

const CUT = cutOff("PPP header");
const NOT_IP = {
	class: "other",
	text: (protocol) => PPP_NAMES.get(protocol) ?? `not IP: PPP protocol ${hexNumber(protocol)}`,
	rest: "not IP: other PPP protocols",
} satisfies Reason;
const COMPRESSED = plainReason("problem", "PPP with compressed headers or data");
const MULTILINK = plainReason("problem", "PPP multilink fragment");

/** What PPP carries, by its protocol number. */
const PROTOCOLS: ReadonlyMap<number, number> = new Map([
	[0x0021, Carried.IPV4],
	[0x0057, Carried.IPV6],
	[0x0281, Carried.MPLS],
	[0x0283, Carried.MPLS],
]);

/** Van Jacobson and RFC 2507/3095 header compression, multilink, and compressed or encrypted data. */
const STOPS: ReadonlyMap<number, Reason> = new Map([
	[0x002d, COMPRESSED],
	[0x002f, COMPRESSED],
	[0x003d, MULTILINK],
	[0x0053, COMPRESSED],
	[0x0061, COMPRESSED],
	[0x00fb, COMPRESSED],
	[0x00fd, COMPRESSED],
]);

const ADDRESS_AND_CONTROL = 0xff03;

/**
 * PPP (RFC 1661, RFC 1662), with or without address and control field, protocol field of one or two bytes. Captures
 * of PPP serial lines also hold Cisco HDLC, which begins with 0x0f (unicast) or 0x8f (multicast).
 */
export const ppp: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 2) return cursor.cut(CUT, at);
	const first = view.getUint16(at);
	if (first === 0x0f00 || first === 0x8f00) return ciscoHdlc(cursor, at);
	if (first === ADDRESS_AND_CONTROL) at += 2;
	return pppProtocol(cursor, at);
};

/** A PPP frame's protocol field and on: all of the header where PPPoE carries it. */
const pppProtocol: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 1) return cursor.cut(CUT, at);
	let protocol = view.getUint8(at++);
	// The first byte of a whole field is even, the last is odd (RFC 1661, 2).
	if ((protocol & 1) === 0) {
		if (packet.end - at < 1) return cursor.cut(CUT, at - 1);
		protocol = (protocol << 8) | view.getUint8(at++);
	}
	const carried = PROTOCOLS.get(protocol);
	if (carried === undefined) return cursor.stop(STOPS.get(protocol) ?? NOT_IP, protocol);
	cursor.carried = carried;
	return at;
};

const PPPOE_CUT = cutOff("PPPoE header");
const PPPOE_DISCOVERY = plainReason("other", "PPPoE discovery");

/** RFC 2516, 4: version and type, code, session id, length. Only code 0 carries PPP. */
export const pppoe: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	if (packet.end - at < 6) return cursor.cut(PPPOE_CUT, at);
	if (packet.view.getUint8(at + 1) !== 0) return cursor.stop(PPPOE_DISCOVERY);
	return pppProtocol(cursor, at + 6);
};

const HDLC_CUT = cutOff("Cisco HDLC header");
const SLARP = plainReason("other", "SLARP");
const HDLC_SLARP = 0x8035;

/** Cisco HDLC: address, control, EtherType. */
export const ciscoHdlc: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	if (packet.end - at < 4) return cursor.cut(HDLC_CUT, at);
	const type = packet.view.getUint16(at + 2);
	if (type === HDLC_SLARP) return cursor.stop(SLARP);
	cursor.carried = type;
	return at + 4;
};
