import type { TimeWindow } from "../capture/time-window.ts";
import { type FlowStore, sideAddress } from "../flow/store.ts";
import type { TrackerOptions } from "../flow/tracker.ts";
import { Frames, type HeaderVisitor } from "../intake/frames.ts";
import type { Progress } from "../intake/intake.ts";
import { type PacketView, Protocol } from "../packet/view.ts";

/** Payload bytes that are compared; of captures that cut packets, fewer. The least are those of an RTP header and some more. */
const LONG = 256;
const SHORT = 32;
const LEAST = 16;
const FIRST_ROOM = 1 << 12;

export interface PacketLogOptions {
	readonly signal?: AbortSignal;
	/** Ends reading, if it comes meanwhile: see {@link PacketLog.interruptedAfter}. */
	readonly stop?: AbortSignal;
	readonly onProgress?: (progress: Progress) => void;
	/** As in the first reading. */
	readonly tracking: TrackerOptions;
	readonly window?: TimeWindow;
	/** Packets of the first reading: a capture that is still written to has more by now. */
	readonly packets: number;
	/** Most packets kept; see {@link PacketLog.refused}. */
	readonly maxPackets: number;
}

/** What of each packet of a capture stays the same on its way, in columns, and when and in which flow it was seen. */
export class PacketLog {
	count = 0;
	/** Nanoseconds since {@link epoch}. */
	time = new Float64Array(FIRST_ROOM);
	flow = new Int32Array(FIRST_ROOM);
	/** 0 for the sender of the flow's first packet. */
	side = new Uint8Array(FIRST_ROOM);
	/** Number in its file, from 1, and the file's index. */
	number = new Uint32Array(FIRST_ROOM);
	file = new Uint16Array(FIRST_ROOM);
	protocol = new Uint8Array(FIRST_ROOM);
	ttl = new Uint8Array(FIRST_ROOM);
	/** IPv4's identification; 0 of IPv6. */
	ipId = new Uint16Array(FIRST_ROOM);
	/** Payload bytes on the wire. */
	length = new Int32Array(FIRST_ROOM);
	/** Digests of the payload's first 256, 32 and 16 bytes, 53 bits; NaN where the capture has too few of them. */
	longDigest = new Float64Array(FIRST_ROOM);
	shortDigest = new Float64Array(FIRST_ROOM);
	leastDigest = new Float64Array(FIRST_ROOM);
	/** Of TCP, and of an ICMP echo; 0 of others. */
	sequence = new Int32Array(FIRST_ROOM);
	acknowledgement = new Int32Array(FIRST_ROOM);
	/** Of ICMP, the type. */
	flags = new Uint8Array(FIRST_ROOM);

	/** Seconds since 1970; 0 where there are no packets. */
	epoch = 0;
	/** Whether packets are cut so short that long digests lack, that short ones do, and that all do. */
	isCut = false;
	isCutShort = false;
	isUnread = false;
	/** Fragments without ports, and ICMP messages that quote a packet: neither can be matched. */
	fragments = 0;
	errors = 0;
	/** Packets beyond the limit. */
	refused = 0;
	/** Flows of packets that the capture cuts inside their transport header, so that nothing tells one from another. */
	readonly cutFlows = new Set<number>();
	/** {@link kindOfFlow}s of those whose ports it cuts off, too: which flows of the other capture these are, nothing tells. */
	readonly portless = new Set<string>();
	/** Frames that were read until reading was stopped; undefined where all were. */
	interruptedAfter: number | undefined;
	/** Of a reading that was stopped, it lacks flows that the report has. */
	readonly store: FlowStore;

	constructor(store: FlowStore) {
		this.store = store;
	}

	add(packet: PacketView): void {
		const at = this.count++;
		if (at >= this.time.length) this.#grow();
		this.time[at] = packet.time;
		this.flow[at] = packet.flow;
		this.side[at] = packet.side;
		this.number[at] = packet.number;
		this.file[at] = packet.file;
		this.protocol[at] = packet.protocol;
		this.ttl[at] = packet.ttl;
		this.ipId[at] = packet.ipVersion === 4 ? packet.ipId : 0;
		this.length[at] = packet.payloadLength;
		const long = digest(packet, LONG);
		if (Number.isNaN(long)) this.isCut = true;
		this.longDigest[at] = long;
		const short = digest(packet, SHORT);
		if (Number.isNaN(short)) this.isCutShort = true;
		this.shortDigest[at] = short;
		const least = digest(packet, LEAST);
		if (Number.isNaN(least)) this.isUnread = true;
		this.leastDigest[at] = least;
		const isTcp = packet.protocol === Protocol.TCP;
		this.sequence[at] = isTcp ? packet.tcpSequence : echoSequence(packet);
		this.acknowledgement[at] = isTcp ? packet.tcpAcknowledgement : 0;
		this.flags[at] = isTcp ? packet.tcpFlags : isIcmp(packet) ? packet.icmpType : 0;
	}

	/** @param packet one that the snaplen cut, inside its transport header or behind it. */
	addCut(packet: PacketView): void {
		const captured = packet.end - packet.transportOffset;
		if (captured >= (TELLING.get(packet.protocol) ?? 0)) return;
		this.cutFlows.add(packet.flow);
		if (!packet.hasPorts) this.portless.add(kindOfFlow(this.store, packet.flow));
	}

