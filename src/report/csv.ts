import { csvLine } from "./csv-cell.ts";
import type { FlowRecord, Report } from "./document.ts";
import type { RenderOptions } from "./renderer.ts";

type Cell = string | number | null | undefined;

const COLUMNS: readonly (readonly [string, (flow: FlowRecord) => Cell])[] = [
	["id", ({ id }) => id],
	["transport", ({ transport }) => transport],
	["start", ({ start }) => start],
	["end", ({ end }) => end],
	["duration", ({ duration }) => duration],
	["client_address", ({ client }) => client.address],
	["client_port", ({ client }) => client.port],
	["client_packets", ({ client }) => client.packets],
	["client_bytes", ({ client }) => client.bytes],
	["server_address", ({ server }) => server.address],
	["server_port", ({ server }) => server.port],
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

/** The flows as CSV (RFC 4180) with a header line; the rows of the summary instead with `--summary`. */
export function* csv(report: Report, options: RenderOptions): Iterable<string> {
	if (options.summary) {
		yield `${csvLine(["row", "service", "flows", "packets", "bytes"])}\r\n`;
		for (const { row, service, flows, packets, bytes } of report.rows)
			yield `${csvLine([row, service, flows, packets, bytes])}\r\n`;
		return;
	}
	yield `${csvLine(COLUMNS.map(([name]) => name))}\r\n`;
	for (const flow of report.flows()) yield `${csvLine(COLUMNS.map(([, value]) => value(flow)))}\r\n`;
}
