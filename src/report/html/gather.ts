import type { FlowRecord, Report } from "../../document/document.ts";
import { RANKS, rank } from "../text/flow-words.ts";

/** Parts of the capture's time that traffic is shown by. */
const BUCKETS = 160;
/** Who-talks-to-whom entries that are told apart: a scan or a flood has millions. */
const MAX_TALKS = 20_000;

/** Row of what has none. */
export type RowKey = string;

/** Traffic of one row over the capture's time. */
export interface Traffic {
	readonly row: RowKey;
	/** In each of the buckets: a flow's bytes spread evenly over its time. */
	readonly bytes: Float64Array;
	total: number;
	flows: number;
}

/** What one client has from one server on one row. */
export interface Talk {
	readonly client: string;
	readonly server: string;
	readonly row: RowKey;
	readonly service: string;
	flows: number;
	bytes: number;
	/** Flows with an error, and those with a warning only. */
	errors: number;
	warnings: number;
}

/** What the sections need of the flows, of all of which only this is kept. */
export interface Gathered {
	/** The capture's first moment and the length of a bucket, in milliseconds. */
	readonly start: number;
	readonly step: number;
	readonly traffic: ReadonlyMap<RowKey, Traffic>;
	readonly talks: readonly Talk[];
	/** Flows in none of the talks: of ends that are no product, on no row, or beyond the limit. */
	readonly untold: number;
	/** Flows by {@link rank}. */
	readonly ranks: readonly number[];
	/** Those of the flows that were asked for, by id. */
	readonly flows: ReadonlyMap<number, FlowRecord>;
	/** The first flows of each rank, those that matter first. */
	readonly first: readonly FlowRecord[];
	/** Flows still going on where the capture ends; those whose direction or row is told by ports alone; in tunnels. */
	readonly cut: number;
	readonly guessed: number;
	readonly portOnly: number;
	readonly tunnelled: number;
}

export const UNKNOWN: RowKey = "unknown";
export const AMBIGUOUS: RowKey = "ambiguous";

/**
 * Walks the flows once.
 * @param wanted ids of flows that sections show. @param most flows in `first`.
 */
export function gather(report: Report, wanted: ReadonlySet<number>, most: number): Gathered {
	const start = timeOf(report.capture.start);
	const span = Math.max(0, timeOf(report.capture.end) - start);
	const step = span > 0 ? span / BUCKETS : 1;
	const known = new Set(report.hosts.map(({ address }) => address));
	const services = new Map(report.rows.map(({ row, service }) => [row, service]));
	const traffic = new Map<RowKey, Traffic>();
	const talks = new Map<string, Talk>();
	const flows = new Map<number, FlowRecord>();
	const firsts: FlowRecord[][] = Array.from({ length: RANKS }, () => []);
	const ranks = new Array<number>(RANKS).fill(0);
	const counts = { untold: 0, cut: 0, guessed: 0, portOnly: 0, tunnelled: 0 };
	for (const flow of report.flows()) {
		const row = rowKey(flow);
		let ofRow = traffic.get(row);
		if (!ofRow) {
			ofRow = { row, bytes: new Float64Array(BUCKETS), total: 0, flows: 0 };
			traffic.set(row, ofRow);
		}
		const bytes = flow.client.bytes + flow.server.bytes;
		ofRow.total += bytes;
		ofRow.flows++;
		const from = (timeOf(flow.start) - start) / step;
		spread(ofRow.bytes, from, from + (flow.duration * 1000) / step, bytes);
		const isTelling = row !== UNKNOWN || known.has(flow.client.address) || known.has(flow.server.address);
		if (!(isTelling && talk(talks, flow, row, bytes, services))) counts.untold++;
		const place = rank(flow);
		ranks[place]!++;
		if (firsts[place]!.length < most) firsts[place]!.push(flow);
		if (wanted.has(flow.id)) flows.set(flow.id, flow);
		if (flow.ended === "end-of-capture" && flow.transport === "tcp") counts.cut++;
		if (!flow.direction.certain) counts.guessed++;
		if (flow.label.confidence === "port-only") counts.portOnly++;
		if (flow.tunnelled) counts.tunnelled++;
	}
	const all = [...talks.values()].sort((a, b) => b.bytes - a.bytes);
	return { start, step, traffic, talks: all, ranks, flows, first: firsts.flat().slice(0, most), ...counts };
}

/** Milliseconds since 1970; 0 where there is no time. */
export function timeOf(text: string | null): number {
	return text === null ? 0 : Date.parse(text) || 0;
}

function rowKey({ label }: FlowRecord): RowKey {
	return label.row ?? (label.status === "ambiguous" ? AMBIGUOUS : UNKNOWN);
}

/** Of DHCP clients before they have an address, and of the answers that reach them by broadcast (RFC 2131, 4.1). */
const NO_ADDRESS: ReadonlySet<string> = new Set(["0.0.0.0", "255.255.255.255", "::"]);

/** @param services of rows: a flow may have a narrower one, told by its server's name. */
function talk(
	talks: Map<string, Talk>,
	flow: FlowRecord,
	row: RowKey,
	bytes: number,
	services: ReadonlyMap<RowKey, string>,
): boolean {
	const key = `${flow.client.address} ${flow.server.address} ${row}`;
	let known = talks.get(key);
	if (!known) {
		if (talks.size >= MAX_TALKS) return false;
		const { client, server, label } = flow;
		known = {
			client: NO_ADDRESS.has(client.address) ? "no address yet" : client.address,
			server: server.address,
			row,
			service: services.get(row) ?? label.service ?? "",
			flows: 0,
			bytes: 0,
			errors: 0,
			warnings: 0,
		};
		talks.set(key, known);
	}
	known.flows++;
	known.bytes += bytes;
	if (flow.findings.some(({ severity }) => severity === "error")) known.errors++;
	else if (flow.findings.some(({ severity }) => severity === "warning")) known.warnings++;
	return true;
}

/** Adds an amount to the buckets between two places, evenly. @param from, to in buckets, with fractions. */
function spread(buckets: Float64Array, from: number, to: number, amount: number): void {
	const last = buckets.length - 1;
	const first = clamp(Math.floor(from), last);
	const end = clamp(Math.floor(to), last);
	if (first === end || !(to > from)) {
		buckets[first]! += amount;
		return;
	}
	const density = amount / (to - from);
	for (let at = first; at <= end; at++)
		buckets[at]! += density * Math.max(0, Math.min(at + 1, to) - Math.max(at, from));
}

function clamp(place: number, last: number): number {
	return Math.max(0, Math.min(last, place || 0));
}
