/** Holds a report of flowmatrix against what the lab knows. */
import type { FlowRecord, Report } from "../../src/document/document.ts";
import { endText, type LabFlow, type LabTransfer, type LabTruth, type PlayedFlow } from "./truth.ts";

/** What became of one flow. */
export interface Outcome {
	/** `open`: a host that the flow needs was not inferred, and flowmatrix did not guess. */
	readonly result: "ok" | "open" | "wrong";
	/** What is wrong, or open. */
	readonly remark: string;
	readonly got: string;
	readonly confidence: string;
	readonly record?: FlowRecord;
}

export interface Comparison {
	/** One list for each flow of the truth: usually of one; empty only where the capture has less than was played. */
	readonly outcomes: ReadonlyMap<PlayedFlow, readonly Outcome[]>;
	/** Flows that the lab did not start, and transfers that are not as played. */
	readonly others: readonly string[];
	/** Hosts that flowmatrix did not find, or found and should not have. */
	readonly hosts: readonly string[];
}

/** @param isWorse whether the capture has less than what was played: then falling short of the truth is not wrong. */
export function compare(report: Report, truth: LabTruth, isWorse = false): Comparison {
	const known = new Map(report.hosts.map(({ address, products }) => [address, products]));
	const seen = new Map<PlayedFlow, Outcome[]>(truth.flows.map((flow) => [flow, []]));
	const others: string[] = [];
	for (const record of report.flows()) {
		const expected = truth.flows.find((flow) => isPlayed(flow, record));
		if (expected) seen.get(expected)!.push(judge(expected, record, missing(truth, known), isWorse));
		else if (record.transport === "tcp" || record.transport === "udp")
			others.push(`${describe(record)}: the lab did not start this`);
		else if (record.label.status !== "unknown")
			others.push(`${describe(record)}: ${gotText(record)}, should be unknown`);
	}
	for (const outcomes of seen.values()) {
		if (outcomes.length === 0 && !isWorse)
			outcomes.push({ result: "wrong", remark: "no such flow", got: "-", confidence: "-" });
	}
	return {
		outcomes: seen,
		others: [...others, ...differingTransfers(report, truth)],
		hosts: differingHosts(truth, known),
	};
}

/** Whether a record's ends, either way round, and its time are those of the flow. */
function isPlayed(flow: PlayedFlow, record: FlowRecord): boolean {
	if (record.transport !== flow.transport || record.start < flow.from || record.start > flow.to) return false;
	const { client, server } = record;
	return (isAt(flow.client, client) && isAt(flow.server, server)) || isSwapped(flow, record);
}

function isSwapped(flow: LabFlow, { client, server }: FlowRecord): boolean {
	return isAt(flow.client, server) && isAt(flow.server, client);
}

function isAt(end: string, { address, port }: { address: string; port: number }): boolean {
	return end === endText(address, port) || end === endText(address, "*");
}

function judge(flow: PlayedFlow, record: FlowRecord, notKnown: ReadonlySet<string>, isWorse: boolean): Outcome {
	const wrong = differences(flow, record);
	const outcome = { got: gotText(record), confidence: record.label.confidence ?? "-", record };
	if (wrong.length === 0) return { result: "ok", remark: remarkOn(flow, record), ...outcome };
	if (isWorse && isHonest(flow, record)) return { result: "open", remark: "less was seen", ...outcome };
	// While no product host is known, flowmatrix says which row the port alone would be, and that it is no more.
	if (notKnown.size > 0 && record.label.confidence === "port-only")
		return { result: "open", remark: "no host known", ...outcome };
	const absent = [record.client.address, record.server.address].filter((address) => notKnown.has(address));
	if (absent.length > 0 && isHonest(flow, record))
		return { result: "open", remark: `host ${absent.join(", ")} not known`, ...outcome };
	return { result: "wrong", remark: wrong.join("; "), ...outcome };
}

function differences(flow: PlayedFlow, record: FlowRecord): string[] {
	const { status, row, peerRow, candidates } = record.label;
	const isWayRound = isAt(flow.client, record.client) && isAt(flow.server, record.server);
	const expected = flow.candidates?.join(", ");
	return [
		...(isWayRound ? [] : ["client and server swapped"]),
		...(status === flow.status && row === flow.row && peerRow === flow.peerRow ? [] : ["another label"]),
		...(expected === undefined || expected === candidates.join(", ") ? [] : ["other candidates"]),
		...(flow.finding === undefined || record.findings.some(({ kind }) => kind === flow.finding)
			? []
			: [`no finding ${flow.finding}`]),
	];
}

/** Whether a label that falls short of the truth says nothing that is not so. */
function isHonest(flow: PlayedFlow, { label, application }: FlowRecord): boolean {
	const rows = [flow.row, flow.peerRow, ...(flow.candidates ?? [])];
	if (label.status === "ambiguous") return label.candidates.some((row) => rows.includes(row));
	if (label.row === null || rows.includes(label.row)) return true;
	// A payload that contradicts the port's row, but was not captured.
	return flow.status === "unknown" && flow.shows !== undefined && application === null;
}

/** Not wrong, but less than the payload tells. */
function remarkOn(flow: PlayedFlow, record: FlowRecord): string {
	const protocol = record.application?.protocol;
	return flow.shows === undefined || flow.shows === protocol
		? ""
		: `payload is ${flow.shows}, seen ${protocol ?? "none"}`;
}

/** Addresses of product hosts that are not known for what they are. */
function missing(truth: LabTruth, known: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
	const addresses = Object.entries(truth.hosts).flatMap(([product, all]) =>
		all.filter((address) => !known.get(address)?.includes(product)),
	);
	return new Set(addresses);
}

function differingHosts(truth: LabTruth, known: ReadonlyMap<string, readonly string[]>): string[] {
	const extra = [...known].flatMap(([address, products]) =>
		products
			.filter((product) => !truth.hosts[product]?.includes(address))
			.map((product) => `${address} is no ${product}`),
	);
	return [...extra, ...[...missing(truth, known)].map((address) => `${address} was not found`)];
}

/** Whether the hosts of a comparison include one that is none: that is wrong, while one not found is not. */
export function isWrongHost(line: string): boolean {
	return line.includes(" is no ");
}

function differingTransfers(report: Report, truth: LabTruth): string[] {
	const text = ({ file, style, direction, bytes, row }: LabTransfer) => `${direction} ${file} ${style} ${bytes} ${row}`;
	const got = report.transfers.map((transfer) => `${text(transfer)}${transfer.complete ? "" : " incomplete"}`).sort();
	const expected = truth.transfers.map(text).sort();
	return [
		...expected.filter((line) => !got.includes(line)).map((line) => `transfer not seen: ${line}`),
		...got.filter((line) => !expected.includes(line)).map((line) => `transfer not played: ${line}`),
	];
}

export function gotText({ label }: FlowRecord): string {
	if (label.status === "ambiguous") return label.candidates.join(" or ");
	return label.row === null ? "unknown" : labelText(label.row, label.peerRow);
}

export function expectedText({ status, row, peerRow, candidates }: LabFlow): string {
	if (status === "ambiguous") return (candidates ?? []).join(" or ");
	return row === null ? "unknown" : labelText(row, peerRow);
}

function labelText(row: string, peerRow: string | null): string {
	return peerRow === null ? row : `${row} (${peerRow})`;
}

export function describe({ transport, client, server, application }: FlowRecord): string {
	const ends = `${endText(client.address, client.port)} -> ${endText(server.address, server.port)}`;
	return `${transport} ${ends}${application ? ` ${application.protocol}` : ""}`;
}
