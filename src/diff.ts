import { type ClassifyOptions, classify } from "./classify.ts";
import { diffReports, type ReportDiff, type ReportSummary } from "./document/diff.ts";
import { looksLikeReport, readReport } from "./document/read.ts";

/**
 * What changed between two captures of a site, or two reports of them.
 * @param before captures (several are one capture), or one report that `--format json` wrote.
 * @param options for reading captures; reports are taken as they are.
 * @throws ReportError for a broken report; CaptureError where no capture could be read at all.
 */
export async function diff(
	before: string | readonly string[],
	after: string | readonly string[],
	options: ClassifyOptions = {},
): Promise<ReportDiff> {
	return diffReports(await summaryOf(before, options), await summaryOf(after, options));
}

async function summaryOf(input: string | readonly string[], options: ClassifyOptions): Promise<ReportSummary> {
	const paths = typeof input === "string" ? [input] : input;
	const [first] = paths;
	if (paths.length === 1 && first !== undefined && (await looksLikeReport(first))) return readReport(first);
	return classify(paths, options);
}
