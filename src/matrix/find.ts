import { hasWord } from "./has-word.ts";
import { type PortFit, portFitAny } from "./port-fit.ts";
import { productOf } from "./release.ts";
import type { Matrix, MatrixRow, MatrixTransport } from "./types.ts";

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
	const parts = /^(?:(tcp|udp)\s*[/:]?\s*)?(?:port\s+)?(\d{1,5})(?:\/(tcp|udp))?$/.exec(query.trim().toLowerCase());
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
	return words.every((word) => hasWord(text, word));
}
