import { sideAddress } from "../flow/store.ts";
import type { MatrixRow } from "../matrix/types.ts";
import type { Found } from "./groups.ts";
import type { FlowCase, Outcome, Run } from "./observation.ts";

/** Attempts of a product host on one of the rows that stand in for each other. */
interface Attempts {
	working: number;
	failing: number;
	/** The first few that did not work, and the first few of all. */
	readonly failed: number[];
	readonly tried: number[];
}

/** Product hosts whose links are followed, and flows without a name that may be one of theirs. */
const MAX_CLIENTS = 1000;
const MAX_UNNAMED = 10_000;
const BEYOND = "flows of the subscription link beyond the limits were not compared with its other ways";
const MAX_FLOWS = 20;

/**
 * Links to one cloud service that are made on one port or on another, whichever works: in the matrix, egress rows of
 * one product for the same server names on different ports.
 */
export class SubscriptionLinks {
	readonly #run: Run;
	/** Row ids of each set of rows that stand in for each other, by each of these ids. */
	readonly #alternatives: ReadonlyMap<string, readonly string[]>;
	/** By client, then by row. */
	readonly #clients = new Map<string, Map<string, Attempts>>();
	/** Addresses of servers that a flow with one of these rows went to. */
	readonly #servers = new Set<string>();
	/** Flows that several rows fit, one of these among them: the server's address may tell. */
	readonly #unnamed: { client: string; server: string; row: string; flow: number; outcome: Outcome }[] = [];

	constructor(run: Run) {
		this.#run = run;
		this.#alternatives = alternatives(run.labels.matrix.matrix.rows);
	}

	take({ store, flow, label }: FlowCase, outcome: Outcome): void {
		const { row, status, candidates } = label.verdict;
		if (this.#alternatives.size === 0 || status === "unknown") return;
		const id = row ?? candidates.find((each) => this.#alternatives.has(each));
		if (id === undefined || !this.#alternatives.has(id)) return;
		const { serverSide } = label.direction;
		const client = sideAddress(store, flow, (1 - serverSide) as 0 | 1);
		const server = sideAddress(store, flow, serverSide);
		if (row === null) {
			if (this.#unnamed.length < MAX_UNNAMED) this.#unnamed.push({ client, server, row: id, flow, outcome });
			else this.#run.sessions.overflow.add(BEYOND);
			return;
		}
		if (this.#servers.size < MAX_UNNAMED) this.#servers.add(server);
		this.#count(client, id, flow, outcome);
	}

	#count(client: string, row: string, flow: number, outcome: Outcome): void {
		let rows = this.#clients.get(client);
		if (!rows) {
			if (this.#clients.size >= MAX_CLIENTS) {
				this.#run.sessions.overflow.add(BEYOND);
				return;
			}
			rows = new Map();
			this.#clients.set(client, rows);
		}
		let attempts = rows.get(row);
		if (!attempts) {
			attempts = { working: 0, failing: 0, failed: [], tried: [] };
			rows.set(row, attempts);
		}
		if (attempts.tried.length < MAX_FLOWS) attempts.tried.push(flow);
		if (outcome === "working") attempts.working++;
		else if (outcome === "failing") {
			attempts.failing++;
			if (attempts.failed.length < MAX_FLOWS) attempts.failed.push(flow);
		}
	}

	/** Once all flows were taken. */
	*found(): Iterable<Found> {
		for (const { client, server, row, flow, outcome } of this.#unnamed)
			if (this.#servers.has(server)) this.#count(client, row, flow, outcome);
		this.#unnamed.length = 0;
		for (const rows of this.#clients.values()) {
			for (const [row, attempts] of rows) {
				const found = this.#fallback(row, attempts, rows);
				if (found) yield found;
			}
		}
	}

	/** A row that fails only, where another one was tried in its stead; told once where both fail. */
	#fallback(
		row: string,
		{ working, failing, failed }: Attempts,
		rows: ReadonlyMap<string, Attempts>,
	): Found | undefined {
		if (failing === 0 || working > 0) return undefined;
		for (const other of this.#alternatives.get(row) ?? []) {
			const its = other === row ? undefined : rows.get(other);
			if (!its) continue;
			const isDead = its.working === 0 && its.failing > 0;
			if (isDead && other < row) return undefined;
			const [here, there] = [this.#portText(row), this.#portText(other)];
			const state = its.working > 0 ? "works" : "is tried";
			const what = isDead
				? `the link fails on ${here} and on ${there} (${other})`
				: `the link fails on ${here} and ${state} on ${there} (${other}, flow ${this.#run.flowsBefore + its.tried[0]! + 1})`;
			return {
				observation: { kind: "subscription-fallback", severity: isDead ? "error" : "warning", what, count: failing },
				subject: { flows: isDead ? [...failed, ...its.failed] : failed, row },
			};
		}
		return undefined;
	}

	#portText(row: string): string {
		const ports = this.#run.labels.row(row)?.ports.map(({ first }) => `tcp/${first}`) ?? [];
		return ports.join(", ");
	}
}

/** Sets of egress rows for the same server names on different ports. */
function alternatives(rows: readonly MatrixRow[]): Map<string, readonly string[]> {
	const named = rows.filter(({ direction, domains }) => direction === "out" && domains);
	const found = new Map<string, readonly string[]>();
	for (const { id, product, domains } of named) {
		const same = named.filter((each) => each.product === product && each.domains!.join() === domains!.join());
		if (same.length > 1)
			found.set(
				id,
				same.map((each) => each.id),
			);
	}
	return found;
}
