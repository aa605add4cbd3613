import { addressText, endpointText, isGroupAddress } from "../packet/address.ts";
import { type PacketView, Protocol } from "../packet/view.ts";
import { type Allocate, RecordPool } from "./records.ts";
import { analysisOf, TCP_WORDS } from "./tcp.ts";
import { TcpAnalysis } from "./tcp-analysis.ts";

/**
 * Word offsets inside a flow's record: 32-bit words, those that every packet touches in the first of two cache lines. What
 * is marked as a double takes two words.
 */
const AT = {
	/** Double: the latest packet's time. */
	last: 0,
	/** Doubles: bytes of side 0 and side 1. */
	bytes: 2,
	/** Last 4 bytes of each side's address: all of an IPv4 address. */
	address: 6,
	/** Port of side 0 in the upper half, of side 1 in the lower. */
	ports: 8,
	/** What must be equal beside addresses and ports: {@link kindOf}. */
	kind: 9,
	packets: 10,
	vlan: 12,
	/** TCP: handle of the connection's record. ICMP: type << 24 | code << 16 | identifier. */
	more: 14,
	/** File index in the upper 24 bits, {@link TUNNELLED}, {@link CARRIER} and {@link FlowEnding} in the lower 8. */
	fileAndEnd: 15,
	/** Double: the earliest packet's time. */
	first: 16,
	/** Of each side, the upper 3 words of an IPv6 address. */
	upperAddress: 18,
	/** Number of the first packet in its file, unsigned. */
	firstNumber: 24,
	/** Owned by the session part: id of the TFTP transfer, 0 for none. */
	transfer: 25,
	/** Owned by the session part: bytes of each side's TCP stream that it has taken. */
	taken: 26,
} as const;

/**
 * What the session part writes for most packets that it looks at: apart from what the flow part does, which may run in
 * another thread, and eight flows in a cache line.
 */
const SESSION = {
	/** See session/evidence.ts. Negative where payload is no longer wanted. */
	evidence: 0,
	/** The session part's own, 0 at first. */
	handle: 1,
} as const;
const SESSION_WORDS = 2;

/** A flow's record is 112 bytes, rounded up to two cache lines. */
const RECORD_WORDS = 32;
/** Records allocated at a time: 512 kB. */
const RECORD_BITS = 12;

/** Why a record takes no more packets. */
export const FlowEnding = { Open: 0, Closed: 1, Reset: 2, Idle: 3, Reused: 4 } as const;
export type FlowEnding = (typeof FlowEnding)[keyof typeof FlowEnding];
/** The bits that have it. */
const ENDING = 7;

/** Beside the ending: the flow's first packet was inside a tunnel. */
const TUNNELLED = 1 << 7;
/** The flow's packets carry others. */
const CARRIER = 1 << 6;
const IPV6 = 1 << 8;
const NOT_ECHO = 1 << 9;

/** Key word: IP protocol number, IP version, and ICMP other than echo. */
export function kindOf(protocol: number, ipVersion: number, notEcho: boolean): number {
	return protocol | (ipVersion === 6 ? IPV6 : 0) | (notEcho ? NOT_ECHO : 0);
}

/** Gives memory, all zeros, to one of the store's pools. */
export type StoreMemory = (pool: number, bytes: number) => ArrayBufferLike;

/**
 * Flow records in typed arrays, appended and never moved: a flow's index is its place in the order of opening.
 * Side 0 is the sender of the flow's first packet.
 */
export class FlowStore {
	/** TCP connections, see tcp.ts: one for each TCP flow. */
	readonly connections: RecordPool;
	/** What went wrong in them. */
	readonly analysis: TcpAnalysis;
	readonly #records: RecordPool;
	readonly #session: RecordPool;
	/** All that the store's memory is in, in the order of {@link StoreMemory}. */
	readonly pools: readonly RecordPool[];

