import type { Host, Hosts } from "../label/hosts.ts";
import type { Labels } from "../label/labels.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { FAILURES, type FindingKind, SILENCES } from "./kinds.ts";
import type { RowState, RowStates } from "./row-states.ts";

/**
 * What the capture shows of a row: some flows that work, some that fail, both, flows of which it does not tell, or no
 * flow at all.
 */
export type CoverageState = "working" | "failing" | "mixed" | "unclear" | "not seen";

/** One row of one product host. */
export interface Covered {
	readonly row: MatrixRow;
	readonly host: Host;
	readonly state: CoverageState;
	/** Undefined where it was not seen. */
	readonly seen: RowState | undefined;
}

/**
 * Hosts whose rows are told: each has some ninety, and a flood of answers looks like tens of thousands of hosts. No flood
 * gives hosts on the command line: those are told, however many they are.
 */
export const MAX_COVERED = 1000;

/** How many product hosts have their rows told at most. */
export function mostCovered({ given }: Pick<Hosts, "given">): number {
	return Math.max(MAX_COVERED, given);
}

/**
 * Every row of every product host, by host, in the matrix's order; of very many hosts, of those that were given and, up to
 * {@link MAX_COVERED} in all, those with the most flows. @param states all flows were taken.
 */
export function coverageOf(labels: Labels, states: RowStates): Covered[] {
	const { rows } = labels.matrix.matrix;
	const known = new Set(rows.map(({ id }) => id));
	const later = [...states.all()].map(({ row }) => row).filter((id) => !known.has(id));
	const all = [...rows, ...[...new Set(later)].map((id) => labels.row(id)!)];
	return coveredHosts(labels.hosts, states).flatMap((host) =>
		all.filter(({ product }) => host.products.includes(product)).map((row) => coverageAt(row, host, states)),
	);
}

/** In their order. */
function coveredHosts(known: Hosts, states: RowStates): readonly Host[] {
	const hosts = known.list();
	const most = mostCovered(known);
	if (hosts.length <= most) return hosts;
	const flows = new Map<string, number>();
	for (const state of states.all()) flows.set(state.host, (flows.get(state.host) ?? 0) + state.flows);
	const weight = ({ source, address }: Host) =>
		source === "given" ? Number.POSITIVE_INFINITY : (flows.get(address) ?? 0);
	const byWeight = hosts.map((host, place) => ({ host, place, weight: weight(host) }));
	byWeight.sort((a, b) => (a.weight === b.weight ? a.place - b.place : b.weight - a.weight));
	return byWeight
		.slice(0, most)
		.sort((a, b) => a.place - b.place)
		.map(({ host }) => host);
}

/** One row of the hosts that run its product. */
export function coverageOfRow(row: MatrixRow, labels: Labels, states: RowStates): Covered[] {
	const hosts = labels.hosts.list().filter(({ products }) => products.includes(row.product));
	return hosts.map((host) => coverageAt(row, host, states));
}

function coverageAt(row: MatrixRow, host: Host, states: RowStates): Covered {
	const seen = states.at(row.id, host.address);
	return { row, host, seen, state: stateOf(seen) };
}

/** @param seen flows of one row of one host; undefined where there are none. */
export function stateOf(seen: Pick<RowState, "working" | "failing"> | undefined): CoverageState {
	if (!seen) return "not seen";
	if (seen.working > 0) return seen.failing > 0 ? "mixed" : "working";
	return seen.failing > 0 ? "failing" : "unclear";
}

/** Whether a row was seen to work, if not always. */
export function wasSeenWorking(state: CoverageState): boolean {
	return state === "working" || state === "mixed";
}

/** Why a row fails, of the kinds that were found in its flows; all of them where it does not fail. */
export function reasonsFor({ state, seen }: Covered): FindingKind[] {
	const kinds = [...(seen?.kinds ?? [])];
	return state === "failing" ? kinds.filter((kind) => FAILURES.has(kind) || SILENCES.has(kind)) : kinds;
}
