import { i32, startsWith, textOf, u32 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const VERSION_3 = 3;
const VERSION_2 = 0x00020000;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const MAX_STARTUP = 10_000;
const STARTUP_HEADER = 8;
const MAX_PARAMETERS = 32;
/** Server's authentication request: `R`, length, and which of them. */
const AUTHENTICATION = 0x52;
const LAST_AUTHENTICATION = 12;
/** Server's error to a startup: `E`, length, and fields that begin with the severity's. */
const ERROR = 0x45;
const METHODS: Readonly<Record<number, string>> = {
	0: "none",
	2: "kerberos",
	3: "password",
	5: "md5",
	7: "gss",
	9: "sspi",
	10: "sasl",
};

function isStartup(data: Uint8Array, start: number, end: number): boolean {
	const code = i32(data, start + 4);
	const length = u32(data, start);
	if (code === VERSION_2) return length === 296;
	return (
		code >>> 16 === VERSION_3 &&
		(code & 0xffff) <= 2 &&
		length > STARTUP_HEADER &&
		length <= MAX_STARTUP &&
		(end - start <= STARTUP_HEADER || isLetter(data[start + STARTUP_HEADER]!))
	);
}

const TLS_YES = 0x53;
const TLS_NO = 0x4e;
const TLS_HANDSHAKE = 22;

function isLetter(byte: number): boolean {
	const lower = byte | 0x20;
	return byte === 0x5f || (lower >= 0x61 && lower <= 0x7a);
}

function isAuthentication(data: Uint8Array, start: number, end: number): boolean {
	if (data[start] !== AUTHENTICATION || end - start < 9) return false;
	const length = u32(data, start + 1);
	const kind = u32(data, start + 5);
	if (kind > LAST_AUTHENTICATION || length > 2048) return false;
	return kind === 0 || kind === 3 ? length === 8 : kind === 5 ? length === 12 : length >= 8;
}

function isError(data: Uint8Array, start: number, end: number): boolean {
	return (
		data[start] === ERROR &&
		end - start > 8 &&
		u32(data, start + 1) <= 4096 &&
		startsWith(data, start + 5, end, "S") &&
		(startsWith(data, start + 6, end, "FATAL\0") || startsWith(data, start + 6, end, "ERROR\0"))
	);
}

/** The client's first message has no type byte: length, then version or request code. */
export const postgresql: Recogniser = {
	protocol: "postgresql",
	transports: [6],
	strength: "strong",
	ports: [5432, 5433],
	firstBytes: [0, AUTHENTICATION, ERROR],
	source: "PostgreSQL documentation, 55.7",
	startsTls: true,
	recognise(data, start, end) {
		if (end - start < STARTUP_HEADER) return Role.No;
		if (data[start] !== 0)
			return isAuthentication(data, start, end) || isError(data, start, end) ? Role.Server : Role.No;
		const length = u32(data, start);
		const code = i32(data, start + 4);
		if ((code === SSL_REQUEST || code === GSS_REQUEST) && length === 8) return Role.Client;
		if (code === CANCEL_REQUEST && length === 16) return Role.Client;
		return isStartup(data, start, end) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		if (data[start] === AUTHENTICATION) {
			const method = METHODS[u32(data, start + 5)];
			return method === undefined ? {} : { auth: method };
		}
		if (data[start] === ERROR) return {};
		const code = i32(data, start + 4);
		if (code === SSL_REQUEST) return { tlsAsked: true };
		return code >>> 16 === VERSION_3 ? parameters(data, start + STARTUP_HEADER, end) : {};
	},
	messageLength(data, start, end) {
		if (isTlsAnswer(data, start, end)) return 1;
		const typed = start < end && data[start] !== 0 ? 1 : 0;
		return end - start < 4 + typed ? 0 : typed + u32(data, start + typed);
	},
	/** Behind a request for TLS come the TLS hello or the startup. */
	leadsOn(data, start, end) {
		return (
			end - start >= STARTUP_HEADER &&
			data[start] === 0 &&
			i32(data, start + 4) !== CANCEL_REQUEST &&
			u32(data, start) === 8
		);
	},
};

/** The one byte that answers a request for TLS, alone or with the TLS hello behind it: yes or no. */
function isTlsAnswer(data: Uint8Array, start: number, end: number): boolean {
	if (start >= end || (data[start] !== TLS_YES && data[start] !== TLS_NO)) return false;
	return end - start === 1 || data[start + 1] === TLS_HANDSHAKE;
}

/** Name and value, each with a NUL, in turn. */
function parameters(data: Uint8Array, at: number, end: number): Fields {
	const fields: Fields = {};
	for (let i = 0; i < MAX_PARAMETERS && at < end && data[at] !== 0; i++) {
		const nameEnd = nulAt(data, at, end);
		const valueEnd = nulAt(data, nameEnd + 1, end);
		if (valueEnd >= end) break;
		const name = textOf(data, at, nameEnd);
		const value = textOf(data, nameEnd + 1, valueEnd);
		if (name === "user") fields.user = value;
		if (name === "database") fields.database = value;
		if (name === "application_name" && value !== "") fields.application = value;
		at = valueEnd + 1;
	}
	return fields;
}

function nulAt(data: Uint8Array, at: number, end: number): number {
	while (at < end && data[at] !== 0) at++;
	return at;
}
