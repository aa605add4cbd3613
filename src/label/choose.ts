import type { PortMatch } from "../matrix/index.ts";
import type { PortFit } from "../matrix/port-fit.ts";
import type { MatrixRow } from "../matrix/types.ts";
import type { Facts, ServerName } from "./facts.ts";
import { Evidence, evidenceFor } from "./fit.ts";

/** Rows that stayed equal, or those that the payload ruled out. */
export interface Choice {
	readonly rows: readonly MatrixRow[];
	readonly fit: PortFit | null;
	readonly confirmed: boolean;
	readonly because: readonly string[];
	readonly contradicted: readonly MatrixRow[];
}

const FITS: readonly PortFit[] = ["exact", "range", "configurable"];
export const NO_CHOICE: Choice = { rows: [], fit: null, confirmed: false, because: [], contradicted: [] };

/** Ids of the rows that the server's name tells; undefined where it tells none. */
type RowsOfName = readonly string[] | undefined;

/**
 * Narrows rows of one end: exact port before default range before configurable range, then payload, server name and
 * the product at the other end. A payload that contradicts an exact port ends the search; in overlapping ranges the
 * next range may fit.
 */
export function choose(matches: readonly PortMatch[], facts: Facts, ofName: RowsOfName): Choice {
	const contradicted: MatrixRow[] = [];
	for (const fit of FITS) {
		const rows = matches.filter((match) => match.fit === fit).map((match) => match.row);
		if (rows.length === 0) continue;
		const fitting = rows.filter((row) => evidenceFor(row, shown(facts)) === Evidence.Fits);
		const open = rows.filter((row) => evidenceFor(row, shown(facts)) === Evidence.Silent);
		const kept = fitting.length > 0 ? fitting : fit === "configurable" ? [] : open;
		if (fit !== "configurable")
			contradicted.push(...rows.filter((row) => evidenceFor(row, shown(facts)) === Evidence.Contradicts));
		if (kept.length > 0) return tellApart(kept, fit, fitting.length > 0, facts, ofName);
		if (fit === "exact" && contradicted.length > 0) break;
	}
	return { ...NO_CHOICE, contradicted };
}

function tellApart(rows: readonly MatrixRow[], fit: PortFit, fits: boolean, facts: Facts, ofName: RowsOfName): Choice {
	const { application, announced, speaks } = facts;
	const because: string[] = [];
	if (application === null && announced !== null)
		because.push(`signalling in the capture announced one of the two ports for ${announced}`);
	else if (fits) because.push(`the payload is ${application}, as the row says`);
	else if (application) because.push(`the payload is ${application}, which the row neither asks for nor excludes`);
	else because.push("no payload that shows a protocol was seen: the hosts and the port speak");
	const named = byName(rows, facts, ofName);
	if (named.because) because.push(named.because);
	let kept = named.rows;
	const spoken = speaks === null ? [] : kept.filter((row) => row.product === speaks && row.direction !== "out");
	if (kept.length > 1 && spoken.length > 0) {
		because.push(`the server's payload names ${spoken[0]!.id}'s product`);
		kept = spoken;
	}
	const beside = kept.filter((row) => isBeside(row, facts));
	const elsewhere = kept.filter((row) => !row.peerProducts);
	if (kept.length > 1 && beside.length > 0) kept = beside;
	else if (kept.length > 1 && elsewhere.length > 0) kept = elsewhere;
	const isUnnamed = facts.name === null && kept.every((row) => row.domains);
	if (isUnnamed) because.push("no server name was seen that would tell whether it is one of the row's");
	if (named.isLeft && kept.length === 1) because.push(eliminationText(kept[0]!));
	const isShown = fits && application !== null && !isUnnamed;
	const confirmed = kept.length > 0 && (named.confirms ?? isShown);
	return { rows: kept, fit, confirmed, because, contradicted: [] };
}

/** What the server's name says of rows. */
interface ByName {
	/** Those that it leaves. */
	readonly rows: readonly MatrixRow[];
	readonly because?: string;
	/** Whether the name settles that the label is, or is not, confirmed. */
	readonly confirms?: boolean;
	/** They are left because the name is nobody else's: nothing speaks for them. */
	readonly isLeft?: boolean;
}

function byName(rows: readonly MatrixRow[], facts: Facts, ofName: RowsOfName): ByName {
	const { name } = facts;
	const withDomains = rows.filter((row) => row.domains);
	if (name === null || withDomains.length === 0) return { rows };
	if (ofName === undefined) {
		const open = rows.filter((row) => !row.domains || row.otherNames);
		const kept = open.filter((row) => !row.peerProducts || isBeside(row, facts));
		const because = `${nameText(name)} is in none of the domains of ${withDomains.map(({ id }) => id).join(", ")}`;
		return { rows: kept, because, confirms: false, isLeft: true };
	}
	const kept = rows.filter(({ id }) => ofName.includes(id));
	if (kept.length > 0) {
		const because = `${nameText(name)} is one of the row's`;
		return isPayload(name) ? { rows: kept, because, confirms: true } : { rows: kept, because };
	}
	const because =
		ofName.length > 0
			? `${nameText(name)} is one of ${ofName.join(", ")}`
			: `${nameText(name)} serves a subscription feature (${facts.feature}) that has no row of its own`;
	return { rows: [], because, confirms: false };
}

function eliminationText({ id, domains }: MatrixRow): string {
	return `${id} is left by elimination: its servers may have ${domains ? `other names than those in ${domains.join(", ")}` : "any name"}`;
}

/** Whether the flow itself shows the name, and not only its address. */
function isPayload({ source }: ServerName): boolean {
	return source === "payload" || source === "certificate";
}

function nameText({ text, source }: ServerName): string {
	switch (source) {
		case "payload":
			return `the server's name ${text}`;
		case "certificate":
			return `${text}, the name in the server's certificate,`;
		case "dns":
			return `${text}, for which DNS gave the server's address,`;
		case "file":
			return `${text}, the name that the capture file gives the server's address,`;
	}
}

/** The protocol that speaks for a row: what the payload showed, or else what was announced. */
export function shown({ application, announced }: Facts): string | null {
	return application ?? announced;
}

/** Whether the product that the row names as its other end is there. */
export function isBeside(row: MatrixRow, facts: Facts): boolean {
	return row.peerProducts?.some((product) => otherEnd(row, facts).includes(product)) ?? false;
}

function otherEnd(row: MatrixRow, facts: Facts): readonly string[] {
	return row.direction === "out" ? facts.serverProducts : facts.clientProducts;
}
