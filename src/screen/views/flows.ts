import type { FlowRecord } from "../../document/document.ts";
import { byteText, counted, durationText, grouped } from "../../finding/words.ts";
import { evidence, flowText } from "../../report/explanation.ts";
import { COLOURS, noteText } from "../../report/table.ts";
import { displayFilter } from "../../report/text/display-filter.ts";
import { endText, rowText, SURE } from "../../report/text/flow-words.ts";
import type { Page } from "../../report/text/page.ts";
import { isAlive, type LiveFlow, type Snapshot } from "../follow.ts";
import { FLOWS_OF } from "../members.ts";
import { defineView } from "../view.ts";
import { byteRate, clock, packetRate, RATE_ORDERS, rateColumns } from "../words.ts";

/** Seconds for which a flow is marked as new, or as changed. */
const FRESH = 5;

/** Columns of a terminal that has room for two rows of a flow. */
const ROOM_FOR_PEERS = 110;

const bytes = ({ record: { client, server } }: LiveFlow) => client.bytes + server.bytes;
const packets = ({ record: { client, server } }: LiveFlow) => client.packets + server.packets;

/** `+` for one that has just come, `*` for one whose label, findings or end have just changed. */
function mark({ opened, changed }: LiveFlow, { time, began }: Snapshot): string {
	if (opened > began && time - opened < FRESH) return "+";
	return changed > opened && time - changed < FRESH ? "*" : "";
}

function note(flow: LiveFlow): string {
	return [flow.before === null ? "" : `was ${flow.before}`, noteText(flow.record)].filter(Boolean).join("; ");
}

/** With the client's own row only where there is room: it is the less telling of the two. */
function rowOf(record: FlowRecord, { width }: Page): string {
	const { label } = record;
	return width < ROOM_FOR_PEERS && label.status === "matched" ? label.row! : rowText(record.label);
}

function isTrouble({ findings }: FlowRecord): boolean {
	return findings.some(({ severity }) => severity !== "info");
}

/** The flows, newest and last changed first. */
export const FLOWS = defineView<LiveFlow>({
	name: "Flows",
	order: "newest and changed first",
	items: ({ flows }) => [...flows].sort((a, b) => b.changed - a.changed || b.record.id - a.record.id),
	key: ({ record }) => String(record.id),
	title: ({ record }) => `flow ${record.id}`,
	words: ({ record, before }) => [
		`flow ${record.id} ${record.transport}`,
		endText(record.client),
		endText(record.server),
		rowText(record.label),
		record.label.status,
		record.label.confidence,
		record.label.service,
		before,
		...record.findings.map(({ kind }) => kind),
		...Object.values(record.application ?? {}).filter((value) => typeof value === "string"),
		record.tcp?.state,
		record.vlan.length > 0 ? `vlan ${record.vlan.join("/")}` : null,
	],
	isAlive: (flow, { time }) => isAlive(flow, time),
	isOf: (snapshot, view, key) => FLOWS_OF[view](snapshot, key),
	columns: (page, snapshot) => [
		{ head: "", value: (flow) => mark(flow, snapshot), paint: (text) => page.paint("cyan", text) },
		{ head: "flow", value: ({ record }) => String(record.id), right: true },
		{ head: "start", value: ({ record }) => clock(record.start), drop: 5 },
		{ head: "over", value: ({ record }) => record.transport, drop: 4 },
		{ head: "client", value: ({ record }) => endText(record.client), shrink: 21, least: 16 },
		{ head: "server", value: ({ record }) => endText(record.server), shrink: 21, least: 16 },
		{ head: "protocol", value: ({ record }) => record.application?.protocol ?? "", shrink: 4, drop: 2, least: 4 },
		{
			head: "row",
			value: ({ record }) => rowOf(record, page),
			shrink: 11,
			least: 9,
			paint: (text, { record }) => page.paint(COLOURS[record.label.status], text),
		},
		{ head: "how sure", value: ({ record }) => SURE[record.label.confidence ?? "none"], drop: 8 },
		{ ...rateColumns<LiveFlow>(page)[0]!, drop: 6 },
		rateColumns<LiveFlow>(page)[1]!,
		{ head: "bytes", value: (flow) => byteText(bytes(flow)), right: true, least: 7, drop: 3 },
		{ head: "packets", value: (flow) => grouped(packets(flow)), right: true, drop: 9 },
		{ head: "state", value: ({ record }) => record.tcp?.state ?? "", drop: 10 },
		{
			head: "note",
			value: note,
			shrink: 12,
			drop: 7,
			paint: (text, { record }) => page.paint(isTrouble(record) ? "red" : "dim", text),
		},
	],
	orders: {
		flow: ({ record }) => record.id,
		client: ({ record }) => endText(record.client),
		server: ({ record }) => endText(record.server),
		protocol: ({ record }) => record.application?.protocol ?? "",
		row: ({ record }) => rowText(record.label),
		...RATE_ORDERS,
		bytes,
		packets,
	},
	text: flowPage,
});

