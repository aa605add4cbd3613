import { rowsOfName } from "../matrix/domains.ts";
import { type MatrixIndex, matrixTransport, type PortMatch } from "../matrix/index.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { type Choice, choose, NO_CHOICE, shown } from "./choose.ts";
import { belongs, type Facts, type ServerName } from "./facts.ts";
import { Evidence, evidenceFor } from "./fit.ts";
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
	/** What the flow serves: the row's service, or the subscription feature that the server's name tells. */
	readonly service: string | null;
	/** For ambiguous and unknown flows: the reason that summaries group by. */
	readonly group: string;
}

/** Verdicts remembered. Flows share few sets of facts; hostile names could make many. */
const MAX_REMEMBERED = 50_000;

const NAME_SOURCES: readonly ServerName["source"][] = ["payload", "certificate", "dns", "file"];

/** Sets of products and names of protocols in one run: far fewer than this. */
const MAX_PARTS = 256;

/** Rules 3 to 5: which row, what the payload says of it, and honesty where rows stay equal or none fits. */
export class Labeller {
	readonly #matrix: MatrixIndex;
	readonly #anyHost: boolean;
	readonly #later: Labeller | undefined;
	/** By their facts; those that the server's name is one of, by the name first: a key of its text for each flow is slow. */
	readonly #remembered = new Map<number | string, Verdict>();
	readonly #ofNames = new Map<string, Map<number | string, Verdict>>();
	readonly #derivedOf = new WeakMap<Verdict, WeakMap<Verdict, Verdict>>();
	#count = 0;
	readonly #numbers = new Map<readonly string[] | string, number>();

	/**
	 * @param anyHost whether any product host is known in this capture.
	 * @param later the matrix of a later release: what only it has a row for is that row, and says so.
	 */
	constructor(matrix: MatrixIndex, anyHost: boolean, later?: MatrixIndex) {
		this.#matrix = matrix;
		this.#anyHost = anyHost;
		this.#later = later && new Labeller(later, anyHost);
	}

	label(facts: Facts): Verdict {
		const key = this.#keyOf(facts);
		if (key === undefined) return this.#judgeByRelease(facts);
		const known = facts.name === null ? this.#remembered : this.#ofNames.get(facts.name.text);
		let verdict = known?.get(key);
		if (!verdict) {
			verdict = this.#judgeByRelease(facts);
			this.#remember(facts, key, verdict);
		}
		return verdict;
	}

	#remember({ name }: Facts, key: number | string, verdict: Verdict): void {
		if (this.#count >= MAX_REMEMBERED) return;
		this.#count++;
		let known = name === null ? this.#remembered : this.#ofNames.get(name.text);
		if (!known) {
			known = new Map();
			this.#ofNames.set(name!.text, known);
		}
		known.set(key, verdict);
	}

