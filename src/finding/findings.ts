import { addressKey, type Host } from "../label/hosts.ts";
import type { FlowLabel } from "../label/labels.ts";
import { type Call, resultOf } from "../session/call/call.ts";
import { BlockedDirections } from "./blocked-directions.ts";
import { type FindingGroup, FindingGroups, type Subject } from "./groups.ts";
import type { FindingKind } from "./kinds.ts";
import {
	type CallObservation,
	type FlowCase,
	type Observation,
	type Outcome,
	type Run,
	severityRank,
} from "./observation.ts";
import { NEEDS_BOTH_SIDES, oneSidedFlows } from "./one-sided.ts";
import { outcomeOf } from "./outcome.ts";
import { PortScans } from "./port-scans.ts";
import { restartedTransfers } from "./restarted-transfers.ts";
import { RowStates } from "./row-states.ts";
import { incidents } from "./rules/incidents.ts";
import { CALL_RULES, FLOW_RULES, STATE_RULES } from "./rules/index.ts";
import { SubscriptionLinks } from "./subscription-links.ts";
import { counted } from "./words.ts";

const NOTHING: readonly Observation[] = [];
const NO_CALL_OBSERVATIONS: readonly CallObservation[] = [];
/** Kinds that are a flow's, and matter to every call on it. */
const OF_SIGNALLING: ReadonlySet<FindingKind> = new Set(["sip-alg", "sip-nat"]);
/** And to a call that nobody answered: why. */
const OF_UNANSWERED: ReadonlySet<FindingKind> = new Set([
	...OF_SIGNALLING,
	...(["unanswered", "unreachable", "prohibited"] as const),
]);
/** A client without an address is nobody's, and the site's trouble all the same. */
const OF_THE_SITE: ReadonlySet<FindingKind> = new Set<FindingKind>(["dhcp-no-offer", "dhcp-refused"]);
/** Below it are the ports of services that everybody has. */
const FIRST_OWN_PORT = 1024;
/** Different things of one severity told of one flow's calls: what a refusal says is anybody's text. */
const MAX_TOLD = 20;
const NO_KINDS: ReadonlySet<FindingKind> = new Set();

/** What a flow shows, and what came of it. */
interface Judged {
	readonly observations: readonly Observation[];
	readonly pending: readonly Observation[];
	readonly outcome: Outcome;
}

/** What is wrong in a finished capture: of one flow or call when asked, and of all, once every flow was {@link take}n. */
export class Findings {
	/** Which rows were seen to work, and which to fail, of the flows taken so far. */
	readonly rows: RowStates;
	readonly #run: Run;
	#flow: { -readonly [key in keyof FlowCase]: FlowCase[key] } | undefined;
	readonly #groups: FindingGroups;
	/** Whether the capture holds one direction only of most connections. */
	readonly #isOneSided: boolean;
	readonly #blocked = new BlockedDirections();
	readonly #scans: PortScans;
	readonly #subscriptions: SubscriptionLinks;
	readonly #kindsOfHost = new Map<string, Set<FindingKind>>();
	/** 1 for a flow that was taken and shows nothing: most of them. */
	readonly #showNothing: Uint8Array;
	/** By call id. */
	readonly #ofCalls = new Map<number, readonly CallObservation[]>();
	/** Of flows of calls. */
	readonly #outcomes = new Map<number, Outcome>();

