import type { Analysis, Before, Stage } from "../analyse.ts";
import type { IdleTimeouts } from "../flow/table.ts";

/** What texts and ids of a run, or of a piece of it, need. */
export interface RunWords {
	/** Seconds since 1970 that times count from. */
	readonly epoch: number;
	readonly files: readonly string[];
	readonly before: Before;
	readonly stage: Stage;
	/** @see {@link Analysis.now} */
	readonly now: number;
	readonly idle: IdleTimeouts;
}

export function runWords({ paths, captures, before, stage, now, idle }: Analysis): RunWords {
	return { epoch: captures.epoch ?? 0, files: paths, before, stage, now, idle };
}

/** Id of a flow in the report: 1 for the run's first. @param flow index in its piece. */
export function flowId({ before }: RunWords, flow: number): number {
	return before.flows + flow + 1;
}

/** @param id in its piece, from 1. */
export function transferId({ before }: RunWords, id: number): number {
	return before.transfers + id;
}

/** @param id in its piece, from 1. */
export function callId({ before }: RunWords, id: number): number {
	return before.calls + id;
}
