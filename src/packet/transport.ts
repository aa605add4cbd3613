import type { Cursor } from "./cursor.ts";
import { cutOff, plainReason, type Reason } from "./reasons.ts";
import { type PacketView, Protocol } from "./view.ts";

/**
 * Fills the view's transport fields from `packet.protocol` and the header at `at`. The packet has its flow already:
 * what is wrong here is counted, and the fields hold what the bytes gave.
 */
export function readTransport(cursor: Cursor, at: number): void {
	const { packet } = cursor;
	packet.transportOffset = at;
	clearTransport(packet);
	if (packet.laterFragment) {
		setPayload(cursor, at, cursor.wireEnd);
		return;
	}
	switch (packet.protocol) {
		case Protocol.TCP:
			readTcp(cursor, at);
			return;
		case Protocol.UDP:
			readUdp(cursor, at);
			return;
		case Protocol.ICMP:
		case Protocol.ICMPV6:
			readIcmp(cursor, at);
			return;
		case Protocol.UDPLITE:
			readPorts(cursor, at, 8, UDPLITE_CUT);
			return;
		case Protocol.SCTP:
			readPorts(cursor, at, 12, SCTP_CUT);
			return;
		case Protocol.DCCP:
			readDccp(cursor, at);
			return;
		default:
			setPayload(cursor, at, cursor.wireEnd);
	}
}

/** Leaves the view without transport fields and without payload. */
export function clearTransport(packet: PacketView): void {
	packet.srcPort = 0;
	packet.dstPort = 0;
	packet.hasPorts = false;
	packet.tcpFlags = 0;
	packet.tcpSequence = 0;
	packet.tcpAcknowledgement = 0;
	packet.tcpWindow = 0;
	packet.icmpType = 0;
	packet.icmpCode = 0;
	packet.icmpId = 0;
	packet.payloadStart = packet.end;
	packet.payloadEnd = packet.end;
	packet.payloadLength = 0;
}

/** Bytes of transport headers of one length. */
const FIXED: ReadonlyMap<number, number> = new Map([
	[Protocol.UDP, 8],
	[Protocol.UDPLITE, 8],
	[Protocol.SCTP, 12],
	[Protocol.ICMP, 8],
	[Protocol.ICMPV6, 8],
]);

/**
 * Where the packet's transport header ends, also where it is damaged: nothing behind it is a header. The transport offset
 * itself for later fragments and for transports whose headers are not read.
 */
export function transportEnd({
	view,
	protocol,
	laterFragment,
	transportOffset: at,
	payloadStart,
	end,
}: PacketView): number {
	if (laterFragment || at >= end) return Math.min(at, end);
	const fixed = FIXED.get(protocol);
	if (fixed !== undefined) return Math.min(end, at + fixed);
	if (protocol === Protocol.DCCP) return Math.min(payloadStart, at + DCCP_MINIMUM);
	if (protocol !== Protocol.TCP) return at;
	const told = end - at > TCP.dataOffset ? (view.getUint8(at + TCP.dataOffset) >> 4) << 2 : TCP.minimum;
	// What says that it is shorter than it can be is hardly TCP: of what is there, only the ports are read.
	if (told < TCP.minimum) return Math.min(end, at + TCP.sequence);
	return Math.min(end, at + told, Math.max(payloadStart, at + TCP.minimum));
}

/** RFC 9293, 3.1. */
const TCP = { sequence: 4, acknowledgement: 8, dataOffset: 12, flags: 13, window: 14, minimum: 20 } as const;

const TCP_CUT = cutOff("TCP header");
const TCP_SHORT = {
	class: "problem",
	text: (words) => `TCP header length ${words} ${words === 1 ? "word" : "words"} is below 5`,
	rest: "TCP header length below 5 words",
} satisfies Reason;
const TCP_LONG = plainReason("problem", "TCP header longer than its segment");

function readTcp(cursor: Cursor, at: number): void {
	const { packet } = cursor;
	const { view } = packet;
	const captured = packet.end - at;
	if (captured < TCP.minimum) {
		readTcpBeginning(cursor, at, captured);
		return;
	}
	packet.hasPorts = true;
	packet.srcPort = view.getUint16(at);
	packet.dstPort = view.getUint16(at + 2);
	packet.tcpSequence = view.getInt32(at + TCP.sequence);
	packet.tcpAcknowledgement = view.getInt32(at + TCP.acknowledgement);
	packet.tcpFlags = view.getUint8(at + TCP.flags);
	packet.tcpWindow = view.getUint16(at + TCP.window);
	readTcpPayload(cursor, at);
}

/** The first 0 to 19 bytes of a TCP header: whole fields only. */
function readTcpBeginning(cursor: Cursor, at: number, captured: number): void {
	const { packet } = cursor;
	const { view } = packet;
	cursor.cut(TCP_CUT, at);
	if (captured < 4) return;
	packet.hasPorts = true;
	packet.srcPort = view.getUint16(at);
	packet.dstPort = view.getUint16(at + 2);
	if (captured >= TCP.acknowledgement) packet.tcpSequence = view.getInt32(at + TCP.sequence);
	if (captured >= TCP.dataOffset) packet.tcpAcknowledgement = view.getInt32(at + TCP.acknowledgement);
	if (captured < TCP.window) return;
	packet.tcpFlags = view.getUint8(at + TCP.flags);
	if (captured >= TCP.window + 2) packet.tcpWindow = view.getUint16(at + TCP.window);
	const headerLength = (view.getUint8(at + TCP.dataOffset) >> 4) << 2;
	if (headerLength >= TCP.minimum) setPayload(cursor, at + headerLength, cursor.wireEnd);
}

