import { type FindingKind, KIND_NAMES, KINDS, type KindOfFinding } from "../finding/kinds.ts";
import { THRESHOLD_NAMES, THRESHOLDS } from "../finding/thresholds.ts";
import { type Column, textTable } from "./text/text-table.ts";
import { wrapText } from "./text/words.ts";

export type KindsFormat = "table" | "json" | "markdown";

/** What kinds of findings mean: all of them, or those named, in full where it is one. */
export function findingKinds(kinds: readonly FindingKind[], format: KindsFormat, width: number): string {
	if (format === "json") return JSON.stringify(jsonOf(kinds), null, 2);
	if (format === "markdown") return [...markdown(kinds)].join("\n");
	return kinds.length === 1 ? card(kinds[0]!, width) : `${overview(kinds, width)}\n\n${thresholds(width)}`;
}

function jsonOf(kinds: readonly FindingKind[]): object {
	return {
		kinds: kinds.map((kind) => ({ kind, ...KINDS[kind] })),
		thresholds: THRESHOLD_NAMES.map((name) => ({ name, ...THRESHOLDS[name] })),
	};
}

function overview(kinds: readonly FindingKind[], width: number): string {
	const columns: Column<FindingKind>[] = [
		{ head: "kind", value: (kind) => kind },
		{ head: "what was seen", value: (kind) => KINDS[kind].meaning, shrink: 30 },
	];
	return textTable(columns, kinds, width);
}

function thresholds(width: number): string {
	const columns: Column<(typeof THRESHOLD_NAMES)[number]>[] = [
		{ head: "threshold", value: (name) => name },
		{ head: "default", value: (name) => `${THRESHOLDS[name].value} ${THRESHOLDS[name].unit}`, right: true },
		{ head: "meaning", value: (name) => THRESHOLDS[name].meaning, shrink: 30 },
	];
	return textTable(columns, THRESHOLD_NAMES, width);
}

function card(kind: FindingKind, width: number): string {
	const { meaning, causes, check, filter }: KindOfFinding = KINDS[kind];
	const lines = [
		kind,
		`  ${meaning}`,
		"",
		"  where it comes from",
		...causes.map((cause) => `    ${cause}`),
		"",
		"  what to check",
		...check.map((step) => `    ${step}`),
		...(filter ? ["", `  Wireshark: ${filter}`] : []),
	];
	return lines.flatMap((line) => wrapText(line, width, "      ")).join("\n");
}

function* markdown(kinds: readonly FindingKind[]): Iterable<string> {
	yield "# Findings\n";
	yield "What flowmatrix may find wrong, by the name that `findings`, `--fail-on` and the outputs use. `flowmatrix findings KIND` shows one of them.\n";
	yield "Severities: `error`, it does not work; `warning`, it works badly or should not be so; `info`, good to know.\n";
	for (const kind of kinds) {
		const { meaning, causes, check, filter }: KindOfFinding = KINDS[kind];
		yield `## ${kind}\n\n${meaning}\n`;
		yield `Where it comes from:\n\n${causes.map((cause) => `- ${cause}`).join("\n")}\n`;
		yield `What to check:\n\n${check.map((step) => `- ${step}`).join("\n")}\n`;
		if (filter) yield `In Wireshark, within the conversation: \`${filter}\`\n`;
	}
	yield "## Thresholds\n\n`--threshold NAME=VALUE` changes one.\n\n| name | default | meaning |\n| --- | --- | --- |";
	for (const name of THRESHOLD_NAMES) {
		const { value, unit, meaning } = THRESHOLDS[name];
		yield `| \`${name}\` | ${value} ${unit} | ${meaning} |`;
	}
}

/** The kinds whose name begins with `text`, or is it. */
export function kindsNamed(text: string): FindingKind[] {
	const exact = KIND_NAMES.filter((name) => name === text);
	return exact.length > 0 ? exact : KIND_NAMES.filter((name) => name.startsWith(text));
}
