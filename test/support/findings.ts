import { Findings } from "../../src/finding/findings.ts";
import type { FindingGroup } from "../../src/finding/groups.ts";
import { type Thresholds, thresholdsWith } from "../../src/finding/thresholds.ts";
import { Labels } from "../../src/label/labels.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { analyse } from "./analyse.ts";
import type { Packet } from "./packet-builder.ts";

const matrix = await loadMatrix();

export interface Given {
	/** Addresses of IP Office systems. */
	readonly ipo?: readonly string[];
	readonly thresholds?: Partial<Thresholds>;
}

/** What flowmatrix finds wrong in these packets. */
export function findingsIn(packets: readonly Packet[], { ipo = [], thresholds }: Given = {}): FindingGroup[] {
	const engine = analyse(packets);
	engine.finish();
	const { table, sessions, end } = engine;
	const hosts = ipo.map((address) => ({ product: "ipo", address }));
	const labels = new Labels(table.store, sessions, matrix, { hosts, infer: false });
	const run = { store: table.store, sessions, labels, end, thresholds: thresholdsWith(thresholds) };
	const findings = new Findings(run);
	for (let flow = 0; flow < table.store.size; flow++) findings.take(flow, labels.of(flow));
	return findings.list();
}

/** Kinds with their severity, in their order: `error unanswered`. */
export function kindsIn(packets: readonly Packet[], given?: Given): string[] {
	return findingsIn(packets, given).map(({ severity, kind }) => `${severity} ${kind}`);
}
