import { setImmediate as nextTurn } from "node:timers/promises";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { FlowStore } from "../flow/store.ts";
import type { TrackerOptions } from "../flow/tracker.ts";
import type { PacketVector } from "../packet/vector.ts";
import { BufferViews } from "./buffers.ts";
import type { Intake, IntakeOptions, IntakeSummary } from "./intake.ts";
import { Ring, ringMemory } from "./ring.ts";
import type { Word, Work } from "./worker.ts";

/** The longest wait for a vector before signals get their turn, milliseconds. */
const PATIENCE = 10;

/** Reads, decodes and finds flows in a second thread. The result is the same as in the first. */
export function intakeThread(paths: readonly string[], tracking: TrackerOptions, options: IntakeOptions): Intake {
	return new Thread(paths, tracking, options);
}

class Thread implements Intake {
	store = new FlowStore(null);
	/** The store that memory is told of now: the next piece's, once the present one is whole. */
	#growing = this.store;
	readonly #options: IntakeOptions;
	readonly #ring: Ring;
	readonly #worker: Worker;
	readonly #port: MessagePort;
	readonly #buffers = new BufferViews();
	#summary: IntakeSummary | undefined;
	#failure: { readonly error: unknown } | undefined;

	constructor(paths: readonly string[], tracking: TrackerOptions, options: IntakeOptions) {
		this.#options = options;
		const memory = ringMemory();
		this.#ring = new Ring(memory);
		const { port1, port2 } = new MessageChannel();
		this.#port = port1;
		const { window } = options;
		const workerData: Work = { paths, tracking, window, ring: memory, port: port2 };
		this.#worker = new Worker(new URL("./worker.js", import.meta.url), { workerData, transferList: [port2] });
		this.#worker.on("error", (error) => {
			this.#failure = { error };
		});
	}

	async *vectors(): AsyncGenerator<PacketVector, void, undefined> {
		const { signal, onProgress } = this.#options;
		const ring = this.#ring;
		try {
			for (;;) {
				signal?.throwIfAborted();
				const vector = ring.toTake(PATIENCE);
				if (vector === null) break;
				if (this.#failure) throw this.#failure.error;
				if (vector === undefined) {
					// Packets of which the sessions want none, as a flood's, are read all the same.
					const { progress } = ring;
					if (progress.bytesRead > 0) onProgress?.(progress);
					await nextTurn();
					continue;
				}
				this.#attach(vector);
				const { isLast } = vector;
				yield vector;
				ring.take();
				if (isLast) await this.#beginPiece();
				onProgress?.(ring.progress);
			}
		} finally {
			ring.stop();
		}
		await this.summary();
	}

	interrupt(): boolean {
		this.#ring.stop();
		return true;
	}

	async summary(): Promise<IntakeSummary> {
		while (!this.#summary) {
			this.#listen();
			if (this.#failure) {
				await this.#worker.terminate();
				throw this.#failure.error;
			}
			if (!this.#summary) await nextTurn();
		}
		return this.#summary;
	}

	async #beginPiece(): Promise<void> {
		await this.summary();
		this.#summary = undefined;
		this.store = this.#growing;
	}

	/** Gives a vector the bytes that it points into, and the store the memory of its packets' flows. */
	#attach(vector: PacketVector): void {
		this.#listen();
		this.#buffers.attach(vector);
	}

	/** Hears what the worker has said. */
	#listen(): void {
		for (let heard = receiveMessageOnPort(this.#port); heard; heard = receiveMessageOnPort(this.#port)) {
			const word = heard.message as Word;
			if ("summary" in word) {
				this.#summary = word.summary;
				for (const [place, size] of word.sizes.entries()) this.#growing.pools[place]!.size = size;
				this.#growing = new FlowStore(null);
				// What is said behind it is of the next piece.
				return;
			} else if ("pool" in word) this.#growing.pools[word.pool]!.adopt(word.memory);
			else if ("error" in word) this.#failure = word;
			else this.#buffers.hear(word);
		}
	}
}
