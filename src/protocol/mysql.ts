import { textOf } from "./bytes.ts";
import { isDigit } from "./lines.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 4;
const PROTOCOL_10 = 10;
const MAX_GREETING = 512;
const MAX_VERSION = 64;

function lengthOf(data: Uint8Array, start: number): number {
	return data[start]! | (data[start + 1]! << 8) | (data[start + 2]! << 16);
}

/** End of the server's version, or -1: digits and dots first, printable to its NUL. */
function versionEnd(data: Uint8Array, at: number, end: number): number {
	const limit = Math.min(end, at + MAX_VERSION);
	if (at >= limit || !isDigit(data[at]!)) return -1;
	let next = at;
	while (next < limit && data[next]! >= 0x20 && data[next]! < 0x7f) next++;
	return next < limit && data[next] === 0 && next - at >= 3 ? next : -1;
}

/** MySQL's and MariaDB's server greets; known so that it is not taken for anything else. */
export const mysql: Recogniser = {
	protocol: "mysql",
	transports: [6],
	strength: "strong",
	ports: [3306],
	source: "MySQL source documentation, Protocol::HandshakeV10",
	startsTls: true,
	recognise(data, start, end) {
		if (end - start < 12 || data[start + 3] !== 0 || data[start + HEADER] !== PROTOCOL_10) return Role.No;
		const length = lengthOf(data, start);
		if (length < 20 || length > MAX_GREETING) return Role.No;
		return versionEnd(data, start + HEADER + 1, end) < 0 ? Role.No : Role.Server;
	},
	describe(data, start, end) {
		const at = start + HEADER + 1;
		return { version: textOf(data, at, versionEnd(data, at, end)) };
	},
	messageLength(data, start, end) {
		return end - start < HEADER ? 0 : HEADER + lengthOf(data, start);
	},
};
