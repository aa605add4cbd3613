import { copyBytes } from "./capture/batch.ts";
import type { FlowStore } from "./flow/store.ts";
import type { PacketVector } from "./packet/vector.ts";
import { PacketView } from "./packet/view.ts";
import { Reachability } from "./session/reachability.ts";
import { Sessions } from "./session/sessions.ts";

/** Payload kept of each side of the watched flow: enough to see what a protocol's first messages are. */
const HEAD_BYTES = 256;
/** No flow has this index: where none is watched. */
const NO_FLOW = -2;

/** Packets with their flows in; evidence and sessions out. Nothing here allocates for a packet. */
export class Engine {
	readonly store: FlowStore;
	readonly sessions: Sessions;
	/** First payload bytes of the watched flow, by side. */
	readonly heads: readonly [Uint8Array[], Uint8Array[]] = [[], []];
	readonly #packet = new PacketView();
	readonly #reachability: Reachability;
	readonly #watched: number;

	/** @param watched index of a flow whose first payload bytes are to be kept. */
	constructor(store: FlowStore, watched = NO_FLOW) {
		this.store = store;
		this.sessions = new Sessions(store);
		this.#reachability = new Reachability(this.sessions.incidents);
		this.#watched = watched;
	}

	/** Takes in packets that the flow part wants to be looked at. */
	ingest(vector: PacketVector): void {
		const { sessions, store } = this;
		const packet = this.#packet;
		const { count } = vector;
		vector.open(packet);
		for (let i = 0; i < count; i++) {
			vector.get(i, packet);
			const { flow } = packet;
			if (flow === this.#watched) this.#keepHead();
			if (packet.quoted >= 0) this.#reachability.observe(packet);
			// In another thread, the flow part may not know yet that the flow is done with.
			else if (flow >= 0 && store.evidence(flow) >= 0) sessions.observe(packet, flow, packet.side);
		}
	}

	/** The capture is over: nothing more waits. */
	finish(): void {
		this.sessions.finish();
	}

	/** The capture goes on, see {@link Sessions.suppose}. */
	suppose(): () => void {
		return this.sessions.suppose();
	}

	#keepHead(): void {
		const { data, payloadStart, payloadEnd, side } = this.#packet;
		const head = this.heads[side];
		const kept = head.reduce((sum, { length }) => sum + length, 0);
		if (kept < HEAD_BYTES && payloadEnd > payloadStart)
			head.push(copyBytes(data, payloadStart, Math.min(payloadEnd, payloadStart + HEAD_BYTES - kept)));
	}
}
