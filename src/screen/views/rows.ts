import { byteText, counted, grouped } from "../../finding/words.ts";
import type { Page } from "../../report/text/page.ts";
import { isAlive, type LiveRow, type Snapshot } from "../follow.ts";
import { isOfRow } from "../members.ts";
import { defineView } from "../view.ts";
import { FLOWS_COLUMN, packetRate, RATE_ORDERS, rateColumns, trendColumn } from "../words.ts";
import { findingText } from "./findings.ts";

/** Servers and clients named of a row. */
const MAX_NAMED = 12;

/** Rows by what needs a look: blocked, partly failing, alive, still. */
function rank(row: LiveRow, now: number): number {
	if (row.failing > 0) return row.working > 0 ? 1 : 0;
	if (row.troubles.length > 0) return 2;
	return isAlive(row, now) ? 3 : 4;
}

/** Whether the row works: by the flows that show it, of others a capture does not tell; and whether something is wrong all the same. */
function stateText({ working, failing, troubles }: LiveRow): string {
	if (failing > 0) return working > 0 ? `${grouped(failing)} fail` : "fails";
	if (troubles.length > 0) return working > 0 ? "works, !" : "!";
	return working > 0 ? "works" : "";
}

function stateStyle({ working, failing, troubles }: LiveRow): "red" | "yellow" | "green" {
	if (failing > 0) return working > 0 ? "yellow" : "red";
	return troubles.length > 0 ? "yellow" : "green";
}

/** The kinds of what is wrong. */
function troubleText({ troubles }: LiveRow): string {
	return [...new Set(troubles.map(({ kind }) => kind))].join(", ");
}

/** The matrix's rows that have flows. */
export const ROWS = defineView<LiveRow>({
	name: "Rows",
	order: "trouble first",
	items: ({ rows, time }) => [...rows].sort((a, b) => rank(a, time) - rank(b, time)),
	key: ({ row }) => row,
	title: ({ row }) => row,
	words: (row) => [row.row, row.service, stateText(row), troubleText(row)],
	isAlive: (row, { time }) => isAlive(row, time),
	columns: (page) => [
		{ head: "row", value: ({ row }) => row, least: 9, paint: (text, row) => page.paint(rowStyle(row), text) },
		{
			head: "state",
			value: stateText,
			least: 6,
			paint: (text, row) => page.paint(stateStyle(row), text),
		},
		trendColumn(page),
		...rateColumns<LiveRow>(page),
		FLOWS_COLUMN,
		{ head: "bytes", value: ({ bytes }) => byteText(bytes), right: true, least: 7, drop: 2 },
		{ head: "service", value: ({ service }) => service, shrink: 22, least: 12 },
		{
			head: "trouble",
			value: troubleText,
			shrink: 18,
			drop: 1,
			paint: (text, row) => page.paint(stateStyle(row), text),
		},
	],
	orders: {
		row: ({ row }) => row,
		...RATE_ORDERS,
		flows: ({ flows }) => flows,
		bytes: ({ bytes }) => bytes,
		service: ({ service }) => service,
	},
	text: rowPage,
});

function rowStyle({ row }: LiveRow): "red" | "yellow" | "green" {
	if (row === "unknown") return "red";
	return row === "ambiguous" ? "yellow" : "green";
}

function* rowPage(row: LiveRow, snapshot: Snapshot, page: Page): Iterable<string> {
	yield page.line(`${row.row}  ${row.service}`, "bold");
	yield* page.wrapped(
		`  ${counted(row.flows, "flow")}, ${grouped(row.alive)} alive; ${counted(row.packets, "packet")}, ${byteText(row.bytes)}; now ${packetRate(row.rate) || "0"} packets/s, ${byteText(row.rate.bytes)}/s`,
		"    ",
	);
	yield* page.wrapped(
		`  ${counted(row.working, "flow")} ${row.working === 1 ? "shows" : "show"} it to work, ${grouped(row.failing)} to fail`,
		"    ",
		row.failing + row.working > 0 ? stateStyle(row) : undefined,
	);
	yield* ends(row, snapshot, page);
	yield `\n${page.paint("bold", `Trouble: ${row.troubles.length === 0 ? "none" : grouped(row.troubles.length)}`)}\n`;
	for (const finding of row.troubles) yield* findingText(finding, page);
	if (row.row !== "unknown" && row.row !== "ambiguous") return;
	yield `\n${page.paint("bold", "Why")}\n`;
	const reasons = new Map<string, number>();
	for (const { record } of snapshot.flows.filter((flow) => isOfRow(flow, row.row)))
		reasons.set(record.label.reasons[0] ?? "", (reasons.get(record.label.reasons[0] ?? "") ?? 0) + 1);
	for (const [reason, count] of [...reasons].sort(([, a], [, b]) => b - a))
		yield* page.wrapped(`  ${counted(count, "flow")}: ${reason}`, "    ");
}

/** Who serves the row, and who asks for it. */
function* ends(row: LiveRow, { flows }: Snapshot, page: Page): Iterable<string> {
	const records = flows.filter((flow) => isOfRow(flow, row.row)).map(({ record }) => record);
	for (const [title, addresses] of [
		["Servers", records.map(({ server }) => server.address)],
		["Clients", records.map(({ client }) => client.address)],
	] as const) {
		const different = [...new Set(addresses)];
		const more = different.length - MAX_NAMED;
		yield `\n${page.paint("bold", `${title}: ${grouped(different.length)}`)}\n`;
		yield* page.wrapped(
			`  ${different.slice(0, MAX_NAMED).join(", ")}${more > 0 ? ` and ${grouped(more)} more` : ""}`,
			"  ",
		);
	}
}
