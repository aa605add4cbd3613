import type { CaptureFinding } from "../../document/document.ts";
import { KINDS } from "../../finding/kinds.ts";
import { grouped } from "../../finding/words.ts";
import { SEVERITY_STYLES } from "../../report/table.ts";
import type { Page } from "../../report/text/page.ts";
import { isAlive, type LiveFinding } from "../follow.ts";
import { defineView } from "../view.ts";
import { clock } from "../words.ts";

const SEVERITIES = ["error", "warning", "info"];

const rank = ({ finding }: LiveFinding) => SEVERITIES.indexOf(finding.severity);

/** Newest first, the worse of those that came together before the others. */
export function newestFirst(findings: readonly LiveFinding[]): readonly LiveFinding[] {
	return [...findings].sort((a, b) => b.seen - a.seen || rank(a) - rank(b));
}

/** What is wrong, the worst first, and of that the newest. */
export const FINDINGS = defineView<LiveFinding>({
	name: "Findings",
	order: "worst and newest first",
	items: ({ findings }) => [...findings].sort((a, b) => rank(a) - rank(b) || b.seen - a.seen),
	key: ({ key }) => key,
	title: ({ finding: { kind, row } }) => [kind, row].filter(Boolean).join(" "),
	words: ({ finding }) => [
		finding.severity,
		finding.kind,
		finding.row,
		finding.host,
		finding.message,
		...finding.clients,
		...finding.servers,
	],
	isAlive: ({ seen }, { time }) => isAlive({ moved: seen }, time),
	columns: (page) => [
		{
			head: "",
			value: ({ finding }) => finding.severity,
			paint: (text, { finding }) => page.paint(SEVERITY_STYLES[finding.severity], text),
		},
		{ head: "since", value: ({ finding }) => clock(finding.start), drop: 1 },
		{ head: "kind", value: ({ finding }) => finding.kind, shrink: 10 },
		{ head: "flows", value: ({ finding }) => grouped(finding.flowCount), right: true, drop: 2 },
		{ head: "what", value: ({ finding }) => finding.message, shrink: 20 },
	],
	orders: {
		since: ({ finding }) => finding.start ?? "",
		kind: ({ finding }) => finding.kind,
		flows: ({ finding }) => finding.flowCount,
	},
	*text({ finding }, _, page) {
		yield* findingText(finding, page);
		const { meaning, causes } = KINDS[finding.kind];
		yield `\n${page.paint("bold", "What it means")}\n`;
		yield* page.wrapped(`  ${meaning}`, "  ");
		for (const cause of causes) yield* page.wrapped(`  - ${cause}`, "    ");
	},
});

/** A finding in full: what, what to check, and the filter that shows it. */
export function* findingText(finding: CaptureFinding, page: Page): Iterable<string> {
	const { severity, kind, message, filter, check } = finding;
	yield* page.wrapped(`${severity} ${kind}: ${message}`, "    ", SEVERITY_STYLES[severity]);
	yield* page.wrapped(`  check: ${check.join("; ")}`, "    ");
	if (filter !== null) yield* page.wrapped(`  Wireshark: ${filter}`, "    ", "dim");
}
