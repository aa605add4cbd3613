import { Carried, type Cursor, type HeaderReader } from "../cursor.ts";
import { cutOff, plainReason } from "../reasons.ts";

const CUT = cutOff("Linux cooked header");
const NETLINK = plainReason("other", "Linux netlink");
const NOT_NETWORK = plainReason("other", "not IP: Linux cooked frame without an EtherType");

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
const SLL = { hardware: 2, protocol: 14, length: 16 } as const;
/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
const SLL2 = { protocol: 0, interface: 4, hardware: 8, length: 20 } as const;

const ARPHRD_NETLINK = 824;
/** Protocol numbers of Linux below the EtherTypes. */
const ETH_P_802_2 = 4;

/** Linux cooked capture, version 1. */
export const linuxCooked: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < SLL.length) return cursor.cut(CUT, at);
	return carry(cursor, view.getUint16(at + SLL.hardware), view.getUint16(at + SLL.protocol), at + SLL.length);
};

/** Linux cooked capture, version 2: also gives the interface's index. */
export const linuxCooked2: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < SLL2.length) return cursor.cut(CUT, at);
	packet.subInterface = view.getInt32(at + SLL2.interface);
	return carry(cursor, view.getUint16(at + SLL2.hardware), view.getUint16(at + SLL2.protocol), at + SLL2.length);
};

function carry(cursor: Cursor, hardware: number, protocol: number, at: number): number {
	if (hardware === ARPHRD_NETLINK) return cursor.stop(NETLINK);
	if (protocol === ETH_P_802_2) cursor.carried = Carried.LLC;
	else if (protocol < 0x600) return cursor.stop(NOT_NETWORK);
	else cursor.carried = protocol;
	return at;
}
