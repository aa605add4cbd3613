import { setImmediate as nextTurn } from "node:timers/promises";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { PacketVector } from "../packet/vector.ts";
import type { Intake, IntakeOptions, Summary } from "./intake.ts";
import { Ring, ringMemory } from "./ring.ts";
import type { Word, Work } from "./worker.ts";

/** The longest wait for a vector before signals get their turn, milliseconds. */
const PATIENCE = 10;

/** Reads and decodes in a second thread. The vectors are the same as in the first. */
export function intakeThread(paths: readonly string[], options: IntakeOptions): Intake {
	return new Thread(paths, options);
}

class Thread implements Intake {
	readonly #options: IntakeOptions;
	readonly #ring: Ring;
	readonly #worker: Worker;
	readonly #port: MessagePort;
	/** By number. */
	readonly #buffers = new Map<number, Uint8Array>();
	readonly #views = new Map<number, DataView>();
	#summary: Summary | undefined;
	#failure: { readonly error: unknown } | undefined;

	constructor(paths: readonly string[], options: IntakeOptions) {
		this.#options = options;
		const memory = ringMemory();
		this.#ring = new Ring(memory);
		const { port1, port2 } = new MessageChannel();
		this.#port = port1;
		const workerData: Work = { paths, ring: memory, port: port2 };
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
					await nextTurn();
					continue;
				}
				this.#attach(vector);
				yield vector;
				ring.take();
				const { bytesRead, bytesTotal } = ring.progress;
				onProgress?.(bytesRead, bytesTotal);
			}
		} finally {
			ring.stop();
		}
		await this.summary();
	}

	async summary(): Promise<Summary> {
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

	/** Gives a vector the bytes that it points into. */
	#attach(vector: PacketVector): void {
		const number = vector.buffer;
		if (!this.#buffers.has(number)) this.#listen();
		vector.data = this.#buffers.get(number)!;
		vector.view = this.#views.get(number)!;
	}

	/** Hears what the worker has said. */
	#listen(): void {
		for (let heard = receiveMessageOnPort(this.#port); heard; heard = receiveMessageOnPort(this.#port)) {
			const word = heard.message as Word;
			if ("summary" in word) this.#summary = word.summary;
			else if ("error" in word) this.#failure = word;
			else {
				const data = Buffer.from(word.memory);
				this.#buffers.set(word.buffer, data);
				this.#views.set(word.buffer, new DataView(word.memory));
			}
		}
	}
}
