import { batched } from "./batched.ts";
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
