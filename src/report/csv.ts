import type {
	CallRecord,
	CaptureFinding,
	Endpoint,
	FlowRecord,
	Report,
	RowSummary,
	TransferRecord,
} from "../document/document.ts";
import { hasPorts } from "../packet/protocols.ts";
import type { RecordKind, RenderOptions } from "./renderer.ts";
import { csvLine } from "./text/csv-cell.ts";

type Cell = string | number | null | undefined;
type Columns<T> = readonly (readonly [string, (item: T) => Cell])[];

const FLOWS: Columns<FlowRecord> = [
	["id", ({ id }) => id],
	["transport", ({ transport }) => transport],
	["start", ({ start }) => start],
	["end", ({ end }) => end],
	["duration", ({ duration }) => duration],
	["client_address", ({ client }) => client.address],
	["client_port", ({ transport, client }) => portOf(transport, client)],
	["client_packets", ({ client }) => client.packets],
	["client_bytes", ({ client }) => client.bytes],
	["server_address", ({ server }) => server.address],
	["server_port", ({ transport, server }) => portOf(transport, server)],
	["server_packets", ({ server }) => server.packets],
	["server_bytes", ({ server }) => server.bytes],
	["vlan", ({ vlan }) => vlan.join(" ")],
	["tcp_state", ({ tcp }) => tcp?.state],
	["tcp_history", ({ tcp }) => tcp?.history],
	["tcp_server_rtt_ms", ({ tcp }) => tcp?.handshake?.serverMs],
	["tcp_client_rtt_ms", ({ tcp }) => tcp?.handshake?.clientMs],
	["tcp_client_retransmissions", ({ tcp }) => tcp && (tcp.client.retransmissions ?? 0)],
	["tcp_server_retransmissions", ({ tcp }) => tcp && (tcp.server.retransmissions ?? 0)],
	["tcp_reset_by", ({ tcp }) => tcp?.resetBy],
	["ended", ({ ended }) => ended],
	["application", ({ application }) => application?.protocol],
	["status", ({ label }) => label.status],
	["row", ({ label }) => label.row],
	["peer_row", ({ label }) => label.peerRow],
	["candidates", ({ label }) => label.candidates.join(" ")],
	["service", ({ label }) => label.service],
	["confidence", ({ label }) => label.confidence],
	["reasons", ({ label }) => label.reasons.join("; ")],
	["nearest", ({ label }) => label.nearest],
	["transfer", ({ transfer }) => transfer],
	["call", ({ call }) => call?.join(" ")],
	["findings", ({ findings }) => findings.map(({ kind }) => kind).join(" ")],
	["file", ({ first }) => first.file],
	["packet", ({ first }) => first.packet],
];

const ROWS: Columns<RowSummary> = [
	["row", ({ row }) => row],
	["service", ({ service }) => service],
	["flows", ({ flows }) => flows],
	["packets", ({ packets }) => packets],
	["bytes", ({ bytes }) => bytes],
	["working", ({ working }) => working],
	["failing", ({ failing }) => failing],
];

const FINDINGS: Columns<CaptureFinding> = [
	["severity", ({ severity }) => severity],
	["kind", ({ kind }) => kind],
	["message", ({ message }) => message],
	["row", ({ row }) => row],
	["host", ({ host }) => host],
	["clients", ({ clients }) => clients.join(" ")],
	["servers", ({ servers }) => servers.join(" ")],
	["flows", ({ flows }) => flows.join(" ")],
	["flow_count", ({ flowCount }) => flowCount],
	["calls", ({ calls }) => calls?.join(" ")],
	["count", ({ count }) => count],
	["start", ({ start }) => start],
	["end", ({ end }) => end],
	["file", ({ first }) => first?.file],
	["packet", ({ first }) => first?.packet],
	// Of two bars the second would be taken for a formula's beginning; Wireshark knows the word too.
	["filter", filterOf],
	["check", ({ check }) => check.join("; ")],
];

const TRANSFERS: Columns<TransferRecord> = [
	["id", ({ id }) => id],
	["row", ({ row }) => row],
	["client", ({ client }) => client],
	["server", ({ server }) => server],
	["direction", ({ direction }) => direction],
	["file", ({ file }) => file],
	["mode", ({ mode }) => mode],
	["style", ({ style }) => style],
	["bytes", ({ bytes }) => bytes],
	["blocks", ({ blocks }) => blocks],
	["retransmits", ({ retransmits }) => retransmits],
	["complete", ({ complete }) => String(complete)],
	["error", ({ error }) => error],
	["flows", ({ flows }) => flows.join(" ")],
	["start", ({ start }) => start],
	["end", ({ end }) => end],
];

const CALLS: Columns<CallRecord> = [
	["id", ({ id }) => id],
	["protocol", ({ protocol }) => protocol],
	["call_id", ({ callId }) => callId],
	["from", ({ from }) => from],
	["from_name", ({ fromName }) => fromName],
	["to", ({ to }) => to],
	["to_name", ({ toName }) => toName],
	["start", ({ start }) => start],
	["ringing", ({ ringing }) => ringing],
	["answered", ({ answered }) => answered],
	["end", ({ end }) => end],
	["duration", ({ duration }) => duration],
	["result", ({ result }) => result],
	["status", ({ status }) => status],
	["reason", ({ reason }) => reason],
	["cause", ({ cause }) => cause],
	["codec", ({ codec }) => codec],
	["streams", ({ media }) => media.length],
	["worst_loss_percent", ({ media }) => most(media.map(({ lossPercent }) => lossPercent))],
	["worst_jitter_ms", ({ media }) => most(media.flatMap(({ jitterMs }) => jitterMs ?? []))],
	["worst_mos", ({ media }) => least(media.flatMap(({ quality }) => quality?.mos ?? []))],
	["flows", ({ flows }) => flows.join(" ")],
	["media_flows", ({ mediaFlows }) => mediaFlows.join(" ")],
	["findings", ({ findings }) => [...new Set(findings.map(({ kind }) => kind))].join(" ")],
	["filter", filterOf],
];

/** With `or`: a bar may start a formula. */
function filterOf({ filter }: { readonly filter: string | null }): string | undefined {
	return filter?.replaceAll("||", "or");
}

/** Nothing where the protocol has none; a number that is 0 is one. */
function portOf(transport: string, { port }: Endpoint): number | null {
	return hasPorts(transport) ? port : null;
}

function most(values: readonly number[]): number | null {
	return values.length > 0 ? Math.max(...values) : null;
}

function least(values: readonly number[]): number | null {
	return values.length > 0 ? Math.min(...values) : null;
}

const RECORDS = {
	flows: (report) => lines(FLOWS, report.flows()),
	rows: (report) => lines(ROWS, report.rows),
	findings: (report) => lines(FINDINGS, report.findings),
	transfers: (report) => lines(TRANSFERS, report.transfers),
	calls: (report) => lines(CALLS, report.calls),
} satisfies Record<RecordKind, (report: Report) => Iterable<string>>;

/** Records of one kind as CSV (RFC 4180) with a header line: flows, or with `--summary` rows, unless one is named. */
export function csv(report: Report, { records, summary }: RenderOptions): Iterable<string> {
	return RECORDS[records ?? (summary ? "rows" : "flows")](report);
}

function* lines<T>(columns: Columns<T>, items: Iterable<T>): Iterable<string> {
	yield `${csvLine(columns.map(([name]) => name))}\r\n`;
	for (const item of items) yield `${csvLine(columns.map(([, value]) => value(item)))}\r\n`;
}
