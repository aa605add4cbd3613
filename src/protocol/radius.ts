import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 20;
const MAX_LENGTH = 4096;
/** Whole attributes that a message which the snaplen cuts must have. */
const ENOUGH_ATTRIBUTES = 2;
const REQUESTS: Readonly<Record<number, string>> = {
	1: "access-request",
	4: "accounting-request",
	12: "status-server",
	40: "disconnect-request",
	43: "coa-request",
};
const RESPONSES: Readonly<Record<number, string>> = {
	2: "access-accept",
	3: "access-reject",
	5: "accounting-response",
	11: "access-challenge",
	13: "status-client",
	41: "disconnect-ack",
	42: "disconnect-nak",
	44: "coa-ack",
	45: "coa-nak",
};

/** Whether attributes fill the message, as far as it is there: type, length, value (RFC 2865, 5). */
function hasAttributes(data: Uint8Array, at: number, last: number, end: number): boolean {
	const there = Math.min(last, end);
	let whole = 0;
	while (there - at >= 2 && data[at + 1]! >= 2) {
		at += data[at + 1]!;
		if (at <= there) whole++;
	}
	return at === last || (last > end && at >= there - 1 && whole >= ENOUGH_ATTRIBUTES);
}

/** Name of a code that asks; undefined for answers. */
export function radiusRequest(code: number): string | undefined {
	return REQUESTS[code];
}

export const radius: Recogniser = {
	protocol: "radius",
	transports: [17],
	strength: "weak",
	ports: [1812, 1813, 1645, 1646, 3799],
	source: "RFC 2865, 3; RFC 5176",
	recognise(data, start, end) {
		if (end - start < HEADER) return Role.No;
		const length = u16(data, start + 2);
		if (length < HEADER || length > MAX_LENGTH || !hasAttributes(data, start + HEADER, start + length, end))
			return Role.No;
		if (REQUESTS[data[start]!] !== undefined) return Role.Client;
		return RESPONSES[data[start]!] === undefined ? Role.No : Role.Server;
	},
	describe(data, start) {
		const code = data[start]!;
		return { code: REQUESTS[code] ?? RESPONSES[code] ?? String(code) };
	},
};
