import {
	type ChangeKind,
	DIFF_LISTS,
	type DiffList,
	type DiffSide,
	type ReportDiff,
	type Tally,
} from "../document/diff.ts";
import { counted, durationText, grouped } from "../finding/words.ts";
import { jsonDocument } from "./json.ts";
import { grid, inline } from "./markdown.ts";
import { Page, type Style } from "./text/page.ts";
import type { Column } from "./text/text-table.ts";
import { filesText } from "./text/words.ts";

/** Text of a diff, in pieces. */
export type DiffRenderer = (diff: ReportDiff, screen: { width: number; color: boolean }) => Iterable<string>;

/** The outputs of a diff by the name that `--format` takes; JSON as in `schema/diff.schema.json`. */
export const DIFF_OUTPUTS: Readonly<Record<"table" | "json" | "markdown", DiffRenderer>> = {
	table,
	json: jsonDocument,
	markdown,
};

/** One change as the outputs for people show it. */
interface Line {
	readonly change: ChangeKind;
	readonly cells: readonly string[];
}

interface Section {
	readonly title: string;
	readonly heads: readonly string[];
	readonly lines: readonly Line[];
}

const NO_ROW = "–";

function sections(diff: ReportDiff): Section[] {
	const lines: Readonly<Record<DiffList, Omit<Section, "lines"> & { readonly cells: readonly (readonly string[])[] }>> =
		{
			rows: {
				title: "Matrix rows",
				heads: ["row", "service", "what", "flows before", "flows after"],
				cells: diff.rows.map((each) => [
					each.row,
					each.service,
					each.what,
					grouped(each.beforeFlows),
					grouped(each.afterFlows),
				]),
			},
			findings: {
				title: "Findings",
				heads: ["severity", "kind", "row", "host", "what", "in words"],
				cells: diff.findings.map((each) => [
					each.severity,
					each.kind,
					each.row ?? NO_ROW,
					each.host ?? NO_ROW,
					each.what,
					each.message,
				]),
			},
			transfers: {
				title: "TFTP transfers",
				heads: ["row", "client", "server", "file", "what", "before", "after"],
				cells: diff.transfers.map((each) => [
					each.row ?? NO_ROW,
					each.client,
					each.server,
					each.file,
					each.what,
					each.before,
					each.after,
				]),
			},
			calls: {
				title: "Calls",
				heads: ["from", "to", "what", "before", "after"],
				cells: diff.calls.map((each) => [each.from, each.to, each.what, each.before, each.after]),
			},
			hosts: {
				title: "Product hosts",
				heads: ["address", "what"],
				cells: diff.hosts.map((each) => [each.address, each.what]),
			},
			unknowns: {
				title: "Ambiguous or unknown",
				heads: ["status", "what", "reason", "flows before", "flows after"],
				cells: diff.unknowns.map((each) => [
					each.status,
					each.what,
					each.reason,
					grouped(each.beforeFlows),
					grouped(each.afterFlows),
				]),
			},
		};
	return DIFF_LISTS.map((name) => {
		const { title, heads, cells } = lines[name];
		return { title, heads, lines: diff[name].map(({ change }, i) => ({ change, cells: cells[i]! })) };
	});
}

function sideText({ files, start, end, packets, flows, matrix }: DiffSide): string {
	const span =
		start && end ? `, ${durationText((Date.parse(end) - Date.parse(start)) / 1000)} from ${start.slice(0, 19)}Z` : "";
	return `${filesText(files)}: ${counted(packets, "packet")}, ${counted(flows, "flow")}${span}; matrix ${matrix}`;
}

function tallyText(name: string, before: Tally, after: Tally): string | undefined {
	if (before.count + after.count === 0) return undefined;
	const text = ({ count, failed }: Tally) => `${grouped(failed)} of ${grouped(count)} failed`;
	return `${name}: ${text(before)} before, ${text(after)} after`;
}

/** Lines before the lists. */
function head({ before, after }: ReportDiff): string[] {
	return [
		`before  ${sideText(before)}`,
		`after   ${sideText(after)}`,
		tallyText("calls", before.calls, after.calls),
		tallyText("TFTP transfers", before.transfers, after.transfers),
	].filter((line) => line !== undefined);
}

const SAME = "Nothing changed: the same rows work and fail, with the same hosts, findings and unknowns.";
const STYLES: Readonly<Record<ChangeKind, Style>> = { worse: "red", better: "green", different: "yellow" };

/** For people: what became worse first. */
function* table(diff: ReportDiff, screen: { width: number; color: boolean }): Iterable<string> {
	const page = new Page(screen);
	for (const line of head(diff)) yield* page.wrapped(line, "        ");
	for (const note of diff.notes) yield* page.wrapped(`note    ${note}`, "        ", "yellow");
	const changed = sections(diff).filter(({ lines }) => lines.length > 0);
	if (changed.length === 0) yield `\n${page.line(SAME, "bold")}`;
	for (const { title, heads, lines } of changed) {
		const columns: Column<Line>[] = [
			{ head: "", value: ({ change }) => change, paint: (text, { change }) => page.paint(STYLES[change], text) },
			...heads.map((name, i) => ({
				head: name,
				value: ({ cells }: Line) => cells[i]!,
				shrink: 10,
				...(name.startsWith("flows") ? { right: true, drop: 1 } : {}),
			})),
		];
		yield* page.section(title, columns, lines);
	}
}

/** For ticket systems. */
function* markdown(diff: ReportDiff): Iterable<string> {
	yield "# What changed\n\n";
	for (const line of head(diff)) yield `- ${inline(line)}\n`;
	for (const note of diff.notes) yield `- note: ${inline(note)}\n`;
	const changed = sections(diff).filter(({ lines }) => lines.length > 0);
	if (changed.length === 0) yield `\n${SAME}\n`;
	for (const { title, heads, lines } of changed)
		yield* grid(
			title,
			["", ...heads],
			lines.map(({ change, cells }) => [change, ...cells]),
		);
}
