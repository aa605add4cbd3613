import { safeText } from "./safe-text.ts";

/**
 * What spreadsheets take for the start of a formula (OWASP, CSV injection): at the beginning of a cell, and behind what
 * another setting takes for the end of one. The wide forms are those of East Asian input methods. A telephone number
 * (ITU-T E.164: `+` and digits), with or without its host, is none: no sign or bracket follows with which to calculate or call.
 */
const FORMULA =
	/(?:^|[;,"\t\r\n|])[\s"']*(?=[=+\-@\t\r|%＝＋－＠｜％])(?!\+\d{1,18}(?:@[\w.:[\]]{0,255})?(?:$|[;,"]))/g;

/** One line of CSV (RFC 4180), without its line end. Numbers stay numbers; text can neither act nor calculate. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
	return cells.map(csvCell).join(",");
}

function csvCell(value: string | number | null | undefined): string {
	if (value === null || value === undefined) return "";
	if (typeof value === "number") return String(value);
	const safe = safeText(value.replace(FORMULA, "$&'"));
	return /[",;]/.test(safe) || safe.startsWith(" ") || safe.endsWith(" ") ? `"${safe.replaceAll('"', '""')}"` : safe;
}
