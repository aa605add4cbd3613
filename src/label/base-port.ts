import type { Matrix, MatrixRow } from "../matrix/types.ts";

/** What was seen of one TCP port of a host. */
export const PortUse = { Asked: 1, Answered: 2, Tls: 4 } as const;

/** A service group that a site moved: IP Office's *Services Base TCP Port* shifts all of them by one offset. */
export interface MovedGroup {
	/** The group's first port where the site has put it, and by default. */
	readonly base: number;
	readonly defaultBase: number;
	/** Ports of the group that answered. */
	readonly answered: readonly number[];
}

/** The ports of a group by default, and whether each asks for TLS. */
interface ServiceGroup {
	readonly product: string;
	readonly base: number;
	readonly first: number;
	readonly last: number;
	readonly members: ReadonlyMap<number, boolean>;
}

/** Members that answer at their places; fewer are a coincidence. */
const ENOUGH_MEMBERS = 2;
/** Without other evidence of the product: so many members, two of them with TLS. */
const ENOUGH_ALONE = 3;

/** Groups of a matrix: ingress TCP rows of one product that share one configurable range move together. */
export class ServiceGroups {
	readonly #groups: readonly ServiceGroup[];
	/** TCP ports that ingress rows name themselves. */
	readonly #named = new Set<number>();

	constructor(matrix: Matrix) {
		for (const row of matrix.rows) {
			if (row.direction === "in" && row.transports.includes("tcp"))
				for (const { first, last } of row.ports) if (first === last) this.#named.add(first);
		}
		const byRange = new Map<string, MatrixRow[]>();
		for (const row of matrix.rows) {
			const [range, ...others] = row.configurable;
			if (!range || others.length > 0 || row.direction !== "in" || !row.transports.includes("tcp")) continue;
			if (row.ports.some(({ first, last }) => first !== last || first < range.first || first > range.last)) continue;
			const key = `${row.product} ${range.first}-${range.last}`;
			byRange.set(key, [...(byRange.get(key) ?? []), row]);
		}
		this.#groups = [...byRange.values()].filter((rows) => rows.length > 2).map(groupOf);
	}

	/** Whether an ingress row names a TCP port. */
	isNamed(port: number): boolean {
		return this.#named.has(port);
	}

	/** Products that have a group. */
	products(): string[] {
		return this.#groups.map(({ product }) => product);
	}

	/**
	 * Whether a port tells something of a group's place: it lies in the range, and no other row names it. Others need not
	 * be remembered.
	 */
	mayHold(port: number): boolean {
		return this.#groups.some(
			({ first, last, members }) => port >= first && port <= last && (members.has(port) || !this.#named.has(port)),
		);
	}

	/**
	 * Where a host has put a product's group.
	 * @param ports the host's TCP ports, as {@link PortUse} bits.
	 * @returns undefined where the group is at its default place, or not told unmistakably.
	 */
	moved(product: string, ports: ReadonlyMap<number, number>): MovedGroup | undefined {
		const group = this.#groups.find((each) => each.product === product);
		if (!group || [...group.members.keys()].some((port) => isAnswered(ports, port))) return undefined;
		let best: { base: number; answered: number[]; score: number } | undefined;
		let isTied = false;
		for (const base of candidates(group, ports)) {
			const answered = membersAt(group, base).filter(([port, tls]) => fits(ports.get(port) ?? 0, tls));
			const asked = membersAt(group, base).filter(([port]) => ports.has(port));
			const score = 2 * answered.length + asked.length;
			if (answered.length < ENOUGH_MEMBERS || !answered.some(([, tls]) => tls)) continue;
			if (best === undefined || score > best.score) {
				best = { base, answered: answered.map(([port]) => port), score };
				isTied = false;
			} else if (score === best.score) isTied = true;
		}
		return best && !isTied ? { base: best.base, defaultBase: group.base, answered: best.answered } : undefined;
	}

	/** Whether a moved group alone shows the product. */
	isProof({ answered, base, defaultBase }: MovedGroup): boolean {
		const members = this.#groups.find((group) => group.base === defaultBase)?.members;
		const withTls = answered.filter((port) => members?.get(port - base + defaultBase));
		return answered.length >= ENOUGH_ALONE && withTls.length >= 2;
	}

	/** The default port that a port of a moved group stands for; undefined where it is none of the group's. */
	defaultOf({ base, defaultBase }: MovedGroup, port: number): number | undefined {
		if (this.#named.has(port)) return undefined;
		const listed = port - base + defaultBase;
		return this.#groups.some((group) => group.base === defaultBase && group.members.has(listed)) ? listed : undefined;
	}
}

function groupOf(rows: readonly MatrixRow[]): ServiceGroup {
	const members = new Map(rows.flatMap((row) => row.ports.map(({ first }) => [first, row.tls === "always"] as const)));
	const { first, last } = rows[0]!.configurable[0]!;
	return { product: rows[0]!.product, base: Math.min(...members.keys()), first, last, members };
}

function membersAt(group: ServiceGroup, base: number): (readonly [port: number, tls: boolean])[] {
	return [...group.members].map(([port, tls]) => [port - group.base + base, tls] as const);
}

/** Bases that would make one of the host's ports a member, ascending. */
function candidates(group: ServiceGroup, ports: ReadonlyMap<number, number>): number[] {
	const bases = new Set<number>();
	for (const port of ports.keys()) {
		for (const member of group.members.keys()) {
			const base = port - member + group.base;
			if (base !== group.base && base >= group.first && base <= group.last) bases.add(base);
		}
	}
	return [...bases].sort((a, b) => a - b);
}

function isAnswered(ports: ReadonlyMap<number, number>, port: number): boolean {
	return ((ports.get(port) ?? 0) & PortUse.Answered) !== 0;
}

/** Whether what was seen of a port is what a member does: TLS where it asks for it, none where it does not. */
function fits(use: number, tls: boolean): boolean {
	return (use & PortUse.Answered) !== 0 && tls === ((use & PortUse.Tls) !== 0);
}
