import type { RowFilter } from "../matrix/filter.ts";
import { safeJson, safeText } from "./text/safe-text.ts";
import { rowIds, wrapText } from "./text/words.ts";

export type FilterFormat = "text" | "json" | "capture" | "display";

/** The filters of rows, for people, for programs, or one of them alone for a command line. */
export function filterText(filter: RowFilter, format: FilterFormat, width: number): string {
	if (format === "json") return safeJson({ ...filter, rows: filter.rows.map(({ id }) => id) }, "\t");
	if (format === "capture" || format === "display") return safeText(filter[format]);
	const section = (title: string, lines: readonly string[]) => [title, ...lines.map((line) => `  ${line}`), ""];
	return [
		// Whoever copies a filter copies a line: it is not broken at the screen's edge.
		...section("Capture filter (tcpdump, dumpcap -f, Wireshark's capture options)", [filter.capture]),
		...section("Display filter (Wireshark, tshark -Y)", [filter.display]),
		...section(
			`${filter.rows.length === 1 ? "Row" : `${filter.rows.length} rows`}`,
			wrapText(rowIds(filter.rows.map(({ id }) => id)).replaceAll("/", ", "), width - 2),
		),
		...section(
			"What they let through",
			filter.notes.flatMap((note) => wrapText(note, width - 4).map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`))),
		),
	]
		.join("\n")
		.trimEnd();
}
