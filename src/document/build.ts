import type { Analysis } from "../analyse.ts";
import type { Problem } from "../capture/problem.ts";
import type { Windowed } from "../capture/time-window.ts";
import { coverageOf, MAX_COVERED, mostCovered } from "../finding/coverage.ts";
import { Findings } from "../finding/findings.ts";
import type { FlowStore } from "../flow/store.ts";
import type { IntakeSummary } from "../intake/intake.ts";
import { addressKey, type Host } from "../label/hosts.ts";
import type { Labels } from "../label/labels.ts";
import type { ChosenMatrix } from "../label/release.ts";
import type { Verdict } from "../label/verdict.ts";
import { productNames } from "../label/words.ts";
import type { Matrix } from "../matrix/types.ts";
import { endpointText } from "../packet/address.ts";
import { linkTypeName } from "../packet/link/table.ts";
import { CallMedia } from "../session/call/call-media.ts";
import type { Transfer } from "../session/transfer/transfer.ts";
import { CallRecords } from "./calls.ts";
import type {
	CaptureSummary,
	CaptureWindow,
	FlowRecord,
	HostRecord,
	LabelCounts,
	MatrixSummary,
	NotDecoded,
	ReasonGroup,
	Report,
	RowSummary,
	TransferRecord,
} from "./document.ts";
import { captureFinding } from "./findings.ts";
import { FlowRecords } from "./flows.ts";
import { quotesOf, textsOf } from "./quotes.ts";
import { rowCoverage } from "./row-coverage.ts";
import { flowId, type RunWords, runWords, transferId } from "./run-words.ts";
import { isoTime } from "./time.ts";

/** Examples named for a group of flows. */
const EXAMPLES = 5;

/** What a run leaves behind, as outputs want it. */
export function buildReport(analysis: Analysis): Report {
	return buildRun(analysis).report;
}

/** The report of a run, and what makes the records of its single flows. */
export function buildRun(analysis: Analysis): { readonly report: Report; readonly records: FlowRecords } {
	const { captures, engine, labels, chosen } = analysis;
	const { store } = engine;
	const run = runWords(analysis);
	const { findings, callRecords } = found(analysis);
	const records = new FlowRecords(store, engine.sessions, labels, findings, callRecords, run);
	const summary = summarise(store, labels, findings, chosen.later ?? chosen.matrix, run);
	addPassedOver(findings, labels, chosen.matrix);
	const services = new Map((chosen.later ?? chosen.matrix).rows.map(({ id, service }) => [id, service]));
	const report: Report = {
		schema: "flowmatrix/1",
		capture: captureSummary(analysis),
		problems: [...captures.problems, ...limits(analysis)],
		matrix: matrixSummary(chosen),
		hosts: judgedHosts(store, labels, findings),
		*flows(): Iterable<FlowRecord> {
			for (let flow = 0; flow < store.size; flow++) yield records.of(flow);
		},
		coverage: () => coverageOf(labels, findings.rows).map((covered) => rowCoverage(covered, run)),
		quotes: () => quotesOf(engine.sessions),
		matrixTexts: textsOfMatrix(chosen.later ?? chosen.matrix),
		transfers: engine.sessions.transfers.transfers.map((transfer) => transferRecord(transfer, labels, run)),
		calls: callRecords.list(),
		...summary,
		findings: findings.list().map((group) => captureFinding(group, run, services)),
	};
	return { report, records };
}

/** By itself: beside others it would keep all that they use, see pieces.ts. */
function textsOfMatrix(matrix: Matrix): () => Iterable<string> {
	return () => textsOf(matrix);
}

/** Makes the records of single flows and calls. */
export function recordsOf(analysis: Analysis): { readonly records: FlowRecords; readonly calls: CallRecords } {
	const { engine, labels } = analysis;
	const { findings, callRecords } = found(analysis);
	const records = new FlowRecords(engine.store, engine.sessions, labels, findings, callRecords, runWords(analysis));
	return { records, calls: callRecords };
}

/** What is wrong, and the calls with it. */
export function found(analysis: Analysis): {
	findings: Findings;
	callRecords: CallRecords;
} {
	const { captures, engine, labels, thresholds, before, now: end } = analysis;
	const { sessions, store } = engine;
	const epoch = captures.epoch ?? 0;
	const media = new CallMedia(store, sessions);
	const findings = new Findings({
		store,
		sessions,
		labels,
		media,
		epoch,
		end,
		flowsBefore: before.flows,
		thresholds,
	});
	return { findings, callRecords: new CallRecords(store, sessions, media, findings, runWords(analysis)) };
}

