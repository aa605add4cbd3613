import { Findings } from "../../src/finding/findings.ts";
import type { FindingGroup } from "../../src/finding/groups.ts";
import { type Thresholds, thresholdsWith } from "../../src/finding/thresholds.ts";
import { Labels } from "../../src/label/labels.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { CallMedia } from "../../src/session/call/call-media.ts";
import { analyse, type TestEngine } from "./analyse.ts";
import type { Packet } from "./packet-builder.ts";

const matrix = await loadMatrix();

export interface Given {
	/** Addresses of IP Office systems; without it, hosts are inferred. */
	readonly ipo?: readonly string[];
	readonly thresholds?: Partial<Thresholds>;
}

/** What is wrong in what an engine has seen, which is over. */
export function findingsOf(engine: TestEngine, { ipo, thresholds }: Given = {}) {
	const { sessions, store } = engine;
	const { end } = engine.summary();
	const hosts = (ipo ?? []).map((address) => ({ product: "ipo", address }));
	const labels = new Labels(store, sessions, matrix, { hosts, infer: ipo === undefined });
	const media = new CallMedia(store, sessions);
	const findings = new Findings({
		store,
		sessions,
		labels,
		media,
		epoch: 0,
		end,
		flowsBefore: 0,
		thresholds: thresholdsWith(thresholds),
	});
	for (let flow = 0; flow < store.size; flow++) findings.take(flow, labels.of(flow));
	findings.conclude();
	return { findings, labels, media, sessions, store, end };
}

/** What flowmatrix finds wrong in these packets. */
export function findingsIn(packets: readonly Packet[], given?: Given): FindingGroup[] {
	const engine = analyse(packets);
	engine.finish();
	return findingsOf(engine, given).findings.list();
}

/** Kinds with their severity, in their order: `error unanswered`. */
export function kindsIn(packets: readonly Packet[], given?: Given): string[] {
	return findingsIn(packets, given).map(({ severity, kind }) => `${severity} ${kind}`);
}

/** The kinds that are trouble: not what is only good to know. */
export function troublesIn(packets: readonly Packet[], given?: Given): string[] {
	return kindsIn(packets, given).filter((text) => !text.startsWith("info "));
}
