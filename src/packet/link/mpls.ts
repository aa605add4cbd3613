import { Carried, type Cursor, type HeaderReader } from "../cursor.ts";
import { cutOff, plainReason } from "../reasons.ts";
import { isVlanType } from "./ethernet.ts";

const CUT = cutOff("MPLS label stack");
const UNKNOWN = plainReason("other", "not IP: MPLS payload of another kind");

const BOTTOM_OF_STACK = 0x100;
const CONTROL_WORD = 4;
const ETHERNET_HEADER = 14;
const ARP = 0x0806;

/**
 * MPLS label stack (RFC 3032). Nothing in it says what it carries: the first four bits are an IP header's version,
 * 0 in a pseudowire's control word (RFC 4385), or the beginning of an Ethernet address.
 */
export const mpls: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	let entry = 0;
	while ((entry & BOTTOM_OF_STACK) === 0) {
		if (packet.end - at < 4) return cursor.cut(CUT, at);
		entry = packet.view.getInt32(at);
		at += 4;
	}
	if (packet.end - at < 1) return cursor.cut(CUT, at);
	const nibble = packet.view.getUint8(at) >> 4;
	if (nibble === 0 && isEthernet(cursor, at + CONTROL_WORD)) at += CONTROL_WORD;
	else if (isIp(cursor, at) || !isEthernet(cursor, at)) return carryIp(cursor, nibble, at);
	cursor.carried = Carried.ETHERNET;
	return at;
};

function carryIp(cursor: Cursor, nibble: number, at: number): number {
	if (nibble !== 4 && nibble !== 6) return cursor.stop(UNKNOWN);
	cursor.carried = Carried.IP;
	return at;
}

/** Whether the bytes at `at` make an IP header whose length fits the frame: an Ethernet address may begin with 4 or 6. */
function isIp(cursor: Cursor, at: number): boolean {
	const { packet, wireEnd } = cursor;
	const { view } = packet;
	if (packet.end - at < 6) return false;
	const first = view.getUint8(at);
	if (first >> 4 === 6) return at + 40 + view.getUint16(at + 4) <= wireEnd;
	const length = view.getUint16(at + 2);
	return first >> 4 === 4 && (first & 15) >= 5 && (length === 0 || length >= 20) && at + length <= wireEnd;
}

/** Whether an EtherType that networks use stands where an Ethernet header at `at` would have it. */
function isEthernet(cursor: Cursor, at: number): boolean {
	const { packet } = cursor;
	if (packet.end - at < ETHERNET_HEADER) return false;
	const type = packet.view.getUint16(at + 12);
	return type === Carried.IPV4 || type === Carried.IPV6 || type === ARP || type === Carried.MPLS || isVlanType(type);
}
