import type { Report } from "../document/document.ts";
import type { RenderOptions } from "./renderer.ts";
import { safeJson } from "./text/safe-text.ts";

/** The objects of the JSON document one a line, each with a `type`; the capture's line comes first. */
export function* ndjson(report: Report, options: RenderOptions): Iterable<string> {
	const { schema, anonymized, capture, matrix } = report;
	yield line("capture", { schema, ...(anonymized ? { anonymized } : {}), ...capture, matrix });
	for (const problem of report.problems) yield line("problem", problem);
	for (const host of report.hosts) yield line("host", host);
	if (!options.summary) for (const flow of report.flows()) yield line("flow", flow);
	for (const transfer of report.transfers) yield line("transfer", transfer);
	for (const call of report.calls) yield line("call", call);
	for (const row of report.rows) yield line("row", row);
	yield line("labels", report.labels);
	for (const reason of report.reasons) yield line("reason", reason);
	for (const finding of report.findings) yield line("finding", finding);
}

/** The type is put into the text: a copy of each object that has it would cost half as much again as writing it. */
function line(type: string, value: object): string {
	return `{"type":"${type}",${safeJson(value).slice(1)}\n`;
}
