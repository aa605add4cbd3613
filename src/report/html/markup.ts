import { safeText } from "../text/safe-text.ts";

/** HTML that may stand as it is. Only {@link html} makes it, out of the program's own text and escaped values. */
export class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

export type Value = Markup | string | number | null | undefined | false | readonly Value[];

/**
 * HTML from a template: what is put in is text, in which nothing acts or is hidden, unless it is markup itself. Values of
 * attributes have to stand in double quotes. Nothing, null and false leave no trace.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
	let text = parts[0]!;
	values.forEach((value, i) => {
		text += markupOf(value) + parts[i + 1]!;
	});
	return new Markup(text);
}

export const NOTHING = new Markup("");

function markupOf(value: Value): string {
	if (value === null || value === undefined || value === false) return "";
	if (value instanceof Markup) return value.text;
	if (typeof value === "object") return value.map(markupOf).join("");
	return escapeHtml(String(value));
}

const ESCAPES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

/** Text from anywhere as text of a page. */
export function escapeHtml(text: string): string {
	return safeText(text).replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** Items with something between them. */
export function joined(items: readonly Value[], between: Value): Value[] {
	return items.flatMap((item, i) => (i === 0 ? [item] : [between, item]));
}

/** What can be copied: the page's script gives it a button. */
export function copyable(text: string | null): Markup {
	if (text === null || text === "") return NOTHING;
	return html`<code class="copy" data-copy>${text}</code>`;
}

/** A link to a flow in the table; the script opens its details. */
export function flowLink(id: number): Markup {
	return html`<a href="#flow-${id}">${id}</a>`;
}

export function flowLinks(ids: readonly number[], most = 6): Markup {
	return html`${joined(ids.slice(0, most).map(flowLink), ", ")}${ids.length > most && `, … (${ids.length} in all)`}`;
}

/** A part of the page with its heading. @param note a sentence below the heading, for all who read the part. */
export function section(id: string, title: string, note: Value, ...body: readonly Value[]): Markup {
	return html`
<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${note ? html`<p class="note">${note}</p>` : NOTHING}
${body}
</section>
`;
}

/** Characters of a cell that has a line of its own where the screen is narrow. */
const LONG = 24;

/**
 * A table that scrolls sideways by itself where it is too wide; on a phone its rows are cards.
 * @param heads with `>` before them: numbers.
 */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly Value[])[]): Markup {
	const names = heads.map((head) => head.replace(/^>/, ""));
	const isRight = heads.map((head) => head.startsWith(">"));
	const cell = (value: Value, i: number) => {
		const text = markupOf(value);
		const isLong = text.replaceAll(/<[^>]*>/g, "").length > LONG;
		const classes = `${isRight[i] ? "right" : ""}${isLong ? " long" : ""}`.trim();
		return html`<td${classes !== "" && html` class="${classes}"`} data-head="${names[i]}">${new Markup(text)}</td>`;
	};
	return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="cards-if-narrow">
<caption class="hidden">${caption}</caption>
<thead><tr>${names.map((name, i) => html`<th scope="col"${isRight[i] && html` class="right"`}>${name}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>\n`)}</tbody>
</table></div>`;
}
