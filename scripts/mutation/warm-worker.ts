/**
 * Worker of vitest whose thread outlives a run. Stryker starts a run for each mutant, and vitest a thread for each run,
 * which imports the whole program anew: some seconds, where the tests of most mutants take a tenth of one. The mutants
 * are all in the program from the beginning and one is switched on at a time, so that nothing need be imported again.
 */
import type { Worker } from "node:worker_threads";
import { type PoolOptions, ThreadsPoolWorker, type WorkerRequest } from "vitest/node";

type Listener = (message: unknown) => void;

/** Of the worker before: there is one at a time. */
let thread: Worker | undefined;

export class WarmWorker extends ThreadsPoolWorker {
	override readonly name = "warm";
	readonly #listeners: [event: string, listener: Listener][] = [];
	#running = false;
	/** Which tests to run is told at the start, which the thread sees only once: it goes along with the run. */
	#config: object = {};

	constructor(options: PoolOptions) {
		super(options);
		thread?.once("exit", () => {
			thread = undefined;
		});
	}

	override async start(): Promise<void> {
		const base = this as unknown as { _thread?: Worker };
		this.#running = thread !== undefined;
		if (thread) base._thread = thread;
		else await super.start();
		thread = base._thread;
		thread?.unref();
	}

	override async stop(): Promise<void> {
		for (const [event, listener] of this.#listeners) super.off(event, listener);
	}

	override on(event: string, listener: Listener): void {
		this.#listeners.push([event, listener]);
		super.on(event, listener);
	}

	override send(message: WorkerRequest): void {
		if (message.type === "start") this.#config = message.context.config;
		if (message.type === "start" && this.#running) this.#answer("started");
		else if (message.type === "stop") this.#answer("stopped");
		else if (message.type === "run")
			super.send({ ...message, context: { ...message.context, config: this.#config } } as never);
		else super.send(message);
	}

	#answer(type: "started" | "stopped"): void {
		setImmediate(() => {
			for (const [event, listener] of this.#listeners)
				if (event === "message") listener({ type, __vitest_worker_response__: true });
		});
	}
}
