import { type Recogniser, Role } from "./recogniser.ts";

/** RFC 4511, 4.2 to 4.14: application tags that clients send, and those that servers send. */
const REQUESTS: readonly number[] = [0x60, 0x42, 0x63, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50, 0x77];
const RESPONSES: readonly number[] = [0x61, 0x64, 0x65, 0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x73, 0x78, 0x79];

/** Start of a BER element's value, or -1 where the length is malformed or cut off. */
function valueAt(data: Uint8Array, at: number, end: number): number {
	if (end - at < 2) return -1;
	const length = data[at + 1]!;
	if (length < 0x80) return at + 2;
	return length === 0x80 || length > 0x84 ? -1 : at + 2 + (length & 0x7f);
}

/** A sequence of a message id and one operation. */
export const ldap: Recogniser = {
	protocol: "ldap",
	transports: [6, 17],
	strength: "strong",
	ports: [389, 3268],
	source: "RFC 4511, 4.1.1",
	recognise(data, start, end) {
		if (data[start] !== 0x30 || end - start < 7) return Role.No;
		const id = valueAt(data, start, end);
		if (id < 0 || end - id < 4 || data[id] !== 2 || data[id + 1]! < 1 || data[id + 1]! > 4) return Role.No;
		const operation = id + 2 + data[id + 1]!;
		if (operation + 1 >= end || data[id + 2]! & 0x80) return Role.No;
		if (RESPONSES.includes(data[operation]!)) return valueAt(data, operation, end) < 0 ? Role.No : Role.Server;
		return REQUESTS.includes(data[operation]!) && (data[operation] === 0x42 || valueAt(data, operation, end) >= 0)
			? Role.Client
			: Role.No;
	},
};
