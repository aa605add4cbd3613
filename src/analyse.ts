import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "./capture/problem.ts";
import { Engine } from "./engine.ts";
import { type Thresholds, thresholdsWith } from "./finding/thresholds.ts";
import type { IdleTimeouts } from "./flow/table.ts";
import type { TrackerOptions } from "./flow/tracker.ts";
import { type IntakeSummary, openIntake, type Progress } from "./intake/intake.ts";
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
	/** Threads that read and decode beside the caller's: 0 or 1. Default: 1 for large files. The result is the same. */
	readonly threads?: number;
	/** Called as reading goes on. Bytes are those on disk; the total is unknown for standard input. */
	readonly onProgress?: (progress: Progress) => void;
}

/** Packets by the hundred, after which signals get their turn: some 20 ms of work. */
const VECTORS_A_TURN = 50;

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

/** How many there were in earlier pieces of the run: ids go on from there. */
export interface Before {
	readonly flows: number;
	readonly transfers: number;
	readonly calls: number;
}

/** A run up to the labels: what was read, the flows, and what each is. */
export interface Analysis {
	/** As given; a packet's `file` is an index into it. */
	readonly paths: readonly string[];
	readonly captures: IntakeSummary;
	readonly engine: Engine;
	readonly labels: Labels;
	readonly chosen: ChosenMatrix;
	readonly before: Before;
	/** Whether the run ends with it: else it goes on in another piece. */
	readonly isLast: boolean;
	readonly thresholds: Thresholds;
}

/**
 * Reads captures, rebuilds their flows and prepares their labels.
 * @param paths capture files, `-` for standard input; several are one capture, merged in time order.
 * @throws CaptureError where no file could be read at all; damage in a file is told in `captures.problems` instead.
 */
export async function analyse(paths: readonly string[], options: AnalyseOptions): Promise<Analysis> {
	for await (const analysis of analysePieces(paths, options)) return analysis;
	throw new Error("a run has at least one piece");
}

/**
 * The same in pieces of so many flows, as if the capture had been split there: the memory of one is free before the next
 * begins. @param pieceFlows undefined for one piece.
 */
export async function* analysePieces(
	paths: readonly string[],
	options: AnalyseOptions,
	pieceFlows?: number,
): AsyncGenerator<Analysis, void, undefined> {
	const current = options.matrix ?? (await loadMatrix());
	const given = options.release === undefined ? undefined : matrixOfRelease(current, options.release);
	const watch = options.watch === undefined ? undefined : options.watch - 1;
	const tracking = trackingOf(paths, options, pieceFlows);
	const intake = openIntake(paths, tracking, {
		...(options.signal ? { signal: options.signal } : {}),
		...(options.threads === undefined ? {} : { threads: options.threads }),
		...(options.onProgress ? { onProgress: options.onProgress } : {}),
	});
	let before: Before = { flows: 0, transfers: 0, calls: 0 };
	const conclude = async (engine: Engine, isLast: boolean): Promise<Analysis> => {
		const captures = await intake.summary();
		engine.finish();
		if (captures.readable === 0) throw new CaptureError(captures.problems);
		for (const { address, name } of captures.names) engine.sessions.names.add(addressOfBytes(address), name, "file");
		const chosen: ChosenMatrix = given
			? { matrix: given, source: "given" }
			: matrixOfTraffic(current, engine.sessions.identities);
		const known = { hosts: options.hosts ?? [], infer: options.infer ?? true };
		const labels = new Labels(engine.store, engine.sessions, chosen.matrix, known, chosen.later);
		return { paths, captures, engine, labels, chosen, before, isLast, thresholds: thresholdsWith(options.thresholds) };
	};
	const vectors = intake.vectors();
	const stop = new Stop(options.stop);
	let engine: Engine | undefined;
	let untilTurn = VECTORS_A_TURN;
	for (;;) {
		if (stop.hasCome && !intake.interrupt()) break;
		const coming = vectors.next();
		let next = await stop.or(coming);
		// Of a pipe, the next bytes may be far off: only what is under way already is waited for.
		next ??= intake.interrupt() ? await coming : ((await Promise.race([coming, nextTurn()])) as typeof next);
		if (!next || next.done) break;
		const { isLast } = next.value;
		engine ??= new Engine(intake.store, watch);
		engine.ingest(next.value);
		if (isLast) {
			yield await conclude(engine, false);
			before = beforeNext(before, engine);
			engine = undefined;
		}
		if (--untilTurn > 0) continue;
		untilTurn = VECTORS_A_TURN;
		await nextTurn();
	}
	if (stop.hasCome) vectors.return().catch(() => {});
	yield await conclude(engine ?? new Engine(intake.store, watch), true);
}

/** How flows are found: the same for every reading of the same captures. */
export function trackingOf(
	paths: readonly string[],
	{ idle, maxFlows, watch }: AnalyseOptions,
	pieceFlows?: number,
): TrackerOptions {
	return {
		severalFiles: paths.length > 1,
		...(idle ? { idle } : {}),
		...(maxFlows === undefined ? {} : { maxFlows }),
		...(pieceFlows === undefined ? {} : { pieceFlows }),
		...(watch === undefined ? {} : { watch: watch - 1 }),
	};
}

function beforeNext({ flows, transfers, calls }: Before, { store, sessions }: Engine): Before {
	return {
		flows: flows + store.size,
		transfers: transfers + sessions.transfers.transfers.length,
		calls: calls + sessions.calls.calls.length,
	};
}

/** Lets a wait end early. One listener for all waits: racing each against one promise would keep them all in memory. */
class Stop {
	readonly #signal: AbortSignal | undefined;
	#wake = () => {};

	constructor(signal: AbortSignal | undefined) {
		this.#signal = signal;
		signal?.addEventListener("abort", () => this.#wake(), { once: true });
	}

	get hasCome(): boolean {
		return this.#signal?.aborted === true;
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
