import type { Analysis } from "../analyse.ts";
import type { Problem } from "../capture/problem.ts";
import { type Covered, coverageOf, coverageOfRow, wasSeenWorking } from "../finding/coverage.ts";
import type { Findings } from "../finding/findings.ts";
import type { FlowStore } from "../flow/store.ts";
import type { Labels } from "../label/labels.ts";
import { captureSummary, found, judgedHosts, limits, matrixSummary } from "./build.ts";
import type { CaptureSummary, HostRecord, LabelCounts, MatrixSummary } from "./document.ts";
import { type RowCoverage, rowCoverage } from "./row-coverage.ts";
import { type RunWords, runWords } from "./run-words.ts";

/**
 * A row that has to work, and whether it was seen to: on every host that the user gave for its product; of hosts that
 * the capture alone tells of, on one at least, and on none that tried.
 */
export interface RequiredRow {
	readonly row: string;
	readonly service: string;
	readonly met: boolean;
	/** Why not: one sentence for each host where it was not seen to work; one where no host runs the product. */
	readonly reasons: readonly string[];
}

/** Which rows a capture shows to work, and which to fail. */
export interface Coverage {
	readonly schema: "flowmatrix-coverage/1";
	readonly capture: CaptureSummary;
	readonly problems: readonly Problem[];
	readonly matrix: MatrixSummary;
	readonly hosts: readonly HostRecord[];
	readonly labels: LabelCounts;
	/** All rows of all hosts, by host, in the matrix's order. */
	readonly rows: readonly RowCoverage[];
	readonly required: readonly RequiredRow[];
}

/** @param required ids of rows that the matrix has. */
export function buildCoverage(analysis: Analysis, required: readonly string[]): Coverage {
	const { captures, engine, labels, chosen } = analysis;
	const { store } = engine;
	const { findings } = found(analysis);
	const run = runWords(analysis);
	const counts = takeAll(store, labels, findings);
	findings.conclude();
	return {
		schema: "flowmatrix-coverage/1",
		capture: captureSummary(analysis),
		problems: [...captures.problems, ...limits(analysis)],
		matrix: matrixSummary(chosen),
		hosts: judgedHosts(store, labels, findings),
		labels: counts,
		rows: coverageOf(labels, findings.rows).map((covered) => rowCoverage(covered, run)),
		required: required.map((id) => requiredRow(id, labels, findings, run)),
	};
}

function takeAll(store: FlowStore, labels: Labels, findings: Findings): LabelCounts {
	const counts = { flows: store.size, matched: 0, ambiguous: 0, unknown: 0 };
	for (let flow = 0; flow < store.size; flow++) {
		const label = labels.of(flow);
		counts[label.verdict.status]++;
		findings.take(flow, label);
	}
	return counts;
}

function requiredRow(id: string, labels: Labels, findings: Findings, run: RunWords): RequiredRow {
	const row = labels.row(id);
	if (!row) return { row: id, service: "", met: false, reasons: ["the matrix of the release that runs here lacks it"] };
	const covered = coverageOfRow(row, labels, findings.rows);
	const works = covered.some(({ state }) => wasSeenWorking(state));
	const lacking = covered.filter((each) => !wasSeenWorking(each.state) && !(works && isUnused(each)));
	const product = labels.matrix.matrix.products.find((each) => each.id === row.product)?.name ?? row.product;
	const reasons =
		covered.length === 0
			? [`no host that runs ${product} is known: name it with --host`]
			: lacking.map((each) => whyNot(each, run));
	return { row: id, service: row.service, met: reasons.length === 0, reasons };
}

/** A host that only the capture tells of need not use the row. */
function isUnused({ state, host }: Covered): boolean {
	return state === "not seen" && host.source === "inferred";
}

function whyNot(covered: Covered, run: RunWords): string {
	const { state, host } = covered;
	const { kinds, examples } = rowCoverage(covered, run);
	const where = `flow${examples.length > 1 ? "s" : ""} ${examples.join(", ")}`;
	if (state === "not seen") return `on ${host.address} no flow of it was seen`;
	if (state === "failing") return `on ${host.address} it fails: ${kinds.join(", ")} (${where})`;
	return `on ${host.address} its flows do not tell whether it works (${where})`;
}
