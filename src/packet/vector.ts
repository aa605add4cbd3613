import type { PacketBatch } from "../capture/batch.ts";
import { type PacketView, Protocol } from "./view.ts";

/**
 * Word offsets inside one entry of a vector; values marked as doubles take two words. An IPv4 packet leaves the upper words
 * of its addresses as they were.
 */
const AT = {
	/** Doubles. */
	time: 0,
	wireLength: 2,
	src3: 4,
	dst3: 5,
	/** Source port in the upper half, destination port in the lower. */
	ports: 6,
	/** Protocol number, {@link Flag}, tunnel depth from bit 12, TCP flags from bit 16, closed sides from bit 25. */
	kind: 7,
	/** Of UDP, the payload's first two words. */
	tcpSequence: 8,
	tcpAcknowledgement: 9,
	/** Window in the lower half, traffic class from bit 16, time to live from bit 24. */
	tcpWindow: 10,
	payloadStart: 11,
	payloadEnd: 12,
	payloadLength: 13,
	end: 14,
	transportOffset: 15,
	ipOffset: 16,
	vlan: 17,
	number: 18,
	interface: 19,
	subInterface: 20,
	ipId: 21,
	/** Type from bit 24, code from bit 16, identifier. */
	icmp: 22,
	/** Three words each. */
	upperSrc: 23,
	upperDst: 26,
	/** What the flow part adds: {@link PacketView.flow}. */
	flow: 29,
	/** Of a TCP packet the stream's start, of UDP the payload's third word, of ICMP what is quoted. */
	context: 30,
} as const;
/** 128 bytes. */
const ENTRY = 32;

const Flag = { ipv6: 1 << 8, fragment: 1 << 9, laterFragment: 1 << 10, hasPorts: 1 << 11, side: 1 << 24 } as const;
const DEPTH = 12;
const TCP_FLAGS = 16;
const CLOSED_SIDES = 25;

/** Words before the entries. */
const HEADER = 16;
const Header = { count: 0, file: 1, buffer: 2, isLast: 3 } as const;

const CAPACITY = 512;

/** Bytes of a vector's memory. */
export const VECTOR_BYTES = (HEADER + CAPACITY * ENTRY) * 4;

/**
 * Packets, some hundred at a time, as the decoder and the flow part left them. All there is to know of a packet but its
 * bytes lies in one run of memory, which two threads may share; the bytes are in `data`.
 */
export class PacketVector {
	/** What the packets' offsets point into. */
	data: Uint8Array = Buffer.alloc(0);
	view: DataView = new DataView(this.data.buffer);
	readonly #words: Int32Array;
	readonly #doubles: Float64Array;

	/** @param memory of {@link VECTOR_BYTES}. */
	constructor(memory: ArrayBufferLike = new ArrayBuffer(VECTOR_BYTES)) {
		this.#words = new Int32Array(memory);
		this.#doubles = new Float64Array(memory);
	}

	/** Packets. */
	get count(): number {
		return this.#words[Header.count]!;
	}

	/** Packets that there is room for. */
	get room(): number {
		return CAPACITY - this.count;
	}

	/** Number of what `data` is, for those who share more than one memory of bytes. */
	get buffer(): number {
		return this.#words[Header.buffer]!;
	}

	set buffer(buffer: number) {
		this.#words[Header.buffer] = buffer;
	}

	/** Whether a piece of the run ends with this vector. */
	get isLast(): boolean {
		return this.#words[Header.isLast] !== 0;
	}

	set isLast(isLast: boolean) {
		this.#words[Header.isLast] = isLast ? 1 : 0;
	}

	/** Begins anew, with packets of a batch to come. */
	clear(batch: PacketBatch): void {
		this.data = batch.data;
		this.view = batch.view;
		this.#words[Header.count] = 0;
		this.#words[Header.isLast] = 0;
		this.#words[Header.file] = batch.file;
	}

	/** Appends a packet: there must be {@link room}. */
	put(packet: PacketView): void {
		const words = this.#words;
		const doubles = this.#doubles;
		const at = HEADER + ENTRY * words[Header.count]!++;
		doubles[at >> 1] = packet.time;
		doubles[(at + AT.wireLength) >> 1] = packet.wireLength;
		words[at + AT.src3] = packet.src3;
		words[at + AT.dst3] = packet.dst3;
		words[at + AT.ports] = (packet.srcPort << 16) | packet.dstPort;
		words[at + AT.kind] =
			packet.protocol |
			(packet.ipVersion === 6 ? Flag.ipv6 : 0) |
			(packet.fragment ? Flag.fragment : 0) |
			(packet.laterFragment ? Flag.laterFragment : 0) |
			(packet.hasPorts ? Flag.hasPorts : 0) |
			(packet.side === 1 ? Flag.side : 0) |
			(packet.depth << DEPTH) |
			(packet.tcpFlags << TCP_FLAGS) |
			(packet.closedSides << CLOSED_SIDES);
		const isUdp = packet.protocol === Protocol.UDP;
		words[at + AT.tcpSequence] = isUdp ? packet.head0 : packet.tcpSequence;
		words[at + AT.tcpAcknowledgement] = isUdp ? packet.head1 : packet.tcpAcknowledgement;
		words[at + AT.tcpWindow] = packet.tcpWindow | (packet.trafficClass << 16) | (packet.ttl << 24);
		words[at + AT.payloadStart] = packet.payloadStart;
		words[at + AT.payloadEnd] = packet.payloadEnd;
		words[at + AT.payloadLength] = packet.payloadLength;
		words[at + AT.end] = packet.end;
		words[at + AT.transportOffset] = packet.transportOffset;
		words[at + AT.ipOffset] = packet.ipOffset;
		words[at + AT.vlan] = packet.vlan;
		words[at + AT.number] = packet.number | 0;
		words[at + AT.interface] = packet.interface;
		words[at + AT.subInterface] = packet.subInterface;
		words[at + AT.ipId] = packet.ipId;
		words[at + AT.icmp] = (packet.icmpType << 24) | (packet.icmpCode << 16) | packet.icmpId;
		words[at + AT.flow] = packet.flow;
		words[at + AT.context] = isUdp
			? packet.head2
			: packet.protocol === Protocol.TCP
				? packet.streamStart
				: packet.quoted;
		if (packet.ipVersion !== 6) return;
		words[at + AT.upperSrc] = packet.src0;
		words[at + AT.upperSrc + 1] = packet.src1;
		words[at + AT.upperSrc + 2] = packet.src2;
		words[at + AT.upperDst] = packet.dst0;
		words[at + AT.upperDst + 1] = packet.dst1;
		words[at + AT.upperDst + 2] = packet.dst2;
	}

