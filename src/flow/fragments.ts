import type { PacketView } from "../packet/view.ts";
import { FlowHash } from "./flow-hash.ts";
import { kindOf } from "./store.ts";

/** Fragmented packets followed at a time, a power of two; the oldest gives way. */
export const MAX_FRAGMENTED = 8192;
/** Fragments of one packet arrive together; RFC 791 suggests 15 s for reassembly, Linux waits 30 s. */
export const FRAGMENT_LIFETIME = 30e9;
/** In place of ports: tells the two directions from each other. */
const SENDER = 1 << 16;
/** What tells fragmented packets apart: addresses, identification, and protocol with IP version. */
const KEY_WORDS = 10;
const NONE = -1;

/**
 * Remembers which flow a fragmented packet belongs to, because only its first fragment has the ports (RFC 791, 3.2;
 * RFC 8200, 4.5). Fragments that arrive before their first one are held as counts. Bounded: entries are taken in turn.
 */
export class FragmentTable {
	/** Fragments given up: their first one never came. */
	#orphans = 0;
	/** First fragments given up: no other one came. */
	#lone = 0;
	/** What {@link remember} found held: packets, bytes, times of the earliest and latest. */
	heldPackets = 0;
	heldBytes = 0;
	heldFirst = 0;
	heldLast = 0;
	readonly #conversations = new FlowHash();
	/** First entry of each chain of entries whose hashes end alike. */
	readonly #chains = new Int32Array(MAX_FRAGMENTED).fill(NONE);
	/** By entry: the next one of its chain. */
	readonly #next = new Int32Array(MAX_FRAGMENTED).fill(NONE);
	/** By entry: the chain that it is in; {@link NONE} for a free entry. */
	readonly #chain = new Int32Array(MAX_FRAGMENTED).fill(NONE);
	readonly #keys = new Int32Array(MAX_FRAGMENTED * KEY_WORDS);
	/** The entry that is taken next: a free one, or the oldest. */
	#turn = 0;
	/** Flow and side, or -1 while the first fragment is awaited. */
	readonly #flow = new Float64Array(MAX_FRAGMENTED);
	readonly #time = new Float64Array(MAX_FRAGMENTED);
	/** Fragments held: 0 from the first one on. */
	readonly #packets = new Int32Array(MAX_FRAGMENTED);
	readonly #bytes = new Float64Array(MAX_FRAGMENTED);
	readonly #first = new Float64Array(MAX_FRAGMENTED);
	/** 1 for a first fragment of whose packet no other one came. */
	readonly #isLone = new Uint8Array(MAX_FRAGMENTED);

	/** Fragments whose first one has not come (yet). */
	get orphans(): number {
		let waiting = 0;
		for (let entry = 0; entry < MAX_FRAGMENTED; entry++) waiting += this.#packets[entry]!;
		return this.#orphans + waiting;
	}

	/** First fragments of packets of which no other one has come (yet). */
	get lone(): number {
		return this.#isLone.reduce((sum, each) => sum + each, this.#lone);
	}

	/** Ties the packet's later fragments to a flow. @returns whether fragments of it were held: see `held…`. */
	remember(packet: PacketView, flow: number, side: 0 | 1): boolean {
		const chain = this.#chainOf(packet);
		let entry = this.#find(chain, packet);
		const held = entry !== NONE && this.#flow[entry] === NONE;
		if (held) {
			this.heldPackets = this.#packets[entry]!;
			this.heldBytes = this.#bytes[entry]!;
			this.heldFirst = this.#first[entry]!;
			this.heldLast = this.#time[entry]!;
			this.#packets[entry] = 0;
		} else if (entry === NONE) {
			entry = this.#take(chain, packet);
			this.#isLone[entry] = 1;
		}
		this.#flow[entry] = flow * 2 + side;
		this.#time[entry] = packet.time;
		return held;
	}

	/** Of a later fragment. @returns flow * 2 + side of its packet, or -1. */
	lookup(packet: PacketView): number {
		const entry = this.#find(this.#chainOf(packet), packet);
		if (entry === NONE) return NONE;
		this.#isLone[entry] = 0;
		return this.#flow[entry]!;
	}

	/** Counts a fragment that came before its first one. */
	hold(packet: PacketView): void {
		const chain = this.#chainOf(packet);
		let entry = this.#find(chain, packet);
		if (entry === NONE) {
			entry = this.#take(chain, packet);
			this.#first[entry] = packet.time;
		}
		this.#packets[entry]! += 1;
		this.#bytes[entry]! += packet.wireLength;
		this.#time[entry] = packet.time;
	}

	/** @returns the packet's entry; one that is too old is another packet's with the same identification. */
	#find(chain: number, packet: PacketView): number {
		let entry = this.#chains[chain]!;
		while (entry !== NONE && !this.#isOf(entry, packet)) entry = this.#next[entry]!;
		return entry;
	}

	#isOf(entry: number, packet: PacketView): boolean {
		const keys = this.#keys;
		const at = entry * KEY_WORDS;
		return (
			keys[at] === packet.ipId &&
			keys[at + 1] === packet.src3 &&
			keys[at + 2] === packet.dst3 &&
			keys[at + 3] === kindOf(packet.protocol, packet.ipVersion, false) &&
			keys[at + 4] === packet.src0 &&
			keys[at + 5] === packet.src1 &&
			keys[at + 6] === packet.src2 &&
			keys[at + 7] === packet.dst0 &&
			keys[at + 8] === packet.dst1 &&
			keys[at + 9] === packet.dst2 &&
			Math.abs(packet.time - this.#time[entry]!) <= FRAGMENT_LIFETIME
		);
	}

	/** @returns an entry for the packet, in which nothing is held. */
	#take(chain: number, packet: PacketView): number {
		const entry = this.#turn;
		this.#turn = (entry + 1) & (MAX_FRAGMENTED - 1);
		this.#orphans += this.#packets[entry]!;
		this.#lone += this.#isLone[entry]!;
		this.#isLone[entry] = 0;
		if (this.#chain[entry] !== NONE) this.#unchain(entry, this.#chain[entry]!);
		const { ipId, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = packet;
		const keys = this.#keys;
		const at = entry * KEY_WORDS;
		keys[at] = ipId;
		keys[at + 1] = src3;
		keys[at + 2] = dst3;
		keys[at + 3] = kindOf(packet.protocol, packet.ipVersion, false);
		keys[at + 4] = src0;
		keys[at + 5] = src1;
		keys[at + 6] = src2;
		keys[at + 7] = dst0;
		keys[at + 8] = dst1;
		keys[at + 9] = dst2;
		this.#flow[entry] = NONE;
		this.#packets[entry] = 0;
		this.#bytes[entry] = 0;
		this.#chain[entry] = chain;
		this.#next[entry] = this.#chains[chain]!;
		this.#chains[chain] = entry;
		return entry;
	}

	#unchain(entry: number, chain: number): void {
		const after = this.#next[entry]!;
		let before = this.#chains[chain]!;
		if (before === entry) {
			this.#chains[chain] = after;
			return;
		}
		while (this.#next[before] !== entry) before = this.#next[before]!;
		this.#next[before] = after;
	}

	/** Of one direction: only the sender counts its identifications. */
	#chainOf(packet: PacketView): number {
		const kind = kindOf(packet.protocol, packet.ipVersion, false);
		const hash = this.#conversations.of(packet, SENDER, kind);
		return this.#conversations.withWord(hash, packet.ipId) & (MAX_FRAGMENTED - 1);
	}
}
