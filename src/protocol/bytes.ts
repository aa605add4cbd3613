import { isUtf8 } from "node:buffer";

/** Most characters that a field keeps of a text in a payload. */
const MAX_TEXT = 256;
const LAST_LATIN1 = 0xff;

export function u16(data: Uint8Array, at: number): number {
	return (data[at]! << 8) | data[at + 1]!;
}

/** Signed; compare with constants that are `| 0`. */
export function i32(data: Uint8Array, at: number): number {
	return (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
}

export function u32(data: Uint8Array, at: number): number {
	return i32(data, at) >>> 0;
}

/** Bytes as Latin-1 text, cut to a length that suits a report. */
export function textOf(data: Uint8Array, start: number, end: number): string {
	const buffer = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	return buffer.toString("latin1", start, Math.min(end, start + MAX_TEXT));
}

/** A copy of a text: one that was cut out of another would keep that one in memory for as long as it is kept itself. */
export function detached(text: string): string {
	for (let at = 0; at < text.length; at++)
		if (text.charCodeAt(at) > LAST_LATIN1) return Buffer.from(text, "utf16le").toString("utf16le");
	// In one byte a character.
	return Buffer.from(text, "latin1").toString("latin1");
}

/** Whether the ASCII `text` stands at `at`, in exactly these letters. */
export function startsWith(data: Uint8Array, at: number, end: number, text: string): boolean {
	if (end - at < text.length) return false;
	for (let i = 0; i < text.length; i++) if (data[at + i] !== text.charCodeAt(i)) return false;
	return true;
}

/** The same whatever the case of the letters; `text` is lower case. */
export function startsWithAnyCase(data: Uint8Array, at: number, end: number, text: string): boolean {
	if (end - at < text.length) return false;
	for (let i = 0; i < text.length; i++) {
		const byte = data[at + i]!;
		const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
		if (lower !== text.charCodeAt(i)) return false;
	}
	return true;
}

/** Where the ASCII `text` begins in the range, whatever the case of its letters; -1 where it does not. */
export function find(data: Uint8Array, start: number, end: number, text: string): number {
	for (let at = start; at <= end - text.length; at++) if (startsWithAnyCase(data, at, end, text)) return at;
	return -1;
}

/** End of the line that `at` is in: the place of its CR or LF, or `end`. */
export function lineEnd(data: Uint8Array, at: number, end: number): number {
	while (at < end && data[at] !== 13 && data[at] !== 10) at++;
	return at;
}

/** The three digits of a status line (`SIP/2.0 200 OK`) at `at`; undefined where there are none. */
export function statusCode(data: Uint8Array, at: number, end: number): number | undefined {
	if (end - at < 3) return undefined;
	const code = Number(textOf(data, at, at + 3));
	return code >= 100 && code <= 999 ? code : undefined;
}

/** Header lines (`Name: value`) that are wanted: lower-case name without its colon, and the field that gets the value. */
export type WantedHeaders = readonly (readonly [name: string, field: string])[];

/** Puts the values of the wanted headers below a message's first line into `fields`, in one pass; the first of each counts. */
export function putHeaders(
	fields: Record<string, string | number | boolean>,
	wanted: WantedHeaders,
	data: Uint8Array,
	start: number,
	end: number,
): void {
	for (let at = nextLine(data, start, end); at < end; at = nextLine(data, at, end)) {
		if (data[at] === 13 || data[at] === 10) return;
		for (const [name, field] of wanted) {
			const colon = at + name.length;
			if (colon >= end || data[colon] !== 0x3a || !startsWithAnyCase(data, at, end, name)) continue;
			// Without the blank before it: what is cut out of a text keeps that one in memory.
			const value = headerText(data, blanksEnd(data, colon + 1, end), lineEnd(data, at, end)).trim();
			if (value !== "") fields[field] ??= value;
			break;
		}
	}
}

/** UTF-8, as SIP has it (RFC 3261, 7.3.1), where it is that; else Latin-1, as HTTP once had it (RFC 9110, 5.5). */
function headerText(data: Uint8Array, start: number, end: number): string {
	const text = textOf(data, start, end);
	if (!/[\x80-\xff]/.test(text)) return text;
	const bytes = Buffer.from(text, "latin1");
	return isUtf8(bytes) ? bytes.toString("utf8") : text;
}

function blanksEnd(data: Uint8Array, at: number, end: number): number {
	while (at < end && (data[at] === 0x20 || data[at] === 9)) at++;
	return at;
}

/** First byte of the line after the one that `at` is in; `end` where there is none. */
export function nextLine(data: Uint8Array, at: number, end: number): number {
	at = lineEnd(data, at, end);
	if (at < end && data[at] === 13) at++;
	if (at < end && data[at] === 10) at++;
	return at;
}

/** The bytes of the characters, letters in both cases, for `firstBytes`. */
export function bytesOf(characters: string): readonly number[] {
	return [...new Set(`${characters.toLowerCase()}${characters.toUpperCase()}`)].map((each) => each.charCodeAt(0));
}

/** The bytes `first … last`, both included, for `firstBytes`. */
export function bytesFrom(first: number, last: number): readonly number[] {
	return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
