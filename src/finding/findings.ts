import { addressKey } from "../label/hosts.ts";
import type { FlowLabel } from "../label/labels.ts";
import { type FindingGroup, FindingGroups, type Subject } from "./groups.ts";
import type { Observation, Run } from "./observation.ts";
import { NEEDS_BOTH_SIDES, oneSidedFlows } from "./one-sided.ts";
import { FLOW_RULES } from "./rules/index.ts";
import { counted } from "./words.ts";

const NOTHING: readonly Observation[] = [];

/** What is wrong in a finished capture: of one flow when asked, and of all, once every flow was {@link take}n. */
export class Findings {
	readonly #run: Run;
	readonly #groups: FindingGroups;
	/** Whether the capture holds one direction only of most connections. */
	readonly #isOneSided: boolean;

	constructor(run: Run) {
		this.#run = run;
		this.#groups = new FindingGroups(run);
		const oneSided = oneSidedFlows(run.store);
		this.#isOneSided = oneSided.length > 0;
		if (this.#isOneSided) this.#groups.add(oneSidedCapture(oneSided.length), { flows: oneSided, row: null });
	}

	/** What one flow shows. */
	ofFlow(flow: number, label: FlowLabel): readonly Observation[] {
		const subject = { ...this.#run, flow, label };
		let all: Observation[] | undefined;
		for (const rule of FLOW_RULES) {
			for (const found of rule(subject) ?? NOTHING) {
				if (!this.#canTell(found)) continue;
				all ??= [];
				all.push(found);
			}
		}
		return all ?? NOTHING;
	}

	/** Takes a flow into the findings of the whole capture. @returns what it shows. */
	take(flow: number, label: FlowLabel): readonly Observation[] {
		const found = this.ofFlow(flow, label);
		if (found.length > 0 && (label.verdict.row !== null || this.#concernsProducts(flow)))
			for (const observation of found) this.#groups.addFlow(observation, flow, label);
		return found;
	}

	/** Takes what calls, transfers, hosts or the capture as a whole show. */
	add(observation: Observation, subject: Subject): void {
		if (this.#canTell(observation)) this.#groups.add(observation, subject);
	}

	#canTell({ kind }: Observation): boolean {
		return !(this.#isOneSided && NEEDS_BOTH_SIDES.has(kind));
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
