import { bytesFrom, lineEnd, putHeaders, startsWith, statusCode, type WantedHeaders } from "./bytes.ts";
import { headerBlockLength } from "./lines.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** RFC 2326, 10. */
const METHODS = [
	"OPTIONS ",
	"DESCRIBE ",
	"ANNOUNCE ",
	"SETUP ",
	"PLAY ",
	"PAUSE ",
	"TEARDOWN ",
	"GET_PARAMETER ",
	"SET_PARAMETER ",
	"REDIRECT ",
	"RECORD ",
];
const VERSION = "RTSP/1.0";
const HEADERS: WantedHeaders = [
	["user-agent", "agent"],
	["server", "server"],
];

function methodOf(data: Uint8Array, start: number, end: number): string {
	return METHODS.find((method) => startsWith(data, start, end, method)) ?? "";
}

/** Cameras and media servers; known so that its port is not taken for a row's. */
export const rtsp: Recogniser = {
	protocol: "rtsp",
	transports: [6],
	strength: "strong",
	ports: [554, 8554],
	firstBytes: bytesFrom(0x41, 0x5a),
	source: "RFC 2326, 6 and 7",
	recognise(data, start, end) {
		if (startsWith(data, start, end, `${VERSION} `)) return Role.Server;
		const method = methodOf(data, start, end);
		if (method === "") return Role.No;
		const line = lineEnd(data, start, end);
		const version = line - VERSION.length;
		return version > start + method.length && startsWith(data, version, line, VERSION) ? Role.Client : Role.No;
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
	messageLength: headerBlockLength,
};
