import type { PortFit } from "../matrix/find.ts";
import { type MatrixIndex, matrixTransport, type PortMatch } from "../matrix/index.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { belongs, type Facts } from "./facts.ts";
import { Evidence, evidenceFor, nameFits } from "./fit.ts";
import { type Nearest, nearestRow } from "./nearest.ts";
import { portText, productNames } from "./words.ts";

/** The verdict on a flow, and the words under which flows that share it are grouped. */
export interface Verdict {
	readonly status: "matched" | "ambiguous" | "unknown";
	readonly row: string | null;
	readonly peerRow: string | null;
	readonly candidates: readonly string[];
	readonly confidence: "confirmed" | "probable" | "port-only" | null;
	readonly reasons: readonly string[];
	readonly nearest: string | null;
	/** For ambiguous and unknown flows: the reason that summaries group by. */
	readonly group: string;
}

/** Rows that stayed equal, or those that the payload ruled out. */
interface Choice {
	readonly rows: readonly MatrixRow[];
	readonly fit: PortFit | null;
	readonly confirmed: boolean;
	readonly because: readonly string[];
	readonly contradicted: readonly MatrixRow[];
}

const FITS: readonly PortFit[] = ["exact", "range", "configurable"];
const NO_CHOICE: Choice = { rows: [], fit: null, confirmed: false, because: [], contradicted: [] };
/** Verdicts remembered. Flows share few sets of facts; hostile names could make many. */
const MAX_REMEMBERED = 50_000;

/** Sets of products and names of protocols in one run: far fewer than this. */
const MAX_PARTS = 256;

/** Rules 3 to 5: which row, what the payload says of it, and honesty where rows stay equal or none fits. */
export class Labeller {
	readonly #matrix: MatrixIndex;
	readonly #anyHost: boolean;
	readonly #remembered = new Map<number | string, Verdict>();
	readonly #numbers = new Map<readonly string[] | string, number>();

	/** @param anyHost whether any product host is known in this capture. */
	constructor(matrix: MatrixIndex, anyHost: boolean) {
		this.#matrix = matrix;
		this.#anyHost = anyHost;
	}

	label(facts: Facts): Verdict {
		const key = this.#keyOf(facts);
		if (key === undefined) return this.#judge(facts);
		let verdict = this.#remembered.get(key);
		if (!verdict) {
			verdict = this.#judge(facts);
			if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(key, verdict);
		}
		return verdict;
	}

