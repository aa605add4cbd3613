import { displayWidth } from "../report/text/safe-text.ts";

/** Select graphic rendition (ECMA-48, 8.3.117): the one control that lines of the screen may hold. */
const SGR = /\p{Cc}\[[0-9;]*m/gu;
const RESET = "\x1b[0m";

/** Text without its colours. */
export function plain(line: string): string {
	return line.includes("\x1b") ? line.replace(SGR, "") : line;
}

/** Dark on light, filled up to a width: also where no colours are wanted, for it is no colour. */
export function reversed(line: string, width: number): string {
	return `\x1b[7m${filled(cutTo(plain(line), width), width)}${RESET}`;
}

/** Filled with blanks up to a width. */
export function filled(line: string, width: number): string {
	return line + " ".repeat(Math.max(0, width - displayWidth(plain(line))));
}

/** Cut to a width, its colours ended. */
export function cutTo(line: string, width: number): string {
	if (displayWidth(plain(line)) <= width) return line;
	let kept = "";
	let used = 0;
	for (const piece of line.split(/(\p{Cc}\[[0-9;]*m)/u)) {
		if (piece.startsWith("\x1b")) kept += piece;
		else
			for (const character of piece) {
				used += displayWidth(character);
				if (used > width) return line.includes("\x1b") ? kept + RESET : kept;
				kept += character;
			}
	}
	return kept;
}

const ASCII: Readonly<Record<string, string>> = {
	"▁": "_",
	"▂": ".",
	"▃": ":",
	"▄": "-",
	"▅": "=",
	"▆": "+",
	"▇": "*",
	"█": "#",
	"─": "-",
	"–": "-",
	"→": ">",
	"│": "|",
	"▶": ">",
	"◀": "<",
	"⟲": "@",
	"▾": "v",
	"▴": "^",
	"…": "~",
	"≥": ">",
	µ: "u",
};

/** For terminals that show ASCII only: the same line, as wide. */
export function asciiOnly(line: string): string {
	return line.replace(/\P{ASCII}/gu, (character) => ASCII[character] ?? "?".repeat(displayWidth(character)));
}
