import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Report } from "../document/document.ts";
import { batched } from "./batched.ts";
import { calls } from "./html/calls.ts";
import { coverageSection } from "./html/coverage.ts";
import { flowData } from "./html/data.ts";
import { findings } from "./html/findings.ts";
import { flows, STATIC_FLOWS } from "./html/flows.ts";
import { gather } from "./html/gather.ts";
import { hosts } from "./html/hosts.ts";
import { limits } from "./html/limits.ts";
import { escapeHtml, type Markup, html as markup } from "./html/markup.ts";
import { reasons } from "./html/reasons.ts";
import { masthead, summary } from "./html/summary.ts";
import { timeline } from "./html/timeline.ts";
import { shownTransfers, transfers } from "./html/transfers.ts";

/** Flows that the page holds unless told otherwise, those that matter most: about 100 bytes each. */
const MAX_FLOWS = 100_000;

export interface PageOptions {
	/** The page's heading in place of the capture's name: a case number, a customer. */
	readonly title?: string;
	/** Leave the table of flows out. */
	readonly summary?: boolean;
	/** Most flows that the page holds. Default: 100,000. */
	readonly maxFlows?: number;
}

const ICON =
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%23146b67'/%3E%3Cpath d='M3 5h6m-6 3h10m-10 3h4' stroke='white' stroke-width='1.6'/%3E%3C/svg%3E";

/** The report as one page that needs nothing else: no network, no program but a browser, and no script to be read. */
export function html(report: Report, options: PageOptions = {}): Iterable<string> {
	return batched(page(report, options));
}

function* page(report: Report, options: PageOptions): Iterable<string> {
	const held = options.summary ? 0 : Math.min(report.labels.flows, options.maxFlows ?? MAX_FLOWS);
	const wanted = new Set(shownTransfers(report).flatMap((transfer) => transfer.flows));
	const gathered = gather(report, wanted, STATIC_FLOWS);
	const coverage = report.coverage();
	const parts = [
		["findings", "Findings", findings(report)],
		["coverage", "Matrix", coverageSection(report, coverage)],
		["hosts", "Hosts", hosts(report, gathered)],
		["timeline", "Traffic", timeline(report, gathered)],
		["calls", "Calls", calls(report)],
		["transfers", "TFTP", transfers(report, gathered)],
		["reasons", "Without a row", reasons(report)],
		["flows", "Flows", flows(report, gathered, held)],
		["limits", "Limits", limits(report, gathered)],
	] as const;
	const shown = parts.filter(([, , { text }]) => text !== "");
	const { style, script } = assets();
	yield head(report, options, style, script);
	yield masthead(report, options.title).text;
	yield navigation(shown.map(([id, title]) => [id, title])).text;
	const text = (part: Markup) => (held > 0 ? part.text : withoutFlowLinks(part.text));
	yield `<main id="main">${text(summary(report, coverage))}`;
	for (const [, , part] of shown) yield text(part);
	yield `</main>\n${footer(report).text}`;
	if (held > 0) yield* flowData(report, gathered, held);
	yield `<script>${script}</script>\n</body>\n</html>\n`;
}

/** Where the page has no flows, their ids lead nowhere. */
function withoutFlowLinks(text: string): string {
	return text.replaceAll(/<a href="#flow-\d+">(\d+)<\/a>/g, "$1");
}

/** The style sheet and the script as the build leaves them; from `src/` and `dist/` the way is the same. */
function assets(): { readonly style: string; readonly script: string } {
	const read = (name: string) => readFileSync(new URL(`../../dist/page/${name}`, import.meta.url), "utf8");
	return { style: read("page.css"), script: read("page.js") };
}

function head({ capture }: Report, { title }: PageOptions, style: string, script: string): string {
	const policy = `default-src 'none'; style-src ${sourceOf(style)}; script-src ${sourceOf(script)}; img-src data:; base-uri 'none'; form-action 'none'`;
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title ?? capture.files.join(", "))} – port matrix report</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
`;
}

/** What a Content-Security-Policy calls this very text. */
function sourceOf(text: string): string {
	return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function navigation(parts: readonly (readonly [string, string])[]): Markup {
	return markup`<nav aria-label="Parts of the report"><ul>${[["summary", "Summary"] as const, ...parts].map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul><button type="button" id="theme" hidden>Dark</button></nav>
`;
}

function footer({ matrix }: Report): Markup {
	return markup`<footer><p>Made by flowmatrix with the port matrix ${matrix.name}, release ${matrix.release}. Row names are the document’s sections and numbers: IPO-IN-19 is IP Office, ingress, No. 19. flowmatrix is not a product of Avaya.</p></footer>
`;
}
