import { type PacketView, Protocol, TcpFlag } from "../packet/view.ts";
import { FlowHash } from "./flow-hash.ts";
import { FragmentTable } from "./fragments.ts";
import {
	connectionOf,
	countIn,
	FlowEnding,
	FlowStore,
	firstOf,
	kindOf,
	lastOf,
	type StoreMemory,
	sideOf,
	vlanOf,
} from "./store.ts";
import { analysisOf, setAnalysis, startsNewConnection, tcpEnd, trackTcp } from "./tcp.ts";

/** After how much silence a conversation on the same ports is a new flow, in nanoseconds of packet time. */
export interface IdleTimeouts {
	readonly tcp: number;
	readonly udp: number;
	readonly icmp: number;
	readonly other: number;
}

const SECOND = 1e9;

/**
 * TCP: beyond the two hours after which stacks send their first keep-alive (RFC 9293, 3.8.4), a silent connection is
 * not known to be alive. UDP: Linux conntrack's 180 s for a two-way stream. ICMP: Zeek's 60 s.
 */
export const DEFAULT_IDLE: IdleTimeouts = {
	tcp: 7500 * SECOND,
	udp: 180 * SECOND,
	icmp: 60 * SECOND,
	other: 300 * SECOND,
};

/** After how much silence a flow of an IP protocol is over, in nanoseconds. */
export function idleTimeout(idle: IdleTimeouts, protocol: number): number {
	if (protocol === Protocol.TCP) return idle.tcp;
	if (protocol === Protocol.UDP || protocol === Protocol.UDPLITE) return idle.udp;
	return protocol === Protocol.ICMP || protocol === Protocol.ICMPV6 ? idle.icmp : idle.other;
}

/** Most flows that a run, or a piece of it, keeps: some 2 GB. Packets of further flows are counted as refused. */
export const DEFAULT_MAX_FLOWS = 4_000_000;

/**
 * Flows that one hash finds. An untagged packet may belong to a tagged flow, so tags are not in it; beyond so many VLANs
 * with the same conversation they are, and the packets of each find its own flow alone.
 */
const MAX_VLANS = 16;

const FIRST_SLOTS = 1 << 14;
/** Flows of the last packets, found without the large table: enough for the conversations that run at a time. */
const RECENT_SLOTS = 1 << 13;

/**
 * The flow table: finds or opens the flow of each packet and counts the packet in it.
 *
 * The index is an open-addressing hash table of (hash, flow + 1) pairs; the hash ({@link FlowHash}) is the same for both
 * directions and has a key of its own for each table, so that a capture cannot be written that fills one chain. A slot
 * keeps the newest flow of its conversation: after FIN, RST or a timeout the record stays in the store and the slot moves on. In front of the
 * table, a small one without probing, which the processor's cache holds whole, answers for nearly every packet.
 */
export class FlowTable {
	readonly store: FlowStore;
	/** Side of the flow that sent the packet just counted: 0 opened it. */
	side: 0 | 1 = 0;
	/** Packets of flows beyond the limit: they are in no flow. */
	refused = 0;
	readonly #idle: IdleTimeouts;
	readonly #maxFlows: number;
	readonly #fragments = new FragmentTable();
	readonly #hash = new FlowHash();
	#slots = new Int32Array(FIRST_SLOTS * 2);
	#mask = FIRST_SLOTS - 1;
	/** Pairs as in the table; only flows whose tag is the packet's are looked up here. */
	readonly #recent = new Int32Array(RECENT_SLOTS * 2);
	#used = 0;

	/** @param memory for the store, where it is not its own. */
	constructor(options: { idle?: Partial<IdleTimeouts>; maxFlows?: number } = {}, memory?: StoreMemory) {
		this.store = new FlowStore(memory);
		this.#idle = { ...DEFAULT_IDLE, ...options.idle };
		this.#maxFlows = options.maxFlows ?? DEFAULT_MAX_FLOWS;
	}

	/** First fragments without any other one: what they began is not whole. */
	get loneFragments(): number {
		return this.#fragments.lone;
	}

	/** Fragments whose first fragment, which alone has the ports, never came. */
	get orphanFragments(): number {
		return this.#fragments.orphans;
	}

