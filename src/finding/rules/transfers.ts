import type { Transfer } from "../../session/transfer/transfer.ts";
import type { FlowCase, Observation, Run } from "../observation.ts";
import { troubleOf } from "../transfer-trouble.ts";

/** Transfers by the flow that their request came on: a port may be used for many. */
const BY_FLOW = new WeakMap<readonly Transfer[], ReadonlyMap<number, readonly Transfer[]>>();

/** TFTP transfers that began on a flow and did not come to a good end. */
export function transfers(subject: FlowCase): readonly Observation[] | undefined {
	if (subject.store.transfer(subject.flow) === 0) return undefined;
	const found = new Map<string, Observation>();
	for (const transfer of begunOn(subject)) {
		const trouble = troubleOf(transfer, subject);
		if (!trouble) continue;
		const key = `${trouble.kind} ${trouble.what}`;
		const before = found.get(key);
		found.set(key, before ? joined(before, trouble) : trouble);
	}
	return found.size > 0 ? [...found.values()] : undefined;
}

function begunOn({ sessions, flow }: Run & { readonly flow: number }): readonly Transfer[] {
	const all = sessions.transfers.transfers;
	let byFlow = BY_FLOW.get(all) as Map<number, Transfer[]> | undefined;
	if (!byFlow) {
		byFlow = new Map();
		for (const transfer of all) {
			const [first] = transfer.flows;
			if (first === undefined) continue;
			const begun = byFlow.get(first);
			if (begun) begun.push(transfer);
			else byFlow.set(first, [transfer]);
		}
		BY_FLOW.set(all, byFlow);
	}
	return byFlow.get(flow) ?? [];
}

/** The same trouble again: its own figures are of one only. */
function joined({ message: _, ...before }: Observation, again: Observation): Observation {
	return {
		...before,
		count: (before.count ?? 1) + (again.count ?? 1),
		...(again.until === undefined ? {} : { until: again.until }),
	};
}
