import { transfersOf } from "../document/chosen-flows.ts";
import type { LiveFlow, Snapshot } from "./follow.ts";
import type { ViewName } from "./view.ts";

type Test = (flow: LiveFlow) => boolean;

const NONE: Test = () => false;

/** Which flows belong to an item of another list. */
export const FLOWS_OF: Readonly<Record<ViewName, (snapshot: Snapshot, key: string) => Test>> = {
	rows: (_, row) => (flow) => isOfRow(flow, row),
	flows:
		(_, id) =>
		({ record }) =>
			String(record.id) === id,
	hosts:
		(_, address) =>
		({ record: { client, server } }) =>
			client.address === address || server.address === address,
	findings: ofFinding,
	transfers: (_, id) => {
		return ({ record }) => transfersOf(record).includes(Number(id));
	},
	calls: ({ report }, id) => {
		const call = report.calls.find((each) => String(each.id) === id);
		if (!call) return NONE;
		const flows = new Set([...call.flows, ...call.mediaFlows]);
		return ({ record }) => flows.has(record.id);
	},
};

/** A row's flows, or those of a label's status that stands in its place. */
export function isOfRow({ record: { label } }: LiveFlow, row: string): boolean {
	return label.status === "matched" ? label.row === row || label.peerRow === row : label.status === row;
}

/** The flows that a finding names, and, where it names the first few of many, those that show the same. */
function ofFinding({ findings }: Snapshot, key: string): Test {
	const finding = findings.find((each) => each.key === key)?.finding;
	if (!finding) return NONE;
	const { kind, row, host, flows, flowCount } = finding;
	const named = new Set(flows);
	if (flowCount <= named.size) return ({ record }) => named.has(record.id);
	return (flow) => {
		const { id, client, server, findings: found } = flow.record;
		if (named.has(id)) return true;
		if (!found.some((each) => each.kind === kind)) return false;
		return (row === null || isOfRow(flow, row)) && (host === null || [client.address, server.address].includes(host));
	};
}
