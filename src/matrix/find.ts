import { productOf } from "./release.ts";
import type { Matrix, MatrixRow, MatrixTransport, PortRange } from "./types.ts";

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

function portFitAny(row: MatrixRow, port: number): PortFit | undefined {
	const listed = row.ports.find(({ first, last }) => port >= first && port <= last);
	if (listed) return rangeFit(listed);
	return row.configurable.some(({ first, last }) => port >= first && port <= last) ? "configurable" : undefined;
}

/** A row that a query found; `fit` where the query was a port. */
export interface FoundRow {
	readonly row: MatrixRow;
	readonly fit?: PortFit;
}

const FITS: readonly PortFit[] = ["exact", "range", "configurable"];

/**
 * Rows by port (`50805`, `tcp/50805`), by id or section (`IPO-IN-19`, `ipo-out`), or by words, all of which must occur
 * (`sip`, `one-x tls`). Ports list the rows that name the port before those whose default or configurable range has it.
 */
export function findRows(matrix: Matrix, query: string): FoundRow[] {
	const asked = portQuery(query);
	if (asked) return byPort(matrix, asked);
	const text = query.trim().toLowerCase();
	const section = matrix.rows.filter(({ id }) => id.toLowerCase() === text || id.toLowerCase().startsWith(`${text}-`));
	if (section.length > 0) return section.map((row) => ({ row }));
	const words = text.split(/\s+/);
	return matrix.rows.filter((row) => hasWords(matrix, row, words)).map((row) => ({ row }));
}

/** The port and transports that a query asks for, where it is one for a port. */
export function portQuery(query: string): { port: number; transports: readonly MatrixTransport[] } | undefined {
	const parts = /^(?:(tcp|udp)\s*[/:]?\s*)?(\d{1,5})(?:\/(tcp|udp))?$/.exec(query.trim().toLowerCase());
	if (!parts) return undefined;
	const transport = (parts[1] ?? parts[3]) as MatrixTransport | undefined;
	return { port: Number(parts[2]), transports: transport ? [transport] : ["tcp", "udp"] };
}

function byPort(matrix: Matrix, { port, transports }: NonNullable<ReturnType<typeof portQuery>>): FoundRow[] {
	const found = matrix.rows.flatMap((row) => {
		if (!row.transports.some((transport) => transports.includes(transport))) return [];
		const fit = portFitAny(row, port);
		return fit ? [{ row, fit }] : [];
	});
	return found.sort((a, b) => FITS.indexOf(a.fit) - FITS.indexOf(b.fit));
}

function hasWords(matrix: Matrix, row: MatrixRow, words: readonly string[]): boolean {
	const text = [
		row.id,
		row.product,
		productOf(matrix, row.product)?.name,
		row.service,
		row.peer,
		row.description,
		row.source.protocol,
		row.tls === "always" ? "tls" : "",
		...row.protocols,
		...row.transports,
		...(row.domains ?? []),
	]
		.join(" ")
		.toLowerCase();
	return words.every((word) => text.includes(word));
}
