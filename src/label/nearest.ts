import { type MatrixIndex, matrixTransport } from "../matrix/index.ts";
import { retiredBy } from "../matrix/release.ts";
import type { MatrixRow } from "../matrix/types.ts";
import { Protocol } from "../packet/view.ts";
import { belongs, type Facts } from "./facts.ts";
import { portText, productNames } from "./words.ts";

/** The row that comes closest to an unknown flow, and what it lacks. */
export interface Nearest {
	readonly row: string | null;
	readonly reasons: readonly string[];
}

/** Ports further away than this say nothing about each other. */
const NEIGHBOURHOOD = 4;

export function nearestRow(matrix: MatrixIndex, facts: Facts): Nearest | null {
	const transport = matrixTransport(facts.protocol);
	if (!transport) return null;
	const reasons: string[] = [];
	const samePort = matrix.rowsFor(facts.protocol, facts.serverPort).filter((match) => match.fit === "exact");
	const retired = samePort.length > 0 ? undefined : retiredBy(matrix.matrix, transport, facts.serverPort);
	if (retired) {
		reasons.push(
			`${portText(facts.protocol, facts.serverPort)} (${retired.change.service}) was in the matrix until release ${retired.release} ${retired.change.change === "removed" ? "removed" : "changed"} it`,
		);
	}
	const mine = (samePort.find(({ row }) => belongs(row, facts)) ?? samePort[0])?.row;
	if (mine) {
		return { row: mine.id, reasons: [...reasons, `nearest is ${mine.id}, ${whatItNeeds(matrix, mine, facts)}`] };
	}
	const other = facts.protocol === Protocol.TCP ? Protocol.UDP : Protocol.TCP;
	const otherTransport = matrix
		.rowsFor(other, facts.serverPort)
		.find(({ row, fit }) => fit === "exact" && belongs(row, facts))?.row;
	if (otherTransport) {
		return {
			row: otherTransport.id,
			reasons: [...reasons, `nearest is ${otherTransport.id}, which is ${portText(other, facts.serverPort)}`],
		};
	}
	const neighbour = neighbourOf(matrix, facts);
	if (neighbour)
		return { row: neighbour.id, reasons: [...reasons, `nearest is ${neighbour.id} (${neighbour.source.ports})`] };
	return reasons.length > 0 ? { row: null, reasons } : null;
}

function whatItNeeds(matrix: MatrixIndex, row: MatrixRow, facts: Facts): string {
	const product = productNames(matrix.matrix, [row.product]);
	if (row.direction === "intra" && !(facts.sameHost && belongs(row, facts)))
		return `which is a connection of ${product} with itself`;
	if (belongs(row, facts))
		return `which is ${row.source.protocol}${row.domains ? ` to ${row.domains.join(", ")}` : ""}`;
	return `which needs ${product} as the ${row.direction === "in" ? "server" : "client"}`;
}

function neighbourOf(matrix: MatrixIndex, facts: Facts): MatrixRow | undefined {
	for (let distance = 1; distance <= NEIGHBOURHOOD; distance++) {
		for (const port of [facts.serverPort - distance, facts.serverPort + distance]) {
			const match = matrix.rowsFor(facts.protocol, port).find(({ row, fit }) => fit === "exact" && belongs(row, facts));
			if (match) return match.row;
		}
	}
	return undefined;
}
