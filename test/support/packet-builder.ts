/**
 * Builds frames for tests, from the inside out: `ethernet(ipv4("10.0.0.1", "10.0.0.2", udp(5060, 5060, "OPTIONS …")))`.
 * Lengths, type fields and checksums are filled in, so that the frames are good for Wireshark too. What a test wants
 * to be wrong it breaks afterwards, in the bytes.
 */
import { isIPv4 } from "node:net";
import { BATCH_PACKETS, type CaptureInterface, PacketBatch } from "../../src/capture/batch.ts";

/** A header and all that it carries, with the numbers under which the header around it announces it. */
export interface Part {
	readonly bytes: Uint8Array;
	readonly etherType?: number;
	/** IP protocol number. */
	readonly protocol?: number;
}

/** A string stands for its Latin-1 bytes. */
export type Payload = Part | Uint8Array | string;

/** Bytes from hex digits; anything else in `text` (spaces, line ends) is left out. */
export function hex(text: string): Uint8Array {
	return Uint8Array.from(Buffer.from(text.replace(/[^0-9a-fA-F]/g, ""), "hex"));
}

export function concat(...parts: readonly (Payload | readonly number[])[]): Uint8Array {
	return Uint8Array.from(Buffer.concat(parts.map(bytesOf)));
}

export interface EthernetOptions {
	readonly destination?: string;
	readonly source?: string;
	/** For a payload that has no EtherType of its own. */
	readonly etherType?: number;
	/** Pads to this many bytes; 60 is the least that Ethernet allows without its FCS. */
	readonly padTo?: number;
}

export function ethernet(payload: Payload, options: EthernetOptions = {}): Part {
	const { destination = "02:00:00:00:00:02", source = "02:00:00:00:00:01", padTo = 0 } = options;
	const etherType = options.etherType ?? numberOf(payload, "etherType");
	const bytes = concat(hex(destination), hex(source), u16(etherType), payload);
	const padded = bytes.length < padTo ? concat(bytes, new Uint8Array(padTo - bytes.length)) : bytes;
	return { bytes: padded, etherType: 0x6558, protocol: 143 };
}

/** 802.1Q tag, or another one by `etherType`. */
export function vlan(id: number, payload: Part, etherType = 0x8100): Part {
	return { bytes: concat(u16(id), u16(numberOf(payload, "etherType")), payload), etherType };
}

/** MPLS label stack of these labels, outermost first. */
export function mpls(labels: readonly number[], payload: Payload): Part {
	const entries = labels.map((label, index) => u32((label << 12) | (index === labels.length - 1 ? 0x100 : 0) | 64));
	return { bytes: concat(...entries, payload), etherType: 0x8847, protocol: 137 };
}

export interface IPv4Options {
	/** For a payload that has no protocol number of its own. */
	readonly protocol?: number;
	readonly id?: number;
	readonly ttl?: number;
	readonly tos?: number;
	/** Header options; a multiple of 4 bytes. */
	readonly options?: Uint8Array;
	/** In bytes; a multiple of 8. */
	readonly fragmentOffset?: number;
	readonly moreFragments?: boolean;
	/** Instead of the true total length. */
	readonly totalLength?: number;
}

export function ipv4(source: string, destination: string, payload: Payload, options: IPv4Options = {}): Part {
	const { id = 0, ttl = 64, tos = 0, fragmentOffset = 0, moreFragments = false } = options;
	const headerOptions = options.options ?? new Uint8Array(0);
	const protocol = options.protocol ?? numberOf(payload, "protocol");
	const whole = fragmentOffset === 0 && !moreFragments;
	const addresses = concat(ipv4Bytes(source), ipv4Bytes(destination));
	const body = whole ? withChecksum(addresses, protocol, bytesOf(payload)) : bytesOf(payload);
	const header = concat(
		[0x45 + headerOptions.length / 4, tos],
		u16(options.totalLength ?? 20 + headerOptions.length + body.length),
		u16(id),
		u16((moreFragments ? 0x2000 : 0) | (fragmentOffset / 8)),
		[ttl, protocol, 0, 0],
		addresses,
		headerOptions,
	);
	header.set(u16(checksum(header)), 10);
	return { bytes: concat(header, body), etherType: 0x0800, protocol: 4 };
}

