import { Carried, type Cursor, type HeaderReader } from "../cursor.ts";
import { cutOff } from "../reasons.ts";

const HEADER = 14;
const CUT = cutOff("Ethernet header");
const TAG_CUT = cutOff("VLAN or fabric tag");

/** EtherTypes begin here; below it the field is the length of an IEEE 802.3 frame. */
const FIRST_ETHER_TYPE = 0x600;

/** Ethernet II and IEEE 802.3, with VLAN tags. */
export const ethernet: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	if (packet.end - at < HEADER) return cursor.cut(CUT, at);
	const type = packet.view.getUint16(at + 12);
	cursor.carried = type;
	if (type === Carried.IPV4) return at + HEADER;
	return afterType(cursor, type, at + HEADER);
};

/**
 * A header of `length` bytes that ends with the next EtherType, and `reserved` bytes after it: what switches add inside
 * their fabric.
 */
export function tag(length: number, reserved = 0): HeaderReader {
	return (cursor, at) => {
		const { packet } = cursor;
		if (packet.end - at < length + reserved) return cursor.cut(TAG_CUT, at);
		return afterType(cursor, packet.view.getUint16(at + length - 2), at + length + reserved);
	};
}

/** IEEE 802.1Q and 802.1ad: priority and VLAN id (2 bytes), EtherType (2 bytes); as many in a row as there are. */
export const vlanTag: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	let type: number = Carried.VLAN;
	while (isVlanType(type)) {
		if (packet.end - at < 4) return cursor.cut(TAG_CUT, at);
		addVlan(cursor, view.getUint16(at) & 0xfff);
		type = view.getUint16(at + 2);
		at += 4;
	}
	return afterType(cursor, type, at);
};

/** 802.1Q, 802.1ad, and the two numbers that switches used for outer tags before 802.1ad. */
export function isVlanType(type: number): boolean {
	return type === Carried.VLAN || type === 0x88a8 || type === 0x9100 || type === 0x9200;
}

/** @param type EtherType or 802.3 length, which ends right before `at`. */
function afterType(cursor: Cursor, type: number, at: number): number {
	if (isVlanType(type)) return vlanTag(cursor, at);
	cursor.carried = type < FIRST_ETHER_TYPE ? Carried.LLC : type;
	return at;
}

/** Keeps the two outermost ids; 0 only marks a priority. */
function addVlan(cursor: Cursor, id: number): void {
	const { packet } = cursor;
	if (id !== 0 && packet.vlan < 0x1000) packet.vlan = (packet.vlan << 12) | id;
}
