import type { Report } from "../document/document.ts";
import { KIND_NAMES } from "../finding/kinds.ts";
import { UsageError } from "./exit.ts";
import { meantBy } from "./missing.ts";

/** What makes a run fail: a kind of finding, a severity or a label's status, seen at least so often. */
export interface Condition {
	readonly what: string;
	readonly least: number;
}

const STATUSES = ["unknown", "ambiguous"] as const;
/** Each with those that are worse. */
const SEVERITIES: Readonly<Record<string, readonly string[]>> = {
	error: ["error"],
	warning: ["error", "warning"],
	info: ["error", "warning", "info"],
};
const KNOWN: readonly string[] = [...STATUSES, ...Object.keys(SEVERITIES), "problem", ...KIND_NAMES];

/** Parses `unknown,unanswered=5,error`; several options are one list. */
export function collectConditions(text: string, before: readonly Condition[]): readonly Condition[] {
	return [...before, ...text.split(",").map((part) => conditionOf(part.trim()))];
}

function conditionOf(text: string): Condition {
	const [what = "", count = "1", ...rest] = text.split("=");
	if (!KNOWN.includes(what))
		throw new UsageError(
			`--fail-on: '${what}' is no kind of finding (flowmatrix findings lists them) and none of error, warning, info, ${STATUSES.join(", ")}, problem${meantBy(what, KNOWN)}`,
		);
	if (rest.length > 0 || !/^[1-9]\d{0,8}$/.test(count))
		throw new UsageError(`--fail-on: '${text}' is not KIND=COUNT, e.g. unanswered=5`);
	return { what, least: Number(count) };
}

/** The conditions that hold, in words: `unanswered: 12`. */
export function conditionsMet(report: Report, conditions: readonly Condition[]): string[] {
	return conditions.flatMap(({ what, least }) => {
		const seen = timesSeen(report, what);
		return seen >= least ? [`${what}: ${seen}`] : [];
	});
}

/** Flows (or calls, hosts, problems) that show it. */
function timesSeen({ labels, problems, findings }: Report, what: string): number {
	if (what === "unknown" || what === "ambiguous") return labels[what];
	if (what === "problem") return problems.length;
	const severities = SEVERITIES[what];
	return findings
		.filter(({ kind, severity }) => (severities ? severities.includes(severity) : kind === what))
		.reduce((sum, { flowCount }) => sum + Math.max(1, flowCount), 0);
}
