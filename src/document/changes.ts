import type { Analysis } from "../analyse.ts";
import type { Verdict } from "../label/verdict.ts";
import type { FlowEnd } from "./document.ts";
import type { FlowRecords } from "./flows.ts";

const FIRST_ROOM = 1024;
const SILENT = 4;
/** Those of one number are the same end of a flow, looked at earlier or later: it became silent. */
const ENDS: Readonly<Record<FlowEnd, number>> = {
	open: 0,
	closed: 1,
	reset: 2,
	reused: 3,
	idle: SILENT,
	"end-of-capture": SILENT,
	evicted: SILENT,
};

/** What was seen of each flow of a piece when it was last looked at: two numbers, whatever a flow's record holds. */
export class FlowChanges {
	/** By flow: packets of both sides. */
	#packets = new Float64Array(FIRST_ROOM);
	/** By flow: the number of its label, and how it ended. */
	#states = new Int32Array(FIRST_ROOM);
	readonly #labels = new Map<string, number>();

	/** The flows that are not as they were the last time, which this is from now on. */
	*since({ engine: { store }, labels }: Analysis, records: FlowRecords): Iterable<number> {
		this.#makeRoom(store.size);
		const numbers = new Map<Verdict, number>();
		for (let flow = 0; flow < store.size; flow++) {
			const { verdict } = labels.of(flow);
			let number = numbers.get(verdict);
			if (number === undefined) {
				number = this.#numberOf(verdict);
				numbers.set(verdict, number);
			}
			const packets = store.packets(flow, 0) + store.packets(flow, 1);
			const state = number * (SILENT + 1) + ENDS[records.ended(flow)];
			if (packets === this.#packets[flow] && state === this.#states[flow]) continue;
			this.#packets[flow] = packets;
			this.#states[flow] = state;
			yield flow;
		}
	}

	/** Equal labels of two reports are one number, from 1. */
	#numberOf({ status, row, peerRow, confidence, candidates }: Verdict): number {
		const key = `${status} ${row} ${peerRow} ${confidence} ${candidates.join()}`;
		let number = this.#labels.get(key);
		if (number === undefined) {
			number = this.#labels.size + 1;
			this.#labels.set(key, number);
		}
		return number;
	}

	#makeRoom(flows: number): void {
		if (flows <= this.#packets.length) return;
		const room = 2 ** Math.ceil(Math.log2(flows));
		const packets = new Float64Array(room);
		const states = new Int32Array(room);
		packets.set(this.#packets);
		states.set(this.#states);
		this.#packets = packets;
		this.#states = states;
	}
}
