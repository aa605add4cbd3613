import { Carried, type HeaderReader } from "../cursor.ts";
import { cutOff, plainReason, type Reason } from "../reasons.ts";

const CUT = cutOff("NFLOG header");
const NO_PAYLOAD = plainReason("problem", "NFLOG message without a packet");
const NOT_IP = {
	class: "other",
	text: (family) => `not IP: NFLOG address family ${family}`,
	rest: "not IP: other NFLOG address families",
} satisfies Reason;

/** Linux address families; bridged packets come with the family of the bridge or of what they carry. */
const AF_INET = 2;
const AF_INET6 = 10;
const NFULA_PAYLOAD = 9;

/**
 * Linux netfilter log (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html): family, version, resource id, then
 * type-length-value entries in the byte order of the capturing host, padded to 4 bytes; one holds the packet.
 */
export const nflog: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 8) return cursor.cut(CUT, at);
	const family = view.getUint8(at);
	at += 4;
	// Entries are short but for the last: the order in which the first one's length is the smaller is the host's.
	const littleEndian = view.getUint16(at, true) < view.getUint16(at);
	while (packet.end - at >= 4) {
		const length = view.getUint16(at, littleEndian);
		if (length < 4) break;
		if (view.getUint16(at + 2, littleEndian) === NFULA_PAYLOAD) {
			if (family !== AF_INET && family !== AF_INET6) return cursor.stop(NOT_IP, family);
			cursor.carried = family === AF_INET ? Carried.IPV4 : Carried.IPV6;
			return at + 4;
		}
		at += (length + 3) & ~3;
	}
	return cursor.stop(NO_PAYLOAD);
};
