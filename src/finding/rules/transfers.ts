import type { Labels } from "../../label/labels.ts";
import type { Transfer } from "../../session/transfer/transfer.ts";
import type { FlowCase, Observation, Run } from "../observation.ts";
import { transfersRestarted } from "../restarted-transfers.ts";
import { troubleOf } from "../transfer-trouble.ts";

interface Index {
	/** Transfers by the flow that their request came on: a port may be used for many. */
	readonly byFlow: ReadonlyMap<number, readonly Transfer[]>;
	readonly restarted: ReadonlySet<Transfer>;
}

/** By the labels, which are others each time that a run is looked at. */
const INDEXES = new WeakMap<Labels, Index>();

/** TFTP transfers that began on a flow and did not come to a good end. */
export function transfers(subject: FlowCase): readonly Observation[] | undefined {
	if (subject.store.transfer(subject.flow) === 0) return undefined;
	const { byFlow, restarted } = indexOf(subject);
	const found = new Map<string, Observation>();
	for (const transfer of byFlow.get(subject.flow) ?? []) {
		const trouble = troubleOf(transfer, subject);
		if (!trouble || (trouble.kind === "tftp-incomplete" && restarted.has(transfer))) continue;
		const key = `${trouble.kind} ${trouble.what}`;
		const before = found.get(key);
		found.set(key, before ? joined(before, trouble) : trouble);
	}
	return found.size > 0 ? [...found.values()] : undefined;
}

function indexOf(run: Run): Index {
	const all = run.sessions.transfers.transfers;
	let index = INDEXES.get(run.labels);
	if (!index) {
		const byFlow = new Map<number, Transfer[]>();
		for (const transfer of all) {
			const [first] = transfer.flows;
			if (first === undefined) continue;
			const begun = byFlow.get(first);
			if (begun) begun.push(transfer);
			else byFlow.set(first, [transfer]);
		}
		index = { byFlow, restarted: transfersRestarted(run) };
		INDEXES.set(run.labels, index);
	}
	return index;
}

/** The same trouble again: its own figures are of one only. */
function joined({ message: _, ...before }: Observation, again: Observation): Observation {
	return {
		...before,
		count: (before.count ?? 1) + (again.count ?? 1),
		...(again.until === undefined ? {} : { until: again.until }),
	};
}
