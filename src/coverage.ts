import { type AnalyseOptions, analyse } from "./analyse.ts";
import { buildCoverage, type Coverage } from "./document/coverage.ts";
import { loadMatrix, MatrixError } from "./matrix/load.ts";
import { matrixOfRelease } from "./matrix/release.ts";

/** @see {@link AnalyseOptions} */
export interface CoverageOptions extends Omit<AnalyseOptions, "watch"> {
	/** Ids of rows that have to work, e.g. `IPO-IN-43`: whether they were seen to is told in `required`. */
	readonly require?: readonly string[];
}

/**
 * Reads captures and tells of every row of the product hosts whether it was seen to work, to fail, or not at all.
 * @param paths capture files, `-` for standard input; several are one capture, merged in time order.
 * @throws MatrixError for a required row that the matrix does not have; CaptureError where no file could be read at all.
 */
export async function coverage(
	paths: readonly string[],
	{ require: required = [], ...options }: CoverageOptions = {},
): Promise<Coverage> {
	const current = options.matrix ?? (await loadMatrix());
	const matrix = options.release === undefined ? current : matrixOfRelease(current, options.release);
	for (const id of required) {
		if (!matrix.rows.some((row) => row.id === id))
			throw new MatrixError(`there is no row '${id}' in the matrix (release ${matrix.release})`);
	}
	return buildCoverage(await analyse(paths, { ...options, matrix: current }), required);
}