function* flowPage(
	flow: LiveFlow,
	{ time, report: { hosts, calls, transfers } }: Snapshot,
	page: Page,
): Iterable<string> {
	const { record, rate, before, changed } = flow;
	const hostAt = (address: string) => hosts.find((host) => host.address === address) ?? null;
	yield* flowText(page, record, { client: hostAt(record.client.address), server: hostAt(record.server.address) });
	yield `\n${page.paint("bold", "Now")}\n`;
	yield* page.wrapped(
		`  ${packetRate(rate) || "0"} packets/s, ${byteRate(rate) || "0 B"}/s; last packet ${clock(record.end)} UTC; ${endedText(record)}`,
		"    ",
	);
	if (before !== null)
		yield* page.wrapped(
			`  its label was ${before} before; it changed ${durationText(Math.round(time - changed))} ago`,
			"    ",
		);
	yield* tcp(record, page);
	yield* evidence(page, record);
	for (const id of record.call ?? []) {
		const call = calls.find((each) => each.id === id);
		if (call) yield* page.wrapped(`  call ${id}: ${call.from || "–"} to ${call.to || "–"}, ${call.result}`, "    ");
	}
	const transfer = transfers.find(({ id }) => id === record.transfer);
	if (transfer)
		yield* page.wrapped(
			`  transfer ${transfer.id}: ${transfer.direction} of ${transfer.file}, ${byteText(transfer.bytes)}, ${transfer.error ?? (transfer.complete ? "complete" : "incomplete")}`,
			"    ",
		);
	yield `\n${page.paint("bold", "Wireshark")}\n`;
	yield* page.wrapped(`  ${displayFilter(record)}`, "  ");
}

const ENDED: Readonly<Record<string, string>> = {
	open: "open",
	"end-of-capture": "open when the capture ended",
	closed: "closed",
	reset: "reset",
	idle: "ended by silence",
	reused: "ended: its ports are used again",
	evicted: "no longer kept",
};

function endedText({ ended }: FlowRecord): string {
	return ENDED[ended] ?? ended;
}

function* tcp({ tcp: state }: FlowRecord, page: Page): Iterable<string> {
	if (!state) return;
	yield `\n${page.paint("bold", "TCP")}\n`;
	const handshake = state.handshake
		? `; round trip to the server ${msText(state.handshake.serverMs)}, to the client ${msText(state.handshake.clientMs)}`
		: "";
	yield* page.wrapped(`  ${state.state}, history ${state.history}${handshake}`, "    ");
	for (const side of ["client", "server"] as const) {
		const figures = Object.entries(state[side]).map(([name, count]) => `${words(name)} ${grouped(count)}`);
		if (figures.length > 0) yield* page.wrapped(`  ${side}: ${figures.join(", ")}`, "    ");
	}
	if (state.resetBy) yield* page.wrapped(`  reset by the ${state.resetBy}`, "    ");
	if (state.syns !== undefined) yield* page.wrapped(`  ${counted(state.syns, "connection request")}`, "    ");
}

function msText(ms: number | null): string {
	return ms === null ? "not seen" : `${ms} ms`;
}

/** `duplicate acks` of `duplicateAcks`. */
function words(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
