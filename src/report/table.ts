import type {
	CallRecord,
	CaptureFinding,
	FlowRecord,
	HostRecord,
	ReasonGroup,
	Report,
	RowSummary,
	TransferRecord,
} from "../document/document.ts";
import { problemText } from "../document/problem-text.ts";
import { windowText } from "../document/window-text.ts";
import { KINDS } from "../finding/kinds.ts";
import { byteText, counted, durationText, grouped } from "../finding/words.ts";
import type { RenderOptions } from "./renderer.ts";
import { lastedText, mediaText, resultText, troubleFirst } from "./text/call-words.ts";
import { endText, RANKS, rank, rowText, SURE } from "./text/flow-words.ts";
import { Page } from "./text/page.ts";
import { type Column, ROWS_AT_A_TIME } from "./text/text-table.ts";
import { ANONYMIZED, becauseOf, filesText, selfDescription } from "./text/words.ts";

/** Flows listed on a terminal unless told otherwise. */
const MAX_FLOWS = 40;
/** Findings, calls, and transfers, listed on a terminal unless told otherwise. */
const MAX_LISTED = 20;
/** A trunk's signalling flow has thousands. */
const MAX_CALLS_NOTED = 4;
const MAX_REASONS = 12;
/** Places of one kind of finding that is no trouble. */
const MAX_PLACES = 12;
const MAX_PROBLEMS = 8;

/** The report for people: summary first, then what needs a look, then the flows, those that matter first. */
export function* table(report: Report, options: RenderOptions): Iterable<string> {
	const page = new Page(options);
	yield* head(report, page);
	yield* problems(report, page);
	const most = Math.max(options.maxFlows ?? 0, MAX_LISTED);
	yield* hosts(report, page);
	yield* findings(report, page, most);
	yield* rows(report, page);
	yield* reasons(report, page);
	yield* calls(report, page, most);
	yield* transfers(report, page, most);
	yield* notDecoded(report, page);
	if (!options.summary) yield* flows(report, page, options.maxFlows ?? MAX_FLOWS);
}

export function* head(
	{ anonymized, capture, matrix, labels }: Pick<Report, "anonymized" | "capture" | "matrix" | "labels">,
	page: Page,
): Iterable<string> {
	const { files, packets, bytes, start, end, linkTypes } = capture;
	yield page.line(filesText(files), "bold");
	const span =
		start && end
			? `, ${durationText((Date.parse(end) - Date.parse(start)) / 1000)} from ${start.slice(0, 19).replace("T", " ")} UTC`
			: "";
	yield* page.wrapped(
		`${counted(packets, "packet")}, ${byteText(bytes)}${span}, link type ${linkTypes.join(", ") || "none"}`,
		"",
	);
	const parts = [
		labels.matched > 0 ? page.paint("green", `${grouped(labels.matched)} matched`) : "0 matched",
		labels.ambiguous > 0 ? page.paint("yellow", `${grouped(labels.ambiguous)} ambiguous`) : "",
		labels.unknown > 0 ? page.paint("red", `${grouped(labels.unknown)} unknown`) : "0 unknown",
	].filter(Boolean);
	yield `${counted(labels.flows, "flow")}: ${parts.join(", ")}\n`;
	yield* page.wrapped(`port matrix ${matrix.name}, release ${matrix.release}${becauseOf(matrix)}`, "  ", "dim");
	if (anonymized) yield* page.wrapped(ANONYMIZED, "  ");
	if (capture.window) yield* page.wrapped(windowText(capture.window, capture), "  ");
	if (capture.duplicates > 0)
		yield* page.wrapped(
			`${counted(capture.duplicates, "packet")} captured more than once (on another interface, in another file, by a mirror of several ports): counted once in the flows`,
			"  ",
		);
	if (capture.dropped > 0)
		yield* page.wrapped(
			`${counted(capture.dropped, "packet")} dropped while capturing: flows may look incomplete`,
			"  ",
			"yellow",
		);
}

