import { FAILURES, SILENCES } from "../finding/kinds.ts";
import { THRESHOLDS } from "../finding/thresholds.ts";
import { hostOf } from "../packet/address.ts";
import type {
	CallRecord,
	CaptureFinding,
	HostRecord,
	Report,
	ReportHead,
	RowSummary,
	TransferRecord,
} from "./document.ts";
import { windowText } from "./window-text.ts";

/** A report without its flows: what `--summary --format json` prints. */
export type ReportSummary = Omit<Report, "flows">;

/** What a change means for the one who asks "it worked yesterday". */
export type ChangeKind = "worse" | "better" | "different";

interface Change {
	readonly change: ChangeKind;
	/** What changed, in words. */
	readonly what: string;
}

/** Whether a row works: `mixed`, some of its flows do; `unclear`, the capture does not tell of any. */
export type RowStateName = "working" | "failing" | "mixed" | "unclear" | "not seen";

export interface RowChange extends Change {
	readonly row: string;
	readonly service: string;
	readonly before: RowStateName;
	readonly after: RowStateName;
	readonly beforeFlows: number;
	readonly afterFlows: number;
}

export interface HostChange extends Change {
	readonly address: string;
	readonly products: readonly string[];
}

/** Unknown or ambiguous flows of one reason. */
export interface UnknownChange extends Change {
	readonly status: "ambiguous" | "unknown";
	readonly reason: string;
	readonly beforeFlows: number;
	readonly afterFlows: number;
	/** Ids of the first few flows, in the report that has them. */
	readonly examples: readonly number[];
}

export interface FindingChange extends Change {
	readonly kind: string;
	readonly severity: "info" | "warning" | "error";
	readonly row: string | null;
	readonly host: string | null;
	/** The finding's own words, of the report that has it (of the later one where both do). */
	readonly message: string;
}

/** Transfers of one file between a client's and a server's address. */
export interface TransferChange extends Change {
	readonly row: string | null;
	readonly file: string;
	readonly direction: "read" | "write";
	readonly client: string;
	readonly server: string;
	readonly before: string;
	readonly after: string;
}

/** Calls between two parties. */
export interface CallChange extends Change {
	readonly from: string;
	readonly to: string;
	readonly before: string;
	readonly after: string;
}

/** How many there were, and how many of them failed. */
export interface Tally {
	readonly count: number;
	readonly failed: number;
}

/** What one of the two reports is about. */
export interface DiffSide {
	readonly files: readonly string[];
	readonly start: string | null;
	readonly end: string | null;
	readonly packets: number;
	readonly flows: number;
	readonly matrix: string;
	readonly transfers: Tally;
	readonly calls: Tally;
}

/** What changed from one report to another: `schema/diff.schema.json`. Within a list, what became worse comes first. */
export interface ReportDiff {
	readonly schema: "flowmatrix-diff/1";
	readonly before: DiffSide;
	readonly after: DiffSide;
	readonly rows: readonly RowChange[];
	readonly hosts: readonly HostChange[];
	readonly findings: readonly FindingChange[];
	readonly transfers: readonly TransferChange[];
	readonly calls: readonly CallChange[];
	readonly unknowns: readonly UnknownChange[];
	/** What the comparison rests on, where that is weak: a sentence each. */
	readonly notes: readonly string[];
}

/** The lists of a diff. */
export const DIFF_LISTS = ["rows", "findings", "transfers", "calls", "hosts", "unknowns"] as const;
export type DiffList = (typeof DIFF_LISTS)[number];

/** How changes say that the later report lacks something. */
const GONE = /not seen again|\bgone\b/;

/** Holds a report against an earlier one of the same site. */
export function diffReports(before: ReportSummary, after: ReportSummary): ReportDiff {
	const changes: Pick<ReportDiff, DiffList> = {
		rows: worstFirst(rowChanges(before.rows, after.rows)),
		findings: worstFirst(findingChanges(before, after)),
		transfers: worstFirst(transferChanges(before, after)),
		calls: worstFirst(callChanges(before.calls, after.calls)),
		hosts: worstFirst(hostChanges(before.hosts, after.hosts)),
		unknowns: worstFirst(unknownChanges(before, after)),
	};
	const isGone = DIFF_LISTS.some((name) => changes[name].some(({ what }) => GONE.test(what)));
	return {
		schema: "flowmatrix-diff/1",
		before: sideOf(before),
		after: sideOf(after),
		...changes,
		notes: [...notesOn(before, after), ...(isGone ? ["what was not seen again may just not have been used"] : [])],
	};
}

