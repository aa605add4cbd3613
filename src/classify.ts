import { type AnalyseOptions, analyse } from "./analyse.ts";
import { buildReport } from "./report/build.ts";
import type { Report } from "./report/document.ts";

/** @see {@link AnalyseOptions} */
export type ClassifyOptions = Omit<AnalyseOptions, "watch">;

/**
 * Reads captures and labels their flows.
 * @param paths capture files, `-` for standard input; several are one capture, merged in time order.
 * @throws CaptureError where no file could be read at all; damage in a file is in the report's `problems` instead.
 */
export async function classify(paths: readonly string[], options: ClassifyOptions = {}): Promise<Report> {
	return buildReport(await analyse(paths, options));
}
