import type { CaptureFinding, FlowRecord, HostRecord, Report, RowSummary } from "../document/document.ts";
import type { Moment } from "../document/moment.ts";

/** Packets and bytes a second, between the last two moments. */
export interface Rate {
	readonly packets: number;
	readonly bytes: number;
}

/** What moves: its rate now, its bytes a second over the last moments (the newest last), and when it last moved. */
export interface Traffic {
	readonly rate: Rate;
	readonly trend: readonly number[];
	/** Seconds of the run. */
	readonly moved: number;
}

/** A flow, as it was when it last changed. */
export interface LiveFlow {
	readonly record: FlowRecord;
	readonly rate: Rate;
	readonly moved: number;
	/** When it came, and when its label, its findings or its end last changed. */
	readonly opened: number;
	readonly changed: number;
	/** Its label before the last change; null where it always had the one it has. */
	readonly before: string | null;
}

/** A row of the matrix that has flows; or all flows that have none, by their label's status. */
export interface LiveRow extends Traffic {
	readonly row: string;
	readonly service: string;
	readonly flows: number;
	/** Flows that moved of late. */
	readonly alive: number;
	readonly packets: number;
	readonly bytes: number;
	readonly working: number;
	readonly failing: number;
	/** What was found on it, without what is only good to know. */
	readonly troubles: readonly CaptureFinding[];
}

/** A product host, or another address that has flows. */
export interface LiveHost extends Traffic {
	readonly address: string;
	/** Null for an address that is no product host. */
	readonly product: HostRecord | null;
	readonly flows: number;
	readonly alive: number;
}

export interface LiveFinding {
	readonly key: string;
	readonly finding: CaptureFinding;
	/** When it appeared. */
	readonly seen: number;
}

/** What the screen shows of one moment. Times are seconds of the run, unless said otherwise. */
export interface Snapshot {
	readonly time: number;
	/** Time of the first moment. */
	readonly began: number;
	/** Seconds since 1970. */
	readonly clock: number;
	readonly report: Pick<Report, "capture" | "problems" | "matrix" | "labels" | "transfers" | "calls" | "hosts">;
	readonly total: Traffic;
	readonly rows: readonly LiveRow[];
	/** Those that changed or moved last, {@link MAX_FLOWS} at most. */
	readonly flows: readonly LiveFlow[];
	readonly hosts: readonly LiveHost[];
	readonly findings: readonly LiveFinding[];
	/** The highest id of a flow so far. */
	readonly lastFlow: number;
}

/** Flows listed: a screen's reader looks at the newest. */
export const MAX_FLOWS = 10_000;
/** Addresses listed. */
export const MAX_HOSTS = 10_000;
/** Moments that a trend goes back. */
export const MAX_TREND = 60;
/** Seconds without a packet after which something is no longer alive. */
const ALIVE = 10;

/** Goes on from one moment to the next. @param before undefined for the first. */
export function follow(before: Snapshot | undefined, moment: Moment): Snapshot {
	const { report } = moment;
	const time = moment.elapsed / 1000;
	const elapsed = before ? time - before.time : 0;
	const findings = findingsSince(before, report.findings, time);
	const pass = new Pass(before, time, elapsed);
	for (const record of moment.changed()) pass.add(record);
	for (const id of flowsFound(before, findings)) pass.renew(id, moment);
	const flows = pass.conclude();
	const { capture, problems, matrix, labels, transfers, calls, hosts } = report;
	return {
		time,
		began: before?.began ?? time,
		clock: moment.time / 1000,
		report: { capture, problems, matrix, labels, transfers, calls, hosts },
		total: totalTraffic(before, capture, time, elapsed),
		rows: liveRows(report, pass.rows, before),
		flows,
		hosts: liveHosts(report, pass.hosts, before),
		findings,
		lastFlow: pass.lastFlow,
	};
}

/** Flows of findings that are new, or have more flows: that nobody answers is no change of the flow itself. */
function* flowsFound(before: Snapshot | undefined, findings: readonly LiveFinding[]): Iterable<number> {
	const known = new Map(before?.findings.map(({ key, finding }) => [key, finding]));
	for (const { key, finding } of findings) if (known.get(key)?.flowCount !== finding.flowCount) yield* finding.flows;
}

/** Of all packets, those without a flow too. */
function totalTraffic(
	before: Snapshot | undefined,
	{ packets, bytes }: Report["capture"],
	time: number,
	elapsed: number,
): Traffic {
	const sum = new Sum(time, elapsed);
	const earlier = before?.report.capture ?? { packets: 0, bytes: 0 };
	sum.add(packets - earlier.packets, bytes - earlier.bytes, time);
	return sum.traffic(before?.total);
}