function sideOf(report: ReportSummary): DiffSide {
	const { capture, labels, matrix, transfers, calls } = report;
	const isGood = transferJudge(report);
	return {
		files: capture.files,
		start: capture.start,
		end: capture.end,
		packets: capture.packets,
		flows: labels.flows,
		matrix: `${matrix.name} ${matrix.release}`,
		transfers: { count: transfers.length, failed: transfers.filter((each) => isGood(each) === false).length },
		calls: { count: calls.length, failed: calls.filter(({ result }) => isFailure(result)).length },
	};
}

const ORDER: readonly ChangeKind[] = ["worse", "better", "different"];

function worstFirst<T extends Change>(changes: Iterable<T>): T[] {
	return [...changes].sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
}

/** What only one of two lists has, and what both have, by a key; in the order of the first list, then the second's. */
function* paired<T>(
	before: readonly T[],
	after: readonly T[],
	keyOf: (item: T) => string,
): Iterable<{ before: readonly T[]; after: readonly T[] }> {
	const groups = new Map<string, { before: T[]; after: T[] }>();
	const groupOf = (item: T) => {
		const key = keyOf(item);
		let group = groups.get(key);
		if (!group) {
			group = { before: [], after: [] };
			groups.set(key, group);
		}
		return group;
	};
	for (const item of before) groupOf(item).before.push(item);
	for (const item of after) groupOf(item).after.push(item);
	yield* groups.values();
}

/** Parts of a key, told apart whatever is in them. */
function keyOf(...parts: readonly (string | null)[]): string {
	return JSON.stringify(parts);
}

function stateOf(row: RowSummary | undefined): RowStateName {
	if (!row) return "not seen";
	if (row.working > 0) return row.failing > 0 ? "mixed" : "working";
	return row.failing > 0 ? "failing" : "unclear";
}

const STATE_CHANGES: Readonly<Record<string, readonly [ChangeKind, string]>> = {
	"working failing": ["worse", "stopped working"],
	"mixed failing": ["worse", "stopped working"],
	"working mixed": ["worse", "fails at times"],
	"failing working": ["better", "started working"],
	"failing mixed": ["better", "works at times"],
	"mixed working": ["better", "fails no more"],
	"not seen failing": ["worse", "is new, and fails"],
	"not seen mixed": ["worse", "is new, and fails at times"],
	"not seen working": ["different", "is new"],
	"not seen unclear": ["different", "is new; whether it works, the capture does not tell"],
	"working not seen": ["different", "worked, and was not seen again"],
	"mixed not seen": ["different", "worked at times, and was not seen again"],
	"failing not seen": ["different", "failed, and was not seen again"],
	"unclear not seen": ["different", "was not seen again"],
	"working unclear": ["different", "worked; whether it does now, the capture does not tell"],
	"mixed unclear": ["different", "worked at times; whether it does now, the capture does not tell"],
	"failing unclear": ["different", "failed; whether it does now, the capture does not tell"],
	"unclear working": ["different", "works"],
	"unclear failing": ["worse", "fails"],
	"unclear mixed": ["worse", "fails at times"],
};

function* rowChanges(before: readonly RowSummary[], after: readonly RowSummary[]): Iterable<RowChange> {
	for (const pair of paired(before, after, ({ row }) => row)) {
		const [was, is] = [pair.before[0], pair.after[0]];
		const states = { before: stateOf(was), after: stateOf(is) };
		const told = STATE_CHANGES[`${states.before} ${states.after}`];
		if (!told) continue;
		const { row, service } = (is ?? was)!;
		const flows = { beforeFlows: was?.flows ?? 0, afterFlows: is?.flows ?? 0 };
		yield { change: told[0], what: told[1], row, service, ...states, ...flows };
	}
}

