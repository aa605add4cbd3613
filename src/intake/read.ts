import type { CaptureInterface, PacketBatch } from "../capture/batch.ts";
import type { CaptureSet } from "../capture/open.ts";
import type { FlowStore } from "../flow/store.ts";
import type { FlowTracker } from "../flow/tracker.ts";
import { MAX_TUNNEL_DEPTH, PacketDecoder } from "../packet/decode.ts";
import type { PacketVector } from "../packet/vector.ts";
import type { IntakeSummary } from "./intake.ts";

const LINKTYPE_LINUX_SLL2 = 276;

/** Whether packets may have been captured in more than one place, as far as the files were read. */
export function haveSeveralPlaces(interfaces: readonly CaptureInterface[], batch: PacketBatch, from: number): boolean {
	// A cooked capture's one interface stands for several.
	return interfaces.length > 1 || interfaces[batch.interface[from]!]?.linkType === LINKTYPE_LINUX_SLL2;
}

/** Makes what finds the flows of a piece of the run. */
export type NewTracker = () => FlowTracker;

/**
 * Reads captures to their end: the per-packet path up to the flow table. Nothing here allocates for a packet. Where flows
 * grow too many, the run goes on in another piece, with another flow table.
 */
export class CaptureRun {
	packets = 0;
	#bytes = 0;
	/** Earliest and latest packet, nanoseconds since the run's epoch. */
	#start = Number.POSITIVE_INFINITY;
	#end = Number.NEGATIVE_INFINITY;
	readonly #captures: CaptureSet;
	readonly #newTracker: NewTracker;
	#decoder: PacketDecoder;
	#tracker: FlowTracker;
	/** Packets of the pieces before. */
	#before = 0;

	constructor(captures: CaptureSet, newTracker: NewTracker) {
		this.#captures = captures;
		this.#newTracker = newTracker;
		this.#decoder = new PacketDecoder(captures.interfaces);
		this.#tracker = newTracker();
	}

	/** The flows of the present piece. */
	get store(): FlowStore {
		return this.#tracker.table.store;
	}

	/** The packets that the session part wants. @param next gives the vector to fill; undefined to end here, interrupted. */
	async *vectors(next: () => PacketVector | undefined): AsyncGenerator<PacketVector, void, undefined> {
		const { interfaces } = this.#captures;
		for await (const { batch, from, to } of this.#captures.runs()) {
			const hasPlaces = haveSeveralPlaces(interfaces, batch, from);
			let at = from;
			// Of a run without packets, too: an interrupt is noticed where a vector is asked for.
			do {
				const vector = next();
				if (!vector) {
					this.#captures.interrupt();
					return;
				}
				at = this.fill(vector, batch, at, to, hasPlaces);
				vector.isLast = this.#tracker.isFull;
				yield vector;
				if (this.#tracker.isFull) this.#beginPiece();
			} while (at < to);
		}
	}

	#beginPiece(): void {
		this.#before += this.packets;
		this.packets = 0;
		this.#bytes = 0;
		this.#start = Number.POSITIVE_INFINITY;
		this.#end = Number.NEGATIVE_INFINITY;
		this.#decoder = new PacketDecoder(this.#captures.interfaces);
		this.#tracker = this.#newTracker();
	}

	/** Packets of all pieces so far. */
	get allPackets(): number {
		return this.#before + this.packets;
	}

	/**
	 * Takes in the packets `from … to - 1` of a batch, as far as the vector has room for those that are wanted.
	 * @param hasPlaces whether packets may have been captured in more than one place.
	 * @returns the first packet that was not taken in.
	 */
	fill(vector: PacketVector, batch: PacketBatch, from: number, to: number, hasPlaces: boolean): number {
		const decoder = this.#decoder;
		const tracker = this.#tracker;
		const { packet } = decoder;
		let bytes = this.#bytes;
		let start = this.#start;
		let end = this.#end;
		let i = from;
		vector.clear(batch);
		// One frame may bring as many packets as IP headers lie around one another.
		for (; i < to && vector.room > MAX_TUNNEL_DEPTH; i++) {
			const time = batch.time[i]!;
			bytes += batch.wireLength[i]!;
			if (time < start) start = time;
			if (time > end) end = time;
			if (!decoder.decode(batch, i)) continue;
			do {
				// What lies in a copy was counted with the original.
				if (tracker.isDuplicate(packet, hasPlaces)) break;
				if (tracker.take(packet)) vector.put(packet);
			} while (decoder.next());
		}
		this.packets += i - from;
		this.#bytes = bytes;
		this.#start = start;
		this.#end = end;
		return i;
	}

	/** What was read of the present piece; problems, names and drops are those of all pieces so far. */
	summary(): IntakeSummary {
		const { interfaces, timeline, problems, readable, dropped, names, windowed } = this.#captures;
		const { table, duplicates } = this.#tracker;
		return {
			interfaces,
			epoch: timeline.epoch,
			problems,
			readable,
			dropped,
			names,
			windowed,
			packets: this.packets,
			bytes: this.#bytes,
			start: this.#start,
			end: this.#end,
			notDecoded: this.#decoder.notDecoded(),
			duplicates,
			orphanFragments: table.orphanFragments,
			loneFragments: table.loneFragments,
			refused: table.refused,
		};
	}
}
