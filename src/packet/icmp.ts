import { extensionLength, FRAGMENT, isExtension, MAX_EXTENSION_HEADERS } from "./extension.ts";
import { readIPv6Addresses } from "./ipv6.ts";
import { type PacketView, Protocol } from "./view.ts";

/** ICMP types that quote the packet which they are about (RFC 792, RFC 4443). */
export const IcmpType = { unreachable: 3, unreachable6: 1, tooBig6: 2 } as const;

/** RFC 791, 3.1; RFC 8200, 3. */
const V4 = { fragment: 6, protocol: 9, source: 12, destination: 16, minimum: 20 } as const;
const V6 = { nextHeader: 6, length: 40 } as const;
const FRAGMENT_OFFSET = 0x1fff;

/** Whether a message says that a packet could not be delivered, and quotes it. */
export function isUndelivered(packet: PacketView): boolean {
	if (packet.protocol === Protocol.ICMP) return packet.icmpType === IcmpType.unreachable;
	if (packet.protocol !== Protocol.ICMPV6) return false;
	return packet.icmpType === IcmpType.unreachable6 || packet.icmpType === IcmpType.tooBig6;
}

/**
 * Reads the packet that an ICMP error message quotes: addresses, protocol and ports, as far as a flow needs them.
 * @param quoted is filled; its other fields stay as they are. VLAN tags are taken to be the message's.
 * @returns false where the quotation is too short, or a later fragment: then it tells no flow.
 */
export function readQuoted({ view, payloadStart: at, payloadEnd: end, vlan }: PacketView, quoted: PacketView): boolean {
	if (end - at < V4.minimum) return false;
	quoted.vlan = vlan;
	quoted.laterFragment = false;
	const transport = view.getUint8(at) >>> 4 === 6 ? readV6(view, at, end, quoted) : readV4(view, at, end, quoted);
	if (transport < 0 || end - transport < 4) return false;
	const { protocol } = quoted;
	const hasPorts = protocol === Protocol.TCP || protocol === Protocol.UDP || protocol === Protocol.SCTP;
	quoted.srcPort = hasPorts ? view.getUint16(transport) : 0;
	quoted.dstPort = hasPorts ? view.getUint16(transport + 2) : 0;
	return hasPorts;
}

/** @returns where the transport header is, or -1. */
function readV4(view: DataView, at: number, end: number, quoted: PacketView): number {
	const first = view.getUint8(at);
	if (first >>> 4 !== 4 || (view.getUint16(at + V4.fragment) & FRAGMENT_OFFSET) !== 0) return -1;
	quoted.ipVersion = 4;
	quoted.src0 = quoted.src1 = quoted.src2 = 0;
	quoted.dst0 = quoted.dst1 = quoted.dst2 = 0;
	quoted.src3 = view.getInt32(at + V4.source);
	quoted.dst3 = view.getInt32(at + V4.destination);
	quoted.protocol = view.getUint8(at + V4.protocol);
	const header = at + ((first & 15) << 2);
	if (quoted.protocol !== Protocol.AH) return header;
	if (end - header < 2) return -1;
	quoted.protocol = view.getUint8(header);
	return header + extensionLength(Protocol.AH, view.getUint8(header + 1));
}

function readV6(view: DataView, at: number, end: number, quoted: PacketView): number {
	if (end - at < V6.length) return -1;
	quoted.ipVersion = 6;
	readIPv6Addresses(quoted, view, at);
	let next = view.getUint8(at + V6.nextHeader);
	let header = at + V6.length;
	for (let headers = 0; isExtension(next); headers++) {
		if (headers === MAX_EXTENSION_HEADERS || end - header < 8) return -1;
		if (next === FRAGMENT && (view.getUint16(header + 2) & 0xfff8) !== 0) return -1;
		const length = extensionLength(next, view.getUint8(header + 1));
		next = view.getUint8(header);
		header += length;
	}
	quoted.protocol = next;
	return header;
}

/** Errors of ICMP and ICMPv6 that quote a packet (RFC 792; RFC 4443, 2.1): of these, all that are below 128. */
const QUOTING: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);
/** What an ICMP error must quote behind the IP header: ports, and a TCP sequence number. */
const QUOTED_TRANSPORT = 8;

/** Bytes of an ICMP error's payload that are headers of the packet which it quotes; 0 for other packets. */
export function quotedHeaders({
	protocol,
	icmpType,
	view,
	payloadStart: at,
	payloadEnd: end,
	laterFragment,
}: PacketView): number {
	const quotes =
		!laterFragment &&
		(protocol === Protocol.ICMP ? QUOTING.has(icmpType) : protocol === Protocol.ICMPV6 && icmpType < 128);
	if (!quotes || end <= at) return 0;
	const first = view.getUint8(at);
	const header = first >>> 4 === 4 ? (first & 15) << 2 : V6.length;
	return Math.min(end - at, header + QUOTED_TRANSPORT);
}
