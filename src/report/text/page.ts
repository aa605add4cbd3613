import { cutText, safeText } from "./safe-text.ts";
import { type Column, textTableLines } from "./text-table.ts";
import { wrapText } from "./words.ts";

/** Below this the tables' own narrowest columns rule. */
const NARROWEST = 40;

const SGR = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" } as const;
export type Style = keyof typeof SGR;

/** Width and colours of the screen. */
export class Page {
	readonly width: number;
	readonly #color: boolean;

	constructor({ width, color }: { width: number; color: boolean }) {
		this.width = Math.max(NARROWEST, width);
		this.#color = color;
	}

	paint(style: Style, text: string): string {
		return this.#color && text !== "" ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text;
	}

	*section<T>(title: string, columns: readonly Column<T>[], items: Iterable<T>): Iterable<string> {
		yield `\n${this.paint("bold", title)}\n`;
		for (const piece of textTableLines(columns, items, this.width, (text) => this.paint("dim", text)))
			yield `${piece}\n`;
	}

	/** One line, cut at the screen's edge. */
	line(text: string, style?: Style): string {
		const cut = cutText(safeText(text), this.width);
		return `${style ? this.paint(style, cut) : cut}\n`;
	}

	/** One line, however long: what is to be copied, which a terminal folds without putting anything in it. */
	whole(text: string, style?: Style): string {
		const safe = safeText(text);
		return `${style ? this.paint(style, safe) : safe}\n`;
	}

	/** A sentence over as many lines as it needs. */
	*wrapped(text: string, indent: string, style?: Style): Iterable<string> {
		for (const line of wrapText(safeText(text), this.width, indent))
			yield `${style ? this.paint(style, line) : line}\n`;
	}
}
