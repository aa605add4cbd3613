import { BATCH_PACKETS, type PacketBatch } from "../capture/batch.ts";
import type { MAX_TUNNEL_DEPTH, PacketDecoder } from "./decode.ts";
import type { PacketView } from "./view.ts";

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
	/** Protocol number, {@link Flag}, tunnel depth from bit 12, TCP flags from bit 16. */
	kind: 7,
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
} as const;
/** 128 bytes. */
const ENTRY = 32;

const Flag = { ipv6: 1 << 8, fragment: 1 << 9, laterFragment: 1 << 10, hasPorts: 1 << 11 } as const;
const DEPTH = 12;
const TCP_FLAGS = 16;

/** Words before the entries: whole numbers, then doubles. */
const HEADER = 16;
const Header = { count: 0, frames: 1, file: 2, places: 3, buffer: 4 } as const;
const HeaderDouble = { bytes: 4, start: 5, end: 6 } as const;

/** A frame has as many entries as IP headers around one another: room for those of the last one. */
const CAPACITY = BATCH_PACKETS + (8 satisfies typeof MAX_TUNNEL_DEPTH);

/** Bytes of a vector's memory. */
export const VECTOR_BYTES = (HEADER + CAPACITY * ENTRY) * 4;

/**
 * Decoded packets, some hundred at a time: of each frame its IP headers, the outermost first. All there is to know of a
 * packet but its bytes lies in one run of memory, which two threads may share; the bytes are in `data`.
 */
export class PacketVector {
	/** What the packets' offsets point into. */
	data: Uint8Array = Buffer.alloc(0);
	view: DataView = new DataView(this.data.buffer);
	readonly words: Int32Array;
	readonly #doubles: Float64Array;

	/** @param memory of {@link VECTOR_BYTES}. */
	constructor(memory: ArrayBufferLike = new ArrayBuffer(VECTOR_BYTES)) {
		this.words = new Int32Array(memory);
		this.#doubles = new Float64Array(memory);
	}

	/** Entries. */
	get count(): number {
		return this.words[Header.count]!;
	}

	/** Frames, those without an IP header among them. */
	get frames(): number {
		return this.words[Header.frames]!;
	}

	/** Bytes of all frames on the wire. */
	get bytes(): number {
		return this.#doubles[HeaderDouble.bytes]!;
	}

	/** Times of the earliest and the latest frame, nanoseconds since the run's epoch. */
	get start(): number {
		return this.#doubles[HeaderDouble.start]!;
	}

	get end(): number {
		return this.#doubles[HeaderDouble.end]!;
	}

	/** Whether the run has, up to here, more than one place where packets were captured. */
	get hasPlaces(): boolean {
		return this.words[Header.places] !== 0;
	}

	set hasPlaces(has: boolean) {
		this.words[Header.places] = has ? 1 : 0;
	}

	/** Number of what `data` is, for those who share more than one memory of bytes. */
	get buffer(): number {
		return this.words[Header.buffer]!;
	}

	set buffer(buffer: number) {
		this.words[Header.buffer] = buffer;
	}

	/** Index of an entry's first word in {@link words}. */
	base(index: number): number {
		return HEADER + index * ENTRY;
	}

	/**
	 * Fills the vector anew with the packets `from … to - 1` of a batch, as far as there is room.
	 * @returns the first packet that is not in it.
	 */
	fill(decoder: PacketDecoder, batch: PacketBatch, from: number, to: number): number {
		const { words } = this;
		const doubles = this.#doubles;
		const { packet } = decoder;
		let count = 0;
		let bytes = 0;
		let start = Number.POSITIVE_INFINITY;
		let end = Number.NEGATIVE_INFINITY;
		let i = from;
		for (; i < to && count < BATCH_PACKETS; i++) {
			const time = batch.time[i]!;
			bytes += batch.wireLength[i]!;
			if (time < start) start = time;
			if (time > end) end = time;
			if (!decoder.decode(batch, i)) continue;
			do put(words, doubles, HEADER + count++ * ENTRY, packet);
			while (decoder.next());
		}
		this.data = batch.data;
		this.view = batch.view;
		words[Header.count] = count;
		words[Header.frames] = i - from;
		words[Header.file] = batch.file;
		doubles[HeaderDouble.bytes] = bytes;
		doubles[HeaderDouble.start] = start;
		doubles[HeaderDouble.end] = end;
		return i;
	}

	/** Prepares a view for the vector's entries. */
	open(packet: PacketView): void {
		packet.data = this.data;
		packet.view = this.view;
		packet.file = this.words[Header.file]!;
	}

	/** Moves a view, once {@link open} has prepared it, to an entry. */
	get(index: number, packet: PacketView): void {
		const { words } = this;
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
		packet.tcpSequence = words[at + AT.tcpSequence]!;
		packet.tcpAcknowledgement = words[at + AT.tcpAcknowledgement]!;
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

function put(words: Int32Array, doubles: Float64Array, at: number, packet: PacketView): void {
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
		(packet.depth << DEPTH) |
		(packet.tcpFlags << TCP_FLAGS);
	words[at + AT.tcpSequence] = packet.tcpSequence;
	words[at + AT.tcpAcknowledgement] = packet.tcpAcknowledgement;
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
	if (packet.ipVersion !== 6) return;
	words[at + AT.upperSrc] = packet.src0;
	words[at + AT.upperSrc + 1] = packet.src1;
	words[at + AT.upperSrc + 2] = packet.src2;
	words[at + AT.upperDst] = packet.dst0;
	words[at + AT.upperDst + 1] = packet.dst1;
	words[at + AT.upperDst + 2] = packet.dst2;
}
