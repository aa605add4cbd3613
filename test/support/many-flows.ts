import type { FlowRecord, Report } from "../../src/document/document.ts";

/** A report of another's flows repeated until there are so many, each with an id and a client of its own. */
export function manyFlows(report: Report, count: number): Report {
	const flows = [...report.flows()];
	const at = (id: number): FlowRecord => {
		const flow = flows[id % flows.length]!;
		const address = `10.${100 + (id >> 16)}.${(id >> 8) & 255}.${id & 255}`;
		return { ...flow, id: id + 1, client: { ...flow.client, address } };
	};
	const labels = { flows: count, matched: 0, ambiguous: 0, unknown: 0 };
	for (let id = 0; id < count; id++) labels[flows[id % flows.length]!.label.status]++;
	return {
		...report,
		labels,
		*flows() {
			for (let id = 0; id < count; id++) yield at(id);
		},
	};
}
