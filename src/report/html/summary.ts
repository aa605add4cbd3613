import type { CallRecord, CaptureFinding, HostRecord, Report } from "../../document/document.ts";
import { withoutPlace } from "../../document/findings.ts";
import type { RowCoverage } from "../../document/row-coverage.ts";
import { stateOf } from "../../finding/coverage.ts";
import { byteText, counted, durationText, grouped, listed } from "../../finding/words.ts";
import { becauseOf, filesText, selfDescription } from "../text/words.ts";
import { html, joined, type Markup, NOTHING, section } from "./markup.ts";

/** Findings and rows that the summary names one by one. */
const NAMED = 6;
const NAMED_HOSTS = 20;

/** The head of the page: which capture, and the verdict. */
export function masthead(report: Report, title: string | undefined): Markup {
	const { capture } = report;
	const { files, start, end, packets, bytes } = capture;
	const name = filesText(files.map(fileName));
	const span = start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : 0;
	return html`
<header class="masthead">
<p class="kicker">Port matrix report${title !== undefined && html` · ${name}`}</p>
<h1>${title ?? name}</h1>
<p class="facts">${start && end ? html`<time datetime="${start}">${start.slice(0, 19).replace("T", " ")}</time> to ${endText(start, end)} UTC (${durationText(span)}) · ` : NOTHING}${counted(packets, "packet")}, ${byteText(bytes)} · ${counted(report.labels.flows, "flow")}</p>
</header>
`;
}

/** What is this site, what works, what does not: in sentences. */
export function summary(report: Report, coverage: readonly RowCoverage[]): Markup {
	const troubles = report.findings.filter(({ severity }) => severity !== "info");
	const errors = troubles.filter(({ severity }) => severity === "error");
	const warnings = troubles.filter(({ severity }) => severity === "warning");
	return html`
<section id="summary" class="verdict ${tone(report, errors.length, warnings.length)}" aria-labelledby="summary-title">
<h2 id="summary-title">${verdict(report, errors.length, warnings.length)}</h2>
${troubles.length > 0 ? html`<ul class="troubles">${troubles.slice(0, NAMED).map(trouble)}</ul>` : NOTHING}
${troubles.length > NAMED ? html`<p><a href="#findings">and ${grouped(troubles.length - NAMED)} more</a></p>` : NOTHING}
${inputNote(report)}
</section>
${figures(report, coverage)}
${section("site", "This site", null, site(report), whatWorks(report, coverage), callsText(report.calls), labelsText(report))}
`;
}

function tone({ labels, hosts, problems }: Report, errors: number, warnings: number): string {
	if (labels.flows === 0) return "is-empty";
	if (errors > 0) return "is-error";
	if (warnings > 0) return "is-warning";
	// Where little could be judged, nothing is known to be fine.
	return hosts.length > 0 && problems.length === 0 ? "is-fine" : "is-empty";
}

function verdict({ labels, capture, hosts }: Report, errors: number, warnings: number): string {
	if (capture.packets === 0) return "The capture has no packets";
	if (labels.flows === 0) return "The capture has no traffic that can be judged";
	const look = warnings === 1 ? "needs a look" : "need a look";
	if (errors > 0)
		return `${counted(errors, "thing does", "things do")} not work${warnings > 0 ? `, ${grouped(warnings)} more ${look}` : ""}`;
	if (warnings > 0) return `${counted(warnings, "thing")} ${look}`;
	return hosts.length === 0 ? "Nothing wrong was found, but no product host either" : "Nothing wrong was found";
}

function trouble(each: CaptureFinding, place: number): Markup {
	const { severity, kind } = each;
	return html`<li class="is-${severity}"><a href="#finding-${place + 1}">${withoutPlace(each)}</a> <span class="kind">${kind}</span></li>`;
}

function inputNote({ problems, capture }: Report): Markup {
	const texts = [
		...(capture.window ? ["a part of the capture's time"] : []),
		...(problems.length > 0 ? [`${counted(problems.length, "problem")} of the input`] : []),
		...(capture.dropped > 0 ? [`${counted(capture.dropped, "packet")} lost while capturing`] : []),
	];
	if (texts.length === 0) return NOTHING;
	return html`<p class="input">${texts.join(", ")}: <a href="#limits">what this capture cannot show</a></p>`;
}

function figures(report: Report, coverage: readonly RowCoverage[]): Markup {
	const { labels, calls, transfers, rows, hosts } = report;
	const states = hosts.length > 0 ? coverage : rows.map((row) => ({ state: stateOf(row) }));
	const count = (wanted: string) => states.filter(({ state }) => state === wanted).length;
	const works = count("working") + count("mixed");
	const fails = count("failing");
	const mixed = count("mixed");
	const matched = labels.flows > 0 ? Math.floor((labels.matched / labels.flows) * 100) : 0;
	const answered = calls.filter(({ answered: at, result }) => at !== null || result === "answered").length;
	const complete = transfers.filter(({ complete: whole }) => whole).length;
	const all: [string, string, string, string][] = [
		[
			`${matched} %`,
			"of flows have a row",
			`${grouped(labels.matched)} of ${grouped(labels.flows)}`,
			report.reasons.length > 0 ? "#reasons" : "#timeline",
		],
		[
			grouped(works),
			`${works === 1 ? "row" : "rows"} seen working`,
			`${grouped(fails)} failing${mixed > 0 ? `, ${grouped(mixed)} both` : ""}`,
			hosts.length > 0 ? "#coverage" : "#timeline",
		],
		...(calls.length > 0
			? [
					[grouped(calls.length), calls.length === 1 ? "call" : "calls", `${grouped(answered)} answered`, "#calls"] as [
						string,
						string,
						string,
						string,
					],
				]
			: []),
		...(transfers.length > 0
			? [
					[
						grouped(transfers.length),
						transfers.length === 1 ? "TFTP transfer" : "TFTP transfers",
						`${grouped(complete)} complete`,
						"#transfers",
					] as [string, string, string, string],
				]
			: []),
	];
	if (labels.flows === 0) return NOTHING;
	return html`<ul class="figures" aria-label="In figures">${all.map(([figure, what, more, href]) => html`<li><a href="${href}"><b>${figure}</b> <span>${what}</span> <small>${more}</small></a></li>`)}</ul>`;
}