export function* problems({ problems: all }: Pick<Report, "problems">, page: Page): Iterable<string> {
	if (all.length === 0) return;
	yield `\n${page.paint("bold", "Problems of the input")}\n`;
	for (const problem of all.slice(0, MAX_PROBLEMS)) yield* page.wrapped(problemText(problem), "  ", "yellow");
	if (all.length > MAX_PROBLEMS)
		yield page.line(`and ${all.length - MAX_PROBLEMS} more (--format json lists all)`, "dim");
}

function* hosts({ hosts: all }: Report, page: Page): Iterable<string> {
	if (all.length === 0) {
		yield "\n";
		yield* page.wrapped(
			"No product host is known: labels rest on ports alone. Name hosts with --host, e.g. --host ipo=10.0.0.1",
			"",
			"yellow",
		);
		return;
	}
	const columns: Column<HostRecord>[] = [
		{ head: "address", value: ({ address }) => address },
		{ head: "products", value: ({ products }) => products.join(", "), shrink: 10 },
		...(all.some(({ model, release, system }) => model ?? release ?? system)
			? [{ head: "says that it is", value: selfDescription, shrink: 12, drop: 2 }]
			: []),
		{ head: "source", value: ({ source }) => source, drop: 2 },
		{ head: "flows", value: ({ flows: count }) => grouped(count), right: true, drop: 3 },
		{ head: "how it was found", value: ({ reasons: why }) => why.join("; "), shrink: 16, drop: 1 },
	];
	yield* page.section("Product hosts", columns, all);
}

function* rows({ rows: all }: Report, page: Page): Iterable<string> {
	if (all.length === 0) return;
	const columns: Column<RowSummary>[] = [
		{ head: "row", value: ({ row }) => row, paint: (text) => page.paint("green", text) },
		{ head: "service", value: ({ service }) => service, shrink: 12 },
		{ head: "flows", value: ({ flows: count }) => grouped(count), right: true },
		{ head: "packets", value: ({ packets }) => grouped(packets), right: true, drop: 1 },
		{ head: "bytes", value: ({ bytes }) => byteText(bytes), right: true },
	];
	yield* page.section("Matrix rows seen", columns, all);
}

function* reasons({ reasons: all }: Report, page: Page): Iterable<string> {
	if (all.length === 0) return;
	const columns: Column<ReasonGroup>[] = [
		{
			head: "status",
			value: ({ status }) => status,
			paint: (text, { status }) => page.paint(status === "unknown" ? "red" : "yellow", text),
		},
		{ head: "flows", value: ({ flows: count }) => grouped(count), right: true },
		{ head: "bytes", value: ({ bytes }) => byteText(bytes), right: true, drop: 2 },
		{ head: "reason", value: ({ reason }) => reason, shrink: 20 },
		{ head: "such as flow", value: ({ examples }) => examples.join(", "), drop: 1, shrink: 6 },
	];
	yield* page.section("Ambiguous or unknown, and why", columns, all.slice(0, MAX_REASONS));
	if (all.length > MAX_REASONS)
		yield page.line(`and ${counted(all.length - MAX_REASONS, "more reason")} (--format json lists all)`, "dim");
}

export const SEVERITY_STYLES = { error: "red", warning: "yellow", info: "dim" } as const;

function* findings({ findings: all }: Report, page: Page, most: number): Iterable<string> {
	yield `\n${page.paint("bold", `Findings: ${severitiesText(all)}`)}\n`;
	const troubles = all.filter(({ severity }) => severity !== "info");
	const explained = new Set<string>();
	for (const { severity, kind, message, filter, check } of troubles.slice(0, most)) {
		yield* page.wrapped(`${severity} ${kind}: ${message}`, "    ", SEVERITY_STYLES[severity]);
		const steps = check.join("; ");
		if (!explained.has(steps)) yield* page.wrapped(`  check: ${steps}`, "    ", "dim");
		explained.add(steps);
		if (filter !== null) yield page.whole(`  Wireshark: ${filter}`, "dim");
	}
	if (troubles.length > most) yield page.line(`and ${grouped(troubles.length - most)} more (--all lists all)`, "dim");
	yield* goodToKnow(
		all.filter(({ severity }) => severity === "info"),
		page,
	);
}

