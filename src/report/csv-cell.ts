import { safeText } from "./safe-text.ts";

/** What spreadsheets take for the start of a formula (OWASP, CSV injection). */
const FORMULA = /^\s*["']?[=+\-@\t\r|%]/;

/** One line of CSV (RFC 4180), without its line end. Numbers stay numbers; text can neither act nor calculate. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
	return cells.map(csvCell).join(",");
}

function csvCell(value: string | number | null | undefined): string {
	if (value === null || value === undefined) return "";
	if (typeof value === "number") return String(value);
	const inert = FORMULA.test(value) ? `'${value}` : value;
	const safe = safeText(inert);
	return /[",]/.test(safe) || safe.startsWith(" ") || safe.endsWith(" ") ? `"${safe.replaceAll('"', '""')}"` : safe;
}
