import { type Recogniser, Role } from "./recogniser.ts";

const Tag = { Integer: 0x02, OctetString: 0x04, Sequence: 0x30 } as const;
/** RFC 3416, 3: context tags of the PDUs. */
const PDUS: Readonly<Record<number, readonly [string, Role]>> = {
	160: ["get", Role.Client],
	161: ["get-next", Role.Client],
	162: ["response", Role.Server],
	163: ["set", Role.Client],
	164: ["trap", Role.Client],
	165: ["get-bulk", Role.Client],
	166: ["inform", Role.Client],
	167: ["trap", Role.Client],
	168: ["report", Role.Server],
};
const VERSIONS: Readonly<Record<number, string>> = { 0: "1", 1: "2c", 3: "3" };

/** Where the value of a BER element with this tag begins, or -1. */
function value(data: Uint8Array, at: number, end: number, tag: number): number {
	if (end - at < 2 || data[at] !== tag) return -1;
	const length = data[at + 1]!;
	const start = length < 0x80 ? at + 2 : at + 2 + (length & 0x7f);
	return length === 0x80 || ((length & 0x7f) > 4 && length > 0x80) || start > end ? -1 : start;
}

function shortLength(data: Uint8Array, at: number): number {
	return data[at + 1]! < 0x80 ? data[at + 1]! : -1;
}

/** Where the version's one byte is, or -1. */
function versionAt(data: Uint8Array, start: number, end: number): number {
	const body = value(data, start, end, Tag.Sequence);
	if (body < 0) return -1;
	const version = value(data, body, end, Tag.Integer);
	return version < 0 || version >= end || shortLength(data, body) !== 1 || VERSIONS[data[version]!] === undefined
		? -1
		: version;
}

/** Where the PDU's tag is in version 1 and 2c messages, whose community comes before it; -1 elsewhere. */
function pduAt(data: Uint8Array, version: number, end: number): number {
	const community = value(data, version + 1, end, Tag.OctetString);
	if (community < 0 || shortLength(data, version + 1) < 0) return -1;
	const at = community + shortLength(data, version + 1);
	return at < end ? at : -1;
}

export const snmp: Recogniser = {
	protocol: "snmp",
	transports: [17],
	strength: "strong",
	ports: [161, 162, 10162],
	source: "RFC 1157, RFC 3416, RFC 3412",
	recognise(data, start, end) {
		const version = versionAt(data, start, end);
		if (version < 0) return Role.No;
		// Version 3 goes on with its header data; who asks is encrypted as a rule.
		if (data[version] === 3) return value(data, version + 1, end, Tag.Sequence) < 0 ? Role.No : Role.Either;
		const pdu = pduAt(data, version, end);
		return pdu < 0 ? Role.No : (PDUS[data[pdu]!]?.[1] ?? Role.No);
	},
	describe(data, start, end) {
		const version = versionAt(data, start, end);
		const pdu = data[version] === 3 ? -1 : pduAt(data, version, end);
		return { version: VERSIONS[data[version]!] ?? "", ...(pdu < 0 ? {} : { pdu: PDUS[data[pdu]!]?.[0] ?? "" }) };
	},
};
