import { type HeaderReader, LINK } from "../cursor.ts";
import { cutOff, plainReason } from "../reasons.ts";

const CUT = cutOff("PKTAP header");
const NO_PACKET = plainReason("other", "PKTAP record without a packet");
const TYPE_PACKET = 1;
const MINIMUM = 12;

/**
 * Apple's PKTAP (https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html): length of the header, record type and link
 * type of the packet behind it, each 4 bytes little-endian.
 */
export const pktap: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < MINIMUM) return cursor.cut(CUT, at);
	const length = view.getUint32(at, true);
	if (length < MINIMUM || packet.end - at < length) return cursor.cut(CUT, at);
	if (view.getUint32(at + 4, true) !== TYPE_PACKET) return cursor.stop(NO_PACKET);
	cursor.carried = LINK + view.getUint32(at + 8, true);
	return at + length;
};
