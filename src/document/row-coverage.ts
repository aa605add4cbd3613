import { type CoverageState, type Covered, reasonsFor } from "../finding/coverage.ts";
import type { FindingKind } from "../finding/kinds.ts";
import { flowId, type RunWords } from "./run-words.ts";

/** What a capture shows of one row of one product host. */
export interface RowCoverage {
	readonly row: string;
	/** Short name of the row's service. */
	readonly service: string;
	/** Address of the product host that the row is of. */
	readonly host: string;
	readonly state: CoverageState;
	readonly flows: number;
	/** Flows that show the row to work, and to fail; of the others the capture does not tell. */
	readonly working: number;
	readonly failing: number;
	/** What was found wrong: of a failing row, why it fails. */
	readonly kinds: readonly FindingKind[];
	/** Ids of the first few flows: those that fail, where any do. */
	readonly examples: readonly number[];
	/** The port's default state in the matrix. */
	readonly default: "open" | "closed" | "filtered" | "n/a";
	readonly direction: "in" | "out" | "intra";
}

/** @param run see {@link RunWords}. */
export function rowCoverage(covered: Covered, run: RunWords): RowCoverage {
	const { row, host, state, seen } = covered;
	const examples = seen && seen.failing > 0 ? seen.firstFailing : (seen?.first ?? []);
	return {
		row: row.id,
		service: row.service,
		host: host.address,
		state,
		flows: seen?.flows ?? 0,
		working: seen?.working ?? 0,
		failing: seen?.failing ?? 0,
		kinds: reasonsFor(covered),
		examples: examples.map((flow) => flowId(run, flow)),
		default: row.state,
		direction: row.direction,
	};
}
