import { totalmem } from "node:os";
import { type AnalyseOptions, analysePieces } from "./analyse.ts";
import { buildReport } from "./document/build.ts";
import type { Report } from "./document/document.ts";
import { Pieces } from "./document/pieces.ts";
import { DEFAULT_MAX_FLOWS } from "./flow/table.ts";

/** @see {@link AnalyseOptions} */
export interface ClassifyOptions extends Omit<AnalyseOptions, "watch"> {
	/**
	 * Bytes of memory that are to do, about. A capture with more flows than they hold is read in pieces: then the report says
	 * so in its `problems`, and flows that went on where a piece ends are two. Default: three quarters of what the machine, or
	 * the container, has, and no more than four million flows at a time.
	 */
	readonly maxMemory?: number;
	/** Without the list of flows: the report's `flows()` gives none, so that those of earlier pieces need no place on the disk. */
	readonly summary?: boolean;
}

/** What a run takes before its first flow. */
const BASE_BYTES = 150e6;
/** What flows take (docs/performance.md), several times: the memory of pieces that are over is collected late. */
const FLOW_BYTES = 2400;
/** Of the memory that there is. */
const SHARE = 0.75;
/** A piece has at least so many flows: fewer show too little of a site. */
const LEAST_FLOWS = 10_000;

/** How many flows a piece of a run has that is to do with so many bytes of memory. */
export function pieceFlowsOf(maxMemory: number): number {
	const flows = Math.floor((maxMemory - BASE_BYTES) / FLOW_BYTES);
	return Math.min(Math.max(flows, LEAST_FLOWS), DEFAULT_MAX_FLOWS);
}

/**
 * Reads captures and labels their flows.
 * @param paths capture files, `-` for standard input; several are one capture, merged in time order.
 * @throws CaptureError where no file could be read at all; damage in a file is in the report's `problems` instead.
 */
export async function classify(paths: readonly string[], options: ClassifyOptions = {}): Promise<Report> {
	let pieces: Pieces | undefined;
	for await (const analysis of analysePieces(
		paths,
		options,
		pieceFlowsOf(options.maxMemory ?? SHARE * memoryThere()),
	)) {
		const whole = buildReport(analysis);
		const report = options.summary ? withoutFlows(whole) : whole;
		if (analysis.stage === "last") return pieces?.conclude(report, analysis.chosen.matrix.rows) ?? report;
		pieces ??= new Pieces();
		pieces.add(report);
	}
	throw new Error("a run has at least one piece");
}

function withoutFlows(report: Report): Report {
	return { ...report, flows: () => [] };
}

function memoryThere(): number {
	return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