	/** @param memory null for the store of flows that another thread finds: it gets the same memory, pool by pool. */
	constructor(memory: StoreMemory | null = (_pool, bytes) => new ArrayBuffer(bytes)) {
		const forPool = (pool: number): Allocate | null => memory && ((bytes) => memory(pool, bytes));
		this.#records = new RecordPool(RECORD_WORDS, RECORD_BITS, forPool(0));
		this.connections = new RecordPool(TCP_WORDS, RECORD_BITS, forPool(1));
		this.analysis = new TcpAnalysis(forPool(2), forPool(3));
		this.#session = new RecordPool(SESSION_WORDS, RECORD_BITS, forPool(4));
		const { records, troubles } = this.analysis;
		this.pools = [this.#records, this.connections, records, troubles, this.#session];
	}

	/** Number of flows; indices are `0 … size - 1`. */
	get size(): number {
		return this.#records.size;
	}

	/** The words of the memory that holds `flow`; the record starts at {@link base}. */
	words(flow: number): Int32Array {
		return this.#records.words(flow + 1);
	}

	/** The same memory, for the doubles of the records: the record starts at half of {@link base}. */
	doubles(flow: number): Float64Array {
		return this.#records.doubles(flow + 1);
	}

	/** Index of the record's first word in {@link words}. */
	base(flow: number): number {
		return this.#records.base(flow + 1);
	}

	/** The words of a TCP flow's connection, for the functions of tcp.ts; all zeros for another flow. */
	tcpWords(flow: number): Int32Array {
		return this.connections.words(this.#connection(flow));
	}

	/** Index of the connection's first word in {@link tcpWords}. */
	tcpBase(flow: number): number {
		return this.connections.base(this.#connection(flow));
	}

	#connection(flow: number): number {
		return this.protocol(flow) === Protocol.TCP ? this.#word(flow, AT.more) : 0;
	}

	#double(flow: number, at: number): number {
		return this.doubles(flow)[(this.base(flow) + at) >> 1]!;
	}

	#word(flow: number, at: number): number {
		return this.words(flow)[this.base(flow) + at]!;
	}

	/** Appends a record without packets. @returns its index. */
	open(packet: PacketView, ports: number, kind: number, icmp: number): number {
		const flow = this.#records.open() - 1;
		this.#session.open();
		const words = this.words(flow);
		const base = this.base(flow);
		const doubles = this.doubles(flow);
		doubles[(base + AT.first) >> 1] = packet.time;
		doubles[(base + AT.last) >> 1] = packet.time;
		words[base + AT.address] = packet.src3;
		words[base + AT.address + 1] = packet.dst3;
		if (packet.ipVersion === 6) {
			words[base + AT.upperAddress] = packet.src0;
			words[base + AT.upperAddress + 1] = packet.src1;
			words[base + AT.upperAddress + 2] = packet.src2;
			words[base + AT.upperAddress + 3] = packet.dst0;
			words[base + AT.upperAddress + 4] = packet.dst1;
			words[base + AT.upperAddress + 5] = packet.dst2;
		}
		words[base + AT.ports] = ports;
		words[base + AT.kind] = kind;
		words[base + AT.vlan] = packet.vlan;
		words[base + AT.firstNumber] = packet.number | 0;
		words[base + AT.fileAndEnd] = (packet.file << 8) | (packet.depth > 0 ? TUNNELLED : 0);
		words[base + AT.more] = packet.protocol === Protocol.TCP ? this.connections.open() : icmp;
		return flow;
	}

	/** Gives an untagged flow the tag that a later packet of it carries. */
	tag(flow: number, vlan: number): void {
		this.words(flow)[this.base(flow) + AT.vlan] = vlan;
	}

	end(flow: number, ending: FlowEnding): void {
		const words = this.words(flow);
		const at = this.base(flow) + AT.fileAndEnd;
		words[at] = (words[at]! & ~ENDING) | ending;
	}

	/** Notes that the flow's packets carry others, in flows of their own. */
	setCarrier(flow: number): void {
		this.words(flow)[this.base(flow) + AT.fileAndEnd]! |= CARRIER;
	}