	#grow(): void {
		const twice = <T extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(column: T): T => {
			const larger = new (column.constructor as new (length: number) => T)(column.length * 2);
			larger.set(column as never);
			return larger;
		};
		this.time = twice(this.time);
		this.flow = twice(this.flow);
		this.side = twice(this.side);
		this.number = twice(this.number);
		this.file = twice(this.file);
		this.protocol = twice(this.protocol);
		this.ttl = twice(this.ttl);
		this.ipId = twice(this.ipId);
		this.length = twice(this.length);
		this.longDigest = twice(this.longDigest);
		this.shortDigest = twice(this.shortDigest);
		this.leastDigest = twice(this.leastDigest);
		this.sequence = twice(this.sequence);
		this.acknowledgement = twice(this.acknowledgement);
		this.flags = twice(this.flags);
	}
}

/** Bytes of transport headers that tell packets apart: ports, of TCP sequence number and flags, of an ICMP echo its numbers. */
const TELLING: ReadonlyMap<number, number> = new Map([
	[Protocol.TCP, 14],
	[Protocol.UDP, 4],
	[Protocol.UDPLITE, 4],
	[Protocol.SCTP, 4],
	[Protocol.DCCP, 4],
	[Protocol.ICMP, 8],
	[Protocol.ICMPV6, 8],
]);

/** What decides, for one capture, where its snaplen cuts a flow's packets: IP version and transport. */
export function kindOfFlow(store: FlowStore, flow: number): string {
	return `${sideAddress(store, flow, 0).includes(":") ? 6 : 4} ${store.protocol(flow)}`;
}

/** How many of the payload's first bytes of two captures are compared; undefined for as good as all. */
export function bytesCompared(a: PacketLog, b: PacketLog): number | undefined {
	if (!a.isCut && !b.isCut) return undefined;
	return a.isCutShort || b.isCutShort ? LEAST : SHORT;
}

/** The digests that two captures have in common. */
export function digests(a: PacketLog, b: PacketLog): readonly [Float64Array, Float64Array] {
	const bytes = bytesCompared(a, b);
	if (bytes === undefined) return [a.longDigest, b.longDigest];
	return bytes === SHORT ? [a.shortDigest, b.shortDigest] : [a.leastDigest, b.leastDigest];
}

/** Reads captures as one. Flows have the indices that a report of the same captures gives them, less one. */
export async function readPacketLog(paths: readonly string[], options: PacketLogOptions): Promise<PacketLog> {
	const { signal, onProgress, window } = options;
	const frames = new Frames(paths, options.tracking, {
		...(window ? { window } : {}),
		...(signal ? { signal } : {}),
		...(onProgress ? { onProgress } : {}),
	});
	// What stopped the first reading leaves this one all that the first one read.
	const stop = options.stop?.aborted ? undefined : options.stop;
	const log = new PacketLog(frames.store);
	let isSnapped = false;
	const take: HeaderVisitor = (packet, flow, relation) => {
		if (relation !== "of") return;
		if (packet.laterFragment) log.fragments++;
		else if (isIcmpError(packet)) log.errors++;
		else if (flow < 0 || log.count >= options.maxPackets) log.refused++;
		else {
			log.add(packet);
			if (isSnapped) log.addCut(packet);
		}
	};
	for await (const { batch, from, to } of frames.runs(options.packets)) {
		for (let i = from; i < to; i++) {
			isSnapped = batch.capturedLength[i]! < batch.wireLength[i]!;
			frames.visit(batch, i, take);
		}
		if (!stop?.aborted) continue;
		log.interruptedAfter = frames.count + to - from;
		break;
	}
	log.epoch = frames.captures.timeline.epoch ?? 0;
	return log;
}

/** Types below an echo request that are no echo reply quote a packet, in both versions (RFC 792, RFC 4443). */
function isIcmpError({ protocol, icmpType }: PacketView): boolean {
	if (protocol === Protocol.ICMPV6) return icmpType < 128;
	return protocol === Protocol.ICMP && [3, 4, 5, 11, 12].includes(icmpType);
}

function isIcmp({ protocol }: PacketView): boolean {
	return protocol === Protocol.ICMP || protocol === Protocol.ICMPV6;
}

const ECHO_SEQUENCE = 6;

/** The sequence number of an echo: unlike the identifier, translation leaves it alone. */
function echoSequence(packet: PacketView): number {
	const at = packet.transportOffset + ECHO_SEQUENCE;
	return isIcmp(packet) && packet.icmpId !== 0 && at + 2 <= packet.end ? packet.view.getUint16(at) : 0;
}

/** 53 bits of the payload's first bytes; NaN where the capture has fewer than the packet had. */
function digest({ data, payloadStart, payloadEnd, payloadLength }: PacketView, most: number): number {
	const wanted = Math.min(most, payloadLength);
	if (payloadEnd - payloadStart < wanted) return Number.NaN;
	const end = payloadStart + wanted;
	let low = 0x811c9dc5;
	let high = 0x2545f491;
	for (let at = payloadStart; at < end; at++) {
		const byte = data[at]!;
		low = Math.imul(low ^ byte, 0x01000193);
		high = Math.imul(high ^ byte ^ (low >>> 13), 0x5bd1e995);
		high ^= high >>> 15;
	}
	return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
