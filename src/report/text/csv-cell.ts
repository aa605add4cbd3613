import { safeText } from "./safe-text.ts";

/**
 * What spreadsheets take for the start of a formula (OWASP, CSV injection). The wide forms are those of East Asian input
 * methods. A telephone number (ITU-T E.164: `+` and digits), with or without its host, is none: no sign or bracket follows with
 * which to calculate or call.
 */
const FORMULA = /[=+\-@\t\r|%＝＋－＠｜％](?<!\+(?=\d{1,18}(?:@[\w.:[\]]{0,255})?(?:$|[;,"])))/y;
/** Where a formula may start: at the beginning of a cell, and behind what another setting takes for the end of one. */
const BEGINNING = /^[\s"']*/;
const END_OF_CELL = /[;,|"\t\r\n][\s"']*/g;

/** One line of CSV (RFC 4180), without its line end. Numbers stay numbers; text can neither act nor calculate. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
	return cells.map(csvCell).join(",");
}

function csvCell(value: string | number | null | undefined): string {
	if (value === null || value === undefined) return "";
	if (typeof value === "number") return String(value);
	const safe = safeText(inert(value));
	return /[",;]/.test(safe) || safe.startsWith(" ") || safe.endsWith(" ") ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A text with an apostrophe before each formula. Every blank and quotation mark is looked at once: there may be thousands. */
function inert(text: string): string {
	const [blanks = ""] = BEGINNING.exec(text) ?? [];
	const begins = (match: string, at: number, blank: number) => {
		FORMULA.lastIndex = at + match.length;
		if (FORMULA.test(text)) return `${match}'`;
		// Of the blanks some are signs themselves.
		const last = Math.max(match.lastIndexOf("\t"), match.lastIndexOf("\r"));
		return last < blank ? match : `${match.slice(0, last)}'${match.slice(last)}`;
	};
	const rest = text.slice(blanks.length);
	return begins(blanks, 0, 0) + rest.replace(END_OF_CELL, (match, at: number) => begins(match, blanks.length + at, 1));
}
