import { momentOf, momentsOf } from "../../scripts/screen/prefixes.ts";
import type { CaptureFinding, FlowRecord, Report } from "../../src/document/document.ts";
import type { Moment } from "../../src/document/moment.ts";
import { follow, type Snapshot } from "../../src/screen/follow.ts";
import type { Terminal } from "../../src/screen/terminal.ts";

/** The snapshots of a capture that grows. */
export async function snapshotsOf(path: string, count: number): Promise<Snapshot[]> {
	const all: Snapshot[] = [];
	for await (const moment of momentsOf(path, count)) all.push(follow(all.at(-1), moment));
	return all;
}

/** A flow with the few fields that the screen follows. */
export function flow(
	id: number,
	change: Partial<FlowRecord> & { packets?: number; bytes?: number; row?: string } = {},
) {
	const { packets = 1, bytes = 100, row, ...rest } = change;
	const none = { packets: 0, bytes: 0 };
	return {
		id,
		transport: "udp",
		start: "2026-03-02T09:00:00.000000000Z",
		end: "2026-03-02T09:00:01.000000000Z",
		duration: 1,
		client: { address: "10.0.0.2", port: 40_000 + id, packets, bytes },
		server: { address: "10.0.0.1", port: 69, ...none },
		direction: { basis: "port", certain: true, reason: "port 69" },
		vlan: [],
		application: null,
		label: {
			status: row === undefined ? "unknown" : "matched",
			row: row ?? null,
			peerRow: null,
			candidates: row === undefined ? [] : [row],
			confidence: row === undefined ? null : "probable",
			reasons: ["because"],
			service: null,
		},
		findings: [],
		first: { file: "x.pcap", packet: id },
		ended: "end-of-capture",
		...rest,
	} satisfies FlowRecord as FlowRecord;
}

/** A finding on a row. */
export function finding(change: Partial<CaptureFinding> = {}): CaptureFinding {
	return {
		kind: "unanswered",
		severity: "error",
		message: "4 requests were never answered",
		row: "IPO-IN-5",
		host: "10.0.0.1",
		clients: ["10.0.0.2"],
		servers: ["10.0.0.1:69"],
		flows: [1],
		flowCount: 1,
		count: 4,
		start: "2026-03-02T09:00:00.000000000Z",
		end: "2026-03-02T09:00:01.000000000Z",
		first: { file: "x.pcap", packet: 1 },
		filter: "udp.port == 69",
		check: ["the firewall"],
		...change,
	};
}

/** A report of these flows, its sums made of them. */
export function reportOf(flows: readonly FlowRecord[], change: Partial<Report> = {}): Report {
	const sum = (of: readonly FlowRecord[], field: "packets" | "bytes") =>
		of.reduce((total, { client, server }) => total + client[field] + server[field], 0);
	const rows = [...new Set(flows.flatMap(({ label }) => label.row ?? []))];
	const unknown = flows.filter(({ label }) => label.status === "unknown");
	return {
		schema: "flowmatrix/1",
		coverage: () => [],
		capture: {
			files: ["x.pcap"],
			packets: sum(flows, "packets"),
			bytes: sum(flows, "bytes"),
			start: "2026-03-02T09:00:00.000000000Z",
			end: "2026-03-02T09:00:01.000000000Z",
			linkTypes: ["ethernet"],
			duplicates: 0,
			dropped: 0,
			notDecoded: [],
		},
		problems: [],
		matrix: { name: "ip-office", release: "12.0", source: "default", products: [] },
		hosts: [],
		flows: () => flows,
		transfers: [],
		calls: [],
		rows: rows.map((row) => {
			const of = flows.filter(({ label }) => label.row === row);
			const service = `service of ${row}`;
			const [packets, bytes] = [sum(of, "packets"), sum(of, "bytes")];
			return { row, service, flows: of.length, packets, bytes, working: 0, failing: 0 };
		}),
		labels: {
			flows: flows.length,
			matched: flows.length - unknown.length,
			ambiguous: 0,
			unknown: unknown.length,
		},
		reasons: [],
		findings: [],
		...change,
	};
}

/** A moment of a run. @param time seconds of the run */
export function moment(time: number, flows: readonly FlowRecord[], change: Partial<Report> = {}): Moment {
	return momentOf(reportOf(flows, change), 1_772_442_000_000 + time * 1000, time * 1000, false);
}

/** A terminal that remembers what is drawn on it. */
export class FakeTerminal implements Terminal {
	readonly size = { columns: 80, rows: 24 };
	readonly color = false;
	readonly frames: (readonly string[])[] = [];
	readonly calls: string[] = [];
	listener: Parameters<Terminal["enter"]>[0] | undefined;

	enter(listener: Parameters<Terminal["enter"]>[0]): void {
		this.calls.push("enter");
		this.listener = listener;
		listener.changed();
	}

	draw(lines: readonly string[]): void {
		this.frames.push(lines);
	}

	forget(): void {
		this.calls.push("forget");
	}

	suspend(): void {
		this.calls.push("suspend");
	}

	leave(): void {
		this.calls.push("leave");
		this.listener = undefined;
	}
}