	/** Prepares a view for the vector's entries. */
	open(packet: PacketView): void {
		packet.data = this.data;
		packet.view = this.view;
		packet.file = this.#words[Header.file]!;
	}

	/** Moves a view, once {@link open} has prepared it, to an entry. */
	get(index: number, packet: PacketView): void {
		const words = this.#words;
		const doubles = this.#doubles;
		const at = HEADER + index * ENTRY;
		const kind = words[at + AT.kind]!;
		packet.time = doubles[at >> 1]!;
		packet.wireLength = doubles[(at + AT.wireLength) >> 1]!;
		packet.src3 = words[at + AT.src3]!;
		packet.dst3 = words[at + AT.dst3]!;
		const ports = words[at + AT.ports]!;
		packet.srcPort = ports >>> 16;
		packet.dstPort = ports & 0xffff;
		packet.protocol = kind & 0xff;
		packet.fragment = (kind & Flag.fragment) !== 0;
		packet.laterFragment = (kind & Flag.laterFragment) !== 0;
		packet.hasPorts = (kind & Flag.hasPorts) !== 0;
		packet.depth = (kind >>> DEPTH) & 15;
		packet.tcpFlags = (kind >>> TCP_FLAGS) & 0xff;
		const window = words[at + AT.tcpWindow]!;
		packet.tcpWindow = window & 0xffff;
		packet.trafficClass = (window >>> 16) & 0xff;
		packet.ttl = window >>> 24;
		packet.payloadStart = words[at + AT.payloadStart]!;
		packet.payloadEnd = words[at + AT.payloadEnd]!;
		packet.payloadLength = words[at + AT.payloadLength]!;
		packet.end = words[at + AT.end]!;
		packet.transportOffset = words[at + AT.transportOffset]!;
		packet.ipOffset = words[at + AT.ipOffset]!;
		packet.vlan = words[at + AT.vlan]!;
		packet.number = words[at + AT.number]! >>> 0;
		packet.interface = words[at + AT.interface]!;
		packet.subInterface = words[at + AT.subInterface]!;
		packet.ipId = words[at + AT.ipId]!;
		const icmp = words[at + AT.icmp]!;
		packet.icmpType = icmp >>> 24;
		packet.icmpCode = (icmp >>> 16) & 0xff;
		packet.icmpId = icmp & 0xffff;
		packet.flow = words[at + AT.flow]!;
		packet.side = kind & Flag.side ? 1 : 0;
		packet.closedSides = (kind >>> CLOSED_SIDES) & 3;
		if (packet.protocol === Protocol.UDP) {
			packet.head0 = words[at + AT.tcpSequence]!;
			packet.head1 = words[at + AT.tcpAcknowledgement]!;
			packet.head2 = words[at + AT.context]!;
			packet.quoted = -1;
		} else if (packet.protocol === Protocol.TCP) {
			packet.tcpSequence = words[at + AT.tcpSequence]!;
			packet.tcpAcknowledgement = words[at + AT.tcpAcknowledgement]!;
			packet.streamStart = words[at + AT.context]!;
			packet.quoted = -1;
		} else packet.quoted = words[at + AT.context]!;
		if (kind & Flag.ipv6) {
			packet.ipVersion = 6;
			packet.src0 = words[at + AT.upperSrc]!;
			packet.src1 = words[at + AT.upperSrc + 1]!;
			packet.src2 = words[at + AT.upperSrc + 2]!;
			packet.dst0 = words[at + AT.upperDst]!;
			packet.dst1 = words[at + AT.upperDst + 1]!;
			packet.dst2 = words[at + AT.upperDst + 2]!;
		} else if (packet.ipVersion === 6) {
			packet.ipVersion = 4;
			packet.src0 = 0;
			packet.src1 = 0;
			packet.src2 = 0;
			packet.dst0 = 0;
			packet.dst1 = 0;
			packet.dst2 = 0;
		}
	}
}
