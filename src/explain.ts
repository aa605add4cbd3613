import { type AnalyseOptions, analyse } from "./analyse.ts";
import { recordsOf } from "./document/build.ts";
import type { CallRecord } from "./document/document.ts";
import { buildExplanation, type Explanation } from "./document/explanation.ts";

/** @see {@link AnalyseOptions} */
export type ExplainOptions = Omit<AnalyseOptions, "watch">;

/**
 * Reads captures and tells all that one flow's label rests on.
 * @param id as in the report of the same captures with the same options.
 * @returns undefined where the captures have no flow with this id.
 * @throws CaptureError where no file could be read at all.
 */
export async function explain(
	paths: readonly string[],
	id: number,
	options: ExplainOptions = {},
): Promise<Explanation | undefined> {
	const analysis = await analyse(paths, { ...options, watch: id });
	return id <= analysis.engine.store.size ? buildExplanation(analysis, id) : undefined;
}

/**
 * Reads captures and tells all of one call: its messages, offers, media and findings.
 * @param id as in the report of the same captures with the same options.
 * @returns undefined where the captures have no call with this id.
 * @throws CaptureError where no file could be read at all.
 */
export async function explainCall(
	paths: readonly string[],
	id: number,
	options: ExplainOptions = {},
): Promise<CallRecord | undefined> {
	return recordsOf(await analyse(paths, options)).calls.of([id])[0];
}
