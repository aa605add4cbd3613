import type { Problem } from "../capture/problem.ts";
import type {
	CallRecord,
	CaptureFinding,
	Endpoint,
	FlowRecord,
	HostRecord,
	Label,
	Report,
	TransferRecord,
} from "./document.ts";
import type { Moment } from "./moment.ts";
import { isoTime } from "./time.ts";

/** What tells one label from another, without its reasons. */
export type LabelKey = Pick<Label, "status" | "row" | "peerRow" | "confidence">;

/** A flow as far as events need it. */
export interface FlowKey {
	/** The flow's id. */
	readonly flow: number;
	readonly transport: string;
	readonly client: Pick<Endpoint, "address" | "port">;
	readonly server: Pick<Endpoint, "address" | "port">;
}

/** What happened between two moments of a live run. `time` is that of the later one, ISO 8601. */
export type LiveEvent = { readonly time: string } & (
	| ({ readonly event: "opened"; readonly start: string } & FlowKey)
	/** The flow's first label, then another one where better evidence came. */
	| ({ readonly event: "labelled"; readonly label: Label; readonly application: string | null } & FlowKey)
	| ({
			readonly event: "relabelled";
			readonly label: Label;
			readonly before: LabelKey;
			readonly application: string | null;
	  } & FlowKey)
	/**
	 * The flow is over: its whole record, as it is known then. Once more where late packets of it came, or evidence that changes its label: the later record counts.
	 */
	| { readonly event: "closed"; readonly flow: FlowRecord }
	| { readonly event: "host"; readonly host: HostRecord }
	/** New, or graver than it was. */
	| { readonly event: "finding"; readonly finding: CaptureFinding }
	/** What was found is no more so: an answer came, or better evidence. As it was last. */
	| { readonly event: "withdrawn"; readonly finding: CaptureFinding }
	/** A transfer began, or ended. */
	| { readonly event: "transfer"; readonly transfer: TransferRecord }
	/** A call began, or its result is another. */
	| { readonly event: "call"; readonly call: CallRecord }
	/** Packets that the capturing host could not keep, since the run began. */
	| { readonly event: "dropped"; readonly dropped: number }
	| { readonly event: "problem"; readonly problem: Problem }
);

/** Turns the moments of a run into what happened between them. */
export class Events {
	/** Of flows that are open: their last label. */
	readonly #open = new Map<number, LabelKey>();
	/** Highest id of a flow so far. */
	#last = 0;
	#findings = new Map<string, CaptureFinding>();
	readonly #hosts = new Map<string, string>();
	readonly #transfers = new Map<number, string>();
	readonly #calls = new Map<number, string>();
	readonly #problems = new Set<string>();
	#dropped = 0;

	/** To be called for every moment, in their order. */
	*of(moment: Moment): Iterable<LiveEvent> {
		const seconds = Math.floor(moment.time / 1000);
		const time = isoTime(seconds, (moment.time - seconds * 1000) * 1e6);
		const { report } = moment;
		yield* this.#hostsOf(report, time);
		for (const flow of moment.changed()) yield* this.#flow(flow, time);
		for (const transfer of fresh(this.#transfers, report.transfers, ({ complete, error }) => `${complete} ${error}`))
			yield { time, event: "transfer", transfer };
		for (const call of fresh(this.#calls, report.calls, ({ result }) => result)) yield { time, event: "call", call };
		yield* this.#findingsOf(report, time);
		if (report.capture.dropped > this.#dropped) {
			this.#dropped = report.capture.dropped;
			yield { time, event: "dropped", dropped: this.#dropped };
		}
		for (const problem of report.problems) {
			// Counts in a message grow.
			const key = problem.message.replace(/\d+/g, "");
			if (this.#problems.has(key)) continue;
			this.#problems.add(key);
			yield { time, event: "problem", problem };
		}
	}

	*#flow(flow: FlowRecord, time: string): Iterable<LiveEvent> {
		const { id, transport, label, ended } = flow;
		const { status, row, peerRow, confidence } = label;
		const client = endOf(flow.client);
		const server = endOf(flow.server);
		const key = { flow: id, transport, client, server };
		const application = flow.application?.protocol ?? null;
		const before = this.#open.get(id);
		const now = { status, row, peerRow, confidence };
		this.#open.set(id, now);
		if (id > this.#last) {
			this.#last = id;
			yield { time, event: "opened", ...key, start: flow.start };
			yield { time, event: "labelled", ...key, label, application };
		} else if (before && isUnlike(before, label)) {
			yield { time, event: "relabelled", ...key, label, before, application };
		}
		if (ended === "open") return;
		this.#open.delete(id);
		yield { time, event: "closed", flow };
	}

	*#hostsOf({ hosts }: Report, time: string): Iterable<LiveEvent> {
		for (const host of hosts) {
			const { address, products, model, release, system, basePort } = host;
			const known = JSON.stringify([products, model, release, system, basePort]);
			if (this.#hosts.get(address) === known) continue;
			this.#hosts.set(address, known);
			yield { time, event: "host", host };
		}
	}

	*#findingsOf({ findings }: Report, time: string): Iterable<LiveEvent> {
		const now = new Map<string, CaptureFinding>();
		for (const finding of findings) {
			const { kind, row, host, first } = finding;
			const key = `${kind}|${row}|${host}|${first?.file}|${first?.packet}`;
			now.set(key, finding);
			const before = this.#findings.get(key);
			if (!before || before.severity !== finding.severity) yield { time, event: "finding", finding };
			this.#findings.delete(key);
		}
		for (const finding of this.#findings.values()) yield { time, event: "withdrawn", finding };
		this.#findings = now;
	}
}

function endOf({ address, port }: Endpoint): Pick<Endpoint, "address" | "port"> {
	return { address, port };
}

function isUnlike(a: LabelKey, b: LabelKey): boolean {
	return a.status !== b.status || a.row !== b.row || a.peerRow !== b.peerRow || a.confidence !== b.confidence;
}

/** Those that are new or in another state than they were. @param known states by id, which are those of now from then on. */
function* fresh<T extends { readonly id: number }>(
	known: Map<number, string>,
	all: readonly T[],
	stateOf: (each: T) => string,
): Iterable<T> {
	for (const each of all) {
		const state = stateOf(each);
		if (known.get(each.id) === state) continue;
		known.set(each.id, state);
		yield each;
	}
}