export function matrixSummary({ matrix, source, reason }: ChosenMatrix): MatrixSummary {
	const products = matrix.products.map(({ id, name }) => ({ id, name }));
	return { name: matrix.name, release: matrix.release, source, ...(reason === undefined ? {} : { reason }), products };
}

/** Hosts that the user's list of a product leaves out, though they look like it. */
function addPassedOver(findings: Findings, labels: Labels, matrix: Matrix): void {
	for (const { address, products } of labels.hosts.passedOver()) {
		const what = `${address} looks like ${productNames(matrix, products)} too, but is not among the hosts given for ${products.join(" and ")}: it is taken for none`;
		findings.add({ kind: "host-not-given", severity: "warning", what }, { flows: [] });
	}
}

export function captureSummary({ paths, captures }: Analysis): CaptureSummary {
	const { packets, bytes, start, end, windowed } = captures;
	const epoch = captures.epoch ?? 0;
	return {
		files: paths,
		...(windowed ? { window: windowOf(windowed, epoch) } : {}),
		packets,
		bytes,
		start: packets > 0 ? isoTime(epoch, start) : null,
		end: packets > 0 ? isoTime(epoch, end) : null,
		linkTypes: [...new Set(captures.interfaces.map((each) => linkTypeName(each.linkType)))],
		duplicates: captures.duplicates,
		dropped: captures.dropped,
		notDecoded: notDecoded(captures),
	};
}

function windowOf({ from, to, packets, start, end }: Windowed, epoch: number): CaptureWindow {
	const timeOf = (end: number) => (Number.isFinite(end) ? isoTime(epoch, end) : null);
	return {
		from: timeOf(from),
		to: timeOf(to),
		all: { packets, start: isoTime(epoch, start), end: isoTime(epoch, end) },
	};
}

function notDecoded({ notDecoded, orphanFragments, loneFragments }: IntakeSummary): NotDecoded[] {
	const reasons: NotDecoded[] = [...notDecoded];
	if (orphanFragments > 0) {
		reasons.push({
			reason: "fragment whose first fragment is not in the capture",
			packets: orphanFragments,
			class: "problem",
			hint: "only the first fragment has the ports: capture without a filter on ports; a flood of fragments drives first ones out too",
		});
	}
	if (loneFragments > 0) {
		reasons.push({
			reason: "first fragment whose other fragments are not in the capture",
			packets: loneFragments,
			class: "problem",
			hint: "capture without a filter on ports, which later fragments do not have; else a firewall on the way drops fragments",
		});
	}
	return reasons.sort((a, b) => b.packets - a.packets);
}

/** Product hosts, each with the kinds of what was found on its flows. */
export function judgedHosts(store: FlowStore, labels: Labels, findings: Findings): HostRecord[] {
	return hostRecords(store, labels).map((host) => ({ ...host, findings: [...findings.kindsOf(host.address)] }));
}

/** Product hosts, each with the number of its flows. */
export function hostRecords(store: FlowStore, labels: Labels): HostRecord[] {
	if (!labels.hosts.any) return [];
	const flows = new Map<Host, number>();
	const count = (host: Host | undefined) => host && flows.set(host, (flows.get(host) ?? 0) + 1);
	for (let flow = 0; flow < store.size; flow++) {
		count(labels.hosts.at(addressKey(store, flow, 0)));
		if (!store.sameAddress(flow)) count(labels.hosts.at(addressKey(store, flow, 1)));
	}
	return labels.hosts.list().map((host) => ({ ...host, flows: flows.get(host) ?? 0 }));
}

/** Said of a report, and of the whole that one becomes part of. */
export const BEYOND_COVERED = `of more than ${MAX_COVERED} product hosts, coverage tells the rows of those given, and of others up to that many in all`;

export function limits({ paths, captures, engine, labels }: Analysis): Problem[] {
	const { refused } = captures;
	const problems: Problem[] = [];
	const limit = (message: string) => problems.push({ file: paths[0] ?? "-", offset: 0, kind: "limit", message });
	if (refused > 0) {
		limit(
			`the flow table is full at ${engine.store.size} flows: ${refused} packets of further flows are counted in no flow (raise --max-flows)`,
		);
	}
	for (const [what, count] of engine.sessions.overflow.entries()) limit(`${count} ${what}`);
	if (labels.hosts.count > mostCovered(labels.hosts)) limit(BEYOND_COVERED);
	return problems;
}

