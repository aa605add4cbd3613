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
	yield* lists({ transfers, calls });
	yield `,\n${members({ rows, labels, reasons, findings })}\n}\n`;
}

/** One item at a time: all that a flood makes of them are longer together than a text may be. */
function* lists(values: Record<string, readonly unknown[]>): Iterable<string> {
	for (const [name, items] of Object.entries(values)) {
		yield `,\n"${name}": [`;
		for (const [at, item] of items.entries()) yield `${at === 0 ? "\n" : ",\n"}${safeJson(item)}`;
		yield items.length === 0 ? "]" : "\n]";
	}
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
