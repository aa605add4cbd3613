import { lineEnd, putHeaders, startsWith, statusCode, textOf, type WantedHeaders } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** RFC 9110, 9; WebDAV (RFC 4918); RFC 5789. */
const METHODS = [
	"GET ",
	"POST ",
	"PUT ",
	"HEAD ",
	"DELETE ",
	"OPTIONS ",
	"CONNECT ",
	"TRACE ",
	"PATCH ",
	"PROPFIND ",
	"PROPPATCH ",
	"MKCOL ",
	"COPY ",
	"MOVE ",
	"LOCK ",
	"UNLOCK ",
	"REPORT ",
	"SUBSCRIBE ",
	"UNSUBSCRIBE ",
];
const HTTP2_PREFACE = "PRI * HTTP/2.0\r\n";
const REQUEST_HEADERS: WantedHeaders = [
	["host", "host"],
	["user-agent", "agent"],
	["upgrade", "upgrade"],
];
const RESPONSE_HEADERS: WantedHeaders = [["server", "server"]];
/** A request line may be longer than the segment; then its target decides. */
const LONG_LINE = 512;

function methodLength(data: Uint8Array, start: number, end: number): number {
	for (const method of METHODS) if (startsWith(data, start, end, method)) return method.length;
	return 0;
}

export const http: Recogniser = {
	protocol: "http",
	transports: [6],
	strength: "strong",
	ports: [80, 8000, 8080, 8086, 8411, 9080, 49001],
	source: "RFC 9112, 2; RFC 9113, 3.4",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "HTTP/1.")) return Role.Server;
		if (startsWith(data, start, end, HTTP2_PREFACE)) return Role.Client;
		const method = methodLength(data, start, end);
		if (method === 0) return Role.No;
		const line = lineEnd(data, start, end);
		if (line === end)
			return line - start >= LONG_LINE && (data[start + method] === 0x2f || data[start + method] === 0x68)
				? Role.Client
				: Role.No;
		return line - start >= method + 10 && startsWith(data, line - 8, line, "HTTP/1.") ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		const fields: Fields = {};
		if (startsWith(data, start, end, "HTTP/1.")) {
			const status = statusCode(data, start + "HTTP/1.1 ".length, end);
			if (status !== undefined) fields.status = status;
			putHeaders(fields, RESPONSE_HEADERS, data, start, end);
			return fields;
		}
		const method = methodLength(data, start, end);
		if (method === 0) return { version: "HTTP/2" };
		const line = lineEnd(data, start, end);
		fields.method = textOf(data, start, start + method - 1);
		fields.path = textOf(data, start + method, Math.max(start + method, line === end ? end : line - 9));
		putHeaders(fields, REQUEST_HEADERS, data, start, end);
		if (typeof fields.host === "string") fields.host = fields.host.replace(/:\d+$/, "");
		if (typeof fields.upgrade === "string") fields.upgrade = fields.upgrade.toLowerCase();
		return fields;
	},
};