	/** Facts as a map key: a number for most, for that is much faster than text; undefined where numbers run out. */
	#keyOf({
		protocol,
		serverPort,
		serverProducts,
		clientProducts,
		sameHost,
		application,
		name,
		isDnsName,
		announced,
		speaks,
	}: Facts): number | string | undefined {
		let key = protocol * 65_536 + serverPort;
		for (const part of [serverProducts, clientProducts, application ?? announced])
			key = key * MAX_PARTS + this.#numberOf(part);
		key = key * 4 + (sameHost ? 1 : 0) + (application === null && announced !== null ? 2 : 0);
		if (Number.isNaN(key)) return undefined;
		return name === null && speaks === null ? key : `${key} ${isDnsName} ${name} ${speaks}`;
	}

	#numberOf(part: readonly string[] | string | null): number {
		if (part === null) return 0;
		const known = this.#numbers.get(part);
		if (known !== undefined) return known;
		const number = this.#numbers.size + 1;
		if (number >= MAX_PARTS) return Number.NaN;
		this.#numbers.set(part, number);
		return number;
	}

	#judge(facts: Facts): Verdict {
		if (!matrixTransport(facts.protocol)) return this.#unknown(facts, "the matrix has rows for TCP and UDP only", []);
		const matches = this.#matrix.rowsFor(facts.protocol, facts.serverPort);
		if (!this.#anyHost) return this.#judgeByPort(facts, matches);
		if (facts.serverProducts.length === 0 && facts.clientProducts.length === 0) {
			return this.#unknown(facts, "neither end is a product host", []);
		}
		if (facts.sameHost) {
			const intra = choose(
				matches.filter(({ row }) => row.direction === "intra" && facts.serverProducts.includes(row.product)),
				facts,
			);
			if (intra.rows.length > 0) return this.#conclude(facts, intra, NO_CHOICE);
		}
		const ingress = choose(
			matches.filter(({ row }) => row.direction === "in" && facts.serverProducts.includes(row.product)),
			facts,
		);
		const egress = choose(
			matches.filter(({ row }) => row.direction === "out" && facts.clientProducts.includes(row.product)),
			facts,
		);
		if (ingress.rows.length === 0 && egress.rows.length === 0) return this.#noRow(facts, matches, ingress, egress);
		return ingress.rows.length > 0 ? this.#conclude(facts, ingress, egress) : this.#conclude(facts, egress, NO_CHOICE);
	}

	/** While no product host is known, only the port speaks: exact ports, and ranges that the payload supports. */
	#judgeByPort(facts: Facts, matches: readonly PortMatch[]): Verdict {
		const usable = matches.filter(
			({ row, fit }) =>
				(row.direction !== "intra" || facts.sameHost) &&
				(fit === "exact" || (fit === "range" && evidenceFor(row, shown(facts)) === Evidence.Fits)),
		);
		const choice = choose(usable, facts);
		if (choice.rows.length === 0) {
			return choice.contradicted.length > 0
				? this.#noRow(facts, matches, choice)
				: this.#unknown(facts, "no product host is known, and no row lists the port", []);
		}
		const noHost = "no product host is known: the port alone speaks (name hosts with --host)";
		const verdict = this.#conclude(facts, choice, NO_CHOICE);
		return { ...verdict, confidence: "port-only", reasons: [...verdict.reasons, noHost] };
	}

	#conclude(facts: Facts, choice: Choice, egress: Choice): Verdict {
		const reasons = [this.#whoAndWhere(facts, choice), ...choice.because];
		if (choice.rows.length > 1) {
			const ids = choice.rows.map((row) => row.id);
			const group = `${ids.join(", ")} stay equal`;
			return {
				status: "ambiguous",
				row: null,
				peerRow: null,
				candidates: ids,
				// The payload may fit all of them: that confirms none.
				confidence: "probable",
				nearest: null,
				group,
				reasons: [...reasons, `${ids.join(" and ")} stay equal: nothing in the capture tells them apart`],
			};
		}
		const row = choice.rows[0]!;
		const peer = egress.rows.length === 1 ? egress.rows[0]! : null;
		if (peer)
			reasons.push(
				`the client runs ${productNames(this.#matrix.matrix, facts.clientProducts)}: its side of the flow is ${peer.id}`,
			);
		return {
			status: "matched",
			row: row.id,
			peerRow: peer?.id ?? null,
			candidates: [row.id],
			confidence: choice.confirmed ? "confirmed" : "probable",
			reasons,
			nearest: null,
			group: "",
		};
	}

	#whoAndWhere(facts: Facts, choice: Choice): string {
		const row = choice.rows[0]!;
		const port = portText(facts.protocol, facts.serverPort);
		const how = choice.fit === "exact" ? "port" : choice.fit === "range" ? "default range" : "configurable range";
		const where = `${port} is in the ${how} of ${choice.rows.map(({ id }) => id).join(", ")}`.replace(
			"is in the port of",
			"is the port of",
		);
		if (!this.#anyHost) return where;
		const out = row.direction === "out";
		const exchange = facts.application === "dhcp" || facts.application === "bootp" ? " of the exchange" : "";
		const end = facts.sameHost ? "both ends are one host that" : `the ${out ? "client" : "server"}${exchange}`;
		return `${end} runs ${productNames(this.#matrix.matrix, [row.product])}, and ${where}`;
	}

	/** @param choices that led to no row. */
	#noRow(facts: Facts, matches: readonly PortMatch[], ...choices: readonly Choice[]): Verdict {
		const port = portText(facts.protocol, facts.serverPort);
		const contradicted = choices.flatMap((choice) => choice.contradicted);
		if (contradicted.length > 0) {
			const ids = [...new Set(contradicted.map((row) => row.id))];
			const group = `${facts.application} contradicts ${ids.join(", ")}`;
			const asks = contradicted.map((row) => `${row.id} is ${row.source.protocol}`).join("; ");
			return { ...this.#unknown(facts, group, [`the payload is ${facts.application}, but ${asks}`]), nearest: ids[0]! };
		}
		// The first reason tells of the payload, the others of names.
		const named = choices.find((choice) => choice.because.length > 0);
		if (named) return this.#unknown(facts, `the rows of ${port} are for other server names`, named.because.slice(1));
		const reasons: string[] = [];
		const products = facts.serverProducts.length > 0 ? facts.serverProducts : facts.clientProducts;
		const side = facts.serverProducts.length > 0 ? "ingress" : "egress";
		const group = `no ${side} row of ${productNames(this.#matrix.matrix, products)} lists ${port}`;
		const configurable = matches.filter(({ row, fit }) => fit === "configurable" && belongs(row, facts));
		if (configurable.length > 0) {
			const what = facts.application ? `the payload is ${facts.application}` : "the payload shows no protocol";
			reasons.push(
				`${portText(facts.protocol, facts.serverPort)} is in the configurable range of ${configurable.map(({ row }) => row.id).join(", ")}, which counts only with evidence; ${what}`,
			);
		}
		return this.#unknown(facts, group, reasons);
	}

	#unknown(facts: Facts, group: string, reasons: readonly string[]): Verdict {
		const near: Nearest | null = nearestRow(this.#matrix, facts);
		return {
			status: "unknown",
			row: null,
			peerRow: null,
			candidates: [],
			confidence: null,
			group,
			reasons: [group, ...reasons, ...(near ? near.reasons : [])],
			nearest: near?.row ?? null,
		};
	}
}

