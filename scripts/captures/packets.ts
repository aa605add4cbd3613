import { isIPv6 } from "node:net";
import { join, type Part, u16, u32, zeros } from "./bytes.ts";
import { addressBytes } from "./network.ts";

/** IP protocol numbers (IANA). */
export const IpProtocol = { hopByHop: 0, icmp: 1, tcp: 6, udp: 17, fragment: 44, gre: 47, icmpv6: 58 } as const;

/** TCP flag bits (RFC 9293, 3.1). */
export const Flag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/** What the IP header says beside addresses and protocol. */
export interface IpFields {
	readonly id: number;
	readonly ttl: number;
	/** Differentiated services field, 8 bits. */
	readonly dscp?: number;
	/** IPv6 only: a hop-by-hop header with padding goes before the payload. */
	readonly hopByHop?: boolean;
}

export interface TcpFields {
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly sequence: number;
	readonly acknowledgement: number;
	readonly flags: number;
	readonly window: number;
	/** Whole options, padded to 32 bits. */
	readonly options?: Uint8Array;
}

/** An IPv4 (RFC 791) or IPv6 (RFC 8200) packet. */
export function ipPacket(
	from: string,
	to: string,
	protocol: number,
	payload: Uint8Array,
	fields: IpFields,
): Uint8Array {
	return isIPv6(from)
		? ipv6Packet(from, to, protocol, payload, fields)
		: ipv4Packet(from, to, protocol, payload, fields, 0x4000);
}

/** The same IPv4 payload in fragments of at most `size` bytes (a multiple of 8) each. */
export function ipv4Fragments(
	from: string,
	to: string,
	protocol: number,
	payload: Uint8Array,
	fields: IpFields,
	size: number,
): Uint8Array[] {
	return pieces(payload, size).map(({ offset, bytes, more }) =>
		ipv4Packet(from, to, protocol, bytes, fields, (more ? 0x2000 : 0) | (offset / 8)),
	);
}

/** The same IPv6 payload in fragments of at most `size` bytes (a multiple of 8) each. */
export function ipv6Fragments(
	from: string,
	to: string,
	protocol: number,
	payload: Uint8Array,
	fields: IpFields,
	size: number,
): Uint8Array[] {
	return pieces(payload, size).map(({ offset, bytes, more }) => {
		const header = join(protocol, 0, u16(offset | (more ? 1 : 0)), u32(fields.id));
		return ipv6Packet(from, to, IpProtocol.fragment, join(header, bytes), fields);
	});
}

/** A UDP datagram (RFC 768) with its checksum. */
export function udpDatagram(from: string, to: string, ports: readonly [number, number], data: Uint8Array): Uint8Array {
	const datagram = join(u16(ports[0]), u16(ports[1]), u16(8 + data.length), u16(0), data);
	const sum = transportChecksum(from, to, IpProtocol.udp, datagram);
	datagram.set(u16(sum === 0 ? 0xffff : sum), 6);
	return datagram;
}

/** A TCP segment (RFC 9293) with its checksum. */
export function tcpSegment(from: string, to: string, fields: TcpFields, data: Uint8Array): Uint8Array {
	const options = fields.options ?? zeros(0);
	const segment = join(
		u16(fields.sourcePort),
		u16(fields.destinationPort),
		u32(fields.sequence),
		u32(fields.acknowledgement),
		((20 + options.length) / 4) << 4,
		fields.flags,
		u16(fields.window),
		u32(0),
		options,
		data,
	);
	segment.set(u16(transportChecksum(from, to, IpProtocol.tcp, segment)), 16);
	return segment;
}

/** An ICMP (RFC 792) or ICMPv6 (RFC 4443) message with its checksum. */
export function icmpMessage(
	from: string,
	to: string,
	type: number,
	code: number,
	...body: readonly Part[]
): Uint8Array {
	const message = join(type, code, u16(0), ...body);
	const sum = isIPv6(from) ? transportChecksum(from, to, IpProtocol.icmpv6, message) : checksum(message);
	message.set(u16(sum), 2);
	return message;
}

/** The Internet checksum (RFC 1071). */
export function checksum(bytes: Uint8Array): number {
	let sum = 0;
	for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] as number) << 8) | (bytes[i + 1] ?? 0);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}

function transportChecksum(from: string, to: string, protocol: number, segment: Uint8Array): number {
	const source = addressBytes(from);
	const pseudo =
		source.length === 4 ? join(0, protocol, u16(segment.length)) : join(u32(segment.length), u32(protocol));
	return checksum(join(source, addressBytes(to), pseudo, segment));
}

function ipv4Packet(
	from: string,
	to: string,
	protocol: number,
	payload: Uint8Array,
	fields: IpFields,
	fragmentWord: number,
): Uint8Array {
	const header = join(
		0x45,
		fields.dscp ?? 0,
		u16(20 + payload.length),
		u16(fields.id),
		u16(fragmentWord),
		fields.ttl,
		protocol,
		u16(0),
		addressBytes(from),
		addressBytes(to),
	);
	header.set(u16(checksum(header)), 10);
	return join(header, payload);
}

function ipv6Packet(from: string, to: string, protocol: number, payload: Uint8Array, fields: IpFields): Uint8Array {
	// PadN of four zero bytes fills the eight that a hop-by-hop header has at least.
	const body = fields.hopByHop ? join(protocol, 0, 1, 4, zeros(4), payload) : payload;
	return join(
		u32((6 * 2 ** 28 + (fields.dscp ?? 0) * 2 ** 20) >>> 0),
		u16(body.length),
		fields.hopByHop ? IpProtocol.hopByHop : protocol,
		fields.ttl,
		addressBytes(from),
		addressBytes(to),
		body,
	);
}

function pieces(payload: Uint8Array, size: number): { offset: number; bytes: Uint8Array; more: boolean }[] {
	const all: { offset: number; bytes: Uint8Array; more: boolean }[] = [];
	for (let offset = 0; offset < payload.length; offset += size) {
		all.push({ offset, bytes: payload.subarray(offset, offset + size), more: offset + size < payload.length });
	}
	return all;
}
