import type { Report } from "../document/document.ts";
import type { RenderOptions } from "./renderer.ts";
import { safeJson } from "./text/safe-text.ts";

/** The report as one JSON document: `schema/report.schema.json`. One flow a line, written as they come. */
export function* json(report: Report, options: RenderOptions): Iterable<string> {
	const { schema, anonymized, capture, problems, matrix, hosts, transfers, calls, rows, labels, reasons, findings } =
		report;
	yield "{\n";
	yield* members({ schema, ...(anonymized ? { anonymized } : {}), capture, problems, matrix, hosts });
	if (!options.summary) {
		yield ',\n"flows": ';
		yield* list(report.flows());
	}
	yield ",\n";
	yield* members({ transfers, calls, rows, labels, reasons, findings });
	yield "\n}\n";
}

/** Any other document, its lists too with one item a line. */
export function* jsonDocument(document: object): Iterable<string> {
	yield "{\n";
	yield* members({ ...document });
	yield "\n}\n";
}

/** Members of an object, without its braces. */
function* members(values: Record<string, unknown>): Iterable<string> {
	let separator = "";
	for (const [name, value] of Object.entries(values)) {
		yield `${separator}"${name}": `;
		if (Array.isArray(value) && typeof value[0] === "object") yield* list(value);
		else yield safeJson(value);
		separator = ",\n";
	}
}

/** One item a line, for those who read or grep the document. */
function* list(items: Iterable<unknown>): Iterable<string> {
	let separator = "[\n";
	for (const item of items) {
		yield separator + safeJson(item);
		separator = ",\n";
	}
	yield separator === "[\n" ? "[\n]" : "\n]";
}