	constructor(run: Run) {
		this.#run = run;
		this.#showNothing = new Uint8Array(run.store.size);
		this.rows = new RowStates(run);
		this.#groups = new FindingGroups(run);
		const oneSided = oneSidedFlows(run.store);
		this.#isOneSided = oneSided.length > 0;
		if (this.#isOneSided) this.#groups.add(oneSidedCapture(oneSided.length), { flows: oneSided, row: null });
		this.#subscriptions = new SubscriptionLinks(run);
		this.#scans = new PortScans(run);
	}

	/** What one flow shows, and what the calls show in it that it signals or whose media it carries; the gravest first. */
	ofFlow(flow: number, label: FlowLabel): readonly Observation[] {
		const own = this.#showNothing[flow] === 1 ? NOTHING : this.#judge(this.#case(flow, label)).observations;
		const calls = this.#run.media.callsOf(flow);
		const all = calls.length === 0 ? own : [...own, ...this.#ofCallsIn(flow, calls)];
		return all.length < 2 ? all : [...all].sort((a, b) => severityRank(a) - severityRank(b));
	}

	/** A trunk's flow has thousands of calls: those that show the same are told together. */
	#ofCallsIn(flow: number, calls: readonly Call[]): Observation[] {
		const alike = new Map<string, { readonly one: Observation; count: number }>();
		const told = { error: 0, warning: 0, info: 0 };
		for (const call of calls) {
			for (const one of this.ofCall(call)) {
				if (!one.flows.includes(flow)) continue;
				const key = `${one.kind} ${one.severity} ${one.what}`;
				const known = alike.get(key);
				if (known) known.count++;
				else if (told[one.severity]++ < MAX_TOLD) alike.set(key, { one, count: 1 });
			}
		}
		return [...alike.values()].map(({ one, count }) =>
			count === 1 ? one : { ...one, message: `${counted(count, "call")}: ${one.what}` },
		);
	}

	/** The one case, moved to a flow: rules look at it and keep nothing of it. */
	#case(flow: number, label: FlowLabel): FlowCase {
		this.#flow ??= { ...this.#run, flow, label };
		this.#flow.flow = flow;
		this.#flow.label = label;
		return this.#flow;
	}

	#judge(subject: FlowCase): Judged {
		const scan = this.#scans.of(subject.flow);
		if (scan) return { observations: [scan], pending: NOTHING, outcome: "unclear" };
		let all: Observation[] | undefined;
		let pending: Observation[] | undefined;
		const add = (found: readonly Observation[]) => {
			for (const each of found) {
				if (!this.#canTell(each)) continue;
				if (each.isPending) {
					pending ??= [];
					pending.push(each);
				} else {
					all ??= [];
					all.push(each);
				}
			}
		};
		for (const rule of FLOW_RULES) {
			const found = rule(subject);
			if (found && found.length > 0) add(found);
		}
		const outcome = outcomeOf(subject, all ?? NOTHING);
		for (const rule of STATE_RULES) {
			const found = rule(subject, outcome);
			if (found && found.length > 0) add(found);
		}
		return { observations: all ?? NOTHING, pending: pending ?? NOTHING, outcome };
	}

