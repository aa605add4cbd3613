import { Carried, type HeaderReader, LINK } from "../cursor.ts";
import { ETHER_TYPE_NAMES, hexNumber } from "../names.ts";
import { plainReason, type Reason } from "../reasons.ts";
import { linuxCooked, linuxCooked2 } from "./cooked.ts";
import { ethernet, tag, vlanTag } from "./ethernet.ts";
import { frameRelay } from "./frame-relay.ts";
import { llc } from "./llc.ts";
import { loopback, rawIPv4, rawIPv6, rawIp } from "./loopback.ts";
import { mpls } from "./mpls.ts";
import { nflog } from "./nflog.ts";
import { pktap } from "./pktap.ts";
import { ciscoHdlc, ppp, pppoe } from "./ppp.ts";
import { skip } from "./skip.ts";
import { ieee80211, radiotap } from "./wireless.ts";

interface LinkType {
	/** As in the report's `linkTypes`. */
	readonly name: string;
	readonly reader: HeaderReader;
}

/** Link types that are decoded, by LINKTYPE_ number (https://www.tcpdump.org/linktypes.html). */
const LINK_TYPES: ReadonlyMap<number, LinkType> = new Map([
	[0, { name: "null", reader: loopback }],
	[1, { name: "ethernet", reader: ethernet }],
	[9, { name: "ppp", reader: ppp }],
	// Frame control and two addresses, then LLC (RFC 1188).
	[10, { name: "fddi", reader: skip(13, Carried.LLC) }],
	[12, { name: "raw", reader: rawIp }],
	[14, { name: "raw", reader: rawIp }],
	[50, { name: "ppp-hdlc", reader: ppp }],
	[51, { name: "pppoe", reader: pppoe }],
	[100, { name: "atm-rfc1483", reader: llc }],
	[101, { name: "raw", reader: rawIp }],
	[104, { name: "c-hdlc", reader: ciscoHdlc }],
	[105, { name: "ieee802.11", reader: ieee80211 }],
	[107, { name: "frame-relay", reader: frameRelay }],
	[108, { name: "loop", reader: loopback }],
	[113, { name: "linux-sll", reader: linuxCooked }],
	[127, { name: "ieee802.11-radiotap", reader: radiotap }],
	// The first of the numbers for private use; macOS wrote PKTAP under it before 258 was assigned.
	[149, { name: "pktap", reader: pktap }],
	[226, { name: "ipnet", reader: skip(24, Carried.IP) }],
	[228, { name: "ipv4", reader: rawIPv4 }],
	[229, { name: "ipv6", reader: rawIPv6 }],
	[239, { name: "nflog", reader: nflog }],
	// Global routing header and address, then an EtherType (RFC 4391) and 2 reserved bytes.
	[242, { name: "ip-over-infiniband", reader: tag(42, 2) }],
	[258, { name: "pktap", reader: pktap }],
	[276, { name: "linux-sll2", reader: linuxCooked2 }],
]);

/** What carries IP further in, by {@link Carried}; all else, IP apart, has no flows. */
const CARRIED: ReadonlyMap<number, HeaderReader> = new Map([
	[Carried.LLC, llc],
	[Carried.ETHERNET, ethernet],
	[Carried.PPP, ppp],
	[Carried.VLAN, vlanTag],
	[0x88a8, vlanTag],
	[0x9100, vlanTag],
	[0x9200, vlanTag],
	[Carried.MPLS, mpls],
	[0x8848, mpls],
	[0x8864, pppoe],
	// IEEE 802.1ah service tag: an Ethernet header follows.
	[0x88e7, skip(4, Carried.ETHERNET)],
	// Cisco VN-Tag, IEEE 802.1BR E-tag, HSR (IEC 62439-3), Cisco metadata (security group).
	[0x8926, tag(6)],
	[0x893f, tag(8)],
	[0x892f, tag(6)],
	[0x8909, tag(8)],
]);

const NO_LINK_TYPE = {
	class: "problem",
	text: (linkType) => `link type ${linkType} not supported`,
	rest: "other link types not supported",
	hint: () => "convert the capture to Ethernet or raw IP, or capture on another interface",
} satisfies Reason;

const NOT_IP = {
	class: "other",
	text: (type) => {
		const name = ETHER_TYPE_NAMES.get(type);
		return name === undefined ? `not IP: EtherType ${hexNumber(type)}` : name;
	},
	rest: "not IP: other EtherTypes",
} satisfies Reason;

const MACSEC = plainReason("problem", "MACsec, encrypted", "capture behind the MACsec port");
const ETHERTYPE_MACSEC = 0x88e5;

/** @returns `ethernet`, `linux-sll`, …; `linktype-<number>` for a link type that is not decoded. */
export function linkTypeName(linkType: number): string {
	return LINK_TYPES.get(linkType)?.name ?? `linktype-${linkType}`;
}

/** @returns the reader of a link type's frames. */
export function linkReader(linkType: number): HeaderReader {
	return LINK_TYPES.get(linkType)?.reader ?? ((cursor) => cursor.stop(NO_LINK_TYPE, linkType));
}

/** Reads the header at `at` that the header before it announced in `cursor.carried`. */
export const carriedHeader: HeaderReader = (cursor, at) => {
	const { carried } = cursor;
	const reader = carried >= LINK ? LINK_TYPES.get(carried - LINK)?.reader : CARRIED.get(carried);
	if (reader !== undefined) return reader(cursor, at);
	if (carried >= LINK) return cursor.stop(NO_LINK_TYPE, carried - LINK);
	return carried === ETHERTYPE_MACSEC ? cursor.stop(MACSEC) : cursor.stop(NOT_IP, carried);
};
