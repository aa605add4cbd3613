import { byteText, counted, grouped } from "../../finding/words.ts";
import type { Page } from "../../report/text/page.ts";
import { selfDescription } from "../../report/text/words.ts";
import { isAlive, type LiveHost, labelName, type Snapshot } from "../follow.ts";
import { FLOWS_OF } from "../members.ts";
import { defineView } from "../view.ts";
import { FLOWS_COLUMN, packetRate, RATE_ORDERS, rateColumns, trendColumn } from "../words.ts";
import { findingText } from "./findings.ts";

function troubles({ address }: LiveHost, { findings }: Snapshot) {
	return findings.filter(
		({ finding: { host, severity, clients } }) =>
			severity !== "info" && (host === address || clients.includes(address)),
	);
}

/** Product hosts, and the other addresses: the busiest first. */
export const HOSTS = defineView<LiveHost>({
	name: "Hosts",
	order: "products first",
	items: ({ hosts }) =>
		[...hosts].sort((a, b) => Number(b.product !== null) - Number(a.product !== null) || b.flows - a.flows),
	key: ({ address }) => address,
	title: ({ address }) => address,
	words: ({ address, product }) => [
		address,
		...(product ? [...product.products, product.source, selfDescription(product), ...(product.findings ?? [])] : []),
	],
	isAlive: (host, { time }) => isAlive(host, time),
	columns: (page, snapshot) => [
		{ head: "address", value: ({ address }) => address, least: 15, shrink: 15 },
		{
			head: "products",
			value: ({ product }) => product?.products.join(", ") ?? "",
			shrink: 8,
			least: 8,
			paint: (text) => page.paint("green", text),
		},
		trendColumn(page),
		...rateColumns<LiveHost>(page),
		FLOWS_COLUMN,
		{
			head: "says that it is",
			value: ({ product }) => (product ? selfDescription(product) : ""),
			shrink: 10,
			drop: 1,
		},
		{
			head: "trouble",
			value: (host) => [...new Set(troubles(host, snapshot).map(({ finding }) => finding.kind))].join(", "),
			shrink: 8,
			drop: 2,
			paint: (text) => page.paint("red", text),
		},
	],
	orders: {
		address: ({ address }) => address,
		...RATE_ORDERS,
		flows: ({ flows }) => flows,
	},
	text: hostPage,
});

function* hostPage(host: LiveHost, snapshot: Snapshot, page: Page): Iterable<string> {
	const { address, product, rate } = host;
	yield page.line(address, "bold");
	yield* page.wrapped(
		`  ${counted(host.flows, "flow")}, ${grouped(host.alive)} alive; now ${packetRate(rate) || "0"} packets/s, ${byteText(rate.bytes)}/s`,
		"    ",
	);
	if (product) {
		const said = selfDescription(product);
		yield* page.wrapped(`  ${product.products.join(", ")}, ${product.source}`, "    ", "green");
		if (said !== "") yield* page.wrapped(`  says that it is ${said}`, "    ");
		if (product.basePort !== undefined) yield* page.wrapped(`  services moved to port ${product.basePort}`, "    ");
		for (const reason of product.reasons) yield* page.wrapped(`    ${reason}`, "      ", "dim");
	} else yield page.line("  no product host");
	yield* rows(host, snapshot, page);
	const all = troubles(host, snapshot);
	yield `\n${page.paint("bold", `Trouble: ${all.length === 0 ? "none" : grouped(all.length)}`)}\n`;
	for (const { finding } of all) yield* findingText(finding, page);
}

/** What it serves and what it asks for. */
function* rows({ address }: LiveHost, snapshot: Snapshot, page: Page): Iterable<string> {
	const flows = snapshot.flows.filter(FLOWS_OF.hosts(snapshot, address));
	for (const [title, side] of [
		["Serves", "server"],
		["Asks for", "client"],
	] as const) {
		const counts = new Map<string, number>();
		for (const { record } of flows)
			if (record[side].address === address) {
				const name = labelName(record);
				counts.set(name, (counts.get(name) ?? 0) + 1);
			}
		if (counts.size === 0) continue;
		yield `\n${page.paint("bold", title)}\n`;
		const services = new Map(snapshot.rows.map(({ row, service }) => [row, service]));
		for (const [row, count] of counts)
			yield* page.wrapped(`  ${row}  ${services.get(row) ?? ""}: ${counted(count, "flow")}`, "    ");
	}
}