function readTcpPayload(cursor: Cursor, at: number): void {
	const headerLength = (cursor.packet.view.getUint8(at + TCP.dataOffset) >> 4) << 2;
	if (headerLength < TCP.minimum) {
		cursor.stop(TCP_SHORT, headerLength >> 2);
	} else if (at + headerLength > cursor.wireEnd) {
		cursor.stop(TCP_LONG);
	} else {
		setPayload(cursor, at + headerLength, cursor.wireEnd);
	}
}

const UDP_HEADER = 8;
const UDP_CUT = cutOff("UDP header");
const UDP_SHORT = {
	class: "problem",
	text: (length) => `UDP length ${length} is below the header's 8`,
	rest: "UDP length below the header's 8",
} satisfies Reason;
const UDP_LONG = plainReason("problem", "UDP length is more than its IP packet holds");

/** RFC 768. Length 0 stands for all that the IP packet holds (RFC 2675, and segmentation offload). */
function readUdp(cursor: Cursor, at: number): void {
	const { packet } = cursor;
	const captured = packet.end - at;
	if (captured < UDP_HEADER) {
		readPorts(cursor, at, UDP_HEADER, UDP_CUT);
		return;
	}
	const { view } = packet;
	packet.hasPorts = true;
	packet.srcPort = view.getUint16(at);
	packet.dstPort = view.getUint16(at + 2);
	const length = view.getUint16(at + 4);
	let wireEnd = cursor.wireEnd;
	if (length >= UDP_HEADER) {
		if (at + length <= wireEnd) wireEnd = at + length;
		else if (!packet.fragment) cursor.stop(UDP_LONG);
	} else if (length > 0) {
		cursor.stop(UDP_SHORT, length);
		return;
	}
	setPayload(cursor, at + UDP_HEADER, wireEnd);
	// The first of several fragments: the header tells the length of the whole.
	if (packet.fragment && at + length > wireEnd) packet.payloadLength = length - UDP_HEADER;
}

const UDPLITE_CUT = cutOff("UDP-Lite header");
const SCTP_CUT = cutOff("SCTP header");

/** A header of fixed length that begins with both ports (RFC 3828; RFC 9260, 3.1). */
function readPorts(cursor: Cursor, at: number, headerLength: number, cut: Reason): boolean {
	const { packet } = cursor;
	const captured = packet.end - at;
	if (captured >= 4) {
		packet.hasPorts = true;
		packet.srcPort = packet.view.getUint16(at);
		packet.dstPort = packet.view.getUint16(at + 2);
	}
	// Of a header that the capture cuts, IP's length still tells how much it carried.
	setPayload(cursor, at + headerLength, cursor.wireEnd);
	if (captured >= headerLength) return true;
	cursor.cut(cut, at);
	return false;
}

const DCCP_CUT = cutOff("DCCP header");
const DCCP_MINIMUM = 12;
const DCCP_LENGTH = plainReason("problem", "DCCP header length does not fit its packet");

/** RFC 4340, 5.1: the fifth byte gives the header's length in words. */
function readDccp(cursor: Cursor, at: number): void {
	const { packet } = cursor;
	if (!readPorts(cursor, at, DCCP_MINIMUM, DCCP_CUT)) {
		setPayload(cursor, packet.end, packet.end);
		return;
	}
	const headerLength = packet.view.getUint8(at + 4) << 2;
	if (headerLength < DCCP_MINIMUM || at + headerLength > cursor.wireEnd) {
		setPayload(cursor, packet.end, packet.end);
		cursor.stop(DCCP_LENGTH);
	} else {
		setPayload(cursor, at + headerLength, cursor.wireEnd);
	}
}

const ICMP_CUT = cutOff("ICMP header");
const ICMP_HEADER = 8;

/** RFC 792, RFC 4443. A message has at least 4 bytes; most have 4 more before what they carry. */
function readIcmp(cursor: Cursor, at: number): void {
	const { packet } = cursor;
	const { view } = packet;
	const captured = packet.end - at;
	if (captured >= 1) packet.icmpType = view.getUint8(at);
	if (captured >= 2) packet.icmpCode = view.getUint8(at + 1);
	if (captured < 4) {
		cursor.cut(ICMP_CUT, at);
	} else if (captured >= 6 && isEcho(packet.protocol, packet.icmpType)) {
		packet.icmpId = view.getUint16(at + 4);
	}
	setPayload(cursor, at + ICMP_HEADER, cursor.wireEnd);
}

function isEcho(protocol: number, type: number): boolean {
	return protocol === Protocol.ICMP ? type === 8 || type === 0 : type === 128 || type === 129;
}

/** @param start first byte of the payload, `wireEnd` its end on the wire; both may lie beyond what was captured. */
function setPayload(cursor: Cursor, start: number, wireEnd: number): void {
	const { packet } = cursor;
	const { end } = packet;
	packet.payloadStart = Math.min(start, end);
	packet.payloadEnd = Math.max(packet.payloadStart, Math.min(wireEnd, end));
	packet.payloadLength = Math.max(0, wireEnd - start);
}
