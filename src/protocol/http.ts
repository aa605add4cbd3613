import { bytesFrom, find, lineEnd, putHeaders, startsWith, statusCode, textOf, type WantedHeaders } from "./bytes.ts";
import { releaseOfHttpServer } from "./ip-office.ts";
import { headerBlockLength } from "./lines.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const HTTP2_PREFACE = "PRI * HTTP/2.0\r\n";
const HTTP2_PREFACE_LENGTH = 24;
const VERSION = "HTTP/1.";
const REQUEST_HEADERS: WantedHeaders = [
	["host", "host"],
	["user-agent", "agent"],
	["upgrade", "upgrade"],
	["sec-websocket-protocol", "subprotocol"],
];
const RESPONSE_HEADERS: WantedHeaders = [
	["server", "server"],
	["upgrade", "upgrade"],
	["location", "location"],
];
/** Methods are tokens (RFC 9110, 9.1): capitals in all that are registered, `VERSION-CONTROL` and `RPC_IN_DATA` too. */
const MAX_METHOD = 24;
/** Methods that a target's first bytes are believed of where the line's end is not there. */
const COMMON_METHODS = ["GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "DELETE ", "PROPFIND "];
/** XMPP over HTTP (XEP-0206): its request bodies carry this namespace, and the path as a rule its name. */
const BOSH_PATH = "http-bind";
const BOSH_NAMESPACE = "http://jabber.org/protocol/httpbind";
const BODY_SEARCHED = 1024;

/** Bytes of a request's method and the space behind it; 0 for anything else. */
function methodLength(data: Uint8Array, start: number, end: number): number {
	const limit = Math.min(end, start + MAX_METHOD);
	let at = start;
	while (at < limit && isMethodByte(data[at]!)) at++;
	return at - start >= 2 && at < limit && data[at] === 0x20 ? at + 1 - start : 0;
}

function isMethodByte(byte: number): boolean {
	return (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f;
}

/** A request line that the segment or the snaplen cuts: method and target must say it all. */
function isCutRequest(data: Uint8Array, start: number, end: number, target: number): boolean {
	if (!COMMON_METHODS.some((method) => startsWith(data, start, end, method))) return false;
	return startsWith(data, target, end, "/") || startsWith(data, target, end, "http://");
}

/** Whether a version ends the request line, behind a target of one character at least. */
function hasVersion(data: Uint8Array, target: number, line: number): boolean {
	return line - target >= 10 && startsWith(data, line - 8, line, VERSION);
}

/** HTTP/0.9: `GET /` and nothing more (RFC 1945, 5.1). Load balancers look after their servers so. */
function isSimpleRequest(data: Uint8Array, start: number, end: number, line: number): boolean {
	if (!startsWith(data, start, end, "GET /") || data[end - 1] !== 10) return false;
	for (let at = start + 4; at < line; at++) if (data[at]! <= 0x20) return false;
	for (let at = line; at < end; at++) if (data[at] !== 13 && data[at] !== 10) return false;
	return true;
}

/** WebSocket begins as an upgrade of HTTP; BOSH is HTTP all the way. Their marks are fields. */
export const http: Recogniser = {
	protocol: "http",
	transports: [6],
	strength: "strong",
	ports: [80, 8000, 8080, 8086, 8411, 9080, 49001],
	firstBytes: bytesFrom(0x41, 0x5a),
	source: "RFC 9112, 2; RFC 9113, 3.4; RFC 6455, 4; XEP-0206",
	startsTls: true,
	recognise(data, start, end) {
		if (end - start < 8 || data[start]! < 0x41 || data[start]! > 0x5a) return Role.No;
		if (startsWith(data, start, end, VERSION)) return Role.Server;
		const method = methodLength(data, start, end);
		if (method === 0) return Role.No;
		const line = lineEnd(data, start, end);
		if (line === end) return isCutRequest(data, start, end, start + method) ? Role.Client : Role.No;
		if (hasVersion(data, start + method, line) || isSimpleRequest(data, start, end, line)) return Role.Client;
		return startsWith(data, start, end, HTTP2_PREFACE) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		return startsWith(data, start, end, VERSION) ? responseFields(data, start, end) : requestFields(data, start, end);
	},
	messageLength(data, start, end) {
		if (startsWith(data, start, end, HTTP2_PREFACE)) return HTTP2_PREFACE_LENGTH;
		const line = lineEnd(data, start, end);
		return line < end && isSimpleRequest(data, start, end, line) ? end - start : headerBlockLength(data, start, end);
	},
	/** Behind an interim response (1xx) comes the final one, behind CONNECT and its answer as a rule a TLS hello. */
	leadsOn(data, start, end) {
		if (startsWith(data, start, end, "CONNECT ")) return true;
		return startsWith(data, start, end, VERSION) && end - start > 9 && data[start + 9] === 0x31;
	},
};

function responseFields(data: Uint8Array, start: number, end: number): Fields {
	const fields: Fields = {};
	const status = statusCode(data, start + "HTTP/1.1 ".length, end);
	if (status !== undefined) fields.status = status;
	putHeaders(fields, RESPONSE_HEADERS, data, start, end);
	if (typeof fields.server === "string") {
		const release = releaseOfHttpServer(fields.server);
		if (release !== undefined) fields.release = release;
	}
	lowerUpgrade(fields);
	return fields;
}

function requestFields(data: Uint8Array, start: number, end: number): Fields {
	if (startsWith(data, start, end, HTTP2_PREFACE)) return { version: "HTTP/2" };
	const fields: Fields = {};
	const method = methodLength(data, start, end);
	const target = start + method;
	const line = lineEnd(data, start, end);
	fields.method = textOf(data, start, target - 1);
	fields.path = textOf(data, target, hasVersion(data, target, line) ? line - 9 : line);
	putHeaders(fields, REQUEST_HEADERS, data, start, end);
	if (typeof fields.host === "string") fields.host = fields.host.replace(/:\d+$/, "");
	lowerUpgrade(fields);
	if (isBosh(data, start, end, target, line)) fields.bosh = true;
	return fields;
}

function isBosh(data: Uint8Array, start: number, end: number, target: number, line: number): boolean {
	if (!startsWith(data, start, end, "POST ") && !startsWith(data, start, end, "GET ")) return false;
	if (find(data, target, Math.min(line, target + BODY_SEARCHED), BOSH_PATH) >= 0) return true;
	const body = start + headerBlockLength(data, start, end);
	return find(data, body, Math.min(end, body + BODY_SEARCHED), BOSH_NAMESPACE) >= 0;
}

function lowerUpgrade(fields: Fields): void {
	if (typeof fields.upgrade === "string") fields.upgrade = fields.upgrade.toLowerCase();
}
