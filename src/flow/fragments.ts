import type { PacketView } from "../packet/view.ts";
import { FlowHash } from "./flow-hash.ts";
import { kindOf } from "./store.ts";

/** Fragmented packets followed at a time; a newer one takes the place of one with the same hash. */
const ENTRIES = 8192;
/** Fragments of one packet arrive together; RFC 791 suggests 15 s for reassembly, Linux waits 30 s. */
const LIFETIME = 30e9;
/** In place of ports: tells the two directions from each other. */
const SENDER = 1 << 16;

/**
 * Remembers which flow a fragmented packet belongs to, because only its first fragment has the ports (RFC 791, 3.2;
 * RFC 8200, 4.5). Fragments that arrive before their first one are held as counts. Bounded: direct-mapped arrays.
 */
export class FragmentTable {
	/** Fragments given up: their first one never came. */
	#orphans = 0;
	/** What {@link remember} found held: packets, bytes, times of the earliest and latest. */
	heldPackets = 0;
	heldBytes = 0;
	heldFirst = 0;
	heldLast = 0;
	readonly #conversations = new FlowHash();
	readonly #hash = new Int32Array(ENTRIES);
	readonly #id = new Int32Array(ENTRIES);
	/** Flow and side, or -1 while the first fragment is awaited. */
	readonly #flow = new Float64Array(ENTRIES);
	/** 0 for a free entry. */
	readonly #used = new Uint8Array(ENTRIES);
	readonly #time = new Float64Array(ENTRIES);
	/** Fragments held: 0 from the first one on. */
	readonly #packets = new Int32Array(ENTRIES);
	readonly #bytes = new Float64Array(ENTRIES);
	readonly #first = new Float64Array(ENTRIES);

	/** Fragments whose first one has not come (yet). */
	get orphans(): number {
		let waiting = 0;
		for (let entry = 0; entry < ENTRIES; entry++) waiting += this.#packets[entry]!;
		return this.#orphans + waiting;
	}

	/** Ties the packet's later fragments to a flow. @returns whether fragments of it were held: see `held…`. */
	remember(packet: PacketView, flow: number, side: 0 | 1): boolean {
		const hash = this.#hashOf(packet);
		const entry = hash & (ENTRIES - 1);
		const held = this.#holds(entry, hash, packet) && this.#flow[entry] === -1;
		if (held) {
			this.heldPackets = this.#packets[entry]!;
			this.heldBytes = this.#bytes[entry]!;
			this.heldFirst = this.#first[entry]!;
			this.heldLast = this.#time[entry]!;
			this.#packets[entry] = 0;
		} else {
			this.#take(entry, hash, packet);
		}
		this.#flow[entry] = flow * 2 + side;
		this.#time[entry] = packet.time;
		return held;
	}

	/** @returns flow * 2 + side of the fragment's packet, or -1. */
	lookup(packet: PacketView): number {
		const hash = this.#hashOf(packet);
		const entry = hash & (ENTRIES - 1);
		return this.#holds(entry, hash, packet) ? this.#flow[entry]! : -1;
	}

	/** Counts a fragment that came before its first one. */
	hold(packet: PacketView): void {
		const hash = this.#hashOf(packet);
		const entry = hash & (ENTRIES - 1);
		if (!this.#holds(entry, hash, packet)) {
			this.#take(entry, hash, packet);
			this.#flow[entry] = -1;
			this.#first[entry] = packet.time;
		}
		this.#packets[entry]! += 1;
		this.#bytes[entry]! += packet.wireLength;
		this.#time[entry] = packet.time;
	}

	#holds(entry: number, hash: number, packet: PacketView): boolean {
		return (
			this.#used[entry] === 1 &&
			this.#hash[entry] === hash &&
			this.#id[entry] === packet.ipId &&
			Math.abs(packet.time - this.#time[entry]!) <= LIFETIME
		);
	}

	#take(entry: number, hash: number, packet: PacketView): void {
		this.#orphans += this.#packets[entry]!;
		this.#used[entry] = 1;
		this.#hash[entry] = hash;
		this.#id[entry] = packet.ipId;
		this.#packets[entry] = 0;
		this.#bytes[entry] = 0;
	}

	/** Of one direction: only the sender counts its identifications. */
	#hashOf(packet: PacketView): number {
		const kind = kindOf(packet.protocol, packet.ipVersion, false);
		const hash = this.#conversations.of(packet, SENDER, kind) ^ Math.imul(packet.ipId, 0x9e3779b1);
		return hash ^ (hash >>> 15);
	}
}
