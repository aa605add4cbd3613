import { csv } from "./csv.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { ndjson } from "./ndjson.ts";
import type { Renderer } from "./renderer.ts";
import { table } from "./table.ts";

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