/**
 * Narrows rows of one end: exact port before default range before configurable range, then payload, server name and
 * the product at the other end. A payload that contradicts an exact port ends the search; in overlapping ranges the
 * next range may fit.
 */
function choose(matches: readonly PortMatch[], facts: Facts): Choice {
	const contradicted: MatrixRow[] = [];
	for (const fit of FITS) {
		const rows = matches.filter((match) => match.fit === fit).map((match) => match.row);
		if (rows.length === 0) continue;
		const fitting = rows.filter((row) => evidenceFor(row, shown(facts)) === Evidence.Fits);
		const open = rows.filter((row) => evidenceFor(row, shown(facts)) === Evidence.Silent);
		const kept = fitting.length > 0 ? fitting : fit === "configurable" ? [] : open;
		if (fit !== "configurable")
			contradicted.push(...rows.filter((row) => evidenceFor(row, shown(facts)) === Evidence.Contradicts));
		if (kept.length > 0) return tellApart(kept, fit, fitting.length > 0, facts);
		if (fit === "exact" && contradicted.length > 0) break;
	}
	return { ...NO_CHOICE, contradicted };
}

function tellApart(rows: readonly MatrixRow[], fit: PortFit, fits: boolean, facts: Facts): Choice {
	const because: string[] = [];
	let confirmed = fits && facts.application !== null;
	if (facts.application === null && facts.announced !== null)
		because.push(`an SDP in the capture announced one of the two ports for ${facts.announced}`);
	else if (fits) because.push(`the payload is ${facts.application}, as the row says`);
	else if (facts.application)
		because.push(`the payload is ${facts.application}, which the row neither asks for nor excludes`);
	else because.push("no payload that shows a protocol was seen: the hosts and the port speak");
	let kept = rows;
	const name = facts.name;
	if (name !== null && rows.some((row) => row.domains)) {
		const named = rows.filter((row) => nameFits(row, name));
		const longest = Math.max(...named.map((row) => longestDomain(row, name)));
		kept =
			named.length > 0
				? named.filter((row) => longestDomain(row, name) === longest)
				: rows.filter((row) => !row.domains && (!row.peerProducts || isBeside(row, facts)));
		const words = facts.isDnsName ? `${name}, for which DNS gave the server's address,` : `the server's name ${name}`;
		if (named.length > 0) {
			confirmed ||= !facts.isDnsName;
			because.push(`${words} is one of the row's`);
		} else {
			because.push(
				`${words} is none of ${rows
					.filter((row) => row.domains)
					.map(({ id }) => id)
					.join(", ")}`,
			);
			confirmed = false;
		}
	}
	const named =
		facts.speaks === null ? [] : kept.filter((row) => row.product === facts.speaks && row.direction !== "out");
	if (kept.length > 1 && named.length > 0) {
		because.push(`the server's payload names ${named[0]!.id}'s product`);
		kept = named;
	}
	const beside = kept.filter((row) => isBeside(row, facts));
	const elsewhere = kept.filter((row) => !row.peerProducts);
	if (kept.length > 1 && beside.length > 0) kept = beside;
	else if (kept.length > 1 && elsewhere.length > 0) kept = elsewhere;
	return { rows: kept, fit, confirmed: confirmed && kept.length > 0, because, contradicted: [] };
}

/** The protocol that speaks for a row: what the payload showed, or else what was announced. */
function shown({ application, announced }: Facts): string | null {
	return application ?? announced;
}

/** Whether the product that the row names as its other end is there. */
function isBeside(row: MatrixRow, facts: Facts): boolean {
	return row.peerProducts?.some((product) => otherEnd(row, facts).includes(product)) ?? false;
}

function otherEnd(row: MatrixRow, facts: Facts): readonly string[] {
	return row.direction === "out" ? facts.serverProducts : facts.clientProducts;
}

function longestDomain(row: MatrixRow, name: string): number {
	const lower = name.toLowerCase();
	return Math.max(0, ...(row.domains ?? []).filter((d) => lower === d || lower.endsWith(`.${d}`)).map((d) => d.length));
}
