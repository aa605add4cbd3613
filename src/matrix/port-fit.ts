import type { MatrixRow, MatrixTransport, PortRange } from "./types.ts";

/** How a row lists a port: as the port itself, in a default range, or in the range that it may be moved to. */
export type PortFit = "exact" | "range" | "configurable";

/** A range of two ports, such as 5060-5061, is the document's way to write a pair: each is an exact port. */
const WIDEST_PAIR = 1;

/** How `row` lists a port; undefined where it does not. */
export function portFit(row: MatrixRow, transport: MatrixTransport, port: number): PortFit | undefined {
	return row.transports.includes(transport) ? portFitAny(row, port) : undefined;
}

/** How a port inside one of a row's default ranges is listed. */
export function rangeFit({ first, last }: PortRange): "exact" | "range" {
	return last - first <= WIDEST_PAIR ? "exact" : "range";
}

/** How `row` lists a port of either transport. */
export function portFitAny(row: MatrixRow, port: number): PortFit | undefined {
	const listed = row.ports.find(({ first, last }) => port >= first && port <= last);
	if (listed) return rangeFit(listed);
	return row.configurable.some(({ first, last }) => port >= first && port <= last) ? "configurable" : undefined;
}
