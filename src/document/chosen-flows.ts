import { KIND_NAMES } from "../finding/kinds.ts";
import type { CallRecord, FlowRecord, Report } from "./document.ts";

/** Which flows: what `rows`, `flows`, `calls` and `findings` name adds up, and `hosts` narrows it. Nothing named: all flows. */
export interface Choice {
	/** Row ids, or the label statuses `unknown` and `ambiguous`. */
	readonly rows?: readonly string[];
	/** Ids, as in the report. */
	readonly flows?: readonly number[];
	/** Ids of calls. */
	readonly calls?: readonly number[];
	/** Kinds of findings, of flows and of calls. */
	readonly findings?: readonly string[];
	/** Addresses, of which a flow has at least one; in the report's way of writing them. */
	readonly hosts?: readonly string[];
}

/** A choice that cannot be: of a row, a flow or a kind that does not exist. */
export class ChoiceError extends Error {
	readonly code = "ERR_USAGE";

	constructor(message: string) {
		super(message);
		this.name = "ChoiceError";
	}
}

const STATUSES: readonly string[] = ["unknown", "ambiguous"];

/** @throws ChoiceError where the matrix has no such row, or there is no such kind of finding. */
export function checkChoice({ rows = [], findings = [] }: Choice, known: ReadonlySet<string>): void {
	for (const row of rows)
		if (!known.has(row) && !STATUSES.includes(row)) throw new ChoiceError(`there is no row '${row}' in the matrix`);
	for (const kind of findings)
		if (!(KIND_NAMES as readonly string[]).includes(kind))
			throw new ChoiceError(`'${kind}' is no kind of finding (flowmatrix findings lists them)`);
}

/**
 * Flows that are chosen, with all flows of their transfers and calls: a byte for each flow, 1 for one that is.
 * @throws ChoiceError where the report has no flow or call of a given id.
 */
export function chosenFlows(report: Report, choice: Choice): Uint8Array {
	const { rows = [], flows = [], calls: named = [], findings = [], hosts = [] } = choice;
	const chosen = new Uint8Array(report.labels.flows);
	const beyond = flows.find((id) => id > chosen.length);
	if (beyond !== undefined) throw new ChoiceError(`the capture has no flow ${beyond}`);
	const calledIds = new Set(report.calls.map(({ id }) => id));
	const absent = named.find((id) => !calledIds.has(id));
	if (absent !== undefined) throw new ChoiceError(`the capture has no call ${absent}`);
	const isNamed = rows.length + flows.length + named.length + findings.length > 0;
	if (!isNamed && hosts.length === 0) return chosen.fill(1);
	const wanted = new Set(named);
	const ofCalls = report.calls.filter(({ id }) => wanted.has(id)).flatMap(flowsOfCall);
	const ids = new Set([...flows, ...ofCalls, ...flowsOfFindings(report, findings)]);
	const isWanted = ({ id, label, findings: own }: FlowRecord) =>
		!isNamed ||
		ids.has(id) ||
		own.some(({ kind }) => findings.includes(kind)) ||
		rows.includes(label.status) ||
		[label.row, label.peerRow].some((row) => row !== null && rows.includes(row));
	const isAt = ({ client, server }: FlowRecord) =>
		hosts.length === 0 || hosts.includes(client.address) || hosts.includes(server.address);
	const transfers = new Set<number>();
	const calls = new Set<number>();
	for (const flow of report.flows()) {
		if (!isAt(flow) || !isWanted(flow)) continue;
		chosen[flow.id - 1] = 1;
		for (const transfer of transfersOf(flow)) transfers.add(transfer);
		for (const call of flow.call ?? []) calls.add(call);
	}
	const add = (id: number) => {
		chosen[id - 1] = 1;
	};
	for (const transfer of report.transfers) if (transfers.has(transfer.id)) transfer.flows.forEach(add);
	for (const call of report.calls) if (calls.has(call.id)) flowsOfCall(call).forEach(add);
	return chosen;
}

/** What findings of calls, and of the capture as a whole, name. */
function* flowsOfFindings({ findings, calls }: Report, kinds: readonly string[]): Iterable<number> {
	for (const { kind, flows } of findings) if (kinds.includes(kind)) yield* flows;
	for (const call of calls) if (call.findings.some(({ kind }) => kinds.includes(kind))) yield* flowsOfCall(call);
}

/** Ids of all transfers that a flow is part of. */
export function transfersOf({ transfer, transfers }: FlowRecord): readonly number[] {
	return transfers ?? (transfer === undefined ? [] : [transfer]);
}

function flowsOfCall({ flows, mediaFlows }: CallRecord): number[] {
	return [...flows, ...mediaFlows];
}
