import { addressKey } from "../label/hosts.ts";
import type { FlowLabel } from "../label/labels.ts";
import { BlockedDirections } from "./blocked-directions.ts";
import { type FindingGroup, FindingGroups, type Subject } from "./groups.ts";
import type { FindingKind } from "./kinds.ts";
import type { FlowCase, Observation, Outcome, Run } from "./observation.ts";
import { NEEDS_BOTH_SIDES, oneSidedFlows } from "./one-sided.ts";
import { outcomeOf } from "./outcome.ts";
import { restartedTransfers } from "./restarted-transfers.ts";
import { RowStates } from "./row-states.ts";
import { FLOW_RULES, STATE_RULES } from "./rules/index.ts";
import { SubscriptionLinks } from "./subscription-links.ts";
import { counted } from "./words.ts";

const NOTHING: readonly Observation[] = [];
const NO_KINDS: ReadonlySet<FindingKind> = new Set();

/** What a flow shows, and what came of it. */
interface Judged {
	readonly observations: readonly Observation[];
	readonly outcome: Outcome;
}

/** What is wrong in a finished capture: of one flow when asked, and of all, once every flow was {@link take}n. */
export class Findings {
	/** Which rows were seen to work, and which to fail, of the flows taken so far. */
	readonly rows: RowStates;
	readonly #run: Run;
	readonly #groups: FindingGroups;
	/** Whether the capture holds one direction only of most connections. */
	readonly #isOneSided: boolean;
	readonly #blocked = new BlockedDirections();
	readonly #subscriptions: SubscriptionLinks;
	readonly #kindsOfHost = new Map<string, Set<FindingKind>>();

	constructor(run: Run) {
		this.#run = run;
		this.rows = new RowStates(run);
		this.#groups = new FindingGroups(run);
		const oneSided = oneSidedFlows(run.store);
		this.#isOneSided = oneSided.length > 0;
		if (this.#isOneSided) this.#groups.add(oneSidedCapture(oneSided.length), { flows: oneSided, row: null });
		this.#subscriptions = new SubscriptionLinks(run);
	}

	/** What one flow shows. */
	ofFlow(flow: number, label: FlowLabel): readonly Observation[] {
		return this.#judge({ ...this.#run, flow, label }).observations;
	}

	#judge(subject: FlowCase): Judged {
		let all: Observation[] | undefined;
		const add = (found: readonly Observation[] | undefined) => {
			for (const each of found ?? NOTHING) {
				if (!this.#canTell(each)) continue;
				all ??= [];
				all.push(each);
			}
		};
		for (const rule of FLOW_RULES) add(rule(subject));
		const outcome = outcomeOf(subject, all ?? NOTHING);
		for (const rule of STATE_RULES) add(rule(subject, outcome));
		return { observations: all ?? NOTHING, outcome };
	}

	/** Takes a flow into the findings of the whole capture. @returns what it shows. */
	take(flow: number, label: FlowLabel): readonly Observation[] {
		const subject = { ...this.#run, flow, label };
		const { observations, outcome } = this.#judge(subject);
		this.rows.take(subject, outcome, observations);
		this.#blocked.take(subject, outcome, observations);
		this.#subscriptions.take(subject, outcome);
		if (observations.length > 0 && (label.verdict.row !== null || this.#concernsProducts(flow))) {
			for (const observation of observations) this.#groups.addFlow(observation, flow, label);
			this.#noteHosts(
				flow,
				observations.map(({ kind }) => kind),
			);
		}
		return observations;
	}

	/** Takes what calls, transfers, hosts or the capture as a whole show. */
	add(observation: Observation, subject: Subject): void {
		if (!this.#canTell(observation)) return;
		this.#groups.add(observation, subject);
		for (const flow of subject.flows) this.#noteHosts(flow, [observation.kind]);
	}

	#canTell({ kind }: Observation): boolean {
		return !(this.#isOneSided && NEEDS_BOTH_SIDES.has(kind));
	}

	/** All flows were taken: adds what only several of them together show. */
	conclude(): void {
		for (const { observation, subject } of this.#blocked.found()) this.add(observation, subject);
		for (const { observation, subject } of this.#subscriptions.found()) this.add(observation, subject);
		for (const { observation, subject } of restartedTransfers(this.#run)) this.add(observation, subject);
	}

	#noteHosts(flow: number, kinds: readonly FindingKind[]): void {
		const { store, labels } = this.#run;
		for (const side of [0, 1] as const) {
			const host = labels.hosts.at(addressKey(store, flow, side));
			if (!host) continue;
			let known = this.#kindsOfHost.get(host.address);
			if (!known) {
				known = new Set();
				this.#kindsOfHost.set(host.address, known);
			}
			for (const kind of kinds) known.add(kind);
		}
	}

	/** Kinds of what was found on flows of a product host. */
	kindsOf(address: string): ReadonlySet<FindingKind> {
		return this.#kindsOfHost.get(address) ?? NO_KINDS;
	}

	/** Where product hosts are known, troubles of others are theirs: their flows tell, the capture's list does not. */
	#concernsProducts(flow: number): boolean {
		const { store, labels } = this.#run;
		if (!labels.hosts.any) return true;
		return ([0, 1] as const).some((side) => labels.hosts.at(addressKey(store, flow, side)) !== undefined);
	}

	/** The findings of the whole capture, those that matter most first. */
	list(): FindingGroup[] {
		return this.#groups.list();
	}
}

function oneSidedCapture(count: number): Observation {
	const what = `the capture holds one direction only of ${counted(count, "TCP connection")}: what did not answer cannot be told from it`;
	return { kind: "capture-one-sided", severity: "warning", what };
}