function site({ hosts, matrix, labels }: Report): Markup {
	const release = html`<p class="dim">Port matrix ${matrix.name}, release ${matrix.release}${becauseOf(matrix)}.</p>`;
	if (labels.flows === 0) return release;
	if (hosts.length === 0)
		return html`<p>No product host is known: labels rest on ports alone. With the address of the IP Office, as in <code>--host ipo=10.0.0.1</code>, most of what is open here is decided.</p>${release}`;
	const names = new Map(matrix.products.map(({ id, name }) => [id, name]));
	return html`<ul class="site">${hosts.slice(0, NAMED_HOSTS).map((host) => siteHost(host, names))}${hosts.length > NAMED_HOSTS && html`<li>and ${counted(hosts.length - NAMED_HOSTS, "more product host")}</li>`}</ul>${release}`;
}

function siteHost(host: HostRecord, names: ReadonlyMap<string, string>): Markup {
	const self = selfDescription(host);
	const products = host.products.map((id) => names.get(id) ?? id);
	const [first = "", ...more] = host.reasons;
	const how =
		host.source === "given"
			? "given by the user"
			: html`found from the traffic: ${first}${more.length > 0 && html`, and <a href="#hosts">${counted(more.length, "more sign")}</a>`}`;
	return html`<li><span class="address">${host.address}</span> is ${listed(products)}${self !== "" && html`: it says that it is <q>${self}</q>`} <span class="dim">(${how})</span></li>`;
}

function whatWorks({ rows }: Report, coverage: readonly RowCoverage[]): Markup {
	const services = new Map<string, string>();
	const states = new Map<string, Set<RowCoverage["state"]>>();
	for (const { row, service, state } of coverage) {
		if (state === "not seen") continue;
		services.set(row, service);
		states.set(row, (states.get(row) ?? new Set()).add(state));
	}
	const groups: [string, (seen: ReadonlySet<RowCoverage["state"]>) => boolean][] = [
		["Works", (seen) => seen.has("working") && !seen.has("failing") && !seen.has("mixed")],
		["Works at times, or at some hosts", (seen) => seen.has("mixed") || (seen.has("working") && seen.has("failing"))],
		["Does not work", (seen) => seen.has("failing") && !seen.has("working") && !seen.has("mixed")],
		["Seen, but the capture does not tell", (seen) => seen.has("unclear") && seen.size === 1],
	];
	const lines = groups.flatMap(([words, belongs]) => {
		const ids = [...services.keys()].filter((row) => belongs(states.get(row)!));
		return ids.length === 0 ? [] : [html`<dt>${words}</dt><dd>${serviceList(ids, services)}</dd>`];
	});
	if (lines.length === 0 && rows.length > 0)
		return html`<p>By their ports, traffic could be: ${listed(rows.map(({ service }) => service))}.</p>`;
	return lines.length > 0 ? html`<dl class="works">${lines}</dl>` : NOTHING;
}

function serviceList(rows: readonly string[], services: ReadonlyMap<string, string>): Markup {
	const all = rows.map((row) => html`${services.get(row)} <span class="row">${row}</span>`);
	return html`${joined(all, ", ")}`;
}

function callsText(calls: readonly CallRecord[]): Markup {
	if (calls.length === 0) return NOTHING;
	const troubled = calls.filter(({ findings }) => findings.some(({ severity }) => severity !== "info"));
	const results = new Map<string, number>();
	for (const { result } of calls) results.set(result, (results.get(result) ?? 0) + 1);
	const most = [...results].sort((a, b) => b[1] - a[1]).map(([result, count]) => `${grouped(count)} ${result}`);
	return html`<p>${counted(calls.length, "call")}: ${listed(most)}. ${troubled.length === 0 ? "Nothing wrong was found with them." : html`<a href="#calls">${counted(troubled.length, "call has", "calls have")} something wrong</a>.`}</p>`;
}

function labelsText({ labels }: Report): Markup {
	const { flows, ambiguous, unknown } = labels;
	if (flows === 0) return NOTHING;
	const parts = [
		...(ambiguous > 0 ? [`${counted(ambiguous, "flow fits", "flows fit")} several rows`] : []),
		...(unknown > 0 ? [`${counted(unknown, "flow is", "flows are")} no row of the matrix`] : []),
	];
	if (parts.length === 0) return html`<p>Every flow is a row of the port matrix.</p>`;
	return html`<p>${parts.join(", ")}: <a href="#reasons">why</a>.</p>`;
}

/** Of a path, what people call the file. */
function fileName(path: string): string {
	return path.split(/[/\\]/).at(-1) || path;
}

function endText(start: string, end: string): string {
	return (start.slice(0, 10) === end.slice(0, 10) ? end.slice(11, 19) : end.slice(0, 19)).replace("T", " ");
}
