import { setImmediate as nextTurn } from "node:timers/promises";
import type { Problem } from "./capture/problem.ts";
import type { ByteSource } from "./capture/source.ts";
import { timeWindow } from "./capture/time-window.ts";
import { Engine } from "./engine.ts";
import { type Thresholds, thresholdsWith } from "./finding/thresholds.ts";
import { FlowStore } from "./flow/store.ts";
import { DEFAULT_IDLE, type IdleTimeouts } from "./flow/table.ts";
import type { TrackerOptions } from "./flow/tracker.ts";
import { type IntakeSummary, openIntake, type Progress } from "./intake/intake.ts";
import type { HostClues } from "./label/hosts.ts";
import { Labels } from "./label/labels.ts";
import { type ChosenMatrix, matrixOfTraffic } from "./label/release.ts";
import { loadMatrix } from "./matrix/load.ts";
import { matrixOfRelease } from "./matrix/release.ts";
import type { Matrix } from "./matrix/types.ts";
import { addressOfBytes } from "./packet/address.ts";
import type { PacketVector } from "./packet/vector.ts";
import type { IdentityTable } from "./session/identities.ts";

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
	/**
	 * Only packets from this moment on, up to that one (with its whole second, where it has no fraction): `2026-03-02T09:00:18.5Z`,
	 * `09:00:18` of the day on which the captures begin (UTC; `09:00+01:00`), or `+12.5`, seconds after their first packet.
	 */
	readonly from?: string;
	readonly to?: string;
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

/**
 * How far a run is: `so-far`, packets of the flows are still to come; `piece`, these flows get no more, and the run goes on in
 * another piece; `last`, all was read.
 */
export type Stage = "so-far" | "piece" | "last";

/** How a run is read that is to be looked at before its end. */
export interface Watching {
	/** Where the bytes come from, instead of what the paths name. */
	open?(path: string): Promise<ByteSource>;
	/** When the run is to be looked at again, milliseconds as of `performance.now()`. */
	next(): number;
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
	/** What is `so-far` is good until the next is asked for. */
	readonly stage: Stage;
	/** Up to when the capture shows what there was, and what not: its latest packet, or later where the line is silent. Nanoseconds since the epoch. */
	readonly now: number;
	readonly idle: IdleTimeouts;
	readonly thresholds: Thresholds;
}

/**
 * Reads captures, rebuilds their flows and prepares their labels.
 * @param paths capture files, `-` for standard input; several are one capture, merged in time order.
 * @throws CaptureError where no file could be read at all; damage in a file is told in `captures.problems` instead.
 * @throws RangeError for `from` and `to` that are no window.
 */
export async function analyse(paths: readonly string[], options: AnalyseOptions): Promise<Analysis> {
	for await (const analysis of analysePieces(paths, options)) return analysis;
	throw new Error("a run has at least one piece");
}

/**
 * The same in pieces of so many flows, as if the capture had been split there, but that hosts which were known stay known: the
 * memory of one is free before the next begins. @param pieceFlows undefined for one piece. @param watching to get the run as it stands now and then, too: that changes
 * nothing of what comes later.
 */
