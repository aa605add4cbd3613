import type { Report } from "./document.ts";
import type { RenderOptions } from "./renderer.ts";
import { safeJson } from "./safe-text.ts";

/** The report as one JSON document: `schema/report.schema.json`. One flow a line, written as they come. */
export function* json(report: Report, options: RenderOptions): Iterable<string> {
	const { schema, capture, problems, matrix, hosts, transfers, calls, rows, labels, reasons, findings } = report;
	yield `{\n${members({ schema, capture, problems, matrix, hosts })}`;
	if (!options.summary) {
		yield ',\n"flows": [';
		let separator = "\n";
		for (const flow of report.flows()) {
			yield `${separator}${safeJson(flow)}`;
			separator = ",\n";
		}
		yield "\n]";
	}
	yield `,\n${members({ transfers, calls, rows, labels, reasons, findings })}\n}\n`;
}

export function members(values: Record<string, unknown>): string {
	return Object.entries(values)
		.map(([name, value]) => `"${name}": ${list(value)}`)
		.join(",\n");
}

/** Lists one item a line, for those who read or grep the document. */
function list(value: unknown): string {
	if (!Array.isArray(value) || value.length === 0 || typeof value[0] !== "object") return safeJson(value);
	return `[\n${value.map((item) => safeJson(item)).join(",\n")}\n]`;
}
