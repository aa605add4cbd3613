import { html, type Markup, type Value } from "./markup.ts";

/** A life line: one end of what is drawn. */
export interface Line {
	readonly address: string;
	/** What the end is, where that is known. */
	readonly role?: string;
}

/**
 * `request`; `provisional`, an answer after which another is to come; `final`, an answer that ends the matter well;
 * `refusal`, one that does not; `data`.
 */
export type RungKind = "request" | "provisional" | "final" | "refusal" | "data";

/** One message, or several alike, from one line to another. */
export interface Rung {
	/** Places of the lines. */
	readonly from: number;
	readonly to: number;
	readonly kind: RungKind;
	readonly text: Value;
	/** What stands beside the lines. */
	readonly left: Value;
	readonly right: Value;
}

/** With more lines, arrows have no room for their text. */
const MAX_LINES = 4;

/**
 * Who sent what to whom, one below the other: an arrow for each message between life lines; where there are more lines than
 * have room, a list. It is text in both cases, so it can be searched, copied and read aloud, and has the width that there is.
 * @param heads of what stands at the left and at the right.
 */
export function ladder(lines: readonly Line[], rungs: readonly Rung[], heads: readonly [string, string]): Markup {
	const isDrawn = lines.length <= MAX_LINES && rungs.every(({ from, to }) => from !== to);
	const names = isDrawn
		? html`<span class="names">${lines.map(({ address, role }) => html`<span><span class="address">${address}</span>${role !== undefined && html` <small>${role}</small>`}</span>`)}</span>`
		: html`<span></span>`;
	return html`<div class="ladder ${isDrawn ? `spans-${lines.length - 1}` : "is-list"}"><p class="heads" aria-hidden="true"><span class="left">${heads[0]}</span>${names}<span>${heads[1]}</span></p>
<ol>${rungs.map((rung) => html`<li class="rung is-${rung.kind}"><span class="left">${rung.left}</span>${middle(rung, lines, isDrawn)}<span>${rung.right}</span></li>\n`)}</ol></div>`;
}

function middle({ from, to, text, kind }: Rung, lines: readonly Line[], isDrawn: boolean): Markup {
	const mark = kind === "refusal" && html`<span class="cross" aria-hidden="true">✕</span> `;
	const [sender, receiver] = [lines[from]!.address, lines[to]!.address];
	if (!isDrawn)
		return html`<span><span class="address">${sender}</span> to <span class="address">${receiver}</span>: ${mark}${text}</span>`;
	const [first, span] = [Math.min(from, to) + 1, Math.abs(to - from)];
	return html`<span class="lanes at-${first} over-${span} is-${to > from ? "right" : "left"}"><span class="what">${mark}${text}<span class="hidden">, ${sender} to ${receiver}</span></span><span class="arrow"></span></span>`;
}
