import type { Report } from "./document/document.ts";
import type { PageOptions } from "./report/html.ts";

/**
 * A report as one page of HTML that needs no network and no other file: what `flowmatrix report` writes.
 * @returns the page's text in pieces, to be written one after the other.
 */
export async function htmlPage(report: Report, options: PageOptions = {}): Promise<Iterable<string>> {
	// Drawing is loaded by those alone who draw.
	const { html } = await import("./report/html.ts");
	return html(report, options);
}
