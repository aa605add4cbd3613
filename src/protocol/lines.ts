import { lineEnd } from "./bytes.ts";

const LF = 10;

/** Bytes of the line at `start`, its LF included; one more than there are where the line goes on. */
export function lineLength(data: Uint8Array, start: number, end: number): number {
	for (let at = start; at < end; at++) if (data[at] === LF) return at + 1 - start;
	return end - start + 1;
}

/** Whether a reply's three digits stand at `at`, followed by a space, a hyphen or the line's end (RFC 5321, 4.2; RFC 959, 4.2). */
export function isReplyCode(data: Uint8Array, at: number, end: number): boolean {
	if (end - at < 3 || data[at]! < 0x31 || data[at]! > 0x35 || !isDigit(data[at + 1]!) || !isDigit(data[at + 2]!))
		return false;
	const separator = end - at > 3 ? data[at + 3] : LF;
	return separator === 0x20 || separator === 0x2d || separator === 13 || separator === LF;
}

/**
 * Bytes of a reply: all lines up to the one that has no hyphen behind its code. FTP's lines in between may lack the
 * code. One more than there are where the reply goes on.
 */
export function replyLength(data: Uint8Array, start: number, end: number): number {
	const isMultiline = end - start > 3 && data[start + 3] === 0x2d;
	if (!isMultiline) return lineLength(data, start, end);
	for (let at = start; at < end; ) {
		const length = lineLength(data, at, end);
		if (length > end - at) break;
		const isLast = isReplyCode(data, at, end) && data[at + 3] !== 0x2d && sameCode(data, at, start);
		at += length;
		if (isLast) return at - start;
	}
	return end - start + 1;
}

function sameCode(data: Uint8Array, a: number, b: number): boolean {
	return data[a] === data[b] && data[a + 1] === data[b + 1] && data[a + 2] === data[b + 2];
}

/** Bytes up to and with the first empty line; one more than there are where it is still to come. */
export function headerBlockLength(data: Uint8Array, start: number, end: number): number {
	for (let at = start; at < end; at++) {
		if (data[at] !== LF) continue;
		const next = at + 1 < end && data[at + 1] === 13 ? at + 2 : at + 1;
		if (next < end && data[next] === LF) return next + 1 - start;
	}
	return end - start + 1;
}

/** First byte behind the spaces at `at`. */
export function afterSpaces(data: Uint8Array, at: number, end: number): number {
	while (at < end && data[at] === 0x20) at++;
	return at;
}

/** End of the word at `at`: the place of the next space, CR or LF, or `end`. */
export function wordEnd(data: Uint8Array, at: number, end: number): number {
	const last = lineEnd(data, at, end);
	while (at < last && data[at] !== 0x20) at++;
	return at;
}

export function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}
