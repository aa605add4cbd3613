import { type Analysis, analysePieces } from "./analyse.ts";
import { type ByteSource, openSource } from "./capture/source.ts";
import { type ClassifyOptions, pieceFlowsOf } from "./classify.ts";
import { buildRun } from "./document/build.ts";
import { FlowChanges } from "./document/changes.ts";
import type { FlowRecord } from "./document/document.ts";
import type { Moment } from "./document/moment.ts";
import { Pieces } from "./document/pieces.ts";

export interface LiveOptions extends Omit<ClassifyOptions, "threads" | "summary" | "from" | "to"> {
	/** Milliseconds between two moments, at least. Default: 1000. */
	readonly every?: number;
}

/** Where a live run's bytes come from: pcap or pcapng, as it is captured. */
export interface LiveInput {
	/** What the report names as the capture's file: an interface, `-`. */
	readonly name: string;
	open(): Promise<ByteSource>;
}

/** Making reports takes no more than this part of the time: the rest is for the packets. */
const SHARE = 0.2;
const EVERY = 1000;
/** Memory that does, where nothing is said: reports of more flows than fit would take too long to be made every second. */
const MEMORY = 300e6;
/** Flows of earlier pieces wait on the disk for the last report: about three million of them. */
const MOST_ON_DISK = 4e9;

/**
 * Classifies what is captured while it is captured: as `classify` does, in pieces where there are many flows, with a look
 * at what was seen so far about once a second, less often where making a report takes long. That changes nothing of what
 * comes later: the last moment's report is `classify`'s of the same packets. Packets are taken in while the next moment is
 * waited for.
 * @param input a capture, or the path of a pipe; `-` is standard input.
 * @throws CaptureError where it is no capture.
 */
export async function* live(
	input: LiveInput | string,
	{ every = EVERY, maxMemory = MEMORY, ...options }: LiveOptions = {},
): AsyncGenerator<Moment, void, undefined> {
	const source = typeof input === "string" ? { name: input, open: () => openSource(input) } : input;
	const watching = { open: () => source.open(), next: () => due };
	const began = performance.now();
	let due = began + every;
	let pieces: Pieces | undefined;
	let changes = new FlowChanges();
	for await (const analysis of analysePieces([source.name], options, pieceFlowsOf(maxMemory), watching)) {
		const from = performance.now();
		const { stage, chosen } = analysis;
		const { report, records } = buildRun(analysis);
		const { rows } = chosen.matrix;
		const isLast = stage === "last";
		const whole = isLast ? pieces?.conclude(report, rows) : pieces?.soFar(report, rows);
		const flows = changes;
		const before = analysis.before.flows;
		yield {
			report: whole ?? report,
			time: Date.now(),
			elapsed: performance.now() - began,
			isLast,
			*changed(): Iterable<FlowRecord> {
				for (const flow of flows.since(analysis, records)) yield records.of(flow);
			},
			flow: (id) => (isOfPiece(id - before - 1, analysis) ? records.of(id - before - 1) : undefined),
		};
		if (stage === "piece") {
			pieces ??= new Pieces(MOST_ON_DISK);
			pieces.add(report);
			changes = new FlowChanges();
		}
		// What is made of a moment counts as well as the report.
		const now = performance.now();
		due = now + Math.max(every, (now - from) / SHARE - (now - from));
	}
}

function isOfPiece(flow: number, { engine: { store } }: Analysis): boolean {
	return Number.isInteger(flow) && flow >= 0 && flow < store.size;
}
