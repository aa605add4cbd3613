/**
 * Characters that do something instead of being seen: C0 and C1 controls (terminal escapes among them), DEL, line and
 * paragraph separators, zero-width and bidirectional controls, interlinear and tag characters, lone surrogates.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Text from a capture made safe to show: whatever would act is spelled out, as in `\x1b` and `\u202e`. */
export function safeText(text: string): string {
	return text.replace(ACTIVE, escaped);
}

/** JSON in which nothing acts on a terminal that it is shown on. */
export function safeJson(value: unknown, indent?: string): string {
	return JSON.stringify(value, null, indent).replace(ACTIVE, (character) =>
		character === "\n" || character === "\t" ? character : [...Array(character.length).keys()].map((i) => `\\u${hex(character.charCodeAt(i), 4)}`).join(""),
	);
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
	let width = 0;
	for (const character of text) width += WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1;
	return width;
}

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
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