	/**
	 * Counts `packet` in its flow, opening one where needed.
	 * @returns the flow's index, or -1 where the packet belongs to none (yet): a fragment that came before its first
	 * one, or a flow beyond the limit.
	 */
	update(packet: PacketView): number {
		if (packet.laterFragment) return this.#laterFragment(packet);
		const protocol = packet.protocol;
		let ports = (packet.srcPort << 16) | packet.dstPort;
		let notEcho = false;
		let icmp = 0;
		if (protocol === Protocol.ICMP || protocol === Protocol.ICMPV6) {
			const message = (packet.icmpType << 8) | packet.icmpCode;
			notEcho = packet.icmpId === 0;
			ports = notEcho ? (message << 16) | message : (packet.icmpId << 16) | packet.icmpId;
			icmp = (message << 16) | packet.icmpId;
		}
		const kind = kindOf(protocol, packet.ipVersion, notEcho);
		const hash = this.#hash.of(packet, ports, kind);
		const store = this.store;
		const recent = this.#recent;
		const place = 2 * (hash & (RECENT_SLOTS - 1));
		if (recent[place] === hash && recent[place + 1] !== 0) {
			const flow = recent[place + 1]! - 1;
			const words = store.words(flow);
			const base = store.base(flow);
			const side = sideOf(words, base, packet, ports, kind);
			if (side >= 0 && vlanOf(words, base) === packet.vlan) {
				const doubles = store.doubles(flow);
				if (this.#over(words, doubles, base, packet, side as 0 | 1) === FlowEnding.Open)
					return this.#count(flow, words, doubles, base, packet, side as 0 | 1);
			}
		}
		recent[place] = hash;
		const slots = this.#slots;
		let chain = hash;
		let strangers = 0;
		let slot = chain & this.#mask;
		for (let entry = slots[2 * slot + 1]!; entry !== 0; entry = slots[2 * slot + 1]!) {
			if (slots[2 * slot] === chain) {
				const flow = entry - 1;
				const words = store.words(flow);
				const base = store.base(flow);
				const side = sideOf(words, base, packet, ports, kind);
				if (side >= 0) {
					const doubles = store.doubles(flow);
					const ending = this.#over(words, doubles, base, packet, side as 0 | 1);
					if (ending !== FlowEnding.Open) {
						// Where there is no room for a new flow, the old one stays: its further packets are counted in it.
						if (store.size < this.#maxFlows) store.end(flow, ending);
						break;
					}
					if (packet.vlan !== 0 && vlanOf(words, base) === 0) store.tag(flow, packet.vlan);
					recent[place + 1] = entry;
					return this.#count(flow, words, doubles, base, packet, side as 0 | 1);
				}
				if (++strangers === MAX_VLANS) {
					chain = this.#hash.withWord(hash, packet.vlan);
					slot = chain & this.#mask;
					continue;
				}
			}
			slot = (slot + 1) & this.#mask;
		}
		if (store.size >= this.#maxFlows) {
			this.refused++;
			recent[place + 1] = 0;
			return -1;
		}
		const fresh = slots[2 * slot + 1] === 0;
		const flow = store.open(packet, ports, kind, icmp);
		slots[2 * slot] = chain;
		slots[2 * slot + 1] = flow + 1;
		recent[place + 1] = flow + 1;
		if (fresh && ++this.#used * 2 > this.#mask) this.#grow();
		return this.#count(flow, store.words(flow), store.doubles(flow), store.base(flow), packet, 0);
	}

	/**
	 * Finds the flow of a packet with ports that is not in the capture itself (one that an ICMP message quotes), and sets
	 * {@link side} to its sender.
	 * @returns the flow's index, or -1 for none.
	 */
	find(packet: PacketView): number {
		const { protocol, icmpId } = packet;
		let ports = (packet.srcPort << 16) | packet.dstPort;
		let notEcho = false;
		if (protocol === Protocol.ICMP || protocol === Protocol.ICMPV6) {
			const message = (packet.icmpType << 8) | packet.icmpCode;
			notEcho = icmpId === 0;
			ports = notEcho ? (message << 16) | message : (icmpId << 16) | icmpId;
		}
		const kind = kindOf(protocol, packet.ipVersion, notEcho);
		let chain = this.#hash.of(packet, ports, kind);
		const slots = this.#slots;
		let strangers = 0;
		let slot = chain & this.#mask;
		for (let entry = slots[2 * slot + 1]!; entry !== 0; entry = slots[2 * slot + 1]!) {
			if (slots[2 * slot] === chain) {
				const side = sideOf(this.store.words(entry - 1), this.store.base(entry - 1), packet, ports, kind);
				if (side >= 0) {
					this.side = side as 0 | 1;
					return entry - 1;
				}
				if (++strangers === MAX_VLANS) {
					chain = this.#hash.withWord(chain, packet.vlan);
					slot = chain & this.#mask;
					continue;
				}
			}
			slot = (slot + 1) & this.#mask;
		}
		return -1;
	}

	/** Whether the flow's record is over before this packet, and why. */
	#over(words: Int32Array, doubles: Float64Array, base: number, packet: PacketView, side: 0 | 1): FlowEnding {
		const silence = packet.time - lastOf(doubles, base);
		if (packet.protocol === Protocol.TCP) {
			if (silence > this.#idle.tcp) return FlowEnding.Idle;
			if (!(packet.tcpFlags & TcpFlag.SYN)) return FlowEnding.Open;
			const { connections } = this.store;
			const connection = connectionOf(words, base);
			const tcp = connections.words(connection);
			const state = connections.base(connection);
			if (startsNewConnection(tcp, state, packet, side)) {
				const end = tcpEnd(tcp, state);
				return end === "reset" ? FlowEnding.Reset : end === "closed" ? FlowEnding.Closed : FlowEnding.Reused;
			}
			return FlowEnding.Open;
		}
		return silence > idleTimeout(this.#idle, packet.protocol) ? FlowEnding.Idle : FlowEnding.Open;
	}

	#count(
		flow: number,
		words: Int32Array,
		doubles: Float64Array,
		base: number,
		packet: PacketView,
		side: 0 | 1,
	): number {
		this.side = side;
		if (packet.protocol === Protocol.TCP) this.#countTcp(words, doubles, base, packet, side);
		countIn(words, doubles, base, side, 1, packet.wireLength, packet.time, packet.time);
		if (packet.fragment) {
			const fragments = this.#fragments;
			if (fragments.remember(packet, flow, side)) {
				const { heldPackets, heldBytes, heldFirst, heldLast } = fragments;
				countIn(words, doubles, base, side, heldPackets, heldBytes, heldFirst, heldLast);
			}
		}
		return flow;
	}

	/** Before the packet is counted: the analysis begins with what was counted until then. */
	#countTcp(words: Int32Array, doubles: Float64Array, base: number, packet: PacketView, side: 0 | 1): void {
		const { analysis, connections } = this.store;
		const connection = connectionOf(words, base);
		const tcp = connections.words(connection);
		const state = connections.base(connection);
		let handle = analysisOf(tcp, state);
		if (handle <= 0) {
			handle = analysis.open(handle, firstOf(doubles, base), lastOf(doubles, base), tcp, state, packet, side);
			setAnalysis(tcp, state, handle);
		}
		if (handle > 0) analysis.take(handle, packet, side);
		trackTcp(tcp, state, packet, side);
	}

	#laterFragment(packet: PacketView): number {
		const known = this.#fragments.lookup(packet);
		if (known < 0) {
			this.#fragments.hold(packet);
			return -1;
		}
		const flow = Math.floor(known / 2);
		const { store } = this;
		this.side = (known % 2) as 0 | 1;
		const { wireLength, time } = packet;
		countIn(store.words(flow), store.doubles(flow), store.base(flow), this.side, 1, wireLength, time, time);
		return flow;
	}

	#grow(): void {
		const old = this.#slots;
		const size = (this.#mask + 1) * 2;
		const slots = new Int32Array(size * 2);
		const mask = size - 1;
		for (let i = 0; i < old.length; i += 2) {
			if (old[i + 1] === 0) continue;
			let slot = old[i]! & mask;
			while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
			slots[2 * slot] = old[i]!;
			slots[2 * slot + 1] = old[i + 1]!;
		}
		this.#slots = slots;
		this.#mask = mask;
	}
}