function* hostChanges(before: readonly HostRecord[], after: readonly HostRecord[]): Iterable<HostChange> {
	for (const { before: was, after: is } of paired(before, after, ({ address }) => address)) {
		const { address, products } = (is[0] ?? was[0])!;
		for (const what of whatChanged(was[0], is[0])) yield { change: "different", what, address, products };
	}
}

function* whatChanged(was: HostRecord | undefined, is: HostRecord | undefined): Iterable<string> {
	const list = (host: HostRecord) => host.products.join(", ") || "no product";
	if (!was) yield `is new: ${list(is!)}`;
	else if (!is) yield `was not seen again: ${list(was)}`;
	else {
		if (list(was) !== list(is)) yield `ran ${list(was)}, runs ${list(is)}`;
		for (const [field, name] of [
			["system", "name"],
			["model", "model"],
			["release", "release"],
			["basePort", "base port"],
		] as const) {
			const [old, now] = [was[field], is[field]];
			// What a host did not say of itself this time need not have changed.
			if (old !== undefined && now !== undefined && old !== now) yield `its ${name} was ${old} and is ${now}`;
		}
	}
}

const SEVERITIES = ["info", "warning", "error"] as const;

function* findingChanges(before: ReportSummary, after: ReportSummary): Iterable<FindingChange> {
	const key = ({ kind, row, host }: CaptureFinding) => keyOf(kind, row, host);
	const rowsAfter = new Set(after.rows.map(({ row }) => row));
	for (const { before: was, after: is } of paired(before.findings, after.findings, key)) {
		const worst = (list: readonly CaptureFinding[]) =>
			list.reduce((most, { severity }) => Math.max(most, SEVERITIES.indexOf(severity)), -1);
		const [old, now] = [worst(was), worst(is)];
		if (old === now) continue;
		const told = is.length > 0 ? is : was;
		const { kind, row, host, message, severity } = told.find(
			(each) => SEVERITIES.indexOf(each.severity) === worst(told),
		)!;
		const isUnused = now < 0 && row !== null && !rowsAfter.has(row);
		const gone = isUnused ? "is gone, and its row was not seen again" : "is gone";
		const what = old < 0 ? "is new" : now < 0 ? gone : `was ${SEVERITIES[old]}, is ${SEVERITIES[now]}`;
		// What is only good to know is no worse for being there, and what was not tried again no better.
		const change = isUnused || Math.max(old, now) === 0 ? "different" : now > old ? "worse" : "better";
		yield { change, what, kind, severity, row, host, message };
	}
}

/** Seconds after which a transfer counts as stopped, as the findings have it where nobody asks for another figure. */
const SILENCE = THRESHOLDS["transfer-silence"].value;

/** Tells whether a transfer of the report came to its end: undefined of one that the capture's end cuts, which may have gone on. */
function transferJudge({ capture, findings }: ReportSummary): (transfer: TransferRecord) => boolean | undefined {
	const failing = new Set(findings.filter(saysThatItFails).flatMap(({ flows }) => flows));
	return ({ complete, error, end, flows }) => {
		if (error !== null) return false;
		if (complete) return true;
		const silence = capture.end === null ? 0 : (Date.parse(capture.end) - Date.parse(end)) / 1000;
		return silence < SILENCE && !flows.some((flow) => failing.has(flow)) ? undefined : false;
	};
}

function saysThatItFails({ kind, severity }: CaptureFinding): boolean {
	return severity !== "info" && (FAILURES.has(kind) || SILENCES.has(kind) || kind === "tftp-restarted");
}

/** How the transfers of one file between two hosts ended. */
function outcomeOf(all: readonly TransferRecord[], isGood: (transfer: TransferRecord) => boolean | undefined) {
	const failed = all.filter((each) => isGood(each) === false);
	const hasGood = all.some(isGood);
	const [first] = failed;
	const unfailing = hasGood ? "complete" : "under way when the capture ended";
	const text = first ? `${failed.length} of ${all.length} failed (${first.error ?? "incomplete"})` : unfailing;
	return { isBad: failed.length > 0, hasGood, text: all.length > 0 ? text : "not seen" };
}