	first(flow: number): number {
		return this.#double(flow, AT.first);
	}
	last(flow: number): number {
		return this.#double(flow, AT.last);
	}
	packets(flow: number, side: 0 | 1): number {
		return this.#word(flow, AT.packets + side) >>> 0;
	}
	/** Bytes on the wire, link header included. */
	bytes(flow: number, side: 0 | 1): number {
		return this.#double(flow, AT.bytes + 2 * side);
	}
	/** One 32-bit word (signed) of a side's address, 0 the most significant; IPv4 is in word 3. */
	addressWord(flow: number, side: 0 | 1, word: 0 | 1 | 2 | 3): number {
		return this.#word(flow, word === 3 ? AT.address + side : AT.upperAddress + 3 * side + word);
	}
	port(flow: number, side: 0 | 1): number {
		const ports = this.#word(flow, AT.ports);
		return side === 0 ? ports >>> 16 : ports & 0xffff;
	}
	protocol(flow: number): number {
		return this.#word(flow, AT.kind) & 0xff;
	}
	ipVersion(flow: number): 4 | 6 {
		return this.#word(flow, AT.kind) & IPV6 ? 6 : 4;
	}
	tunnelled(flow: number): boolean {
		return (this.#word(flow, AT.fileAndEnd) & TUNNELLED) !== 0;
	}
	carrier(flow: number): boolean {
		return (this.#word(flow, AT.fileAndEnd) & CARRIER) !== 0;
	}
	vlan(flow: number): number {
		return this.#word(flow, AT.vlan);
	}
	file(flow: number): number {
		return this.#word(flow, AT.fileAndEnd) >>> 8;
	}
	ending(flow: number): FlowEnding {
		return (this.#word(flow, AT.fileAndEnd) & ENDING) as FlowEnding;
	}
	firstNumber(flow: number): number {
		return this.#word(flow, AT.firstNumber) >>> 0;
	}
	/** ICMP: type << 24 | code << 16 | identifier. */
	icmp(flow: number): number {
		return this.#word(flow, AT.more);
	}
	/** TCP: see {@link TcpAnalysis}. */
	analysisHandle(flow: number): number {
		return analysisOf(this.tcpWords(flow), this.tcpBase(flow));
	}
	evidence(flow: number): number {
		return this.#session.words(flow + 1)[this.#session.base(flow + 1) + SESSION.evidence]!;
	}
	setEvidence(flow: number, evidence: number): void {
		this.#setSession(flow, SESSION.evidence, evidence);
	}
	/** A handle of the session part, 0 at first. */
	sessionHandle(flow: number): number {
		return this.#session.words(flow + 1)[this.#session.base(flow + 1) + SESSION.handle]!;
	}
	setSessionHandle(flow: number, handle: number): void {
		this.#setSession(flow, SESSION.handle, handle);
	}
	/** Another thread may have the word in its cache: it is left there where nothing changes. */
	#setSession(flow: number, at: number, value: number): void {
		const words = this.#session.words(flow + 1);
		const place = this.#session.base(flow + 1) + at;
		if (words[place] !== value) words[place] = value;
	}
	/** Bytes of a side's TCP stream that the session part has taken, from {@link PacketView.streamStart} on. */
	taken(flow: number, side: 0 | 1): number {
		return this.#word(flow, AT.taken + side);
	}
	take(flow: number, side: 0 | 1, bytes: number): void {
		this.words(flow)[this.base(flow) + AT.taken + side]! += bytes;
	}
	transfer(flow: number): number {
		return this.#word(flow, AT.transfer);
	}
	setTransfer(flow: number, transfer: number): void {
		this.words(flow)[this.base(flow) + AT.transfer] = transfer;
	}
	/** The other end of a conversation with itself (`127.0.0.1` to `127.0.0.1`) is the same address. */
	sameAddress(flow: number): boolean {
		const words = this.words(flow);
		const a = this.base(flow) + AT.address;
		const b = this.base(flow) + AT.upperAddress;
		return (
			words[a] === words[a + 1] &&
			words[b] === words[b + 3] &&
			words[b + 1] === words[b + 4] &&
			words[b + 2] === words[b + 5]
		);
	}
}

/** Whether a side is no host: a multicast group, or a broadcast address. */
export function isGroupSide(store: FlowStore, flow: number, side: 0 | 1): boolean {
	return isGroupAddress(store.ipVersion(flow), store.addressWord(flow, side, 0), store.addressWord(flow, side, 3));
}

/** A side's `address:port` as text. */
export function sideEndpoint(store: FlowStore, flow: number, side: 0 | 1): string {
	return endpointText(sideAddress(store, flow, side), store.port(flow, side));
}

/** A side's address as text. */
export function sideAddress(store: FlowStore, flow: number, side: 0 | 1): string {
	return addressText(
		store.ipVersion(flow),
		store.addressWord(flow, side, 0),
		store.addressWord(flow, side, 1),
		store.addressWord(flow, side, 2),
		store.addressWord(flow, side, 3),
	);
}

/**
 * Which side of a flow sends `packet`.
 * @param words and `base`: where the flow's record is, see {@link FlowStore.words}.
 * @returns 0 or 1, or -1 where the flow is another conversation. An untagged packet fits a tagged flow and the
 * other way round (capture points often strip the tag of one direction); two different tags do not.
 */
export function sideOf(words: Int32Array, base: number, packet: PacketView, ports: number, kind: number): 0 | 1 | -1 {
	if (words[base + AT.kind] !== kind) return -1;
	const flowVlan = words[base + AT.vlan]!;
	const { vlan, src3, dst3 } = packet;
	if (flowVlan !== vlan && flowVlan !== 0 && vlan !== 0) return -1;
	const flowPorts = words[base + AT.ports]!;
	const a = words[base + AT.address]!;
	const b = words[base + AT.address + 1]!;
	const upper = base + AT.upperAddress;
	const isIpv4 = (kind & IPV6) === 0;
	const { src0, src1, src2, dst0, dst1, dst2 } = packet;
	if (flowPorts === ports && a === src3 && b === dst3) {
		if (isIpv4 || areUpper(words, upper, src0, src1, src2, dst0, dst1, dst2)) return 0;
	}
	if (flowPorts === ((ports << 16) | (ports >>> 16)) && a === dst3 && b === src3) {
		if (isIpv4 || areUpper(words, upper, dst0, dst1, dst2, src0, src1, src2)) return 1;
	}
	return -1;
}

/** Whether the upper words of side 0's and side 1's IPv6 address are these. */
function areUpper(
	words: Int32Array,
	at: number,
	a0: number,
	a1: number,
	a2: number,
	b0: number,
	b1: number,
	b2: number,
): boolean {
	return (
		words[at] === a0 &&
		words[at + 1] === a1 &&
		words[at + 2] === a2 &&
		words[at + 3] === b0 &&
		words[at + 4] === b1 &&
		words[at + 5] === b2
	);
}

/** VLAN tags of a record, as {@link PacketView.vlan}. */
export function vlanOf(words: Int32Array, base: number): number {
	return words[base + AT.vlan]!;
}

/** Time of a record's latest packet. */
export function lastOf(doubles: Float64Array, base: number): number {
	return doubles[(base + AT.last) >> 1]!;
}

/** Time of a record's earliest packet. */
export function firstOf(doubles: Float64Array, base: number): number {
	return doubles[(base + AT.first) >> 1]!;
}

/** Handle of a TCP flow's connection in {@link FlowStore.connections}. */
export function connectionOf(words: Int32Array, base: number): number {
	return words[base + AT.more]!;
}

/** Counts packets of one side in a record. @param first and `last`: the times of the earliest and latest of them. */
export function countIn(
	words: Int32Array,
	doubles: Float64Array,
	base: number,
	side: 0 | 1,
	packets: number,
	bytes: number,
	first: number,
	last: number,
): void {
	const d = base >> 1;
	words[base + AT.packets + side]! += packets;
	doubles[d + (AT.bytes >> 1) + side]! += bytes;
	if (last > doubles[d + (AT.last >> 1)]!) doubles[d + (AT.last >> 1)] = last;
	// Only a packet that is older than the latest one can be older than the first.
	if (first < doubles[d + (AT.last >> 1)]! && first < doubles[d + (AT.first >> 1)]!)
		doubles[d + (AT.first >> 1)] = first;
}
