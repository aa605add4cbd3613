import type { CaptureFinding, Report } from "../../document/document.ts";
import { timesText, withoutPlace } from "../../document/findings.ts";
import { KINDS } from "../../finding/kinds.ts";
import { counted, grouped } from "../../finding/words.ts";
import { copyable, flowLinks, html, joined, type Markup, NOTHING, section } from "./markup.ts";

/** A page has so many findings in full: more are of one cause as a rule. */
const MAX_TROUBLES = 200;
const MAX_PLACES = 40;

/** What is wrong, and what to check. */
export function findings({ findings: all, labels }: Report): Markup {
	if (labels.flows === 0) return NOTHING;
	const troubles = all.filter(({ severity }) => severity !== "info");
	const infos = all.filter(({ severity }) => severity === "info");
	const note =
		troubles.length === 0
			? "Nothing was found that does not work or needs a look."
			: "Each is one cause on one row of one host, however many flows show it.";
	return section(
		"findings",
		"Findings",
		note,
		html`<ol class="findings">${troubles.slice(0, MAX_TROUBLES).map((each, i) => finding(each, i, troubles.findIndex(({ kind }) => kind === each.kind) === i))}</ol>`,
		troubles.length > MAX_TROUBLES &&
			html`<p class="more">${counted(troubles.length - MAX_TROUBLES, "finding")} more: <code>--format markdown --records findings</code> lists them.</p>`,
		goodToKnow(infos),
	);
}

const WORDS = { error: "does not work", warning: "needs a look", info: "good to know" } as const;

/** @param isFirst of its kind, which is explained once. */
function finding(each: CaptureFinding, place: number, isFirst: boolean): Markup {
	const { severity, kind, row, flows, flowCount, calls = [], count, start, end, filter, check, first } = each;
	return html`<li id="finding-${place + 1}" class="finding is-${severity}">
<h3><span class="severity">${WORDS[severity]}</span> ${row !== null && html`<span class="row">${row}</span> `}<span class="kind">${kind}</span></h3>
<p>${withoutPlace(each)}</p>
${isFirst && html`<p class="dim">${KINDS[kind].meaning}</p>`}
<h4>What to check</h4>
<ul>${check.map((step) => html`<li>${step}</li>`)}</ul>
<dl class="facts">
${flows.length > 0 ? html`<div><dt>${flowCount === 1 ? "Flow" : "Flows"}</dt><dd>${flowLinks(flows)}${flowCount > flows.length && ` of ${grouped(flowCount)}`}</dd></div>` : NOTHING}
${calls.length > 0 ? html`<div><dt>${calls.length === 1 ? "Call" : "Calls"}</dt><dd>${joined(calls, ", ")}</dd></div>` : NOTHING}
${start !== null && end !== null ? html`<div><dt>Seen</dt><dd>${timesText(start, end)}${count > flowCount && count > 1 && `, ${grouped(count)} times`}</dd></div>` : NOTHING}
${first ? html`<div><dt>First packet</dt><dd>${grouped(first.packet)} <span class="dim">of ${first.file}</span></dd></div>` : NOTHING}
${filter !== null ? html`<div><dt>In Wireshark</dt><dd>${copyable(filter)}</dd></div>` : NOTHING}
</dl>
</li>
`;
}

/** By kind: a site has many optional services, and they are no trouble. */
function goodToKnow(infos: readonly CaptureFinding[]): Markup {
	if (infos.length === 0) return NOTHING;
	const kinds = [...new Set(infos.map(({ kind }) => kind))];
	return html`<h3>Good to know</h3>
<dl class="infos">${kinds.map((kind) => {
		const alike = infos.filter((each) => each.kind === kind);
		const more = alike.length - MAX_PLACES;
		return html`<dt>${KINDS[kind].meaning} <span class="kind">${kind}</span></dt>
<dd>${alike.length === 1 ? html`${alike[0]!.message}` : html`<ul class="places">${alike.slice(0, MAX_PLACES).map(place)}</ul>${more > 0 && `and ${grouped(more)} more`}`}</dd>`;
	})}</dl>`;
}

function place({ row, servers, flows, message }: CaptureFinding): Markup {
	if (row === null && servers.length === 0) return html`<li>${message}</li>`;
	return html`<li>${row !== null && html`<span class="row">${row}</span> `}<span class="address">${servers[0]}</span>${flows.length > 0 && html` <span class="dim">flow ${flowLinks(flows, 3)}</span>`}</li>`;
}
