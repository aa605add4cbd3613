import type { Engine } from "../../src/engine.ts";
import { Findings } from "../../src/finding/findings.ts";
import { type Thresholds, thresholdsWith } from "../../src/finding/thresholds.ts";
import { Labels } from "../../src/label/labels.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { CallMedia } from "../../src/session/call-media.ts";

const matrix = await loadMatrix();

/** What is wrong in what an engine has seen, which is over. */
export function findingsOf(engine: Engine, thresholds: Partial<Thresholds> = {}) {
	const { sessions, table, end } = engine;
	const { store } = table;
	const labels = new Labels(store, sessions, matrix, { hosts: [], infer: true });
	const media = new CallMedia(store, sessions);
	const findings = new Findings({ store, sessions, labels, media, end, thresholds: thresholdsWith(thresholds) });
	for (let flow = 0; flow < store.size; flow++) findings.take(flow, labels.of(flow));
	findings.takeCalls();
	return { findings, labels, media, sessions, store, end };
}
