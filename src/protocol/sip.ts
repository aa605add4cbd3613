import {
	lineEnd,
	nextLine,
	putHeaders,
	startsWith,
	startsWithAnyCase,
	statusCode,
	textOf,
	type WantedHeaders,
} from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** RFC 3261, 7.1, and the methods of RFC 3262, 3265, 3311, 3428, 3515, 3903, 6086. */
const METHODS = [
	"INVITE ",
	"ACK ",
	"BYE ",
	"CANCEL ",
	"REGISTER ",
	"OPTIONS ",
	"PRACK ",
	"SUBSCRIBE ",
	"NOTIFY ",
	"UPDATE ",
	"MESSAGE ",
	"REFER ",
	"PUBLISH ",
	"INFO ",
];
const VERSION = "SIP/2.0";
/** RFC 3261, 20; `i` is the short form of Call-ID (7.3.3). */
const HEADERS: WantedHeaders = [
	["user-agent", "agent"],
	["server", "server"],
	["call-id", "callId"],
	["i", "callId"],
];
const CR = 13;
const LF = 10;
/** Bytes of the longest keep-alive: two empty lines. */
const KEEP_ALIVE = 4;

/** Of status codes (RFC 3261, 21): those below are provisional. */
const FIRST_FINAL = 200;

/** Both sides of a SIP flow send requests; registering and subscribing is what clients do. */
export const sip: Recogniser = {
	protocol: "sip",
	transports: [17, 6],
	strength: "strong",
	ports: [5060, 5061, 5056],
	source: "RFC 3261, 7",
	recognise(data, from, end) {
		const start = skipEmptyLines(data, from, end);
		if (startsWith(data, start, end, "SIP/2.0 ")) return Role.Answers;
		const method = methodOf(data, start, end);
		if (method === "") return Role.No;
		const line = lineEnd(data, start, end);
		if (line - start < method.length + VERSION.length + 1 || !startsWith(data, line - VERSION.length, line, VERSION))
			return Role.No;
		return method === "REGISTER " || method === "SUBSCRIBE " || method === "PUBLISH " ? Role.Client : Role.Asks;
	},
	describe(data, from, end) {
		const start = skipEmptyLines(data, from, end);
		const fields: Fields = {};
		const method = methodOf(data, start, end);
		if (method !== "") fields.method = method.trimEnd();
		else {
			// What a flow says first stays: that it is being tried tells nothing.
			const status = statusCode(data, start + VERSION.length + 1, end);
			if (status !== undefined && status >= FIRST_FINAL) fields.status = status;
		}
		putHeaders(fields, HEADERS, data, start, end);
		return fields;
	},
	/** A keep-alive (RFC 5626, 3.5.1: empty lines alone) is a message of its own; before a message it belongs to that. */
	messageLength(data, from, end) {
		const start = skipEmptyLines(data, from, end);
		if (start === end) return end - from;
		const body = bodyOf(data, start, end);
		return body < 0 ? 0 : body - from + contentLength(data, start, body);
	},
};

/** RFC 3261, 7.5: empty lines before a start line mean nothing. @returns the first byte that is none of theirs. */
export function skipEmptyLines(data: Uint8Array, start: number, end: number): number {
	while (start < end && (data[start] === CR || data[start] === LF)) start++;
	return start;
}

/**
 * Whether a payload only keeps a NAT's mapping or a connection open: empty lines (RFC 5626, 3.5.1), or zeros, as some
 * phones send. It says nothing of the flow's protocol.
 */
export function isKeepAlive(data: Uint8Array, start: number, end: number): boolean {
	if (end - start > KEEP_ALIVE) return false;
	for (let at = start; at < end; at++) if (data[at] !== CR && data[at] !== LF && data[at] !== 0) return false;
	return true;
}

/** First byte behind the empty line that ends the headers; -1 where that is not there. */
export function bodyOf(data: Uint8Array, start: number, end: number): number {
	for (let at = start; at + 1 < end; at++) {
		if (data[at] !== LF) continue;
		if (data[at + 1] === LF) return at + 2;
		if (data[at + 1] === CR && at + 2 < end && data[at + 2] === LF) return at + 3;
	}
	return -1;
}

/** Value of Content-Length (or `l`); 0 where there is none, though over TCP there has to be one (RFC 3261, 20.14). */
function contentLength(data: Uint8Array, start: number, body: number): number {
	for (let at = nextLine(data, start, body); at < body; at = nextLine(data, at, body)) {
		const isLong = startsWithAnyCase(data, at, body, "content-length");
		if (!isLong && !startsWithAnyCase(data, at, body, "l")) continue;
		const value = /^[ \t]*:\s*(\d{1,9})\s*$/.exec(textOf(data, at + (isLong ? 14 : 1), lineEnd(data, at, body)));
		if (value) return Number(value[1]);
	}
	return 0;
}

function methodOf(data: Uint8Array, start: number, end: number): string {
	for (const method of METHODS) if (startsWith(data, start, end, method)) return method;
	return "";
}
