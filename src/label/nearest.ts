import { rowsOfName } from "../matrix/domains.ts";
import { type MatrixIndex, matrixTransport, type PortMatch } from "../matrix/index.ts";
import { retiredBy } from "../matrix/release.ts";
import type { MatrixRow, PortRange } from "../matrix/types.ts";
import { Protocol } from "../packet/view.ts";
import { shown } from "./choose.ts";
import { belongs, type Facts } from "./facts.ts";
import { Evidence, evidenceFor } from "./fit.ts";
import { portText, productNames, wantedText } from "./words.ts";

/** The row that comes closest to an unknown flow, and what it lacks. */
export interface Nearest {
	readonly row: string | null;
	readonly reasons: readonly string[];
}

/** Ports further away than this say nothing about each other. */
const NEIGHBOURHOOD = 4;

/** @param contradicted the row that only the payload ruled out, where one was. */
export function nearestRow(matrix: MatrixIndex, facts: Facts, contradicted?: MatrixRow): Nearest | null {
	const transport = matrixTransport(facts.protocol);
	if (!transport) return null;
	const mine = contradicted ?? ofSamePort(matrix, facts);
	if (mine) return { row: mine.id, reasons: [`nearest is ${mine.id}, ${whatItNeeds(matrix, mine, facts)}`] };
	const reasons: string[] = [];
	const retired = retiredBy(matrix.matrix, transport, facts.serverPort);
	if (retired) {
		reasons.push(
			`${portText(facts.protocol, facts.serverPort)} (${retired.change.service}) was in the matrix until release ${retired.release} ${retired.change.change === "removed" ? "removed" : "changed"} it`,
		);
	}
	const found = (row: MatrixRow, how: string): Nearest => ({
		row: row.id,
		reasons: [...reasons, `nearest is ${row.id}${how}`],
	});
	const other = facts.protocol === Protocol.TCP ? Protocol.UDP : Protocol.TCP;
	const otherTransport = matrix
		.rowsFor(other, facts.serverPort)
		.find(({ row, fit }) => fit === "exact" && belongs(row, facts))?.row;
	if (otherTransport) return found(otherTransport, `, which is ${portText(other, facts.serverPort)}`);
	const neighbour = neighbourOf(matrix, facts);
	if (neighbour) return found(neighbour, ` (${neighbour.source.ports})`);
	// The row that was there is nearer than all whose range has the port by chance.
	const inRange = retired?.change.change === "removed" ? undefined : nearestRange(matrix, facts);
	if (inRange) return found(inRange.row, rangeText(matrix, inRange, facts));
	return reasons.length > 0 ? { row: null, reasons } : null;
}

/** Of the rows that name the port: the one that the server's name tells, else one of a product at the ends, else any. */
function ofSamePort(matrix: MatrixIndex, facts: Facts): MatrixRow | undefined {
	const rows = matrix
		.rowsFor(facts.protocol, facts.serverPort)
		.filter(({ fit }) => fit === "exact")
		.map(({ row }) => row);
	const told = facts.name === null ? undefined : rowsOfName(matrix.matrix, facts.name.text);
	return rows.find(({ id }) => told?.includes(id)) ?? rows.find((row) => belongs(row, facts)) ?? rows[0];
}

/**
 * Of the rows that have the port in a range, that whose own ports are the nearest. Ranges are wide: they say something of the
 * products at the ends, where a payload could show the row and shows no other, and of nobody else but where a default range's
 * payload was seen.
 */
function nearestRange(matrix: MatrixIndex, facts: Facts): PortMatch | undefined {
	return matrix
		.rowsFor(facts.protocol, facts.serverPort)
		.filter(({ row, fit }) => {
			const evidence = evidenceFor(row, shown(facts));
			if (!belongs(row, facts)) return fit === "range" && evidence === Evidence.Fits;
			return evidence !== Evidence.Contradicts && (row.protocols.length > 0 || row.tls === "always");
		})
		.sort((a, b) => distance(a.row, facts.serverPort) - distance(b.row, facts.serverPort))[0];
}

function distance({ ports }: MatrixRow, port: number): number {
	return Math.min(...ports.map(({ first, last }) => Math.max(first - port, port - last, 0)));
}

function rangeText(matrix: MatrixIndex, { row, fit }: PortMatch, facts: Facts): string {
	const holds = ({ first, last }: PortRange) => facts.serverPort >= first && facts.serverPort <= last;
	const { first, last } = (fit === "range" ? row.ports : row.configurable).find(holds)!;
	const needs = belongs(row, facts) ? `which needs ${wantedText(row)}` : whatItNeeds(matrix, row, facts);
	return ` (${fit === "range" ? "default" : "configurable"} ${first}-${last}), ${needs}`;
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