function* transferChanges(before: ReportSummary, after: ReportSummary): Iterable<TransferChange> {
	const key = ({ client, server, file, direction }: TransferRecord) =>
		keyOf(direction, file, hostOf(client), hostOf(server));
	const [wasGood, isGood] = [transferJudge(before), transferJudge(after)];
	for (const { before: was, after: is } of paired(before.transfers, after.transfers, key)) {
		const [old, now] = [outcomeOf(was, wasGood), outcomeOf(is, isGood)];
		const isWorse = now.isBad && !old.isBad;
		const isBetter = old.isBad && !now.isBad && now.hasGood;
		if (!isWorse && !isBetter) continue;
		const { row, file, direction, client, server } = is[0]!;
		yield {
			change: isWorse ? "worse" : "better",
			what: isBetter ? "works now" : was.length > 0 ? "fails now" : "is new, and fails",
			row,
			file,
			direction,
			client: hostOf(client),
			server: hostOf(server),
			before: old.text,
			after: now.text,
		};
	}
}

/** Whether a call came to nothing for a reason that lies in the telephone system or the line: not with the people. */
function isFailure(result: string): boolean {
	return /^(rejected|failed|unanswered request)/.test(result);
}

function* callChanges(before: readonly CallRecord[], after: readonly CallRecord[]): Iterable<CallChange> {
	const results = (list: readonly CallRecord[]) => [...new Set(list.map(({ result }) => result))].join(", ");
	for (const { before: was, after: is } of paired(before, after, ({ from, to }) => keyOf(from, to))) {
		const failed = (list: readonly CallRecord[]) => list.some(({ result }) => isFailure(result));
		if (is.length === 0 || failed(was) === failed(is)) continue;
		const { from, to } = is[0]!;
		yield {
			change: failed(is) ? "worse" : "better",
			what: failed(was) ? "works now" : was.length > 0 ? "fails now" : "is new, and fails",
			from,
			to,
			before: was.length > 0 ? results(was) : "not seen",
			after: results(is),
		};
	}
}

function* unknownChanges(before: ReportSummary, after: ReportSummary): Iterable<UnknownChange> {
	for (const { before: was, after: is } of paired(before.reasons, after.reasons, (each) =>
		keyOf(each.status, each.reason),
	)) {
		if (was.length > 0 && is.length > 0) continue;
		const { status, reason, examples } = (is[0] ?? was[0])!;
		const isNew = was.length === 0;
		const flows = { beforeFlows: was[0]?.flows ?? 0, afterFlows: is[0]?.flows ?? 0 };
		yield { change: "different", what: isNew ? "is new" : "is gone", status, reason, ...flows, examples };
	}
}

/** Captures whose lengths differ by more than this factor hardly show the same. */
const ALIKE = 3;

function* notesOn(before: ReportSummary, after: ReportSummary): Iterable<string> {
	if (hasProduct(before) && hasProduct(after) && !haveOneHost(before, after))
		yield "no product host of one capture is one in the other: if these are two sites, or anonymized with two keys, what differs is no change";
	const [first, second] = [secondsOf(before), secondsOf(after)];
	const isShorter = first > 0 && second > 0 && Math.max(first, second) > ALIKE * Math.min(first, second);
	if (isShorter)
		yield "one capture is much longer than the other: what only the longer one has may be a matter of time";
	const releases = [before, after].map(({ matrix }) => matrix.release);
	if (releases[0] !== releases[1])
		yield `the flows were held against the matrix of two releases, ${releases.join(" and ")}`;
	for (const [name, report] of [
		["before", before],
		["after", after],
	] as const) {
		if (report.capture.window) yield `${name}: ${windowText(report.capture.window, report.capture)}`;
		if (report.problems.length > 0) yield `${name}: not all of the input was read (${report.problems[0]!.message})`;
		if (report.capture.dropped > 0) yield `${name}: ${report.capture.dropped} packets were dropped while capturing`;
		if (!hasProduct(report)) yield `${name}: no product host is known: rows are told by ports alone (--host)`;
	}
}

function haveOneHost(before: ReportHead, after: ReportHead): boolean {
	const addresses = new Set(before.hosts.map(({ address }) => address));
	return after.hosts.some(({ address }) => addresses.has(address));
}

function hasProduct({ hosts }: ReportHead): boolean {
	return hosts.some(({ products }) => products.length > 0);
}

function secondsOf({ capture: { start, end } }: ReportSummary): number {
	return start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : 0;
}
