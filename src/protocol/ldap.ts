import { berEnd, berNumber, berValue } from "./ber.ts";
import { find, textOf } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const Tag = { Integer: 0x02, OctetString: 0x04, Enumerated: 0x0a, Sequence: 0x30, Simple: 0x80, Sasl: 0xa3 } as const;
const Operation = { Bind: 0x60, Unbind: 0x42, Search: 0x63, Extended: 0x77 } as const;
/** RFC 4511, 4.2 to 4.14: application tags that clients send, and those that servers send. */
const REQUESTS: Readonly<Record<number, string>> = {
	96: "bind",
	66: "unbind",
	99: "search",
	102: "modify",
	104: "add",
	74: "delete",
	108: "rename",
	110: "compare",
	80: "abandon",
	119: "extended",
};
const RESPONSES: Readonly<Record<number, string>> = {
	97: "bind",
	100: "entry",
	101: "search",
	103: "modify",
	105: "add",
	107: "delete",
	109: "rename",
	111: "compare",
	115: "referral",
	120: "extended",
	121: "intermediate",
};
const START_TLS = "1.3.6.1.4.1.1466.20037";

/** Where the operation's tag is: behind the sequence's header and the message id. -1 for anything else. */
function operationAt(data: Uint8Array, start: number, end: number): number {
	if (end - start < 7 || data[start] !== Tag.Sequence) return -1;
	const id = berValue(data, start, end);
	if (id < 0 || end - id < 4 || data[id] !== Tag.Integer || data[id + 1]! < 1 || data[id + 1]! > 4) return -1;
	const operation = id + 2 + data[id + 1]!;
	return operation + 1 >= end || data[id + 2]! & 0x80 ? -1 : operation;
}

/** Message id and operation's tag, and what the result of a bind says; `result` is -1 elsewhere. */
export interface LdapMessage {
	readonly id: number;
	readonly operation: number;
	readonly result: number;
	/** The server's own words, such as Active Directory's sub-code. */
	readonly diagnostic: string;
}

const BIND_RESPONSE = 97;
const NO_RESULT = { result: -1, diagnostic: "" };
/** RFC 4511, appendix A.1: results that a bind may have. */
const RESULTS: Readonly<Record<number, string>> = {
	1: "operationsError",
	2: "protocolError",
	7: "authMethodNotSupported",
	8: "strongerAuthRequired",
	10: "referral",
	13: "confidentialityRequired",
	32: "noSuchObject",
	34: "invalidDNSyntax",
	48: "inappropriateAuthentication",
	49: "invalidCredentials",
	50: "insufficientAccessRights",
	51: "busy",
	52: "unavailable",
	53: "unwillingToPerform",
	80: "other",
};

export function ldapMessage(data: Uint8Array, start: number, end: number): LdapMessage | undefined {
	const at = operationAt(data, start, end);
	if (at < 0) return undefined;
	const id = berValue(data, start, end);
	const operation = data[at]!;
	const result = operation === BIND_RESPONSE ? bindResult(data, berValue(data, at, end), end) : NO_RESULT;
	return { id: berNumber(data, id + 2, id + 2 + data[id + 1]!), operation, ...result };
}

/** `49 invalidCredentials`. */
export function ldapResultName(result: number): string {
	const name = RESULTS[result];
	return name ? `${result} ${name}` : String(result);
}

/** Result code, matched name, diagnostic message (RFC 4511, 4.1.9). */
function bindResult(data: Uint8Array, value: number, end: number): { result: number; diagnostic: string } {
	const { result } = value < 0 ? {} : resultFields(data, value, end);
	if (typeof result !== "number") return NO_RESULT;
	const words = berEnd(data, value + 3, end);
	const text = words < 0 || words >= end || data[words] !== Tag.OctetString ? -1 : berValue(data, words, end);
	const diagnostic = text < 0 ? "" : textOf(data, text, Math.min(end, berEnd(data, words, end)));
	return { result, diagnostic };
}

/** A sequence of a message id and one operation; connectionless LDAP (Active Directory's ping) is the same over UDP. */
export const ldap: Recogniser = {
	protocol: "ldap",
	transports: [6, 17],
	strength: "strong",
	ports: [389, 3268],
	firstBytes: [Tag.Sequence],
	source: "RFC 4511, 4.1.1 and 5.1; MS-ADTS, 6.3.3",
	startsTls: true,
	recognise(data, start, end) {
		if (start >= end || data[start] !== Tag.Sequence) return Role.No;
		const operation = operationAt(data, start, end);
		if (operation < 0) return Role.No;
		const tag = data[operation]!;
		if (tag === Operation.Unbind) return data[operation + 1] === 0 ? Role.Client : Role.No;
		if (berValue(data, operation, end) < 0) return Role.No;
		if (RESPONSES[tag] !== undefined) return Role.Server;
		return REQUESTS[tag] === undefined ? Role.No : Role.Client;
	},
	describe(data, start, end) {
		const at = operationAt(data, start, end);
		if (at < 0) return {};
		const tag = data[at]!;
		const value = berValue(data, at, end);
		if (value < 0) return {};
		const request = REQUESTS[tag];
		if (request === undefined) return resultFields(data, value, end);
		if (tag === Operation.Bind) return { operation: request, ...bindFields(data, value, end) };
		if (tag === Operation.Search) return { operation: request, ...baseField(data, value, end) };
		const asksTls = tag === Operation.Extended && find(data, value, Math.min(end, value + 64), START_TLS) >= 0;
		return asksTls ? { operation: request, tlsAsked: true } : { operation: request };
	},
	messageLength(data, start, end) {
		const last = berEnd(data, start, end);
		return last < 0 ? 0 : last - start;
	},
	/** A search may follow a bind, TLS an extended request. */
	leadsOn(data, start, end) {
		const at = operationAt(data, start, end);
		if (at < 0) return false;
		return data[at] === Operation.Bind || data[at] === Operation.Extended || data[at] === 97 || data[at] === 120;
	},
};

/** Version, name, and how the name is proved. The name is left out: it is a person's as a rule. */
function bindFields(data: Uint8Array, value: number, end: number): Fields {
	if (end - value < 3 || data[value] !== Tag.Integer) return {};
	const name = berEnd(data, value, end);
	const proof = name < 0 || name >= end || data[name] !== Tag.OctetString ? -1 : berEnd(data, name, end);
	if (proof < 0 || end - proof < 2) return {};
	if (data[proof] === Tag.Sasl) return { auth: "sasl" };
	if (data[proof] !== Tag.Simple) return {};
	return { auth: data[proof + 1] === 0 ? "anonymous" : "simple" };
}

function baseField(data: Uint8Array, value: number, end: number): Fields {
	if (end - value < 2 || data[value] !== Tag.OctetString) return {};
	const text = berValue(data, value, end);
	const last = berEnd(data, value, end);
	return text < 0 || last <= text ? {} : { base: textOf(data, text, Math.min(end, last)) };
}

function resultFields(data: Uint8Array, value: number, end: number): Fields {
	if (end - value < 3 || data[value] !== Tag.Enumerated || data[value + 1] !== 1) return {};
	return { result: berNumber(data, value + 2, value + 3) };
}
