import type { Problem } from "../capture/problem.ts";
import { MAX_COVERED, mostCovered, stateOf } from "../finding/coverage.ts";
import { severityRank } from "../finding/observation.ts";
import { counted, grouped } from "../finding/words.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { BEYOND_COVERED } from "./build.ts";
import type {
	CallRecord,
	CaptureFinding,
	CaptureSummary,
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
import { timesText } from "./findings.ts";
import type { RowCoverage } from "./row-coverage.ts";
import { Spill } from "./spill.ts";

/** Transfers and calls kept of all pieces, each. */
const MAX_KEPT = 200_000;
/** Ends, ids and reasons listed of one thing. */
const MAX_LISTED = 20;
const EXAMPLES = 5;
/** Of all pieces: runs of days must not grow without end. */
const MAX_FINDINGS = 20_000;
/** Findings left out that are told from each other, so that one of many pieces counts once. */
const MAX_LEFT_OUT = 20_000;
const MAX_HOSTS = 50_000;
/** Messages of calls of earlier pieces, some 700 bytes each. */
const MAX_MESSAGES = 50_000;
/** One more than whoever anonymizes keeps: then it is known that there were more. */
const MAX_QUOTES = 200_001;

/**
 * Makes one report of those of the pieces that a capture was read in. Flows of all but the last wait on the disk. What is
 * one in several pieces is told once: a host, a row, a finding of one kind on one row of one host.
 */
export class Pieces {
	/** One for each piece, oldest first. */
	readonly #spills: Spill<FlowRecord>[] = [];
	readonly #mostBytes: number;
	/** Flows that the disk has no more room for. */
	#dropped = 0;
	#before: Report | undefined;
	/** Times at which the capture was cut: the first few, and how often it was. */
	readonly #cuts: string[] = [];
	#count = 0;
	#findings: MergedFindings = { byCause: new Map(), leftOut: new Set() };
	#lost = 0;

	/** @param mostBytes that flows may take on the disk: beyond, those of the oldest piece go. */
	constructor(mostBytes = Number.POSITIVE_INFINITY) {
		this.#mostBytes = mostBytes;
	}

	/** Takes the report of a piece that is not the last. */
	add(report: Report): void {
		this.#keep(report.flows());
		if (this.#cuts.length < MAX_LISTED) this.#cuts.push(report.capture.end ?? "");
		this.#count++;
		this.#findings = mergeFindings(this.#findings, report.findings);
		this.#lost += beyondKept(this.#before, report);
		const { flows: _, quotes, calls, coverage, ...merged } = this.#merge(report, [], this.#findings);
		// Not its flows and quotes: they hold all that the piece was made of.
		this.#before = {
			...merged,
			calls: withLastMessages(calls),
			coverage: constantly(coverage()),
			flows: constantly<readonly FlowRecord[]>([]),
			quotes: constantly(firstOf(quotes?.() ?? [], MAX_QUOTES)),
		};
	}

	#keep(flows: Iterable<FlowRecord>): void {
		const spills = this.#spills;
		let spill: Spill<FlowRecord> | undefined;
		for (const flow of flows) {
			spill ??= new Spill();
			spill.add(flow);
		}
		if (spill) spills.push(spill);
		let size = spills.reduce((sum, { bytes }) => sum + bytes, 0);
		while (size > this.#mostBytes && spills.length > 0) {
			const oldest = spills.shift()!;
			size -= oldest.bytes;
			this.#dropped += oldest.count;
			oldest.close();
		}
	}

	/**
	 * What was seen so far, with the report of a piece that is still growing; its flows are that piece's alone.
	 * @param rows of the matrix, in its order.
	 */
	soFar(report: Report, rows: readonly MatrixRow[]): Report {
		return this.#merge(report, rows, mergeFindings(this.#findings, report.findings));
	}

	/** The whole, with that of the last piece. @param rows of the matrix, in its order. */
	conclude(last: Report, rows: readonly MatrixRow[]): Report {
		const spills = this.#spills;
		const findings = mergeFindings(this.#findings, last.findings);
		const { problems, flows, ...rest } = this.#merge(last, rows, findings);
		const lost = this.#lost + beyondKept(this.#before, last);
		const times = this.#count > this.#cuts.length ? [...this.#cuts, "…"] : this.#cuts;
		const cut = `the capture was read in ${this.#count + 1} pieces, for its flows do not fit into the memory together (--max-memory), cut at ${times.join(", ")}: flows that went on there are two, labels rest on what their piece and those before it show, and what was waited for when one ended is not told as missing`;
		const limits = [cut];
		if (lost > 0)
			limits.push(`${lost} transfers and calls, the earliest, are not listed: the last ${MAX_KEPT} of each are`);
		const leftOut = findings.leftOut.size;
		if (leftOut > 0) {
			const atLeast = leftOut < MAX_LEFT_OUT ? "" : "at least ";
			limits.push(`${atLeast}${counted(leftOut, "finding")} left out, the least grave: ${MAX_FINDINGS} are listed`);
		}
		if (rest.hosts.length >= MAX_HOSTS)
			limits.push(`product hosts beyond the first ${grouped(MAX_HOSTS)} are not listed`);
		const given = rest.hosts.filter(({ source }) => source === "given").length;
		if (rest.hosts.length > mostCovered({ given }) && !problems.some(({ message }) => message === BEYOND_COVERED))
			limits.push(BEYOND_COVERED);
		if (this.#dropped > 0)
			limits.push(`the first ${this.#dropped} flows are counted, but not listed: there was no more room for them`);
		const file = last.capture.files[0] ?? "-";
		return {
			...rest,
			problems: [...problems, ...limits.map((message) => ({ file, offset: 0, kind: "limit" as const, message }))],
			*flows() {
				for (const spill of spills) yield* spill.objects();
				yield* flows();
			},
		};
	}

	#merge(report: Report, rows: readonly MatrixRow[], findings: MergedFindings): Report {
		const before = this.#before;
		return {
			...report,
			coverage: before ? coverageOfBoth(before.coverage, report.coverage) : report.coverage,
			quotes: oneAfterOther(before?.quotes, report.quotes),
			capture: before ? captureOf(before.capture, report.capture) : report.capture,
			// The last piece's are those of the whole run; limits are told by each.
			problems: limitsTogether([
				...(before?.problems.filter(({ kind }) => kind === "limit").slice(0, MAX_LISTED) ?? []),
				...report.problems,
			]),
			matrix: before ? matrixOf(before.matrix, report.matrix) : report.matrix,
			hosts: before ? hostsOf(before.hosts, report.hosts) : report.hosts,
			transfers: kept<TransferRecord>(before?.transfers, report.transfers),
			calls: kept<CallRecord>(before?.calls, report.calls),
			rows: before ? rowsOf(before.rows, report.rows, rows) : report.rows,
			labels: before ? countsOf(before.labels, report.labels) : report.labels,
			reasons: before ? reasonsOf(before.reasons, report.reasons) : report.reasons,
			findings: listOf(findings),
		};
	}
}

/*
 * Functions that a report keeps are made here, each by itself: what is made side by side in one function keeps all that any of
 * them uses, and that would be the whole of a piece.
 */

function constantly<T>(value: T): () => T {
	return () => value;
}

function oneAfterOther(
	one: (() => Iterable<string>) | undefined,
	other: (() => Iterable<string>) | undefined,
): () => Iterable<string> {
	return function* () {
		yield* one?.() ?? [];
		yield* other?.() ?? [];
	};
}

/** A limit's words behind the number of what it left out. */
const LEFT_OUT = /^(\d+) (.*)$/s;

/** What each piece left out of the same thing is told once, with its sum. */
function limitsTogether(problems: readonly Problem[]): Problem[] {
	const places = new Map<string, number>();
	const all: Problem[] = [];
	for (const problem of problems) {
		const [, count, what] = (problem.kind === "limit" && LEFT_OUT.exec(problem.message)) || [];
		const place = what === undefined ? undefined : places.get(what);
		if (place === undefined) {
			if (what !== undefined) places.set(what, all.length);
			all.push(problem);
			continue;
		}
		const [, before] = LEFT_OUT.exec(all[place]!.message)!;
		all[place] = { ...problem, message: `${Number(before) + Number(count)} ${what}` };
	}
	return all;
}

/** When it is asked for: what is looked at now and then has no need of it. */
function coverageOfBoth(one: Report["coverage"], other: Report["coverage"]): Report["coverage"] {
	return () => coverageOf(one(), other());
}

/** Different ones, in their order. */
function firstOf(texts: Iterable<string>, most: number): ReadonlySet<string> {
	const found = new Set<string>();
	for (const text of texts) {
		if (found.size >= most) break;
		found.add(text);
	}
	return found;
}

/** Calls of which the latest have their messages, and the others how many those were. */
function withLastMessages(calls: readonly CallRecord[]): CallRecord[] {
	let room = MAX_MESSAGES;
	const kept = [...calls];
	for (let at = kept.length - 1; at >= 0; at--) {
		const call = kept[at]!;
		const { messages, messagesBeyond = 0 } = call;
		room -= messages.length;
		if (room < 0 && messages.length > 0)
			kept[at] = { ...call, messages: [], messagesBeyond: messagesBeyond + messages.length };
	}
	return kept;
}

/** A finding, and the number of pieces that it is in. */
interface Merged {
	readonly finding: CaptureFinding;
	readonly pieces: number;
}

interface MergedFindings {
	/** By kind, row and host. */
	readonly byCause: ReadonlyMap<string, Merged>;
	/** Those that there was no room for, by the same: the first {@link MAX_LEFT_OUT}. */
	readonly leftOut: ReadonlySet<string>;
}

function mergeFindings(before: MergedFindings, now: readonly CaptureFinding[]): MergedFindings {
	const merged = new Map(before.byCause);
	const leftOut = new Set(before.leftOut);
	const giveWay = givingWay(merged);
	for (const finding of now) {
		const key = `${finding.kind}|${finding.row}|${finding.host}`;
		const known = merged.get(key);
		if (!known && merged.size >= MAX_FINDINGS) {
			const given = giveWay(finding);
			if (leftOut.size < MAX_LEFT_OUT) leftOut.add(given ?? key);
			if (given === undefined) continue;
			merged.delete(given);
		}
		leftOut.delete(key);
		merged.set(
			key,
			known ? { finding: findingOf(known.finding, finding), pieces: known.pieces + 1 } : { finding, pieces: 1 },
		);
	}
	return { byCause: merged, leftOut };
}

/**
 * Finds what gives way to something graver: the first of the least grave. There are very many, so each severity has a walk
 * of its own, that goes on where it was: what it has passed is graver, and nothing becomes less grave. Where one is at its
 * end, none of its severity comes again, for there is no room that something graver would not take.
 */
function givingWay(merged: ReadonlyMap<string, Merged>): (to: CaptureFinding) => string | undefined {
	const walks = (["info", "warning"] as const).map((severity) => ({ severity, entries: merged.entries() }));
	return (to) => {
		for (const { severity, entries } of walks) {
			if (severityRank(to) >= severityRank({ severity })) return undefined;
			for (let next = entries.next(); !next.done; next = entries.next())
				if (next.value[1].finding.severity === severity) return next.value[0];
		}
		return undefined;
	};
}

/** Behind the words of the first piece's finding. */
function inAll({ start, end, flowCount }: CaptureFinding, pieces: number): string {
	const times = start && end ? `, ${timesText(start, end)}` : "";
	return `so in ${pieces} pieces, ${counted(flowCount, "flow")} in all${times}`;
}

function listOf({ byCause }: MergedFindings): CaptureFinding[] {
	return [...byCause.values()]
		.map(({ finding, pieces }) =>
			pieces === 1 ? finding : { ...finding, message: `${finding.message}; ${inAll(finding, pieces)}` },
		)
		.sort((a, b) => severityRank(a) - severityRank(b) || b.flowCount - a.flowCount);
}

function kept<T>(before: readonly T[] = [], now: readonly T[]): T[] {
	return [...before, ...now].slice(-MAX_KEPT);
}

/** How many transfers and calls a further report has more than are kept of all. */
function beyondKept(before: Report | undefined, { transfers, calls }: Report): number {
	const beyond = (kept: number, more: number) => Math.max(0, kept + more - MAX_KEPT);
	return beyond(before?.transfers.length ?? 0, transfers.length) + beyond(before?.calls.length ?? 0, calls.length);
}

function captureOf(a: CaptureSummary, b: CaptureSummary): CaptureSummary {
	const times = [a.start, a.end, b.start, b.end].filter((time) => time !== null).sort();
	const notDecoded = new Map<string, NotDecoded>();
	for (const each of [...a.notDecoded, ...b.notDecoded])
		notDecoded.set(each.reason, { ...each, packets: each.packets + (notDecoded.get(each.reason)?.packets ?? 0) });
	return {
		files: b.files,
		...(b.window ? { window: b.window } : {}),
		packets: a.packets + b.packets,
		bytes: a.bytes + b.bytes,
		start: times[0] ?? null,
		end: times.at(-1) ?? null,
		linkTypes: union(a.linkTypes, b.linkTypes),
		duplicates: a.duplicates + b.duplicates,
		dropped: b.dropped,
		notDecoded: [...notDecoded.values()].sort((x, y) => y.packets - x.packets),
	};
}

/** The release that a piece's systems told counts for the whole. */
function matrixOf(a: MatrixSummary, b: MatrixSummary): MatrixSummary {
	return b.source === "default" ? a : b;
}

function hostsOf(a: readonly HostRecord[], b: readonly HostRecord[]): HostRecord[] {
	const hosts = new Map(a.map((host) => [host.address, host]));
	for (const host of b) {
		const known = hosts.get(host.address);
		if (!known && hosts.size >= MAX_HOSTS) continue;
		hosts.set(
			host.address,
			known
				? {
						...known,
						...host,
						products: union(known.products, host.products),
						reasons: union(known.reasons, host.reasons).slice(0, MAX_LISTED),
						flows: known.flows + host.flows,
						findings: union(known.findings ?? [], host.findings ?? []),
					}
				: host,
		);
	}
	return [...hosts.values()];
}

function rowsOf(a: readonly RowSummary[], b: readonly RowSummary[], matrix: readonly MatrixRow[]): RowSummary[] {
	const rows = new Map(a.map((row) => [row.row, row]));
	for (const row of b) {
		const known = rows.get(row.row);
		rows.set(row.row, {
			...row,
			flows: row.flows + (known?.flows ?? 0),
			packets: row.packets + (known?.packets ?? 0),
			bytes: row.bytes + (known?.bytes ?? 0),
			working: row.working + (known?.working ?? 0),
			failing: row.failing + (known?.failing ?? 0),
		});
	}
	const places = new Map(matrix.map(({ id }, place) => [id, place]));
	return [...rows.values()].sort((x, y) => (places.get(x.row) ?? 0) - (places.get(y.row) ?? 0));
}

/** What the last piece knows of hosts counts: rows of the others follow. Of very many hosts, those that came first. */
function coverageOf(a: readonly RowCoverage[], b: readonly RowCoverage[]): RowCoverage[] {
	const key = ({ row, host }: RowCoverage) => `${row}|${host}`;
	const rows = new Map(a.map((row) => [key(row), row]));
	const hosts = new Set(a.map(({ host }) => host));
	// Of hosts that were given, a piece has more.
	const most = Math.max(MAX_COVERED, new Set(b.map(({ host }) => host)).size);
	for (const row of b) {
		const known = rows.get(key(row));
		if (!known) {
			if (hosts.size < most) hosts.add(row.host);
			if (hosts.has(row.host)) rows.set(key(row), row);
			continue;
		}
		const counts = {
			flows: known.flows + row.flows,
			working: known.working + row.working,
			failing: known.failing + row.failing,
		};
		const examples = counts.failing > 0 ? [known, row].filter(({ failing }) => failing > 0) : [known, row];
		rows.set(key(row), {
			...row,
			...counts,
			state: stateOf(counts.flows > 0 ? counts : undefined),
			kinds: union(known.kinds, row.kinds),
			examples: examples.flatMap((each) => each.examples).slice(0, EXAMPLES),
		});
	}
	return [...rows.values()];
}

function countsOf(a: LabelCounts, b: LabelCounts): LabelCounts {
	return {
		flows: a.flows + b.flows,
		matched: a.matched + b.matched,
		ambiguous: a.ambiguous + b.ambiguous,
		unknown: a.unknown + b.unknown,
	};
}

function reasonsOf(a: readonly ReasonGroup[], b: readonly ReasonGroup[]): ReasonGroup[] {
	const key = ({ status, reason }: ReasonGroup) => `${status} ${reason}`;
	const reasons = new Map(a.map((group) => [key(group), group]));
	for (const group of b) {
		const known = reasons.get(key(group));
		reasons.set(key(group), {
			...group,
			flows: group.flows + (known?.flows ?? 0),
			packets: group.packets + (known?.packets ?? 0),
			bytes: group.bytes + (known?.bytes ?? 0),
			examples: [...(known?.examples ?? []), ...group.examples].slice(0, EXAMPLES),
		});
	}
	return [...reasons.values()].sort((x, y) => y.flows - x.flows);
}

/** One finding of two pieces: words, place and filter are the earlier one's. */
function findingOf(a: CaptureFinding, b: CaptureFinding): CaptureFinding {
	const ends = [a.end, b.end].filter((time) => time !== null).sort();
	return {
		...a,
		severity: severityRank(b) < severityRank(a) ? b.severity : a.severity,
		clients: union(a.clients, b.clients).slice(0, MAX_LISTED),
		servers: union(a.servers, b.servers).slice(0, MAX_LISTED),
		flows: [...a.flows, ...b.flows].slice(0, MAX_LISTED),
		flowCount: a.flowCount + b.flowCount,
		...(a.calls || b.calls ? { calls: [...(a.calls ?? []), ...(b.calls ?? [])].slice(0, MAX_LISTED) } : {}),
		count: a.count + b.count,
		end: ends.at(-1) ?? null,
	};
}

function union<T>(a: readonly T[], b: readonly T[]): T[] {
	return [...new Set([...a, ...b])];
}
