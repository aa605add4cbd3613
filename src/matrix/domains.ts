import type { DomainService, Matrix } from "./types.ts";

/** Whether a server name is the domain or lies in it; letters' case and the root's dot do not count. */
export function isInDomain(name: string, domain: string): boolean {
	const lower = name.toLowerCase().replace(/\.$/, "");
	return lower === domain || lower.endsWith(`.${domain}`);
}

/** The services of a name's domain (the document's Appendix A): those of the longest domain that it lies in. */
export function servicesOf(matrix: Matrix, name: string): readonly DomainService[] {
	const found = matrix.domains.filter(({ domain }) => isInDomain(name, domain));
	const longest = Math.max(0, ...found.map(({ domain }) => domain.length));
	return found.filter(({ domain }) => domain.length === longest);
}

/**
 * The rows that a server's name tells: of all domains that rows are known by or that serve a feature, those of the longest that
 * it lies in. None where that serves what has no row; undefined where the matrix does not know the name.
 */
export function rowsOfName({ rows, domains }: Matrix, name: string): readonly string[] | undefined {
	const ofRows = rows.flatMap((row) => (row.domains ?? []).map((domain) => ({ domain, rows: [row.id] })));
	const found = [...ofRows, ...domains].filter(({ domain }) => isInDomain(name, domain));
	if (found.length === 0) return undefined;
	const longest = Math.max(...found.map(({ domain }) => domain.length));
	const told = new Set(found.filter(({ domain }) => domain.length === longest).flatMap((each) => each.rows));
	// Not all rows of the current list's services are there in earlier releases.
	return rows.filter(({ id }) => told.has(id)).map(({ id }) => id);
}
