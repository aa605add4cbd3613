import { addressKey } from "../label/hosts.ts";
import type { FlowLabel } from "../label/labels.ts";
import type { Call } from "../session/call.ts";
import { type FindingGroup, FindingGroups, type Subject } from "./groups.ts";
import type { CallObservation, Observation, Run } from "./observation.ts";
import { CALL_RULES, FLOW_RULES } from "./rules/index.ts";

const NOTHING: readonly Observation[] = [];

/** What is wrong in a finished capture: of one flow or call when asked, and of all, once every flow was {@link take}n. */
export class Findings {
	readonly #run: Run;
	readonly #groups: FindingGroups;
	/** By call id. */
	readonly #ofCalls = new Map<number, readonly CallObservation[]>();

	constructor(run: Run) {
		this.#run = run;
		this.#groups = new FindingGroups(run);
	}

	/** What one flow shows, and the calls whose media it carries show in it. */
	ofFlow(flow: number, label: FlowLabel): readonly Observation[] {
		const own = this.#ownOf(flow, label);
		const calls = this.#run.media.carriedBy(flow);
		if (calls.length === 0) return own;
		return [...own, ...calls.flatMap((call) => this.ofCall(call).filter(({ flows }) => flows.includes(flow)))];
	}

	#ownOf(flow: number, label: FlowLabel): readonly Observation[] {
		const subject = { ...this.#run, flow, label };
		let all: Observation[] | undefined;
		for (const rule of FLOW_RULES) {
			const found = rule(subject);
			if (!found || found.length === 0) continue;
			all ??= [];
			all.push(...found);
		}
		return all ?? NOTHING;
	}

	/** What one call shows. */
	ofCall(call: Call): readonly CallObservation[] {
		let found = this.#ofCalls.get(call.id);
		if (!found) {
			const subject = { ...this.#run, call };
			found = CALL_RULES.flatMap((rule) => rule(subject) ?? []);
			this.#ofCalls.set(call.id, found);
		}
		return found;
	}

	/** Takes a flow into the findings of the whole capture: what it shows itself. */
	take(flow: number, label: FlowLabel): void {
		const found = this.#ownOf(flow, label);
		if (found.length > 0 && this.#isOfInterest(flow, label))
			for (const observation of found) this.#groups.addFlow(observation, flow, label);
	}

	/** Takes all calls into the findings of the whole capture. */
	takeCalls(): void {
		for (const call of this.#run.sessions.calls.calls) {
			for (const observation of this.ofCall(call)) {
				const { flows } = observation;
				if ([...flows, ...call.flows].some((flow) => this.#isOfInterest(flow, this.#run.labels.of(flow))))
					this.add(observation, { flows, call: call.id });
			}
		}
	}

	/** Takes what transfers, hosts or the capture as a whole show. */
	add(observation: Observation, subject: Subject): void {
		this.#groups.add(observation, subject);
	}

	/** Where product hosts are known, troubles of others are theirs: their flows tell, the capture's list does not. */
	#isOfInterest(flow: number, { verdict }: FlowLabel): boolean {
		const { store, labels } = this.#run;
		if (verdict.row !== null || !labels.hosts.any) return true;
		return ([0, 1] as const).some((side) => labels.hosts.at(addressKey(store, flow, side)) !== undefined);
	}

	/** The findings of the whole capture, those that matter most first. */
	list(): FindingGroup[] {
		return this.#groups.list();
	}
}
