import { isInDomain, rowsOfName } from "../matrix/domains.ts";
import type { MatrixIndex } from "../matrix/index.ts";
import type { PortFit } from "../matrix/port-fit.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { isBeside, shown } from "./choose.ts";
import { belongs, type Facts } from "./facts.ts";
import { Evidence, evidenceFor } from "./fit.ts";
import type { Verdict } from "./verdict.ts";
import { portText, productNames, wantedText } from "./words.ts";

/** A row that lists the flow's port, and what speaks for and against it. */
export interface WeighedRow {
	readonly row: MatrixRow;
	readonly fit: PortFit;
	/** `row`: the label; `peer`: the client's side of it; `candidate`: stayed equal with others. */
	readonly outcome: "row" | "peer" | "candidate" | "ruled out";
	readonly for: readonly string[];
	readonly against: readonly string[];
}

/** Every row that lists the port, those of the verdict first, with what the rules of the label see in it. */
export function weighRows(matrix: MatrixIndex, facts: Facts, verdict: Verdict): WeighedRow[] {
	const matches = matrix.rowsFor(facts.protocol, facts.listedPort);
	const named = matches.filter(({ row, fit }) => fit === "exact" && belongs(row, facts)).map(({ row }) => row);
	return matches
		.map(({ row, fit }) => {
			const scales = new Scales();
			weighPort(scales, row, fit, facts, named);
			weighEnds(scales, matrix, row, facts);
			weighPayload(scales, row, fit, facts);
			weighName(scales, matrix, row, facts, named);
			return { row, fit, outcome: outcomeOf(row, verdict), for: scales.pro, against: scales.contra };
		})
		.sort(
			(a, b) =>
				OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) ||
				FITS.indexOf(a.fit) - FITS.indexOf(b.fit) ||
				a.against.length - b.against.length,
		);
}

const FITS: readonly PortFit[] = ["exact", "range", "configurable"];
const OUTCOMES = ["row", "peer", "candidate", "ruled out"] as const;

class Scales {
	readonly pro: string[] = [];
	readonly contra: string[] = [];
}

function outcomeOf({ id }: MatrixRow, verdict: Verdict): WeighedRow["outcome"] {
	if (id === verdict.row) return "row";
	if (id === verdict.peerRow) return "peer";
	return verdict.status === "ambiguous" && verdict.candidates.includes(id) ? "candidate" : "ruled out";
}

function weighPort(scales: Scales, row: MatrixRow, fit: PortFit, facts: Facts, named: readonly MatrixRow[]): void {
	const port = portText(facts.protocol, facts.serverPort);
	const listed = portText(facts.protocol, facts.listedPort);
	const stands = facts.listedPort === facts.serverPort ? port : `${port}, moved from ${listed},`;
	if (fit === "exact") scales.pro.push(`${stands} is its port`);
	else {
		const ranges = (fit === "range" ? row.ports : row.configurable).map(({ first, last }) => `${first}-${last}`);
		const what = fit === "range" ? "default range" : "configurable range";
		scales.pro.push(`${stands} is in its ${what} ${ranges.join(", ")}`);
	}
	const others = named.filter(({ id, direction }) => id !== row.id && direction === row.direction);
	if (fit !== "exact" && others.length > 0)
		scales.contra.push(`${others.map(({ id }) => id).join(", ")} names the port itself, which counts for more`);
}

function weighEnds(scales: Scales, matrix: MatrixIndex, row: MatrixRow, facts: Facts): void {
	const product = productNames(matrix.matrix, [row.product]);
	if (row.direction === "intra") {
		if (facts.sameHost && belongs(row, facts)) scales.pro.push(`both ends are one host, which runs ${product}`);
		else scales.contra.push(`it is a connection of ${product} with itself, and the ends are two hosts`);
	} else {
		const end = row.direction === "in" ? "server" : "client";
		if (belongs(row, facts)) scales.pro.push(`the ${end} runs ${product}`);
		else scales.contra.push(`the ${end} is not known to run ${product}`);
	}
	if (!row.peerProducts) return;
	const peers = productNames(matrix.matrix, row.peerProducts);
	if (isBeside(row, facts)) scales.pro.push(`the other end runs ${peers}`);
	else scales.contra.push(`the other end is not known to run ${peers}`);
}

function weighPayload(scales: Scales, row: MatrixRow, fit: PortFit, facts: Facts): void {
	const protocol = shown(facts);
	const seen = facts.application === null ? `signalling announced ${protocol}` : `the payload is ${protocol}`;
	const wanted = wantedText(row);
	switch (evidenceFor(row, protocol)) {
		case Evidence.Fits:
			scales.pro.push(`${seen}, and the row is ${wanted}`);
			return;
		case Evidence.Contradicts:
			scales.contra.push(`${seen}, and the row is ${wanted}`);
			return;
		default:
			if (fit === "configurable")
				scales.contra.push("a configurable range counts only with evidence, and the payload shows none");
	}
}

/** @param named rows of the flow's ends that name the port. */
function weighName(
	scales: Scales,
	matrix: MatrixIndex,
	row: MatrixRow,
	{ name }: Facts,
	named: readonly MatrixRow[],
): void {
	const domains = row.domains?.join(", ");
	if (name === null) {
		if (domains) scales.contra.push(`no server name was seen; the row's are in ${domains}`);
		return;
	}
	const told = rowsOfName(matrix.matrix, name.text);
	const ofOthers = told?.length === 0 ? "is of a service without a row" : `is one of ${told?.join(", ")}`;
	if (!row.domains) {
		// Where no row of the port is known by names, they tell nothing.
		if (told && named.includes(row) && named.some((each) => each.domains))
			scales.contra.push(`the server's name ${name.text} ${ofOthers}`);
	} else if (told?.includes(row.id)) scales.pro.push(`the server's name ${name.text} is in ${domains}`);
	else if (row.domains.some((domain) => isInDomain(name.text, domain)))
		scales.contra.push(`the server's name ${name.text} is in ${domains}, but ${ofOthers}`);
	else if (row.otherNames && !told)
		scales.contra.push(`the server's name ${name.text} is not in ${domains}; the row's servers may have other names`);
	else scales.contra.push(`the server's name ${name.text} is not in ${domains}`);
}