interface Summary {
	readonly rows: readonly RowSummary[];
	readonly labels: LabelCounts;
	readonly reasons: readonly ReasonGroup[];
}

/** Flows with one row, or without one for the same reason. */
interface Tally {
	readonly status: Verdict["status"];
	readonly row: string | null;
	readonly reason: string;
	flows: number;
	packets: number;
	bytes: number;
	/** Ids of the first few flows. */
	readonly examples: number[];
}

/** Verdicts whose tallies are found at once. */
const MAX_VERDICTS = 50_000;

class Tallies {
	readonly #byKind = new Map<string, Tally>();
	/** Flows share few verdicts. */
	readonly #byVerdict = new Map<Verdict, Tally>();

	of(verdict: Verdict): Tally {
		return this.#byVerdict.get(verdict) ?? this.#ofNew(verdict);
	}

	#ofNew(verdict: Verdict): Tally {
		const { status, row, group } = verdict;
		const key = `${status} ${row ?? group}`;
		let tally = this.#byKind.get(key);
		if (!tally) {
			tally = { status, row, reason: group, flows: 0, packets: 0, bytes: 0, examples: [] };
			this.#byKind.set(key, tally);
		}
		if (this.#byVerdict.size < MAX_VERDICTS) this.#byVerdict.set(verdict, tally);
		return tally;
	}

	/** In the order of their first flows. */
	all(): Tally[] {
		return [...this.#byKind.values()];
	}
}

/** One pass over all flows, without making their records; after it the findings have all that they show. */
function summarise(store: FlowStore, labels: Labels, findings: Findings, matrix: Matrix, run: RunWords): Summary {
	const tallies = new Tallies();
	for (let flow = 0; flow < store.size; flow++) {
		const label = labels.of(flow);
		const tally = tallies.of(label.verdict);
		tally.flows++;
		tally.packets += store.packets(flow, 0) + store.packets(flow, 1);
		tally.bytes += store.bytes(flow, 0) + store.bytes(flow, 1);
		if (tally.examples.length < EXAMPLES) tally.examples.push(flowId(run, flow));
		findings.take(flow, label);
	}
	// What calls show moves flows from one count of their row to the other.
	findings.conclude();
	const all = tallies.all();
	const counts = { flows: store.size, matched: 0, ambiguous: 0, unknown: 0 };
	for (const { status, flows } of all) counts[status] += flows;
	const order = new Map(matrix.rows.map((row, place) => [row.id, { place, service: row.service }]));
	return {
		rows: all
			.flatMap(({ row, flows, packets, bytes }) =>
				row === null
					? []
					: {
							row,
							service: order.get(row)?.service ?? "",
							flows,
							packets,
							bytes,
							...findings.rows.outcomesOf(row),
						},
			)
			.sort((a, b) => (order.get(a.row)?.place ?? 0) - (order.get(b.row)?.place ?? 0)),
		labels: counts,
		reasons: all
			.flatMap(({ status, reason, flows, packets, bytes, examples }) =>
				status === "matched" ? [] : { status, reason, flows, packets, bytes, examples },
			)
			.sort((a, b) => b.flows - a.flows),
	};
}

function transferRecord(transfer: Transfer, labels: Labels, run: RunWords): TransferRecord {
	const { id, file, mode, direction, bytes, blocks, retransmits, complete, error } = transfer;
	return {
		id: transferId(run, id),
		client: endpointText(transfer.client.address, transfer.client.port),
		server: endpointText(transfer.server.address, transfer.server.port),
		file,
		mode,
		direction,
		style: transfer.style ?? "rfc1350",
		bytes,
		blocks,
		retransmits,
		complete,
		error,
		row: labels.ofTransfer(transfer).row,
		flows: transfer.flows.map((flow) => flowId(run, flow)).sort((a, b) => a - b),
		start: isoTime(run.epoch, transfer.start),
		end: isoTime(run.epoch, transfer.end),
		...(Object.keys(transfer.options).length > 0 ? { options: transfer.options } : {}),
	};
}
