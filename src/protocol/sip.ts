import { lineEnd, putHeaders, startsWith, statusCode, type WantedHeaders } from "./bytes.ts";
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

/** Both sides of a SIP flow send requests; registering and subscribing is what clients do. */
export const sip: Recogniser = {
	protocol: "sip",
	transports: [17, 6],
	strength: "strong",
	ports: [5060, 5061, 5056],
	source: "RFC 3261, 7",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "SIP/2.0 ")) return Role.Answers;
		const method = methodOf(data, start, end);
		if (method === "") return Role.No;
		const line = lineEnd(data, start, end);
		if (line - start < method.length + VERSION.length + 1 || !startsWith(data, line - VERSION.length, line, VERSION))
			return Role.No;
		return method === "REGISTER " || method === "SUBSCRIBE " || method === "PUBLISH " ? Role.Client : Role.Asks;
	},
	describe(data, start, end) {
		const fields: Fields = {};
		const method = methodOf(data, start, end);
		if (method !== "") fields.method = method.trimEnd();
		else {
			const status = statusCode(data, start + VERSION.length + 1, end);
			if (status !== undefined) fields.status = status;
		}
		putHeaders(fields, HEADERS, data, start, end);
		return fields;
	},
};

function methodOf(data: Uint8Array, start: number, end: number): string {
	for (const method of METHODS) if (startsWith(data, start, end, method)) return method;
	return "";
}
