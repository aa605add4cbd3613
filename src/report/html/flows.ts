import type { FlowRecord, Report } from "../../document/document.ts";
import { byteText, counted, grouped } from "../../finding/words.ts";
import { displayFilter } from "../text/display-filter.ts";
import { endText, rowText, SURE } from "../text/flow-words.ts";
import type { Gathered } from "./gather.ts";
import { copyable, html, type Markup, NOTHING, section } from "./markup.ts";

/** Flows that the page shows where no script runs. */
export const STATIC_FLOWS = 100;

/** Columns of the table, in the order in which the script draws them; `>`: numbers. */
const HEADS = [
	"flow",
	"start",
	"over",
	"client",
	"server",
	"protocol",
	"row",
	"how sure",
	">packets",
	">bytes",
	"note",
];

/**
 * The table of flows. What is drawn here are the first flows alone, for readers without scripts; the script puts in their
 * place a table of all that the page holds.
 * @param held flows that the page holds, 0 where the reader asked for none.
 */
export function flows(report: Report, gathered: Gathered, held: number): Markup {
	const count = report.labels.flows;
	if (count === 0 || held === 0) return NOTHING;
	const { first } = gathered;
	const note =
		held < count
			? `The ${grouped(held)} flows that matter most, of ${grouped(count)}.`
			: "Those with trouble come first, then ambiguous, matched and unknown ones.";
	return section(
		"flows",
		"Flows",
		note,
		html`<form id="flow-search" role="search" hidden>
<label class="grow">Search <input type="search" name="text" placeholder="address, port, row, name, reason …" autocomplete="off" spellcheck="false"></label>
<label>Show <select name="status"><option value="">all</option><option value="trouble">with findings</option><option value="matched">matched</option><option value="ambiguous">ambiguous</option><option value="unknown">unknown</option></select></label>
<label>Row <select name="row"><option value="">all</option></select></label>
<label>Protocol <select name="protocol"><option value="">all</option></select></label>
<output id="flow-count" aria-live="polite"></output>
</form>
<div class="scroll flows" id="flow-scroll" tabindex="0" role="group" aria-label="List of flows"><table id="flow-table">
<caption class="hidden">Flows</caption>
<thead><tr>${HEADS.map((head) => html`<th scope="col"${head.startsWith(">") && html` class="right"`}>${head.replace(/^>/, "")}</th>`)}</tr></thead>
<tbody>${first.map(flowRow)}</tbody>
</table></div>
<p class="more print" id="flow-more">${count > first.length && `${counted(count - first.length, "flow")} more.`}</p>
<details class="scriptless"><summary>Why, of each of these</summary><dl class="whys">${first.map(why)}</dl></details>
<dialog id="flow-details" aria-labelledby="flow-details-title"></dialog>`,
	);
}

function flowRow(flow: FlowRecord): Markup {
	const { id, start, transport, client, server, application, label, findings, tcp } = flow;
	const trouble = findings.filter(({ severity }) => severity !== "info");
	return html`<tr id="flow-${id}"><td>${id}</td><td>${start.slice(11, 23)}</td><td>${transport}</td><td class="address">${endText(client)}</td><td class="address">${endText(server)}</td><td>${application?.protocol}</td><td class="row is-${label.status}">${rowText(label)}</td><td>${SURE[label.confidence ?? "none"]}</td><td class="right">${grouped(client.packets + server.packets)}</td><td class="right">${byteText(client.bytes + server.bytes)}</td><td${trouble.length > 0 && html` class="is-error"`}>${trouble.length > 0 ? trouble.map(({ kind }) => kind).join(", ") : tcp?.state}</td></tr>
`;
}

function why(flow: FlowRecord): Markup {
	return html`<dt>Flow ${flow.id}</dt><dd><ul>${[...flow.findings.map(({ message }) => message), ...flow.label.reasons].map((reason) => html`<li>${reason}</li>`)}</ul>${copyable(displayFilter(flow))}</dd>`;
}
