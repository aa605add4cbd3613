import type { Analysis } from "../analyse.ts";
import type { NameSource } from "../session/names.ts";
import { hostRecords, matrixSummary, recordsOf } from "./build.ts";
import type { CallRecord, FlowRecord, HostRecord, MatrixSummary } from "./document.ts";

/** A row that lists the flow's port, and what speaks for and against it. */
export interface ExplainedRow {
	readonly row: string;
	readonly service: string;
	/** The row is the label, the client's side of it, one of several that stayed equal, or none of these. */
	/** How the row lists the port: itself, in a default range, or in the range that it may be moved to. */
	readonly fit: "exact" | "range" | "configurable";
	readonly outcome: "row" | "peer" | "candidate" | "ruled out";
	readonly for: readonly string[];
	readonly against: readonly string[];
}

/** A name of one of the flow's addresses, and where it is from: a DNS answer, or a name record of the capture file. */
export interface AddressName {
	readonly address: string;
	readonly name: string;
	readonly source: NameSource;
}

/** All that one flow's label rests on. */
export interface Explanation {
	readonly schema: "flowmatrix-explanation/1";
	readonly matrix: MatrixSummary;
	readonly flow: FlowRecord;
	/** The product hosts at its ends, null where an end is none. */
	readonly client: HostRecord | null;
	readonly server: HostRecord | null;
	readonly names: readonly AddressName[];
	readonly rows: readonly ExplainedRow[];
	/** The calls that the flow signals or whose media it carries, the first few; `flow.call` has all. */
	readonly calls: readonly Pick<CallRecord, "id" | "from" | "to" | "result" | "status">[];
	/** First payload bytes of each side, hexadecimal. */
	readonly payload: { readonly client: string; readonly server: string };
}

/** A trunk's signalling flow has thousands. */
const MAX_CALLS = 20;

/** @param id of the flow, which must be in the analysis, and watched by it. */
export function buildExplanation(analysis: Analysis, id: number): Explanation {
	const { engine, labels } = analysis;
	const hosts = hostRecords(engine.store, labels);
	const hostAt = (address: string) => hosts.find((host) => host.address === address) ?? null;
	const { records, calls } = recordsOf(analysis);
	const flow = records.of(id - 1);
	const { direction, rows } = labels.explain(id - 1);
	const heads = engine.heads.map((parts) => Buffer.concat(parts).toString("hex"));
	const names = [...new Set([flow.client.address, flow.server.address])].flatMap((address) =>
		[...engine.sessions.names.of(address)].map(([name, source]) => ({ address, name, source })),
	);
	return {
		schema: "flowmatrix-explanation/1",
		matrix: matrixSummary(analysis.chosen),
		flow,
		client: hostAt(flow.client.address),
		server: hostAt(flow.server.address),
		names,
		rows: rows.map(({ row, ...weighed }) => ({
			row: row.id,
			service: row.service,
			fit: weighed.fit,
			outcome: weighed.outcome,
			for: weighed.for,
			against: weighed.against,
		})),
		calls: calls
			.of(flow.call?.slice(0, MAX_CALLS) ?? [])
			.map(({ id: call, from, to, result, status }) => ({ id: call, from, to, result, status })),
		payload: { client: heads[1 - direction.serverSide]!, server: heads[direction.serverSide]! },
	};
}
