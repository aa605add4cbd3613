/**
 * Characters that do something instead of being seen, by their Unicode categories: controls (Cc, terminal escapes among
 * them), formats (Cf: bidirectional, zero-width and tag characters), line and paragraph separators, lone surrogates; and
 * what is not seen at all: ignorable ones (variation selectors, fillers, joiners) and the blank of Braille.
 */
const ACTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Marks beyond those that any script puts on one letter: they grow over the lines around. */
const PILED_MARKS = /(?<=\p{M}{4})\p{M}/gu;

/** What may be active or wide: anything but printable ASCII. Asked first, for most text is plain and the categories are slow. */
const MAYBE_ACTIVE = /[^ -~]/;

/** Text from a capture made safe to show: whatever would act is spelled out, as in `\x1b` and `\u202e`. */
export function safeText(text: string): string {
	return MAYBE_ACTIVE.test(text) ? text.replace(ACTIVE, escaped).replace(PILED_MARKS, escaped) : text;
}

/** JSON in which nothing acts on a terminal that it is shown on. @param indent as of JSON.stringify */
export function safeJson(value: unknown, indent?: string): string {
	const json = JSON.stringify(value, null, indent);
	if (isPlainJson(json)) return json;
	return json.replace(ACTIVE, (character) =>
		character === "\n" || character === "\t"
			? character
			: [...Array(character.length).keys()].map((i) => `\\u${hex(character.charCodeAt(i), 4)}`).join(""),
	);
}

/** {@link MAYBE_ACTIVE} for JSON, where controls below a blank are escaped already: both tests run at the speed of memory. */
function isPlainJson(json: string): boolean {
	return Buffer.byteLength(json) === json.length && !json.includes("\x7f");
}

function escaped(character: string): string {
	const code = character.codePointAt(0)!;
	if (code <= 0xff) return `\\x${hex(code, 2)}`;
	return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

function hex(code: number, digits: number): string {
	return code.toString(16).padStart(digits, "0");
}

/** Columns that safe text takes on a terminal: two for the wide characters of East Asian scripts and for emoji. */
export function displayWidth(text: string): number {
	if (!MAYBE_ACTIVE.test(text)) return text.length;
	let width = 0;
	for (const character of text) width += WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
	return width;
}

const WIDE =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;

/** Cuts text to a width, with an ellipsis where something is missing. */
export function cutText(text: string, width: number): string {
	if (displayWidth(text) <= width) return text;
	let kept = "";
	let used = 0;
	for (const character of text) {
		used += displayWidth(character);
		if (used > width - 1) break;
		kept += character;
	}
	return width > 0 ? `${kept}…` : "";
}