/** Whether it moved of late. @param now {@link Snapshot.time} */
export function isAlive({ moved }: { readonly moved: number }, now: number): boolean {
	return now - moved < ALIVE;
}

/** Sums of the flows of one thing. */
class Sum {
	readonly #elapsed: number;
	readonly #time: number;
	packets = 0;
	bytes = 0;
	flows = 0;
	alive = 0;
	moved = Number.NEGATIVE_INFINITY;

	constructor(time: number, elapsed: number) {
		this.#time = time;
		this.#elapsed = elapsed;
	}

	add(packets: number, bytes: number, moved: number): void {
		this.packets += packets;
		this.bytes += bytes;
		this.flows++;
		if (this.#time - moved < ALIVE) this.alive++;
		if (moved > this.moved) this.moved = moved;
	}

	traffic(before: Traffic | undefined): Traffic {
		const rate = rateOf(this.packets, this.bytes, this.#elapsed);
		const trend = [...(before?.trend ?? []), rate.bytes].slice(-MAX_TREND);
		return { rate, trend, moved: Math.max(this.moved, before?.moved ?? Number.NEGATIVE_INFINITY) };
	}
}

function rateOf(packets: number, bytes: number, elapsed: number): Rate {
	return elapsed > 0 ? { packets: packets / elapsed, bytes: bytes / elapsed } : STILL;
}

const STILL: Rate = { packets: 0, bytes: 0 };

/** One walk over the flows that changed. */
class Pass {
	readonly #time: number;
	readonly #elapsed: number;
	readonly #lastFlow: number;
	/** By id: the flows of before, until they come again. */
	readonly #known: Map<number, LiveFlow>;
	#changed: LiveFlow[] = [];
	lastFlow: number;
	readonly rows = new Map<string, Sum>();
	readonly hosts = new Map<string, Sum>();

	constructor(before: Snapshot | undefined, time: number, elapsed: number) {
		this.#known = new Map(before?.flows.map((flow) => [flow.record.id, flow]));
		this.#time = time;
		this.#elapsed = elapsed;
		this.#lastFlow = before?.lastFlow ?? 0;
		this.lastFlow = this.#lastFlow;
	}

	add(record: FlowRecord): void {
		const { id } = record;
		const known = this.#known.get(id);
		this.#known.delete(id);
		this.lastFlow = Math.max(this.lastFlow, id);
		// An old one that was not kept has no history: what it had before is not known.
		const came = id > this.#lastFlow ? this.#time : Number.NEGATIVE_INFINITY;
		const [packets, bytes] = known || id > this.#lastFlow ? since(known?.record, record) : [0, 0];
		const moved = known && packets === 0 ? known.moved : this.#time;
		const isChanged = known !== undefined && stateOf(known.record) !== stateOf(record);
		const wasNamed = known && labelName(known.record);
		this.#keep({
			record,
			rate: rateOf(packets, bytes, this.#elapsed),
			moved,
			opened: known?.opened ?? came,
			changed: isChanged ? this.#time : (known?.changed ?? came),
			before: wasNamed !== undefined && wasNamed !== labelName(record) ? wasNamed : (known?.before ?? null),
		});
		this.#count(record, packets, bytes, moved);
	}

	/** Looks at a flow again that has not changed by itself. */
	renew(id: number, moment: Moment): void {
		if (!this.#known.has(id)) return;
		const record = moment.flow(id);
		if (record) this.add(record);
	}

	/** The flows of now: those that changed, and those of before. */
	conclude(): readonly LiveFlow[] {
		for (const flow of this.#known.values()) {
			this.#count(flow.record, 0, 0, flow.moved);
			this.#keep(flow.rate === STILL ? flow : { ...flow, rate: STILL });
		}
		return newest(this.#changed);
	}

	#count({ label, client, server }: FlowRecord, packets: number, bytes: number, moved: number): void {
		// As the report's rows do: the client's side of a flow is another row of the same traffic.
		const row = label.status === "matched" ? label.row : label.status;
		if (row !== null) this.#sum(this.rows, row).add(packets, bytes, moved);
		for (const address of new Set([client.address, server.address]))
			if (this.hosts.size < MAX_HOSTS || this.hosts.has(address))
				this.#sum(this.hosts, address).add(packets, bytes, moved);
	}

	#sum(sums: Map<string, Sum>, key: string): Sum {
		let sum = sums.get(key);
		if (!sum) {
			sum = new Sum(this.#time, this.#elapsed);
			sums.set(key, sum);
		}
		return sum;
	}

	#keep(flow: LiveFlow): void {
		this.#changed.push(flow);
		if (this.#changed.length >= 2 * MAX_FLOWS) this.#changed = newest(this.#changed);
	}
}

/** Packets and bytes that a flow has had since then. */
function since(before: FlowRecord | undefined, now: FlowRecord): [packets: number, bytes: number] {
	const more = (field: "packets" | "bytes") => {
		const had = before ? before.client[field] + before.server[field] : 0;
		return Math.max(0, now.client[field] + now.server[field] - had);
	};
	return [more("packets"), more("bytes")];
}

/** The flows that changed or moved last. */
function newest(flows: LiveFlow[]): LiveFlow[] {
	if (flows.length <= MAX_FLOWS) return flows;
	const last = ({ changed, moved }: LiveFlow) => Math.max(changed, moved);
	return flows.sort((a, b) => last(b) - last(a) || b.record.id - a.record.id).slice(0, MAX_FLOWS);
}

/** The label in a word: a row, or what stands in its place. */
export function labelName({ label }: FlowRecord): string {
	return label.status === "matched" ? label.row! : label.status;
}

/** What of a flow, when it changes, brings it to its reader's eyes. */
function stateOf(record: FlowRecord): string {
	return `${labelName(record)} ${record.label.confidence} ${record.findings.map(({ kind }) => kind)} ${record.ended}`;
}

const NOTHING: Traffic = { rate: STILL, trend: [], moved: Number.NEGATIVE_INFINITY };

function liveRows(report: Report, sums: ReadonlyMap<string, Sum>, before: Snapshot | undefined): LiveRow[] {
	const earlier = new Map(before?.rows.map((row) => [row.row, row]));
	const troubles = new Map<string, CaptureFinding[]>();
	for (const finding of report.findings) {
		if (finding.row === null || finding.severity === "info") continue;
		const others = troubles.get(finding.row);
		if (others) others.push(finding);
		else troubles.set(finding.row, [finding]);
	}
	return [...report.rows, ...withoutRow(report)].map((summary) => {
		const { row } = summary;
		const sum = sums.get(row);
		const traffic = sum?.traffic(earlier.get(row)) ?? still(earlier.get(row));
		return { ...summary, ...traffic, alive: sum?.alive ?? 0, troubles: troubles.get(row) ?? [] };
	});
}

/** Traffic of what has no flows at the moment. */
function still(before: Traffic | undefined): Traffic {
	return before ? { rate: STILL, trend: [...before.trend, 0].slice(-MAX_TREND), moved: before.moved } : NOTHING;
}

/** The flows without a row, as if ambiguous and unknown were rows. */
function withoutRow({ labels, reasons }: Report): RowSummary[] {
	return (["ambiguous", "unknown"] as const).flatMap((status) => {
		if (labels[status] === 0) return [];
		const groups = reasons.filter((group) => group.status === status);
		const sum = (field: "packets" | "bytes") => groups.reduce((total, group) => total + group[field], 0);
		const service = status === "unknown" ? "flows that are no row" : "flows that several rows fit";
		const [packets, bytes] = [sum("packets"), sum("bytes")];
		return [{ row: status, service, flows: labels[status], packets, bytes, working: 0, failing: 0 }];
	});
}

function liveHosts(report: Report, sums: ReadonlyMap<string, Sum>, before: Snapshot | undefined): LiveHost[] {
	const earlier = new Map(before?.hosts.map((host) => [host.address, host]));
	const products = new Map(report.hosts.map((host) => [host.address, host]));
	return [...new Set([...products.keys(), ...sums.keys()])].map((address) => {
		const sum = sums.get(address);
		const product = products.get(address) ?? null;
		return {
			address,
			product,
			// Of those that are no product only the flows kept are counted: there are no fewer than there were.
			flows: product?.flows ?? Math.max(sum?.flows ?? 0, earlier.get(address)?.flows ?? 0),
			alive: sum?.alive ?? 0,
			...(sum?.traffic(earlier.get(address)) ?? still(earlier.get(address))),
		};
	});
}

/** Findings, each with when it appeared. A finding is known again by what it is about: its words change with its figures. */
function findingsSince(
	before: Snapshot | undefined,
	findings: readonly CaptureFinding[],
	time: number,
): readonly LiveFinding[] {
	const known = new Map(before?.findings.map(({ key, seen }) => [key, seen]));
	const taken = new Map<string, number>();
	return findings.map((finding) => {
		const { kind, row, host, first } = finding;
		const about = `${kind} ${row} ${host} ${first?.file} ${first?.packet}`;
		const nth = (taken.get(about) ?? 0) + 1;
		taken.set(about, nth);
		const key = `${about} ${nth}`;
		return { key, finding, seen: known.get(key) ?? time };
	});
}