	/** What one call shows. */
	ofCall(call: Call): readonly CallObservation[] {
		const known = this.#ofCalls.get(call.id);
		if (known) return known;
		const subject = { ...this.#run, call };
		const found = CALL_RULES.flatMap((rule) => rule(subject) ?? []).filter((each) => this.#canTell(each));
		// Most show nothing, and a flood has a hundred thousand.
		const all = found.length === 0 ? NO_CALL_OBSERVATIONS : found.map((each) => ({ ...placeOfCall(call), ...each }));
		this.#ofCalls.set(call.id, all);
		return all;
	}

	/** What one call shows, and what its signalling flows show of the addresses that it announces. */
	concerning(call: Call): readonly Observation[] {
		const { labels, sessions } = this.#run;
		const all: Observation[] = [...this.ofCall(call)];
		for (const flow of call.flows) {
			const matters = resultOf(call) === "unanswered request" ? OF_UNANSWERED : OF_SIGNALLING;
			if (!sessions.incidents.of(flow).some(({ kind }) => matters.has(kind))) continue;
			for (const each of incidents(this.#case(flow, labels.of(flow))) ?? NOTHING)
				if (matters.has(each.kind) && !all.some(({ what }) => what === each.what)) all.push(each);
		}
		return all;
	}

	/** Takes a flow into the findings of the whole capture: what it shows itself. */
	take(flow: number, label: FlowLabel): void {
		const subject = this.#case(flow, label);
		const { observations, pending, outcome } = this.#judge(subject);
		// A scan has flows of many rows and is told once, see conclude.
		if (observations[0]?.kind === "port-scan") return;
		this.rows.take(subject, outcome, observations);
		this.#blocked.take(subject, outcome, observations);
		this.#subscriptions.take(subject, outcome);
		if (observations.length === 0) this.#showNothing[flow] = 1;
		if (observations.length === 0 && pending.length === 0) return;
		const isOfInterest = this.#isOfInterest(flow, label);
		if (isOfInterest) for (const observation of pending) this.#groups.addPending(observation, flow, label);
		const told = isOfInterest ? observations : observations.filter(({ kind }) => OF_THE_SITE.has(kind));
		for (const observation of told) this.#groups.addFlow(observation, flow, label);
		this.#noteHosts(flow, told);
	}

	/** Takes what transfers, hosts or the capture as a whole show. */
	add(observation: Observation, subject: Subject): void {
		if (!this.#canTell(observation)) return;
		this.#groups.add(observation, subject);
		for (const flow of subject.flows) this.#noteHosts(flow, [observation]);
	}

	#canTell({ kind }: Observation): boolean {
		return !(this.#isOneSided && NEEDS_BOTH_SIDES.has(kind));
	}

	/** All flows were taken: adds what only several of them together show. */
	conclude(): void {
		this.#takeCalls();
		for (const { observation, subject } of this.#scans.found()) this.add(observation, subject);
		for (const { observation, subject } of this.#blocked.found(this.#run.flowsBefore)) this.add(observation, subject);
		for (const { observation, subject } of this.#subscriptions.found()) this.add(observation, subject);
		for (const { observation, subject } of restartedTransfers(this.#run)) this.add(observation, subject);
	}

	#takeCalls(): void {
		for (const call of this.#run.sessions.calls.calls) {
			for (const observation of this.ofCall(call)) {
				const { flows } = observation;
				if ([...flows, ...call.flows].some((flow) => this.#isOfInterest(flow, this.#run.labels.of(flow))))
					this.add(observation, { flows, call: call.id });
				for (const flow of flows) {
					const subject = this.#case(flow, this.#run.labels.of(flow));
					const outcome = this.#outcomes.get(flow) ?? this.#judge(subject).outcome;
					this.#outcomes.set(flow, outcome);
					this.rows.takeOfCall(subject, outcome, observation);
				}
			}
		}
	}

	#noteHosts(flow: number, found: readonly Observation[]): void {
		const { store, labels } = this.#run;
		this.#noteHost(labels.hosts.at(addressKey(store, flow, 0)), found);
		this.#noteHost(labels.hosts.at(addressKey(store, flow, 1)), found);
	}

	#noteHost(host: Host | undefined, found: readonly Observation[]): void {
		if (!host) return;
		let known = this.#kindsOfHost.get(host.address);
		if (!known) {
			known = new Set();
			this.#kindsOfHost.set(host.address, known);
		}
		for (const { kind } of found) known.add(kind);
	}

	/** Kinds of what was found on flows of a product host. */
	kindsOf(address: string): ReadonlySet<FindingKind> {
		return this.#kindsOfHost.get(address) ?? NO_KINDS;
	}

	/**
	 * Where product hosts are known, troubles of others are theirs: their flows tell, the capture's list does not. But a
	 * product that is down shows by nothing that it is one: silence on a port of its own counts.
	 */
	#isOfInterest(flow: number, { verdict, direction }: FlowLabel): boolean {
		const { store, labels } = this.#run;
		if (verdict.row !== null || !labels.hosts.any) return true;
		if (labels.hosts.at(addressKey(store, flow, 0)) || labels.hosts.at(addressKey(store, flow, 1))) return true;
		const port = store.port(flow, direction.serverSide);
		if (port < FIRST_OWN_PORT || store.packets(flow, direction.serverSide) > 0) return false;
		const rows = labels.matrix.rowsFor(store.protocol(flow), port);
		return rows.some(({ row, fit }) => fit === "exact" && row.direction === "in");
	}

	/** The findings of the whole capture, those that matter most first. */
	list(): FindingGroup[] {
		return this.#groups.list();
	}
}

/** Where a call's findings begin and end unless a rule knows better: its flows may have carried other calls before. */
function placeOfCall(call: Call): Pick<CallObservation, "from" | "until"> {
	const [first] = call.messages;
	return { until: call.ended ?? call.last, ...(first ? { from: first.place } : {}) };
}

function oneSidedCapture(count: number): Observation {
	const what = `the capture holds one direction only of ${counted(count, "TCP connection")}: what did not answer cannot be told from it`;
	return { kind: "capture-one-sided", severity: "warning", what };
}
