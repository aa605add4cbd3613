import type { HostRecord, Report } from "../../document/document.ts";
import type { RowCoverage } from "../../document/row-coverage.ts";
import { counted, grouped } from "../../finding/words.ts";
import { flowLinks, html, type Markup, NOTHING, section, table } from "./markup.ts";

const DIRECTIONS = { in: "incoming", out: "outgoing", intra: "inside the device" } as const;
const STATES = ["failing", "mixed", "unclear"] as const;
const WORDS = {
	failing: "fails",
	mixed: "works and fails",
	working: "works",
	unclear: "unclear",
	"not seen": "not seen",
} as const;

/** Hosts and rows shown in full: a hostile capture can have thousands that look like products. */
const MAX_HOSTS = 20;
const MAX_ROWS = 1000;

/** Every row of every product host: seen working, failing, or not seen. */
export function coverageSection(report: Report, coverage: readonly RowCoverage[]): Markup {
	if (coverage.length === 0) return NOTHING;
	const open = STATES.flatMap((wanted) => coverage.filter(({ state }) => state === wanted));
	const hosts = [...report.hosts].sort((a, b) => b.flows - a.flows).slice(0, MAX_HOSTS);
	const more = report.hosts.length - hosts.length;
	const works = coverage.filter(({ state }) => state === "working");
	return section(
		"coverage",
		"The matrix, row by row",
		"Every row of the port matrix at every product host. Not seen is not blocked: the row may not have been used while this was captured, or not past this place.",
		legend(),
		open.some(({ state }) => state === "unclear") &&
			html`<p class="dim">Unclear: packets of the row are in the capture, but none tells whether it works. No answer came that would show it, or what was refused need not be offered.</p>`,
		hosts.map((host) => map(host, coverage)),
		notSeen(hosts, coverage),
		more > 0 &&
			html`<p class="more">${counted(more, "host")} with fewer flows not drawn: <code>flowmatrix coverage</code> has more.</p>`,
		open.length > 0 && seenTable("Rows that fail, or of which the capture does not tell", open),
		works.length > 0 &&
			html`<details data-print><summary>${counted(works.length, "row")} seen working</summary>${seenTable("Rows seen working", works)}</details>`,
	);
}

function seenTable(caption: string, rows: readonly RowCoverage[]): Markup {
	const more = rows.length - MAX_ROWS;
	const shown = table(
		caption,
		["state", "row", "service", "host", ">flows", ">working", ">failing", "what is wrong", "such as flow"],
		rows
			.slice(0, MAX_ROWS)
			.map(({ state, row, service, host, flows, working, failing, kinds, examples }) => [
				html`<span class="state is-${state}">${WORDS[state]}</span>`,
				html`<span class="row">${row}</span>`,
				service,
				html`<span class="address">${host}</span>`,
				grouped(flows),
				grouped(working),
				grouped(failing),
				kinds.join(", "),
				flowLinks(examples, 3),
			]),
	);
	return html`${shown}${more > 0 && html`<p class="more">${counted(more, "row")} more: <code>flowmatrix coverage</code> has them.</p>`}`;
}

function legend(): Markup {
	return html`<ul class="legend">${(["working", "mixed", "failing", "unclear", "not seen"] as const).map((state) => html`<li><span class="cell is-${cssName(state)}" aria-hidden="true"></span> ${WORDS[state]}</li>`)}</ul>`;
}

/** A cell for each row, by its number in the document: a picture of what the tables below say in words. */
function map({ address }: HostRecord, coverage: readonly RowCoverage[]): Markup {
	const sections = new Map<string, RowCoverage[]>();
	for (const each of coverage) {
		if (each.host !== address) continue;
		const id = each.row.slice(0, each.row.lastIndexOf("-"));
		sections.set(id, [...(sections.get(id) ?? []), each]);
	}
	const lines = [...sections].map(
		([id, rows]) =>
			html`<li><span class="what"><span class="row">${id}</span> ${DIRECTIONS[rows[0]!.direction]}</span> <span class="cells">${rows.map(cell)}</span></li>`,
	);
	return html`<figure class="map" aria-hidden="true"><figcaption class="address">${address}</figcaption><ul>${lines}</ul></figure>`;
}

function cell({ row, service, state }: RowCoverage): Markup {
	return html`<span class="cell is-${cssName(state)}" title="${row} ${service}: ${WORDS[state]}">${row.slice(row.lastIndexOf("-") + 1)}</span>`;
}

function cssName(state: RowCoverage["state"]): string {
	return state.replace(" ", "-");
}

function notSeen(hosts: readonly HostRecord[], coverage: readonly RowCoverage[]): Markup {
	const groups = hosts.flatMap(({ address }) => {
		const rows = coverage.filter(({ host, state }) => host === address && state === "not seen");
		const isOpen = (row: RowCoverage) => row.direction === "in" && row.default === "open";
		const kinds: [string, RowCoverage[]][] = [
			["open by default", rows.filter(isOpen)],
			["closed by default, or opened as needed", rows.filter((row) => row.direction === "in" && !isOpen(row))],
			["outgoing", rows.filter(({ direction }) => direction === "out")],
			["inside the device", rows.filter(({ direction }) => direction === "intra")],
		];
		return kinds
			.filter(([, some]) => some.length > 0)
			.map(
				([words, some]) =>
					html`<dt><span class="address">${address}</span>, ${words}</dt><dd><ul class="rows">${some.map(({ row, service }) => html`<li><span class="row">${row}</span> ${service}</li>`)}</ul></dd>`,
			);
	});
	if (groups.length === 0) return NOTHING;
	const shown = new Set(hosts.map(({ address }) => address));
	const count = coverage.filter(({ host, state }) => shown.has(host) && state === "not seen").length;
	return html`<details data-print><summary>The names of the ${counted(count, "row")} not seen</summary><dl class="works">${groups}</dl></details>`;
}
