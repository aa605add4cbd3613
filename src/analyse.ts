import { type CaptureSet, openCapture } from "./capture/open.ts";
import type { Problem } from "./capture/problem.ts";
import { Engine } from "./engine.ts";
import { type Thresholds, thresholdsWith } from "./finding/thresholds.ts";
import type { IdleTimeouts } from "./flow/table.ts";
import { Labels } from "./label/labels.ts";
import { type ChosenMatrix, matrixOfTraffic } from "./label/release.ts";
import { loadMatrix } from "./matrix/load.ts";
import { matrixOfRelease } from "./matrix/release.ts";
import type { Matrix } from "./matrix/types.ts";
import { addressOfBytes } from "./packet/address.ts";

export interface AnalyseOptions {
	/** Product hosts, complete for each product named. Ids are the matrix's: `ipo`, `vmpro`, `onex`, `mm`, `com`. */
	readonly hosts?: readonly { readonly product: string; readonly address: string }[];
	/** Whether product hosts that are not given are inferred from the traffic. Default: true. */
	readonly infer?: boolean;
	/** Another matrix than the bundled one. */
	readonly matrix?: Matrix;
	/** The matrix as it stood in this release. Default: the one that the site's systems say they run, or the matrix's own. */
	readonly release?: string;
	/** Silence after which the same ports are a new flow, in nanoseconds. */
	readonly idle?: Partial<IdleTimeouts>;
	/** Most flows kept; packets of further ones are reported as a problem. */
	readonly maxFlows?: number;
	/** Figures beyond which something is a finding: those that are not the defaults. */
	readonly thresholds?: Partial<Thresholds>;
	/** Id of a flow whose first payload bytes are to be kept. */
	readonly watch?: number;
	/** Gives up: nothing is reported, the promise is rejected. */
	readonly signal?: AbortSignal;
	/** Ends reading: what was read until then is reported, with a problem `interrupted` for each file that was not read whole. */
	readonly stop?: AbortSignal;
	/** Called as reading goes on. Bytes are those on disk; the total is unknown for standard input. */
	readonly onProgress?: (progress: { bytesRead: number; bytesTotal: number | undefined; packets: number }) => void;
}

/** Nothing of the input could be read as a capture. */
export class CaptureError extends Error {
	readonly code = "ERR_NO_CAPTURE";
	readonly problems: readonly Problem[];

	constructor(problems: readonly Problem[]) {
		super(problems.map((problem) => `${problem.file}: ${problem.message}`).join("\n") || "no capture was read");
		this.name = "CaptureError";
		this.problems = problems;
	}
}

/** A run up to the labels: what was read, the flows, and what each is. */
export interface Analysis {
	readonly captures: CaptureSet;
	readonly engine: Engine;
	readonly labels: Labels;
	readonly chosen: ChosenMatrix;
	readonly thresholds: Thresholds;
}

/**
 * Reads captures, rebuilds their flows and prepares their labels.
 * @param paths capture files, `-` for standard input; several are one capture, merged in time order.
 * @throws CaptureError where no file could be read at all; damage in a file is told in `captures.problems` instead.
 */
export async function analyse(paths: readonly string[], options: AnalyseOptions): Promise<Analysis> {
	const current = options.matrix ?? (await loadMatrix());
	const given = options.release === undefined ? undefined : matrixOfRelease(current, options.release);
	let engine: Engine | undefined;
	const captures = openCapture(paths, {
		...(options.signal ? { signal: options.signal } : {}),
		onProgress: (bytesRead, bytesTotal) =>
			options.onProgress?.({ bytesRead, bytesTotal, packets: engine?.packets ?? 0 }),
	});
	engine = new Engine(captures.interfaces, {
		severalFiles: paths.length > 1,
		...(options.idle ? { idle: options.idle } : {}),
		...(options.maxFlows === undefined ? {} : { maxFlows: options.maxFlows }),
		...(options.watch === undefined ? {} : { watch: options.watch - 1 }),
	});
	const runs = captures.runs();
	const stop = new Stop(options.stop);
	let run = await stop.or(runs.next());
	for (; run && !run.done; run = await stop.or(runs.next())) {
		engine.ingest(run.value.batch, run.value.from, run.value.to);
	}
	if (!run) {
		captures.interrupt();
		// Not waited for: a pipe's next bytes may be far off.
		runs.return().catch(() => {});
	}
	engine.finish();
	if (captures.readable === 0) throw new CaptureError(captures.problems);
	for (const { address, name } of captures.names) engine.sessions.names.add(addressOfBytes(address), name, "file");
	const chosen: ChosenMatrix = given
		? { matrix: given, source: "given" }
		: matrixOfTraffic(current, engine.sessions.identities);
	const known = { hosts: options.hosts ?? [], infer: options.infer ?? true };
	const labels = new Labels(engine.table.store, engine.sessions, chosen.matrix, known, chosen.later);
	return { captures, engine, labels, chosen, thresholds: thresholdsWith(options.thresholds) };
}

/** Lets a wait end early. One listener for all waits: racing each against one promise would keep them all in memory. */
class Stop {
	readonly #signal: AbortSignal | undefined;
	#wake = () => {};

	constructor(signal: AbortSignal | undefined) {
		this.#signal = signal;
		signal?.addEventListener("abort", () => this.#wake(), { once: true });
	}

	/** @returns what the promise gives, or undefined once the signal has come. */
	or<T>(promise: Promise<T>): Promise<T | undefined> {
		if (!this.#signal) return promise;
		return new Promise((resolve, reject) => {
			this.#wake = () => resolve(undefined);
			if (this.#signal!.aborted) this.#wake();
			promise.then(resolve, reject);
		});
	}
}
