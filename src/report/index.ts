import { csv } from "./csv.ts";
import type { Report } from "./document.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { ndjson } from "./ndjson.ts";
import { table } from "./table.ts";

export interface RenderOptions {
	/** Leave the list of flows out. */
	readonly summary: boolean;
	/** Terminal colours (table only). */
	readonly color: boolean;
	/** Columns of the terminal (table only). */
	readonly width: number;
	/** Most flows listed by outputs for people; the others say how many there are more. Machines get all. */
	readonly maxFlows?: number;
}

/** Text of a report, in pieces. */
export type Renderer = (report: Report, options: RenderOptions) => Iterable<string>;

/** The outputs by the name that `--format` takes. */
export const OUTPUTS = {
	table: (report, options) => batched(table(report, options)),
	json: (report, options) => batched(json(report, options)),
	ndjson: (report, options) => batched(ndjson(report, options)),
	csv: (report, options) => batched(csv(report, options)),
	markdown: (report, options) => batched(markdown(report, options)),
} satisfies Record<string, Renderer>;

const BATCH_CHARACTERS = 1 << 16;

/** Joins small pieces, so that each write is worth its system call. */
function* batched(pieces: Iterable<string>): Iterable<string> {
	let batch: string[] = [];
	let size = 0;
	for (const piece of pieces) {
		batch.push(piece);
		size += piece.length;
		if (size < BATCH_CHARACTERS) continue;
		yield batch.join("");
		batch = [];
		size = 0;
	}
	if (size > 0) yield batch.join("");
}