/** One line for each kind: a site has many optional services, and they are no trouble. */
function* goodToKnow(all: readonly CaptureFinding[], page: Page): Iterable<string> {
	for (const kind of new Set(all.map((each) => each.kind))) {
		const alike = all.filter((each) => each.kind === kind);
		const text = alike.length === 1 ? alike[0]!.message : `${KINDS[kind].meaning} ${placesText(alike)}`;
		yield* page.wrapped(`info ${kind}: ${text}`, "    ", SEVERITY_STYLES.info);
	}
}

/** `IPO-IN-36 (flow 15), IPO-IN-41 (flow 8), …`. */
function placesText(all: readonly CaptureFinding[]): string {
	const places = all.map(({ row, servers, flows }) => {
		const flow = flows.length > 0 ? ` (flow ${flows[0]})` : "";
		return `${row ?? servers[0] ?? ""}${flow}`.trim();
	});
	const more = places.length - MAX_PLACES;
	return `${places.slice(0, MAX_PLACES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function severitiesText(all: readonly CaptureFinding[]): string {
	const count = (wanted: string) => all.filter(({ severity }) => severity === wanted).length;
	const parts = [counted(count("error"), "error"), counted(count("warning"), "warning"), `${count("info")} info`];
	return parts.filter((part) => !part.startsWith("0 ")).join(", ") || "none";
}

function* calls({ calls: all, capture }: Report, page: Page, most: number): Iterable<string> {
	if (all.length === 0) return;
	yield* page.section("Calls", callColumns(page, capture), troubleFirst(all).slice(0, most));
	if (all.length > most) yield page.line(`and ${grouped(all.length - most)} more (--all lists all)`, "dim");
}

export function callColumns(page: Page, capture: Report["capture"]): Column<CallRecord>[] {
	const date = dateLength(capture);
	return [
		{ head: "call", value: ({ id }) => String(id), right: true },
		{ head: "start", value: ({ start }) => start.slice(date, 23).replace("T", " "), drop: 3 },
		{ head: "from", value: ({ from }) => from || "–", shrink: 16 },
		{ head: "to", value: ({ to }) => to || "–", shrink: 16 },
		{
			head: "result",
			value: resultText,
			shrink: 10,
			paint: (text, { result }) => page.paint(result === "answered" ? "green" : "yellow", text),
		},
		{ head: "lasted", value: lastedText, right: true, drop: 2 },
		{ head: "codec", value: ({ codec }) => codec ?? "", shrink: 5, drop: 4 },
		{
			head: "media",
			value: mediaText,
			shrink: 15,
			drop: 1,
			paint: (text, { findings: found }) => (found.length > 0 ? page.paint("red", text) : text),
		},
	];
}

function* transfers({ transfers: all }: Report, page: Page, most: number): Iterable<string> {
	if (all.length === 0) return;
	yield* page.section("TFTP transfers", transferColumns(page), all.slice(0, most));
	if (all.length > most) yield page.line(`and ${grouped(all.length - most)} more (--all lists all)`, "dim");
}

export function transferColumns(page: Page): Column<TransferRecord>[] {
	return [
		{ head: "id", value: ({ id }) => String(id), right: true },
		{ head: "row", value: ({ row }) => row ?? "–", paint: (text, { row }) => (row ? page.paint("green", text) : text) },
		{ head: "client", value: ({ client }) => client, shrink: 21 },
		{ head: "server", value: ({ server }) => server, shrink: 21 },
		{ head: "", value: ({ direction }) => direction, drop: 1 },
		{ head: "file", value: ({ file }) => file, shrink: 10 },
		{ head: "bytes", value: ({ bytes }) => byteText(bytes), right: true, drop: 2 },
		{ head: "retry", value: ({ retransmits }) => grouped(retransmits), right: true, drop: 3 },
		{ head: "style", value: ({ style }) => style, drop: 4 },
		{ head: "flows", value: ({ flows: ids }) => ids.join(" "), shrink: 7, drop: 5 },
		{
			head: "outcome",
			value: ({ complete, error }) => error ?? (complete ? "complete" : "incomplete"),
			shrink: 10,
			paint: (text, { complete }) => page.paint(complete ? "green" : "red", text),
		},
	];
}

export function* notDecoded({ capture }: Pick<Report, "capture">, page: Page): Iterable<string> {
	if (capture.notDecoded.length === 0) return;
	yield `\n${page.paint("bold", "Packets not decoded, or not whole")}\n`;
	for (const { packets, reason, hint, class: kind } of capture.notDecoded) {
		yield* page.wrapped(
			`${grouped(packets)} ${reason}${hint ? ` (${hint})` : ""}`,
			"  ",
			kind === "problem" ? "yellow" : undefined,
		);
	}
}

/** `255.255.255.255:65535` */
const IPV4_END = 21;

function* flows(report: Report, page: Page, most: number): Iterable<string> {
	const count = report.labels.flows;
	if (count === 0) return;
	const date = dateLength(report.capture);
	// Later rows have longer ones than those that set the widths.
	const longest = (most: number) => String(most).length;
	const end = count > ROWS_AT_A_TIME ? { shrink: 22, least: IPV4_END } : { shrink: 22 };
	const columns: Column<FlowRecord>[] = [
		{ head: "flow", value: ({ id }) => String(id), right: true, least: longest(count) },
		{ head: "start", value: ({ start }) => start.slice(date, 23).replace("T", " "), drop: 4 },
		{ head: "over", value: ({ transport }) => transport },
		{ head: "client", value: ({ client }) => endText(client), ...end },
		{ head: "server", value: ({ server }) => endText(server), ...end },
		{ head: "protocol", value: ({ application }) => application?.protocol ?? "", drop: 3, shrink: 6 },
		{
			head: "row",
			value: ({ label }) => rowText(label),
			shrink: 22,
			paint: (text, { label }) => page.paint(COLOURS[label.status], text),
		},
		{ head: "how sure", value: ({ label }) => SURE[label.confidence ?? "none"], drop: 2 },
		{
			head: "packets",
			value: ({ client, server }) => `${grouped(client.packets)}/${grouped(server.packets)}`,
			right: true,
			drop: 6,
		},
		{ head: "bytes", value: ({ client, server }) => byteText(client.bytes + server.bytes), right: true, drop: 5 },
		{ head: "state", value: ({ tcp }) => tcp?.state ?? "", drop: 7 },
		{
			head: "frame",
			value: ({ first }) => String(first.packet),
			right: true,
			drop: 8,
			least: longest(report.capture.packets),
		},
		{
			head: "note",
			value: noteText,
			shrink: 24,
			drop: 9,
			paint: (text, flow) => (flow.findings.length > 0 ? page.paint("red", text) : page.paint("dim", text)),
		},
	];
	const title = count > most ? `Flows: ${grouped(most)} of ${grouped(count)}` : "Flows";
	yield* page.section(title, columns, ranked(report, most));
	if (count > most)
		yield* page.wrapped(
			`${counted(count - most, "more flow")}: --all lists them here, --format csv or json for other programs`,
			"",
			"dim",
		);
}

/** Characters of a time that need not be shown: the date where there is one day only, the year where there is one. */
function dateLength({ start, end }: Report["capture"]): number {
	if (start?.slice(0, 10) === end?.slice(0, 10)) return "2026-03-02T".length;
	return start?.slice(0, 4) === end?.slice(0, 4) ? "2026-".length : 0;
}

export const COLOURS = { matched: "green", ambiguous: "yellow", unknown: "red" } as const;

/** The first `most` flows by rank, in one pass for each rank, so that none has to be kept. */
function* ranked(report: Report, most: number): Iterable<FlowRecord> {
	let left = most;
	for (let wanted = 0; wanted < RANKS && left > 0; wanted++) {
		for (const flow of report.flows()) {
			if (rank(flow) !== wanted) continue;
			yield flow;
			if (--left === 0) return;
		}
	}
}

export function noteText({ findings: found, label, transfer, call, tunnelled, vlan }: FlowRecord): string {
	const parts = found.map(({ message }) => message);
	if (label.status !== "matched") parts.push(label.reasons[0] ?? "");
	if (transfer !== undefined) parts.push(`transfer ${transfer}`);
	if (call && call.length <= MAX_CALLS_NOTED) parts.push(`call ${call.join(" ")}`);
	if (tunnelled) parts.push("in a tunnel");
	if (vlan.length > 0) parts.push(`vlan ${vlan.join("/")}`);
	return parts.join("; ");
}
