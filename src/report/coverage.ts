import type { Coverage } from "../document/coverage.ts";
import { problemText } from "../document/problem-text.ts";
import type { RowCoverage } from "../document/row-coverage.ts";
import { windowText } from "../document/window-text.ts";
import { byteText, counted, durationText, grouped } from "../finding/words.ts";
import { jsonDocument } from "./json.ts";
import { csvLine } from "./text/csv-cell.ts";
import { Page } from "./text/page.ts";
import type { Column } from "./text/text-table.ts";
import { becauseOf, filesText, rowIds } from "./text/words.ts";

/** Text of a coverage, in pieces. */
export type CoverageRenderer = (coverage: Coverage, screen: { width: number; color: boolean }) => Iterable<string>;

/** The outputs of coverage by the name that `--format` takes; JSON as in `schema/coverage.schema.json`. */
export const COVERAGE_OUTPUTS: Readonly<Record<"table" | "json" | "csv", CoverageRenderer>> = {
	table,
	json: jsonDocument,
	csv,
};

function* csv({ rows }: Coverage): Iterable<string> {
	const heads = ["row", "service", "host", "state", "default", "flows", "working", "failing", "kinds", "examples"];
	yield `${csvLine(heads)}\r\n`;
	for (const { row, service, host, state, default: open, flows, working, failing, kinds, examples } of rows) {
		const cells = [row, service, host, state, open, flows, working, failing, kinds.join(" "), examples.join(" ")];
		yield `${csvLine(cells)}\r\n`;
	}
}

const STATES = ["failing", "mixed", "working", "unclear"] as const;
const STYLES = { failing: "red", mixed: "yellow", working: "green", unclear: "dim", "not seen": "dim" } as const;
const UNCLEAR =
	"Unclear: there was traffic, but neither an answer nor a failure: one direction only, or requests too young when the capture ends.";
const TELLS = [
	"Working: both sides spoke, or the message is one that nobody answers. An error that the server tells is an answer.",
	"Not seen is not blocked: the row may not have been used while this was captured, or not past this place. (flowmatrix matrix IPO-IN-1 tells what a row is.)",
];

/** For people: what fails first, then what works, then what was not seen, in few lines. */
function* table(coverage: Coverage, screen: { width: number; color: boolean }): Iterable<string> {
	const page = new Page(screen);
	yield* head(coverage, page);
	yield* seen(coverage, page);
	const unseen = unseenByHost(coverage);
	for (const { address, products } of coverage.hosts)
		yield* notSeen(`${address} (${products.join(", ")})`, unseen.get(address) ?? [], page);
	yield* required(coverage, page);
	yield "\n";
	const isUnclear = coverage.rows.some(({ state }) => state === "unclear");
	for (const line of [...TELLS.slice(0, 1), ...(isUnclear ? [UNCLEAR] : []), ...TELLS.slice(1)])
		yield* page.wrapped(line, "  ", "dim");
}

function* head({ capture, problems, matrix, hosts, labels }: Coverage, page: Page): Iterable<string> {
	const { files, packets, bytes, start, end } = capture;
	yield page.line(filesText(files), "bold");
	const span = start && end ? `, ${durationText((Date.parse(end) - Date.parse(start)) / 1000)}` : "";
	const unsure =
		labels.ambiguous > 0 ? `, of which ${grouped(labels.ambiguous)} fit several rows and count for none` : "";
	yield* page.wrapped(
		`${counted(packets, "packet")}, ${byteText(bytes)}${span}, ${counted(labels.flows, "flow")}${unsure}`,
		"  ",
	);
	yield* page.wrapped(`port matrix ${matrix.name}, release ${matrix.release}${becauseOf(matrix)}`, "  ", "dim");
	if (capture.window) yield* page.wrapped(windowText(capture.window, capture), "  ");
	for (const problem of problems) yield* page.wrapped(problemText(problem), "  ", "yellow");
	if (hosts.length === 0)
		yield* page.wrapped(
			"No product host is known: name hosts with --host, e.g. --host ipo=10.0.0.1, to see their rows",
			"",
			"yellow",
		);
}

function* seen({ rows }: Coverage, page: Page): Iterable<string> {
	const all = STATES.flatMap((wanted) => rows.filter(({ state }) => state === wanted));
	if (all.length === 0) return;
	const columns: Column<RowCoverage>[] = [
		{ head: "state", value: ({ state }) => state, paint: (text, { state }) => page.paint(STYLES[state], text) },
		{ head: "row", value: ({ row }) => row },
		{ head: "service", value: ({ service }) => service, shrink: 12, drop: 1 },
		{ head: "host", value: ({ host }) => host, shrink: 9 },
		{ head: "flows", value: ({ flows }) => grouped(flows), right: true, drop: 2 },
		{ head: "working", value: ({ working }) => grouped(working), right: true, drop: 4 },
		{ head: "failing", value: ({ failing }) => grouped(failing), right: true, drop: 5 },
		{ head: "what is wrong", value: ({ kinds }) => kinds.join(", "), shrink: 8 },
		{ head: "such as flow", value: ({ examples }) => examples.join(", "), shrink: 6, drop: 3 },
	];
	yield* page.section("Rows seen", columns, all);
}

/** In one walk: a hostile capture has tens of thousands of hosts. */
function unseenByHost({ rows }: Coverage): ReadonlyMap<string, readonly RowCoverage[]> {
	const byHost = new Map<string, RowCoverage[]>();
	for (const row of rows) {
		if (row.state !== "not seen") continue;
		const others = byHost.get(row.host);
		if (others) others.push(row);
		else byHost.set(row.host, [row]);
	}
	return byHost;
}

function* notSeen(host: string, rows: readonly RowCoverage[], page: Page): Iterable<string> {
	if (rows.length === 0) return;
	yield "\n";
	yield* page.wrapped(`Not seen of ${host}`, "", "bold");
	const isOpen = (row: RowCoverage) => row.direction === "in" && row.default === "open";
	const groups: [string, (row: RowCoverage) => boolean][] = [
		["open by default", isOpen],
		["closed by default, or opened as needed", (row) => row.direction === "in" && !isOpen(row)],
		["outgoing", ({ direction }) => direction === "out"],
		["inside the device", ({ direction }) => direction === "intra"],
	];
	for (const [title, belongs] of groups) {
		const ids = rows.filter(belongs).map(({ row }) => row);
		if (ids.length > 0) yield* page.wrapped(`${title}: ${idsText(ids)}`, "  ");
	}
}

/** Row ids, those of one section joined, with blanks to break at: `IPO-IN-2, 4, 5; VMPRO-IN-2`. */
function idsText(ids: readonly string[]): string {
	return rowIds(ids).replaceAll(", ", "; ").replaceAll("/", ", ");
}

function* required({ required: all }: Coverage, page: Page): Iterable<string> {
	if (all.length === 0) return;
	yield `\n${page.paint("bold", "Required")}\n`;
	for (const { row, service, met, reasons } of all) {
		const text = `${row} ${service}: ${met ? "was seen working" : `was not seen working: ${reasons.join("; ")}`}`;
		yield* page.wrapped(text, "  ", met ? "green" : "red");
	}
}
