import type { PacketBatch } from "../capture/batch.ts";
import type { CaptureSet } from "../capture/open.ts";
import type { FlowTracker } from "../flow/tracker.ts";
import { MAX_TUNNEL_DEPTH, type PacketDecoder } from "../packet/decode.ts";
import type { PacketVector } from "../packet/vector.ts";
import type { IntakeSummary } from "./intake.ts";

const LINKTYPE_LINUX_SLL2 = 276;

/** Reads captures to their end: the per-packet path up to the flow table. Nothing here allocates for a packet. */
export class CaptureRun {
	packets = 0;
	#bytes = 0;
	/** Earliest and latest packet, nanoseconds since the run's epoch. */
	#start = Number.POSITIVE_INFINITY;
	#end = Number.NEGATIVE_INFINITY;
	readonly #captures: CaptureSet;
	readonly #decoder: PacketDecoder;
	readonly #tracker: FlowTracker;

	constructor(captures: CaptureSet, decoder: PacketDecoder, tracker: FlowTracker) {
		this.#captures = captures;
		this.#decoder = decoder;
		this.#tracker = tracker;
	}

	/** The packets that the session part wants. @param next gives the vector to fill. */
	async *vectors(next: () => PacketVector): AsyncGenerator<PacketVector, void, undefined> {
		const { interfaces } = this.#captures;
		for await (const { batch, from, to } of this.#captures.runs()) {
			// A cooked capture's one interface stands for several.
			const hasPlaces = interfaces.length > 1 || interfaces[batch.interface[from]!]?.linkType === LINKTYPE_LINUX_SLL2;
			for (let at = from; at < to; ) {
				const vector = next();
				at = this.fill(vector, batch, at, to, hasPlaces);
				yield vector;
			}
		}
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

	summary(): IntakeSummary {
		const { interfaces, timeline, problems, readable, dropped, names } = this.#captures;
		const { table, duplicates } = this.#tracker;
		return {
			interfaces,
			epoch: timeline.epoch,
			problems,
			readable,
			dropped,
			names,
			packets: this.packets,
			bytes: this.#bytes,
			start: this.#start,
			end: this.#end,
			notDecoded: this.#decoder.notDecoded(),
			duplicates,
			orphanFragments: table.orphanFragments,
			refused: table.refused,
		};
	}
}
