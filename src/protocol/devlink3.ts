import { textOf, u16, u32 } from "./bytes.ts";
import { systemAndRelease } from "./ip-office.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const FIRST_BYTE = 0x49;
const LONG_FORM = 0x8000;
/** Length of a packet before its result or body: first byte, length, type, request id. */
const HEADER = 11;
/** Request types; the server's answers have 8 in the top four bits. */
const REQUESTS = new Map([
	[0x002a0001, "test"],
	[0x00300001, "authenticate"],
	[0x00300011, "events"],
	[0x00300041, "read-file"],
]);
const AUTHENTICATE = 0x00300001;
const READ_FILE = 0x00300041;
const EVENT_REQUEST = 0x00300011;
const EVENT = 0x10300011;
const ANSWER = 0x80000000;
/** Tuples: four bytes of code, two of length, a NUL-terminated text. */
const TUPLE_HEADER = 6;
const MAX_TUPLES = 8;
const APPLICATION_NAME = 0x007e0001;
const SYSTEM = 0x007d0001;
const RESULTS = new Map([
	[0, "success"],
	[1, "plain challenge"],
	[2, "challenge"],
	[9, "partial success"],
	[0x80000001, "payload too long"],
	[0x80000002, "stream integrity lost"],
	[0x80000003, "authentication failed"],
	[0x80000021, "unknown flag"],
	[0x80000022, "licence missing"],
	[0x80000023, "feature not available"],
	[0x80000041, "authentication failed"],
	[0x80000042, "limits exceeded"],
	[0x80000043, "retry later"],
	[0x80000044, "licence missing"],
]);

/** Bytes that the long form of the length takes more than the short one. */
function extra(data: Uint8Array, start: number): number {
	return data[start + 1]! & 0x80 ? 1 : 0;
}

/**
 * DevLink3, IP Office's interface for call control: 0x49, a 16-bit length that counts itself and the first byte (22 bits
 * in three bytes where its top bit is set), then type and request id, 32 bits each, big-endian. The client speaks first.
 */
export const devlink3: Recogniser = {
	protocol: "devlink3",
	transports: [6],
	strength: "strong",
	ports: [50797],
	firstBytes: [FIRST_BYTE],
	source: "Avaya IP Office DevLink3 API Reference, issue 1.2",
	recognise(data, start, end) {
		if (end - start < HEADER + 1 || data[start] !== FIRST_BYTE) return Role.No;
		const type = u32(data, start + 3 + extra(data, start));
		if (REQUESTS.has(type)) return Role.Client;
		return type === EVENT || (type >= ANSWER && REQUESTS.has(type - ANSWER)) ? Role.Server : Role.No;
	},
	describe(data, start, end) {
		const body = start + HEADER + extra(data, start);
		if (body > end) return {};
		const type = u32(data, body - 8);
		const request = REQUESTS.get(type);
		if (request !== undefined) return { request, ...requestFields(data, type, body, end) };
		return type >= ANSWER && end - body >= 4 ? answerFields(data, type - ANSWER, body, end) : {};
	},
	messageLength(data, start, end) {
		if (end - start < 4) return 0;
		const length = u16(data, start + 1);
		return length & LONG_FORM ? ((length & 0x7f00) << 7) | ((length & 0x7f) << 8) | data[start + 3]! : length;
	},
	/** The challenge comes before the answer that names the system. */
	leadsOn(data, start, end) {
		const body = start + HEADER + extra(data, start);
		if (body > end) return false;
		const type = u32(data, body - 8) & ~ANSWER;
		return type === AUTHENTICATE || REQUESTS.get(type) === "test";
	},
};

function requestFields(data: Uint8Array, type: number, body: number, end: number): Fields {
	if (type === READ_FILE || type === EVENT_REQUEST) {
		const text = end - body < 2 ? "" : cString(data, body + 2, Math.min(end, body + 2 + u16(data, body)));
		return text === "" ? {} : { [type === READ_FILE ? "file" : "flags"]: text };
	}
	// A user's name comes first, then what the application calls itself.
	if (type !== AUTHENTICATE || end - body < 4 || u32(data, body) !== 1) return {};
	let tuples = body + 4;
	while (tuples < end && data[tuples] !== 0) tuples++;
	const application = tuple(data, tuples + 1, end, APPLICATION_NAME);
	return application === "" ? {} : { application };
}

function answerFields(data: Uint8Array, request: number, body: number, end: number): Fields {
	const code = u32(data, body);
	if (request === READ_FILE) return {};
	const result = RESULTS.get(code) ?? `0x${code.toString(16)}`;
	if (request !== AUTHENTICATE || code !== 0) return code === 1 || code === 2 ? {} : { result };
	const system = tuple(data, body + 4, end, SYSTEM);
	return system === "" ? { result } : { result, ...systemAndRelease(system) };
}

/** Text of the first tuple with this code; empty where there is none. */
function tuple(data: Uint8Array, at: number, end: number, code: number): string {
	for (let i = 0; i < MAX_TUPLES && end - at >= TUPLE_HEADER; i++) {
		const value = at + TUPLE_HEADER;
		const valueEnd = value + u16(data, at + 4);
		if (u32(data, at) === code) return cString(data, value, Math.min(end, valueEnd));
		at = valueEnd;
	}
	return "";
}

function cString(data: Uint8Array, start: number, end: number): string {
	let at = start;
	while (at < end && data[at] !== 0) at++;
	return at > start ? textOf(data, start, at) : "";
}
