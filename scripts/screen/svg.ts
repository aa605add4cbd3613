import { displayWidth } from "../../src/report/text/safe-text.ts";

/** Pixels of a character's cell, and around the screen. */
const CELL = { width: 8.4, height: 18 };
const EDGE = 12;
const FONT_SIZE = 14;
const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const BACK = "#0d1117";
const FRONT = "#d5dbe3";
/** The eight colours of SGR 30 to 37, on dark. */
const COLORS = ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#d5dbe3"];
const BARS = "▁▂▃▄▅▆▇█";

interface Style {
	color: number | undefined;
	bold: boolean;
	dim: boolean;
	reverse: boolean;
}

/** A picture of a terminal's screen. @param screen lines with SGR, as `tmux capture-pane -e` gives them */
export function svgOf(screen: string, columns: number, title: string): string {
	const lines = screen.replace(/\n$/, "").split("\n");
	const width = columns * CELL.width + 2 * EDGE;
	const height = lines.length * CELL.height + 2 * EDGE;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
		`<title>${escaped(title)}</title>`,
		`<rect width="100%" height="100%" rx="8" fill="${BACK}"/>`,
		`<g font-family="${FONT}" font-size="${FONT_SIZE}" fill="${FRONT}">`,
		...drawn(lines),
		"</g>",
		"</svg>",
		"",
	].join("\n");
}

function* drawn(lines: readonly string[]): Iterable<string> {
	const style: Style = { color: undefined, bold: false, dim: false, reverse: false };
	for (const [row, line] of lines.entries()) {
		let column = 0;
		for (const piece of line.split(/(\p{Cc}\[[0-9;]*m)/u)) {
			if (piece.startsWith("\x1b")) apply(style, piece);
			else {
				yield* run(piece, column, row, style);
				column += displayWidth(piece);
			}
		}
	}
}

function apply(style: Style, sgr: string): void {
	for (const code of sgr.slice(2, -1).split(";").map(Number)) {
		if (code === 0) Object.assign(style, { color: undefined, bold: false, dim: false, reverse: false });
		if (code === 1) style.bold = true;
		if (code === 2) style.dim = true;
		if (code === 22) Object.assign(style, { bold: false, dim: false });
		if (code === 7) style.reverse = true;
		if (code === 27) style.reverse = false;
		if (code >= 30 && code <= 37) style.color = code - 30;
		if (code === 39) style.color = undefined;
	}
}

/** Text in one style. Each word has its own place, so that columns stay whatever font there is. */
function* run(text: string, column: number, row: number, { color, bold, dim, reverse }: Style): Iterable<string> {
	const x = (at: number) => round(EDGE + at * CELL.width);
	const y = EDGE + row * CELL.height;
	const own = color === undefined ? FRONT : COLORS[color]!;
	const fill = reverse ? BACK : own;
	if (reverse && text !== "")
		yield `<rect x="${x(column)}" y="${y}" width="${round(displayWidth(text) * CELL.width)}" height="${CELL.height}" fill="${own}"/>`;
	for (const match of text.matchAll(/[▁-█]+|─+|[^\s─▁-█]+/gu)) {
		const word = match[0];
		const at = column + displayWidth(text.slice(0, match.index));
		const look = `fill="${fill}"${dim ? ' opacity="0.6"' : ""}`;
		if (BARS.includes(word[0]!)) yield* bars(word, x(at), y, look);
		else if (word.startsWith("─"))
			yield `<rect x="${x(at)}" y="${y + CELL.height / 2}" width="${round(word.length * CELL.width)}" height="1" ${look}/>`;
		else
			yield `<text x="${x(at)}" y="${y + 13}" textLength="${round(displayWidth(word) * CELL.width)}" lengthAdjust="spacingAndGlyphs" ${look}${bold ? ' font-weight="bold"' : ""}>${escaped(word)}</text>`;
	}
}

function* bars(word: string, x: number, y: number, look: string): Iterable<string> {
	for (const [i, bar] of [...word].entries()) {
		const height = ((BARS.indexOf(bar) + 1) / BARS.length) * CELL.height;
		yield `<rect x="${round(x + i * CELL.width)}" y="${round(y + CELL.height - height)}" width="${CELL.width}" height="${round(height)}" ${look}/>`;
	}
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
