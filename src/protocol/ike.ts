import { i32, u32 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const HEADER = 28;
const VERSION_1 = 0x10;
const VERSION_2 = 0x20;
const EXCHANGES: Readonly<Record<number, string>> = {
	1: "base",
	2: "main",
	3: "authentication-only",
	4: "aggressive",
	5: "informational",
	6: "transaction",
	32: "quick",
	33: "new-group",
	34: "IKE_SA_INIT",
	35: "IKE_AUTH",
	36: "CREATE_CHILD_SA",
	37: "INFORMATIONAL",
	38: "IKE_SESSION_RESUME",
	43: "IKE_INTERMEDIATE",
	44: "IKE_FOLLOWUP_KE",
};
const FIRST_OF_VERSION_2 = 34;
/** RFC 7296, 3.1: set in what the side sends that began. */
const INITIATOR = 0x08;

/** Behind a NAT, four zero bytes tell IKE from ESP (RFC 3948, 2.2). */
function headerAt(data: Uint8Array, start: number, end: number): number {
	return end - start >= 4 + HEADER && i32(data, start) === 0 ? start + 4 : start;
}

export const ike: Recogniser = {
	protocol: "ike",
	transports: [17],
	strength: "weak",
	ports: [500, 4500],
	source: "RFC 7296, 3.1; RFC 2408, 3.1; RFC 3948",
	recognise(data, start, end) {
		if (end - start < HEADER) return Role.No;
		const at = headerAt(data, start, end);
		const version = data[at + 17]! & 0xf0;
		const exchange = data[at + 18]!;
		if ((version !== VERSION_1 && version !== VERSION_2) || EXCHANGES[exchange] === undefined) return Role.No;
		if ((version === VERSION_2) !== exchange >= FIRST_OF_VERSION_2 || i32(data, at) === 0) return Role.No;
		const length = u32(data, at + 24);
		if (length < HEADER || length > 65_535) return Role.No;
		if (version === VERSION_2) return data[at + 19]! & INITIATOR ? Role.Client : Role.Server;
		// Version 1's first message has no responder's cookie yet.
		return i32(data, at + 8) === 0 && i32(data, at + 12) === 0 ? Role.Client : Role.Either;
	},
	describe(data, start, end) {
		const at = headerAt(data, start, end);
		if (end - at < HEADER) return {};
		const version = data[at + 17]!;
		const fields: Fields = { version: `${version >>> 4}.${version & 15}` };
		const exchange = EXCHANGES[data[at + 18]!];
		if (exchange !== undefined) fields.exchange = exchange;
		if (at > start) fields.natTraversal = true;
		return fields;
	},
};
