import { copyBytes } from "./capture/batch.ts";
import { DuplicateDetector } from "./flow/duplicates.ts";
import { FlowTable, type IdleTimeouts } from "./flow/table.ts";
import { isUndelivered } from "./packet/icmp.ts";
import type { PacketVector } from "./packet/vector.ts";
import { PacketView } from "./packet/view.ts";
import { Reachability } from "./session/reachability.ts";
import { Sessions } from "./session/sessions.ts";

export interface EngineOptions {
	readonly idle?: Partial<IdleTimeouts>;
	readonly maxFlows?: number;
	/** Whether one packet may have been captured in several places: several files, interfaces or a cooked capture. */
	readonly severalFiles: boolean;
	/** Index of a flow whose first payload bytes are to be kept. */
	readonly watch?: number;
}

/** Room for the tunnel depth (4 bits) and a cooked capture's own interface number (16 bits) beside the interface. */
const DEPTH_BITS = 4;
const SUB_INTERFACE_BITS = 16;

/** Payload kept of each side of the watched flow: enough to see what a protocol's first messages are. */
const HEAD_BYTES = 256;
/** No flow has this index: where none is watched. */
const NO_FLOW = -2;

/** Packets in; flows, evidence and sessions out. The per-packet path: nothing here allocates. */
export class Engine {
	readonly table: FlowTable;
	readonly sessions: Sessions;
	readonly #packet = new PacketView();
	packets = 0;
	/** Bytes on the wire. */
	bytes = 0;
	/** Earliest and latest packet, nanoseconds since the run's epoch. */
	start = Number.POSITIVE_INFINITY;
	end = Number.NEGATIVE_INFINITY;
	duplicates = 0;
	readonly #duplicates = new DuplicateDetector();
	readonly #reachability: Reachability;
	readonly #severalFiles: boolean;
	readonly #watched: number;
	/** First payload bytes of the watched flow, by side. */
	readonly heads: readonly [Uint8Array[], Uint8Array[]] = [[], []];

	constructor(options: EngineOptions) {
		this.#severalFiles = options.severalFiles;
		this.#watched = options.watch ?? NO_FLOW;
		this.table = new FlowTable(options);
		this.sessions = new Sessions(this.table.store);
		this.#reachability = new Reachability(this.table, this.sessions.incidents);
	}

	/** Takes in decoded packets. */
	ingest(vector: PacketVector): void {
		const { table, sessions } = this;
		const packet = this.#packet;
		const { count, start, end } = vector;
		const severalPlaces = this.#severalFiles || vector.hasPlaces;
		let outer = -1;
		/** Depth from which a frame's packets are left out: they are in one that was captured before. */
		let copied = Number.POSITIVE_INFINITY;
		vector.open(packet);
		for (let i = 0; i < count; i++) {
			vector.get(i, packet);
			const { depth } = packet;
			if (depth === 0) copied = Number.POSITIVE_INFINITY;
			else if (depth > copied) continue;
			if (severalPlaces && this.#isDuplicate()) {
				copied = depth;
				continue;
			}
			const flow = table.update(packet);
			if (depth > 0 && outer >= 0) table.store.setCarrier(outer);
			outer = flow;
			if (flow === this.#watched) this.#keepHead();
			if (flow >= 0 && table.wantsPayload && packet.payloadEnd > packet.payloadStart)
				sessions.observe(packet, flow, table.side);
			if (isUndelivered(packet)) this.#reachability.observe(packet);
		}
		this.packets += vector.frames;
		this.bytes += vector.bytes;
		if (start < this.start) this.start = start;
		if (end > this.end) this.end = end;
	}

	/** The capture is over: nothing more waits. */
	finish(): void {
		this.sessions.finish();
	}

	#keepHead(): void {
		const { data, payloadStart, payloadEnd } = this.#packet;
		const head = this.heads[this.table.side];
		const kept = head.reduce((sum, { length }) => sum + length, 0);
		if (kept < HEAD_BYTES && payloadEnd > payloadStart)
			head.push(copyBytes(data, payloadStart, Math.min(payloadEnd, payloadStart + HEAD_BYTES - kept)));
	}

	/** The packet, or the outer one that carries it, was captured before in another place. */
	#isDuplicate(): boolean {
		const packet = this.#packet;
		const place = (((packet.interface << SUB_INTERFACE_BITS) | packet.subInterface) << DEPTH_BITS) | packet.depth;
		if (!this.#duplicates.isDuplicate(packet, place)) return false;
		this.duplicates++;
		return true;
	}
}