export async function* analysePieces(
	paths: readonly string[],
	options: AnalyseOptions,
	pieceFlows?: number,
	watching?: Watching,
): AsyncGenerator<Analysis, void, undefined> {
	const current = options.matrix ?? (await loadMatrix());
	const given = options.release === undefined ? undefined : matrixOfRelease(current, options.release);
	const tracking = trackingOf(paths, options, pieceFlows);
	const { watch } = tracking;
	const window = timeWindow(options);
	const intake = openIntake(paths, tracking, {
		...(options.signal ? { signal: options.signal } : {}),
		...(options.threads === undefined ? {} : { threads: options.threads }),
		...(options.onProgress ? { onProgress: options.onProgress } : {}),
		...(watching?.open ? { open: watching.open } : {}),
		...(window ? { window } : {}),
	});
	const idle = { ...DEFAULT_IDLE, ...options.idle };
	const silence = new Silence();
	let before: Before = { flows: 0, transfers: 0, calls: 0 };
	/** What earlier pieces showed of who is what: a host that was known stays known. */
	let earlier: { readonly clues: HostClues; readonly identities: IdentityTable } | undefined;
	const begin = () => {
		const next = new Engine(intake.store, watch);
		if (earlier) next.sessions.identities.addAll(earlier.identities);
		return next;
	};
	const look = async (engine: Engine, stage: Stage): Promise<Analysis> => {
		const captures = await intake.summary();
		if (stage !== "so-far") conclude(engine, captures);
		const chosen: ChosenMatrix = given
			? { matrix: given, source: "given" }
			: matrixOfTraffic(current, engine.sessions.identities);
		const known = {
			hosts: options.hosts ?? [],
			infer: options.infer ?? true,
			...(earlier ? { earlier: earlier.clues } : {}),
		};
		const labels = new Labels(engine.store, engine.sessions, chosen.matrix, known, chosen.later);
		const now = stage === "so-far" ? silence.since(captures.end) : captures.end;
		const thresholds = thresholdsWith(options.thresholds);
		return { paths, captures, engine, labels, chosen, before, stage, now, idle, thresholds };
	};
	const vectors = intake.vectors();
	const wait = new Wait(options.stop);
	let engine: Engine | undefined;
	let coming: Promise<IteratorResult<PacketVector, void>> | undefined;
	let untilTurn = VECTORS_A_TURN;
	let due = watching?.next();
	try {
		for (;;) {
			if (wait.isStopped && !intake.interrupt()) break;
			// Asked for first: the store is another one behind a piece's last vector.
			coming ??= vectors.next();
			if (due !== undefined && performance.now() >= due) {
				engine ??= begin();
				// Reading goes on while the run is looked at. Before the first packet no time is known: flows that come
				// meanwhile are for the next look.
				const isBegun = (await intake.summary()).epoch !== undefined;
				const takeBack = engine.suppose();
				yield await look(isBegun ? engine : new Engine(new FlowStore(null)), "so-far");
				takeBack();
				due = watching!.next();
				continue;
			}
			let next = await wait.for(coming, due);
			if (!next) {
				if (!wait.isStopped) continue;
				// Of a pipe, the next bytes may be far off: only what is under way already is waited for.
				next = intake.interrupt() ? await coming : ((await Promise.race([coming, nextTurn()])) as typeof next);
			}
			if (!next || next.done) break;
			coming = undefined;
			const { isLast } = next.value;
			engine ??= begin();
			engine.ingest(next.value);
			if (isLast) {
				const piece = await look(engine, "piece");
				yield piece;
				before = beforeNext(before, engine);
				earlier = { clues: piece.labels.hosts.clues, identities: engine.sessions.identities };
				engine = undefined;
			}
			if (--untilTurn > 0) continue;
			untilTurn = VECTORS_A_TURN;
			await nextTurn();
		}
		yield await look(engine ?? begin(), "last");
	} finally {
		// Whoever looks no longer, or stops, leaves no reader behind.
		vectors.return().catch(() => {});
	}
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

/** Nothing more comes of an engine's flows. @throws CaptureError where nothing was a capture. */
function conclude(engine: Engine, captures: IntakeSummary): void {
	engine.finish();
	if (captures.readable === 0) throw new CaptureError(captures.problems);
	for (const { address, name } of captures.names) engine.sessions.names.add(addressOfBytes(address), name, "file");
}

function beforeNext({ flows, transfers, calls }: Before, { store, sessions }: Engine): Before {
	return {
		flows: flows + store.size,
		transfers: transfers + sessions.transfers.transfers.length,
		calls: calls + sessions.calls.calls.length,
	};
}

/** Node takes a longer one for none. Milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Lets a wait end early. One listener for all waits: racing each against one promise would keep them all in memory. */
class Wait {
	readonly #signal: AbortSignal | undefined;
	#wake = () => {};
	#awaited: Promise<unknown> | undefined;
	#isSettled = false;

	constructor(signal: AbortSignal | undefined) {
		this.#signal = signal;
		signal?.addEventListener("abort", () => this.#wake(), { once: true });
	}

	get isStopped(): boolean {
		return this.#signal?.aborted === true;
	}

	/** @returns what the promise gives, or undefined once the signal has come, or the time. @param until as of `performance.now()`. */
	for<T>(promise: Promise<T>, until: number | undefined): Promise<T | undefined> {
		if (!this.#signal && until === undefined) return promise;
		return new Promise((resolve) => {
			const timer =
				until === undefined
					? undefined
					: setTimeout(() => this.#wake(), Math.min(until - performance.now(), LONGEST_TIMER));
			this.#wake = () => {
				clearTimeout(timer);
				resolve(this.#isSettled ? promise : undefined);
			};
			if (this.#awaited !== promise) this.#await(promise);
			if (this.isStopped || this.#isSettled) this.#wake();
		});
	}

	#await(promise: Promise<unknown>): void {
		this.#awaited = promise;
		this.#isSettled = false;
		const settle = () => {
			this.#isSettled = true;
			this.#wake();
		};
		promise.then(settle, settle);
	}
}

/** How long a capture has been silent: what does not come shows something too. */
class Silence {
	#end = Number.NEGATIVE_INFINITY;
	#seen = 0;

	/** @param end time of the latest packet. @returns that, or later by as much as it has not changed for, nanoseconds. */
	since(end: number): number {
		const now = performance.now();
		if (end !== this.#end) {
			this.#end = end;
			this.#seen = now;
		}
		return end + (now - this.#seen) * 1e6;
	}
}
