import type { HostRecord, MatrixSummary } from "../../document/document.ts";
import { counted } from "../../finding/words.ts";
import { displayWidth } from "./safe-text.ts";

/** `case.pcap`, `ring_1.pcap and 3 more files`. */
export function filesText([first = "", ...more]: readonly string[]): string {
	return more.length === 0 ? first : `${first} and ${counted(more.length, "more file")}`;
}

/** What an anonymized report says of itself. */
export const ANONYMIZED = "anonymized: addresses, names and numbers of the site are replacements";

/** ` (10.0.0.1 says that it runs 11.0.4)`, or nothing where the release is the matrix's own or the user's choice. */
export function becauseOf({ reason }: MatrixSummary): string {
	return reason === undefined ? "" : ` (${reason})`;
}

/** What a host says of itself: `HQ, IP 500 V2, 11.1.2`. */
export function selfDescription({ system, model, release }: HostRecord): string {
	return [system, model, release].filter((text) => text !== undefined).join(", ");
}

/** Row ids, those of one section joined: `IPO-OUT-10/11/12, ONEX-IN-3`. */
export function rowIds(ids: readonly string[]): string {
	const sections = new Map<string, string[]>();
	for (const id of ids) {
		const at = id.lastIndexOf("-");
		const numbers = sections.get(id.slice(0, at)) ?? [];
		sections.set(id.slice(0, at), [...numbers, id.slice(at + 1)]);
	}
	return [...sections].map(([section, numbers]) => `${section}-${numbers.join("/")}`).join(", ");
}

/**
 * Text broken at blanks into lines no wider than `width`, where the indent leaves room; longer words are cut. Blanks at its
 * beginning stay.
 * @param indent of all lines but the first.
 */
export function wrapText(text: string, width: number, indent = ""): string[] {
	const lines: string[] = [];
	// Behind the indent there is room for a letter, of two columns too: without it no line would ever get shorter.
	const most = Math.max(width, indent.length + 2);
	const [, lead = "", rest = ""] = /^( *)(.*)$/s.exec(text)!;
	let line = lead;
	for (const word of rest.split(" ")) {
		const isFirst = line === lead && lines.length === 0;
		if (!isFirst && displayWidth(line) + 1 + displayWidth(word) > most) {
			lines.push(line);
			line = indent + word;
		} else line = isFirst ? line + word : `${line} ${word}`;
		while (displayWidth(line) > most) {
			const kept = beginning(line, most);
			lines.push(kept);
			line = indent + line.slice(kept.length);
		}
	}
	return [...lines, line];
}

/** As much of a text as fits, and something at least. */
function beginning(text: string, width: number): string {
	let kept = "";
	let used = 0;
	for (const character of text) {
		used += displayWidth(character);
		if (used > width && kept !== "") break;
		kept += character;
	}
	return kept;
}
