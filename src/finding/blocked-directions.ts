import { sideAddress } from "../flow/store.ts";
import { addressKey } from "../label/hosts.ts";
import type { Found } from "./groups.ts";
import { SILENCES } from "./kinds.ts";
import type { FlowCase, Observation, Outcome } from "./observation.ts";

/** Flows of one row from one product host to another. */
interface OneWay {
	readonly row: string;
	readonly from: string;
	readonly to: string;
	working: number;
	failing: number;
	/** The first that works, and the first few that fail. */
	workingFlow: number;
	readonly failingFlows: number[];
}

/** Pairs of hosts and row that are followed: a site has a handful, a scan between many given hosts could make more. */
const MAX_PAIRS = 20_000;
const BEYOND = `flows between pairs of product hosts beyond the first ${MAX_PAIRS}: blocked directions were not looked for in these`;
const MAX_FLOWS = 20;

/**
 * Finds rows that work from one product host to another, and not the other way round. Only the clear case counts: all
 * in one direction worked, nothing in the other, and what failed was kept from the server, not refused by it.
 */
export class BlockedDirections {
	readonly #ways = new Map<string, OneWay>();

	take(
		{ store, sessions, labels, flow, label }: FlowCase,
		outcome: Outcome,
		observations: readonly Observation[],
	): void {
		const { row } = label.verdict;
		if (row === null || outcome === "unclear") return;
		const { serverSide } = label.direction;
		const clientSide = (1 - serverSide) as 0 | 1;
		const isBetween = labels.hosts.at(addressKey(store, flow, 0)) && labels.hosts.at(addressKey(store, flow, 1));
		if (!isBetween || store.sameAddress(flow)) return;
		const way = this.#wayOf(row, sideAddress(store, flow, clientSide), sideAddress(store, flow, serverSide));
		if (!way) {
			sessions.overflow.add(BEYOND);
			return;
		}
		if (outcome === "working") {
			if (way.working++ === 0) way.workingFlow = flow;
		} else if (observations.some(({ kind }) => SILENCES.has(kind) || kind === "half-open")) {
			way.failing++;
			if (way.failingFlows.length < MAX_FLOWS) way.failingFlows.push(flow);
		}
	}

	#wayOf(row: string, from: string, to: string): OneWay | undefined {
		const key = `${row}|${from}|${to}`;
		const known = this.#ways.get(key);
		if (known || this.#ways.size >= MAX_PAIRS) return known;
		const way = { row, from, to, working: 0, failing: 0, workingFlow: -1, failingFlows: [] };
		this.#ways.set(key, way);
		return way;
	}

	/** Once all flows were taken. @param flowsBefore flows of earlier pieces of the run. */
	*found(flowsBefore: number): Iterable<Found> {
		for (const { row, from, to, working, failing, failingFlows } of this.#ways.values()) {
			const back = this.#ways.get(`${row}|${to}|${from}`);
			if (failing === 0 || working > 0 || !back || back.working === 0 || back.failing > 0) continue;
			const works = flowsBefore + back.workingFlow + 1;
			const what = `fails from ${from} to ${to}, and works from ${to} to ${from} (flow ${works})`;
			yield {
				observation: { kind: "blocked-direction", severity: "warning", what, count: failing },
				subject: { flows: failingFlows, row },
			};
		}
	}
}
