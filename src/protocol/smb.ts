import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 4; // NetBIOS session service: type and length
const SESSION_REQUEST = 0x81;
/** Called and calling name, each 32 characters with a length and an end. */
const SESSION_REQUEST_LENGTH = 68;

function lengthOf(data: Uint8Array, start: number): number {
	return ((data[start + 1]! & 1) << 16) | (data[start + 2]! << 8) | data[start + 3]!;
}

export const smb: Recogniser = {
	protocol: "smb",
	transports: [6],
	strength: "strong",
	ports: [445, 139],
	firstBytes: [0, SESSION_REQUEST],
	source: "MS-SMB2, 2.1; RFC 1002, 4.3",
	recognise(data, start, end) {
		if (end - start < HEADER) return Role.No;
		const at = start + HEADER;
		if (data[start] === SESSION_REQUEST) {
			const isRequest = lengthOf(data, start) === SESSION_REQUEST_LENGTH && end - at >= 1 && data[at] === 32;
			return isRequest ? Role.Client : Role.No;
		}
		if (data[start] !== 0 || end - at < 32) return Role.No;
		const version = data[at]!;
		if (data[at + 1] !== 0x53 || data[at + 2] !== 0x4d || data[at + 3] !== 0x42) return Role.No;
		if (version === 0xff) return data[at + 9]! & 0x80 ? Role.Server : Role.Client;
		if (version === 0xfe) return data[at + 16]! & 1 ? Role.Server : Role.Client;
		return version === 0xfd || version === 0xfc ? Role.Either : Role.No;
	},
	describe(data, start) {
		const version = data[start + HEADER];
		return version === 0xff ? { version: "1" } : version === 0xfe ? { version: "2" } : {};
	},
	messageLength(data, start, end) {
		return end - start < HEADER
			? 0
			: HEADER + (data[start] === 0 ? (data[start + 1]! << 16) | lengthOf(data, start) : lengthOf(data, start));
	},
};
