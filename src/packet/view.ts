/** IP protocol numbers that flowmatrix tells apart (IANA "Assigned Internet Protocol Numbers"). */
export const Protocol = {
	ICMP: 1,
	IPV4: 4,
	TCP: 6,
	UDP: 17,
	DCCP: 33,
	IPV6: 41,
	GRE: 47,
	ESP: 50,
	AH: 51,
	ICMPV6: 58,
	SCTP: 132,
	UDPLITE: 136,
} as const;

/** TCP flag bits as in the header's 14th byte (RFC 9293, 3.1). */
export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const;

/** Where a packet is: file index, number in the file from 1, nanoseconds since the run's epoch. */
export interface PacketPlace {
	readonly file: number;
	readonly number: number;
	readonly time: number;
}

/** Bytes of {@link PacketView.head0} and the two words behind it. */
export const HEAD_BYTES = 12;

const NOTHING = new Uint8Array(0);

/**
 * One packet's addresses, ports and payload, as the decoder found them. There is one view per decoder, moved from
 * packet to packet and, inside a packet, from the outermost IP header to the ones that it carries in a tunnel: all
 * values die at the next `decode` or `next`. Numbers are in host order; offsets are into `data`.
 */
export class PacketView {
	data: Uint8Array = NOTHING;
	view: DataView = new DataView(NOTHING.buffer);
	/** End of the captured bytes of this packet, exclusive; what follows (padding, FCS) is not the packet's. */
	end = 0;
	/** Bytes of the whole frame on the wire, link header included, also when the view stands on an inner packet. */
	wireLength = 0;
	/** Nanoseconds since the run's epoch. */
	time = 0;
	/** Index of the file, and the packet's number there, from 1. */
	file = 0;
	number = 0;
	/** Index of the run's interface that captured the frame. */
	interface = 0;
	/** Number that the link header itself gives the interface (Linux cooked v2: `ifindex`), 0 where it gives none. */
	subInterface = 0;

	/** How many IP headers lie around this one: 0 for the outermost, 1 and up inside a tunnel. */
	depth = 0;
	/** Up to two VLAN ids, outer in bits 12–23 and inner in bits 0–11; a single tag is in bits 0–11; 0 for none. */
	vlan = 0;
	/** 4 or 6. */
	ipVersion = 4;
	/** Offset of the IP header. */
	ipOffset = 0;
	/** Source address, 4 words of 32 bits (signed), most significant first; IPv4 uses only the last, the others are 0. */
	src0 = 0;
	src1 = 0;
	src2 = 0;
	src3 = 0;
	/** Destination address, as the source's. */
	dst0 = 0;
	dst1 = 0;
	dst2 = 0;
	dst3 = 0;
	/** Differentiated services code point and ECN, 8 bits. */
	trafficClass = 0;
	/** IPv4 time to live or IPv6 hop limit. */
	ttl = 0;
	/** IP protocol number after all extension headers. */
	protocol = 0;

	/** True for a fragment other than the first: it has no ports and no transport header. */
	laterFragment = false;
	/** Where a fragment's data lie in its packet, in units of 8 bytes; 0 when not fragmented. */
	fragmentOffset = 0;
	/** True for any fragment. */
	fragment = false;
	/** Identification of the fragmented packet: 16 bits in IPv4, 32 bits in IPv6 (signed); 0 when not fragmented (IPv4: always the field). */
	ipId = 0;

	/** Offset of the transport header. */
	transportOffset = 0;
	/** Source and destination port; 0 where the transport has none. ICMP: see {@link PacketView.icmpType}. */
	srcPort = 0;
	dstPort = 0;
	/** False where the capture or the IP length cuts the transport header so short that it gives no ports. */
	hasPorts = false;

	/** TCP only; sequence and acknowledgement are signed 32-bit. */
	tcpFlags = 0;
	tcpSequence = 0;
	tcpAcknowledgement = 0;
	tcpWindow = 0;

	/** ICMP and ICMPv6: type, code, and the identifier of an echo (else 0). */
	icmpType = 0;
	icmpCode = 0;
	icmpId = 0;

	/** Transport payload: its first captured byte and its end (exclusive); equal when there is none. */
	payloadStart = 0;
	payloadEnd = 0;
	/** Bytes of transport payload on the wire: more than `payloadEnd - payloadStart` where the snaplen cut them. */
	payloadLength = 0;

	/**
	 * What the flow part adds: the packet's flow, the side that sent it, sequence number of the first byte of that side's TCP
	 * stream (signed), and which sides had closed or reset their connection by then, as bits.
	 */
	flow = -1;
	side: 0 | 1 = 0;
	streamStart = 0;
	closedSides = 0;
	/** First {@link HEAD_BYTES} of a UDP payload that has so many, as three words (signed). */
	head0 = 0;
	head1 = 0;
	head2 = 0;
	/** Of an ICMP message: twice the flow of the packet that it quotes, plus the side that sent this one; -1 for none. */
	quoted = -1;
}