export interface IPv6Options {
	readonly protocol?: number;
	readonly hopLimit?: number;
	readonly trafficClass?: number;
	/** Instead of the true payload length. */
	readonly payloadLength?: number;
}

export function ipv6(source: string, destination: string, payload: Payload, options: IPv6Options = {}): Part {
	const { hopLimit = 64, trafficClass = 0 } = options;
	const protocol = options.protocol ?? numberOf(payload, "protocol");
	const addresses = concat(ipv6Bytes(source), ipv6Bytes(destination));
	const body = withChecksum(addresses, protocol, bytesOf(payload));
	const header = concat(
		u32((6 << 28) | (trafficClass << 20)),
		u16(options.payloadLength ?? body.length),
		[protocol, hopLimit],
		addresses,
	);
	return { bytes: concat(header, body), etherType: 0x86dd, protocol: 41 };
}

/** IPv6 extension header of the common form: `protocol` 0 hop-by-hop, 43 routing, 60 destination options. */
export function ipv6Extension(protocol: number, payload: Part, options: Uint8Array = hex("01 04 00000000")): Part {
	const length = (options.length + 2) / 8 - 1;
	return { bytes: concat([numberOf(payload, "protocol"), length], options, payload), protocol };
}

/** IPv6 fragment header. @param offset in bytes; a multiple of 8. */
export function ipv6Fragment(id: number, offset: number, more: boolean, payload: Payload, next?: number): Part {
	const protocol = next ?? numberOf(payload, "protocol");
	return { bytes: concat([protocol, 0], u16(offset | (more ? 1 : 0)), u32(id), payload), protocol: 44 };
}

export function udp(sourcePort: number, destinationPort: number, payload: Payload = ""): Part {
	const body = bytesOf(payload);
	return {
		bytes: concat(u16(sourcePort), u16(destinationPort), u16(8 + body.length), [0, 0], body),
		protocol: 17,
	};
}

export interface TcpOptions {
	/** As in {@link TcpFlag}; SYN (2) where not given. */
	readonly flags?: number;
	readonly sequence?: number;
	readonly acknowledgement?: number;
	readonly window?: number;
	/** Header options; a multiple of 4 bytes. */
	readonly options?: Uint8Array;
}

export function tcp(
	sourcePort: number,
	destinationPort: number,
	options: TcpOptions = {},
	payload: Payload = "",
): Part {
	const { flags = 2, sequence = 0, acknowledgement = 0, window = 65535 } = options;
	const headerOptions = options.options ?? new Uint8Array(0);
	const ports = concat(u16(sourcePort), u16(destinationPort), u32(sequence), u32(acknowledgement));
	const rest = concat([0x50 + headerOptions.length * 4, flags], u16(window), [0, 0, 0, 0], headerOptions);
	return { bytes: concat(ports, rest, payload), protocol: 6 };
}

/** ICMP, or ICMPv6 by `protocol` 58. @param body what follows type, code and checksum; an echo's starts with its id. */
export function icmp(type: number, code: number, body: Payload = hex("00000000"), protocol = 1): Part {
	return { bytes: concat([type, code, 0, 0], body), protocol };
}

/** GRE without optional fields, or with those that `flags` announces and `fields` holds. */
export function gre(payload: Part, flags = 0, fields: Uint8Array = new Uint8Array(0)): Part {
	return { bytes: concat(u16(flags), u16(numberOf(payload, "etherType")), fields, payload), protocol: 47 };
}

/** UDP datagram that carries an Ethernet frame by VXLAN. */
export function vxlan(vni: number, frame: Part, sourcePort = 49152): Part {
	return udp(sourcePort, 4789, concat(u32(0x08000000), u32(vni << 8), frame));
}