	/** Facts but the name as a map key: a number for most, much faster than text; undefined where numbers run out. */
	#keyOf({
		protocol,
		serverPort,
		serverProducts,
		clientProducts,
		sameHost,
		application,
		name,
		announced,
		speaks,
		listedPort,
	}: Facts): number | string | undefined {
		let key = protocol * 65_536 + serverPort;
		for (const part of [serverProducts, clientProducts, application ?? announced])
			key = key * MAX_PARTS + this.#numberOf(part);
		const source = name === null ? 0 : 1 + NAME_SOURCES.indexOf(name.source);
		key = (key * 8 + source) * 4 + (sameHost ? 1 : 0) + (application === null && announced !== null ? 2 : 0);
		if (Number.isNaN(key)) return undefined;
		return speaks === null && listedPort === serverPort ? key : `${key} ${listedPort} ${speaks}`;
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

	/**
	 * The verdict where it is not known which end serves: the same either way, or all rows that it may be.
	 * @param why it is not known; always the same text.
	 */
	either(one: Facts, other: Facts, why: string): Verdict {
		const [first, second] = [this.label(one), this.label(other)];
		if (first === second) return first;
		return this.#derived(first, second, () => {
			const known = [first, second].filter(({ status }) => status !== "unknown");
			const ids = [...new Set(known.flatMap(({ candidates }) => candidates))];
			if (ids.length < 2) return asProbable(known[0] ?? first, why);
			const ends = known.map(({ reasons: [end] }) => end);
			const others = new Set(known.flatMap(({ reasons }) => reasons.slice(1)));
			return ambiguous(ids, [`either ${ends.join(", or ")}`, ...others], why, null);
		});
	}

	/** The verdict on facts of which one is a conclusion. @param why it is no more than that; always the same text. */
	unconfirmed(facts: Facts, why: string): Verdict {
		const verdict = this.label(facts);
		return this.#derived(verdict, verdict, () => asProbable(verdict, why));
	}

	/** What is made of two verdicts: equal ones stay one object. */
	#derived(first: Verdict, second: Verdict, make: () => Verdict): Verdict {
		let known = this.#derivedOf.get(first);
		if (!known) {
			known = new WeakMap();
			this.#derivedOf.set(first, known);
		}
		let verdict = known.get(second);
		if (!verdict) {
			verdict = make();
			known.set(second, verdict);
		}
		return verdict;
	}

	#judgeByRelease(facts: Facts): Verdict {
		const verdict = this.#judge(facts);
		if (!this.#later || (verdict.peerRow !== null && verdict.status === "matched")) return verdict;
		const later = this.#later.label(facts);
		const isNew = (row: string | null) => row !== null && this.#matrix.row(row) === undefined;
		if (later.status !== "matched" || !(isNew(later.row) || isNew(later.peerRow))) return verdict;
		const rows = [later.row, later.peerRow].filter(isNew).join(" and ");
		const reason = `${rows} came with a later release than ${this.#matrix.matrix.release}, which the traffic tells`;
		return { ...later, reasons: [...later.reasons, reason] };
	}

	#judge(facts: Facts): Verdict {
		if (!matrixTransport(facts.protocol)) return this.#unknown(facts, "the matrix has rows for TCP and UDP only", []);
		const matches = this.#matrix.rowsFor(facts.protocol, facts.listedPort);
		const ofName = facts.name === null ? undefined : rowsOfName(this.#matrix.matrix, facts.name.text);
		if (!this.#anyHost) return this.#judgeByPort(facts, matches, ofName);
		if (facts.serverProducts.length === 0 && facts.clientProducts.length === 0) {
			return this.#unknown(facts, "neither end is a product host", []);
		}
		if (facts.sameHost) {
			const intra = choose(
				matches.filter(({ row }) => row.direction === "intra" && facts.serverProducts.includes(row.product)),
				facts,
				ofName,
			);
			if (intra.rows.length > 0) return this.#conclude(facts, intra, NO_CHOICE);
		}
		const ingress = choose(
			matches.filter(({ row }) => row.direction === "in" && facts.serverProducts.includes(row.product)),
			facts,
			ofName,
		);
		const egress = choose(
			matches.filter(({ row }) => row.direction === "out" && facts.clientProducts.includes(row.product)),
			facts,
			ofName,
		);
		if (ingress.rows.length === 0 && egress.rows.length === 0) return this.#noRow(facts, matches, ingress, egress);
		// A port that the client's row names counts for more than a range that the server's may be moved to.
		const isOverruled = ingress.fit === "configurable" && egress.rows.length > 0 && egress.fit !== "configurable";
		return ingress.rows.length > 0 && !isOverruled
			? this.#conclude(facts, ingress, egress)
			: this.#conclude(facts, egress, NO_CHOICE);
	}

	/** While no product host is known, only the port speaks: exact ports, and ranges that the payload supports. */
	#judgeByPort(facts: Facts, matches: readonly PortMatch[], ofName: readonly string[] | undefined): Verdict {
		const usable = matches.filter(
			({ row, fit }) =>
				(row.direction !== "intra" || facts.sameHost) &&
				(fit === "exact" || (fit === "range" && evidenceFor(row, shown(facts)) === Evidence.Fits)),
		);
		const choice = choose(usable, facts, ofName);
		if (choice.rows.length === 0) {
			return choice.contradicted.length > 0 || choice.because.length > 0
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
			return ambiguous(ids, reasons, "nothing in the capture tells them apart", facts.feature);
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
			service: facts.feature ?? row.service,
			group: "",
		};
	}

	#whoAndWhere(facts: Facts, choice: Choice): string {
		const row = choice.rows[0]!;
		const port = portText(facts.protocol, facts.serverPort);
		const how = choice.fit === "exact" ? "port" : choice.fit === "range" ? "default range" : "configurable range";
		const moved = portText(facts.protocol, facts.listedPort);
		const stands = `${port}, which stands for ${moved} since the host's services are moved,`;
		const where =
			`${facts.listedPort === facts.serverPort ? port : stands} is in the ${how} of ${choice.rows.map(({ id }) => id).join(", ")}`.replace(
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
			return this.#unknown(facts, group, [`the payload is ${facts.application}, but ${asks}`], contradicted[0]);
		}
		// The first reason tells of the payload, the others of names.
		const named = choices.find((choice) => choice.because.length > 0);
		if (named) return this.#unknown(facts, `the rows of ${port} are for other server names`, named.because.slice(1));
		const reasons: string[] = [];
		const products = facts.serverProducts.length > 0 ? facts.serverProducts : facts.clientProducts;
		const side = facts.serverProducts.length > 0 ? "ingress" : "egress";
		const ofProducts = `no ${side} row of ${productNames(this.#matrix.matrix, products)}`;
		const lists = `${ofProducts} lists ${port}`;
		// A port of the moment tells nothing: that no row is for the protocol does.
		const isControl = facts.application === "h245" && !this.#matrix.matrix.rows.some(isForControl);
		const group = isControl ? `${ofProducts} is for H.245, whose port a call's signalling names` : lists;
		if (isControl) reasons.push(lists);
		const configurable = matches.filter(({ row, fit }) => fit === "configurable" && belongs(row, facts));
		if (configurable.length > 0) {
			const what = facts.application ? `the payload is ${facts.application}` : "the payload shows no protocol";
			reasons.push(
				`${portText(facts.protocol, facts.serverPort)} is in the configurable range of ${configurable.map(({ row }) => row.id).join(", ")}, which counts only with evidence; ${what}`,
			);
		}
		return this.#unknown(facts, group, reasons);
	}

	#unknown(facts: Facts, group: string, reasons: readonly string[], contradicted?: MatrixRow): Verdict {
		const near: Nearest | null = nearestRow(this.#matrix, facts, contradicted);
		return {
			status: "unknown",
			row: null,
			peerRow: null,
			candidates: [],
			confidence: null,
			group,
			reasons: [group, ...reasons, ...(near ? near.reasons : [])],
			nearest: near?.row ?? null,
			service: facts.feature,
		};
	}
}

/** Rows that stay equal. @param why they do. */
function ambiguous(ids: readonly string[], reasons: readonly string[], why: string, service: string | null): Verdict {
	return {
		status: "ambiguous",
		row: null,
		peerRow: null,
		candidates: ids,
		// The payload may fit all of them: that confirms none.
		confidence: "probable",
		nearest: null,
		service,
		group: `${ids.join(", ")} stay equal`,
		reasons: [...reasons, `${ids.join(" and ")} stay equal: ${why}`],
	};
}

function asProbable(verdict: Verdict, why: string): Verdict {
	if (verdict.confidence !== "confirmed") return verdict;
	return { ...verdict, confidence: "probable", reasons: [...verdict.reasons, why] };
}

function isForControl({ protocols }: MatrixRow): boolean {
	return protocols.includes("h245");
}
