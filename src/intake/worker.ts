/** The second thread: reads, decodes and finds flows for {@link intakeThread}. */
import { type MessagePort, workerData } from "node:worker_threads";
import { openCapture } from "../capture/open.ts";
import type { TimeWindow } from "../capture/time-window.ts";
import { FlowTracker, type TrackerOptions } from "../flow/tracker.ts";
import { type BufferWord, SharedBuffers } from "./buffers.ts";
import type { IntakeSummary } from "./intake.ts";
import { CaptureRun } from "./read.ts";
import { Ring, type RingMemory } from "./ring.ts";

export interface Work {
	readonly paths: readonly string[];
	readonly tracking: TrackerOptions;
	readonly window: TimeWindow | undefined;
	readonly ring: RingMemory;
	readonly port: MessagePort;
}

/** What the worker says beside the ring. */
export type Word =
	| BufferWord
	| { readonly pool: number; readonly memory: SharedArrayBuffer }
	| { readonly summary: IntakeSummary; readonly sizes: readonly number[] }
	| { readonly error: unknown };

/**
 * Memory of flow records. That of a piece is used again by the piece after the next: left to be collected, the memory of many
 * pieces would pile up, for shared memory weighs nothing in the eyes of the collector.
 */
class PieceMemory {
	readonly #ring: Ring;
	#own: SharedArrayBuffer[] = [];
	#before: SharedArrayBuffer[] = [];
	#spare: SharedArrayBuffer[] = [];
	/** Vectors filled before the piece began. */
	#begun = 0;

	constructor(ring: Ring) {
		this.#ring = ring;
	}

	beginPiece(): void {
		// The other thread takes the first vector of a piece when it is done with the piece before.
		if (this.#ring.filled > 0) this.#ring.awaitDone(this.#begun + 1);
		this.#begun = this.#ring.filled;
		this.#spare = this.#before;
		this.#before = this.#own;
		this.#own = [];
	}

	/** @returns zeros. */
	take(bytes: number): SharedArrayBuffer {
		const place = this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
		const [memory = new SharedArrayBuffer(bytes)] = place < 0 ? [] : this.#spare.splice(place, 1);
		if (place >= 0) new Uint8Array(memory).fill(0);
		this.#own.push(memory);
		return memory;
	}
}

const { paths, tracking, window, ring: memory, port } = workerData as Work;
const ring = new Ring(memory);

async function work(): Promise<Word> {
	const buffers = new SharedBuffers(ring, (word) => port.postMessage(word satisfies Word));
	let run: CaptureRun | undefined;
	const captures = openCapture(paths, {
		buffers: () => buffers,
		...(window ? { window } : {}),
		onProgress: (bytesRead, bytesTotal) => {
			ring.progress = { bytesRead, bytesTotal, packets: run?.allPackets ?? 0 };
		},
	});
	const memories = new PieceMemory(ring);
	const newTracker = () => {
		memories.beginPiece();
		return new FlowTracker(tracking, (pool, bytes) => {
			const memory = memories.take(bytes);
			port.postMessage({ pool, memory } satisfies Word);
			return memory;
		});
	};
	run = new CaptureRun(captures, newTracker);
	const summary = () => ({ summary: run.summary(), sizes: run.store.pools.map(({ size }) => size) });
	for await (const vector of run.vectors(() => ring.toFill())) {
		if (vector.count === 0 && !vector.isLast) continue;
		vector.buffer = buffers.numberOf(vector.data);
		ring.fill();
		if (vector.isLast) port.postMessage(summary() satisfies Word);
	}
	return summary();
}

port.postMessage(await work().catch((error: unknown): Word => ({ error })));
ring.end();
