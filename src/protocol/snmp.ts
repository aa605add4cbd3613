import { berEnd, berNumber, berValue } from "./ber.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

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
/** RFC 3412, 6.4: msgFlags. */
const Flag = { Authenticated: 1, Private: 2, Reportable: 4 } as const;
const LEVELS = ["noAuthNoPriv", "authNoPriv", "?", "authPriv"];

/** Where the value of an element with this tag begins, or -1. */
function value(data: Uint8Array, at: number, end: number, tag: number): number {
	return at >= 0 && at < end && data[at] === tag ? berValue(data, at, end) : -1;
}

/** Where the version's one byte is, or -1. */
function versionAt(data: Uint8Array, start: number, end: number): number {
	const body = value(data, start, end, Tag.Sequence);
	const version = value(data, body, end, Tag.Integer);
	return version < 0 || version >= end || data[body + 1] !== 1 || VERSIONS[data[version]!] === undefined ? -1 : version;
}

/** Where the PDU's tag is in version 1 and 2c messages, whose community comes before it; -1 elsewhere. */
function pduAt(data: Uint8Array, version: number, end: number): number {
	if (value(data, version + 1, end, Tag.OctetString) < 0) return -1;
	const at = berEnd(data, version + 1, end);
	return at < end ? at : -1;
}

/** Where the byte of msgFlags is in a version 3 message; -1 elsewhere. */
function flagsAt(data: Uint8Array, version: number, end: number): number {
	const header = value(data, version + 1, end, Tag.Sequence);
	if (value(data, header, end, Tag.Integer) < 0) return -1;
	const maxSize = berEnd(data, header, end);
	if (value(data, maxSize, end, Tag.Integer) < 0) return -1;
	const flags = berEnd(data, maxSize, end);
	const at = value(data, flags, end, Tag.OctetString);
	return at < 0 || at >= end || data[flags + 1] !== 1 ? -1 : at;
}

export const snmp: Recogniser = {
	protocol: "snmp",
	transports: [17],
	strength: "strong",
	ports: [161, 162, 10162],
	firstBytes: [Tag.Sequence],
	source: "RFC 1157, RFC 3416, RFC 3412",
	recognise(data, start, end) {
		if (start >= end || data[start] !== Tag.Sequence) return Role.No;
		const version = versionAt(data, start, end);
		if (version < 0) return Role.No;
		if (data[version] === 3) {
			const flags = flagsAt(data, version, end);
			// Who wants a report if it fails has asked for something (RFC 3412, 6.4).
			return flags < 0 ? Role.No : data[flags]! & Flag.Reportable ? Role.Client : Role.Either;
		}
		const pdu = pduAt(data, version, end);
		return pdu < 0 ? Role.No : (PDUS[data[pdu]!]?.[1] ?? Role.No);
	},
	/** The community is a password: only its length is told. */
	describe(data, start, end) {
		const version = versionAt(data, start, end);
		if (version < 0) return {};
		const fields: Fields = { version: VERSIONS[data[version]!]! };
		if (data[version] === 3) {
			const flags = flagsAt(data, version, end);
			if (flags >= 0) fields.security = LEVELS[data[flags]! & (Flag.Authenticated | Flag.Private)]!;
			return fields;
		}
		const pdu = pduAt(data, version, end);
		if (pdu < 0) return fields;
		fields.pdu = PDUS[data[pdu]!]?.[0] ?? "";
		fields.communityLength = pdu - berValue(data, version + 1, end);
		if (data[pdu] === 162) putErrorStatus(fields, data, pdu, end);
		return fields;
	},
};

/** Request id, then error status (RFC 3416, 3): a number above 0 tells why a request failed. */
function putErrorStatus(fields: Fields, data: Uint8Array, pdu: number, end: number): void {
	const id = berValue(data, pdu, end);
	if (value(data, id, end, Tag.Integer) < 0) return;
	const status = berEnd(data, id, end);
	const from = value(data, status, end, Tag.Integer);
	const to = from < 0 ? -1 : berEnd(data, status, end);
	if (from < 0 || to > end) return;
	const error = berNumber(data, from, to);
	if (error > 0) fields.error = error;
}
