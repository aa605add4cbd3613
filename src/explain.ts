import { type AnalyseOptions, analyse } from "./analyse.ts";
import { buildExplanation, type Explanation } from "./report/explanation.ts";

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
