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
