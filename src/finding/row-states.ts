import { addressKey, keyOfText } from "../label/hosts.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { FAILURES, type FindingKind, SILENCES } from "./kinds.ts";
import type { FlowCase, Observation, Outcome, Run } from "./observation.ts";
import { transferOf } from "./outcome.ts";

/** What was seen of one row of one product host. */
export interface RowState {
	readonly row: string;
	/** Address of the host that the row is of. */
	readonly host: string;
	flows: number;
	working: number;
	failing: number;
	/** What was found wrong in its flows; of what is only good to know, what tells that a flow was not served. */
	readonly kinds: Set<FindingKind>;
	/** Indices of the first few flows, and of the first few that fail. */
	readonly first: number[];
	readonly firstFailing: number[];
}

/** Flows of a row, whosever it is, that work and that fail. */
export interface RowOutcomes {
	working: number;
	failing: number;
}

/** Flows named of one row. */
const MAX_NAMED = 5;

/** Whether rows were seen to work, by row and host. There are no more of them than rows times product hosts. */
export class RowStates {
	readonly #run: Run;
	/** In the order in which they were first seen, and by row and host. */
	readonly #states: RowState[] = [];
	readonly #byRow = new Map<string, Map<string, RowState>>();
	readonly #outcomes = new Map<string, RowOutcomes>();
	/** Flows that count as failing because of their calls: there are no more than calls and their flows. */
	readonly #failedByCalls = new Set<number>();
	/** Flows that no row could be told for from several. */
	ambiguous = 0;

	constructor(run: Run) {
		this.#run = run;
	}

	/**
	 * Takes what a call shows of a flow that was {@link take}n already.
	 * @param outcome of the flow by itself; where the call fails on it, it counts as failing instead.
	 */
	takeOfCall(subject: FlowCase, outcome: Outcome, observation: Observation): void {
		const { flow, label } = subject;
		const { row } = label.verdict;
		if (row === null) return;
		const isNew = FAILURES.has(observation.kind) && outcome !== "failing" && !this.#failedByCalls.has(flow);
		if (isNew) {
			this.#failedByCalls.add(flow);
			this.#move(this.#outcomes.get(row), outcome);
		}
		for (const state of this.#statesOf(subject)) {
			if (isTelling(observation)) state.kinds.add(observation.kind);
			if (!isNew) continue;
			this.#move(state, outcome);
			name(state.firstFailing, flow);
		}
	}

	/** Counts one flow as failing that was counted as something else. */
	#move(counts: RowOutcomes | undefined, outcome: Outcome): void {
		if (!counts) return;
		if (outcome === "working") counts.working--;
		counts.failing++;
	}

	take(subject: FlowCase, outcome: Outcome, observations: readonly Observation[]): void {
		const { row, status } = subject.label.verdict;
		if (status === "ambiguous") this.ambiguous++;
		if (row === null) return;
		this.#count(row, outcome);
		for (const state of this.#statesOf(subject)) {
			state.flows++;
			if (outcome !== "unclear") state[outcome]++;
			for (const observation of observations) if (isTelling(observation)) state.kinds.add(observation.kind);
			name(state.first, subject.flow);
			if (outcome === "failing") name(state.firstFailing, subject.flow);
		}
	}

	/** What a flow counts for, whatever shows it: its row and that of the client's side, at each of their hosts. */
	#statesOf(subject: FlowCase): RowState[] {
		const { row, peerRow } = subject.label.verdict;
		if (row === null || !this.#run.labels.hosts.any) return [];
		return (peerRow === null ? [row] : [row, peerRow]).flatMap((id) => {
			const listed = this.#run.labels.row(id);
			return (listed ? this.#hostsOf(subject, listed) : []).map((host) => this.#stateOf(id, host));
		});
	}

	#count(row: string, outcome: Outcome): void {
		let outcomes = this.#outcomes.get(row);
		if (!outcomes) {
			outcomes = { working: 0, failing: 0 };
			this.#outcomes.set(row, outcomes);
		}
		if (outcome !== "unclear") outcomes[outcome]++;
	}

	#stateOf(row: string, host: string): RowState {
		let ofRow = this.#byRow.get(row);
		if (!ofRow) {
			ofRow = new Map();
			this.#byRow.set(row, ofRow);
		}
		let state = ofRow.get(host);
		if (!state) {
			state = { row, host, flows: 0, working: 0, failing: 0, kinds: new Set(), first: [], firstFailing: [] };
			ofRow.set(host, state);
			this.#states.push(state);
		}
		return state;
	}

	/** The product hosts that a flow's row is of: of a broadcast, those that answer it or ask by it. */
	#hostsOf(subject: FlowCase, { direction, product }: MatrixRow): string[] {
		const { store, labels, sessions, flow, label } = subject;
		const isClient = direction === "out";
		const side = isClient ? ((1 - label.direction.serverSide) as 0 | 1) : label.direction.serverSide;
		const here = labels.hosts.at(addressKey(store, flow, side));
		if (here) return [here.address];
		const transfer = transferOf(subject);
		const exchange = sessions.dhcp.exchangeOf(flow);
		const others = transfer
			? [isClient ? transfer.client.address : transfer.server.address]
			: [...((isClient ? exchange?.clients : exchange?.servers) ?? [])];
		const found = others.flatMap((address) => labels.hosts.at(keyOfText(address))?.address ?? []);
		if (found.length > 0 || !store.sameAddress(flow)) return found;
		const running = labels.hosts.list().filter(({ products }) => products.includes(product));
		return running.length === 1 ? [running[0]!.address] : [];
	}

	/** What was seen of a row at a host; undefined where nothing was. */
	at(row: string, host: string): RowState | undefined {
		return this.#byRow.get(row)?.get(host);
	}

	all(): Iterable<RowState> {
		return this.#states;
	}

	/** Flows with this row as their first, not as that of the client's side. */
	outcomesOf(row: string): Readonly<RowOutcomes> {
		return this.#outcomes.get(row) ?? NO_OUTCOMES;
	}
}

function isTelling({ kind, severity }: Observation): boolean {
	return severity !== "info" || FAILURES.has(kind) || SILENCES.has(kind);
}

const NO_OUTCOMES: Readonly<RowOutcomes> = { working: 0, failing: 0 };

function name(known: number[], flow: number): void {
	if (known.length < MAX_NAMED) known.push(flow);
}