/** One packet of a batch: its bytes, or these with what the reader knows besides. */
export type Packet =
	| Part
	| Uint8Array
	| {
			readonly packet: Part | Uint8Array;
			/** Nanoseconds since the run's epoch. */
			readonly time?: number;
			/** Where the snaplen cut the packet: its length before that. */
			readonly wireLength?: number;
			readonly interface?: number;
	  };

/** The packets as one batch of a reader, 1 ms apart where no time is given. @param before packets read before them. */
export function batchOf(packets: readonly Packet[], before = 0): PacketBatch {
	if (packets.length > BATCH_PACKETS) throw new RangeError(`a batch holds ${BATCH_PACKETS} packets at most`);
	const batch = new PacketBatch();
	const entries = packets.map((packet) => ("packet" in packet ? packet : { packet }));
	batch.data = concat(...entries.map((entry) => entry.packet));
	batch.view = new DataView(batch.data.buffer, batch.data.byteOffset, batch.data.byteLength);
	let offset = 0;
	for (const [index, entry] of entries.entries()) {
		const { length } = bytesOf(entry.packet);
		batch.offset[index] = offset;
		batch.capturedLength[index] = length;
		batch.wireLength[index] = entry.wireLength ?? length;
		batch.time[index] = entry.time ?? (before + index) * 1e6;
		batch.interface[index] = entry.interface ?? 0;
		offset += length;
	}
	batch.count = entries.length;
	batch.firstNumber = before + 1;
	return batch;
}

/** An interface of the run; Ethernet without limits where not said otherwise. */
export function captureInterface(fields: Partial<CaptureInterface> = {}): CaptureInterface {
	return { file: 0, linkType: 1, snaplen: 0, fcsLength: 0, name: undefined, ...fields };
}

function bytesOf(payload: Payload | readonly number[]): Uint8Array {
	if (typeof payload === "string") return Buffer.from(payload, "latin1");
	if (payload instanceof Uint8Array) return payload;
	return "bytes" in payload ? payload.bytes : Uint8Array.from(payload);
}

function numberOf(payload: Payload, field: "etherType" | "protocol"): number {
	const number = typeof payload === "object" && "bytes" in payload ? payload[field] : undefined;
	if (number === undefined) throw new TypeError(`the payload has no ${field}: give it as an option`);
	return number;
}

function u16(value: number): Uint8Array {
	return Uint8Array.of(value >>> 8, value);
}

function u32(value: number): Uint8Array {
	return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function ipv4Bytes(address: string): Uint8Array {
	if (!isIPv4(address)) throw new TypeError(`not an IPv4 address: ${address}`);
	return Uint8Array.from(address.split("."), Number);
}

/** Full form or with one `::`; no embedded IPv4 address. */
function ipv6Bytes(address: string): Uint8Array {
	const [head = "", tail] = address.split("::");
	const before = head === "" ? [] : head.split(":");
	const after = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
	const groups = [...before, ...new Array<string>(zeros).fill("0"), ...after];
	if (groups.length !== 8) throw new TypeError(`not an IPv6 address: ${address}`);
	return concat(...groups.map((group) => u16(Number.parseInt(group, 16))));
}

/** Where the checksum lies in the transport header, and which protocols have one over a pseudo-header. */
const CHECKSUM_AT = new Map([
	[1, 2],
	[6, 16],
	[17, 6],
	[58, 2],
]);

function withChecksum(addresses: Uint8Array, protocol: number, segment: Uint8Array): Uint8Array {
	const at = CHECKSUM_AT.get(protocol);
	if (at === undefined || segment.length < at + 2) return segment;
	const pseudo = protocol === 1 ? new Uint8Array(0) : concat(addresses, u32(segment.length), u32(protocol));
	const filled = Uint8Array.from(segment);
	filled.set(u16(checksum(concat(pseudo, segment)) || 0xffff), at);
	return filled;
}

/** Internet checksum (RFC 1071). */
function checksum(bytes: Uint8Array): number {
	let sum = 0;
	for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	return ~sum & 0xffff;
}
