import { Carried, type HeaderReader } from "../cursor.ts";
import { cutOff, type Reason } from "../reasons.ts";

const CUT = cutOff("loopback header");
const NOT_IP = {
	class: "other",
	text: (family) => `not IP: address family ${family}`,
	rest: "not IP: other address families",
} satisfies Reason;

/** AF_INET everywhere; AF_INET6 of Windows 23, NetBSD, OpenBSD and BSD/OS 24, FreeBSD 28, Darwin 30, Linux 10. */
const AF_INET = 2;
const AF_INET6: ReadonlySet<number> = new Set([10, 23, 24, 28, 30]);

/**
 * BSD loopback: the address family in 4 bytes, in the byte order of the capturing host (LINKTYPE_NULL) or of the
 * network (LINKTYPE_LOOP). Families are small numbers, so the bytes show their order.
 */
export const loopback: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 4) return cursor.cut(CUT, at);
	const bigEndian = view.getUint32(at);
	const family = bigEndian > 0xffff ? view.getUint32(at, true) : bigEndian;
	if (family === AF_INET) cursor.carried = Carried.IPV4;
	else if (AF_INET6.has(family)) cursor.carried = Carried.IPV6;
	else return cursor.stop(NOT_IP, family | 0);
	return at + 4;
};

/** No link header: IPv4 or IPv6 by the version field. */
export const rawIp: HeaderReader = (cursor, at) => {
	cursor.carried = Carried.IP;
	return at;
};

export const rawIPv4: HeaderReader = (cursor, at) => {
	cursor.carried = Carried.IPV4;
	return at;
};

export const rawIPv6: HeaderReader = (cursor, at) => {
	cursor.carried = Carried.IPV6;
	return at;
};
