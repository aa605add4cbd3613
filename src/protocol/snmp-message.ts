/** An SNMP message as far as a request and its answer are told by it (RFC 1157, RFC 3416, RFC 3412, RFC 3414). */
import { berEnd, berNumber, berValue } from "./ber.ts";
import { i32 } from "./bytes.ts";

const Tag = { Integer: 0x02, OctetString: 0x04, ObjectId: 0x06, Sequence: 0x30 } as const;
/** RFC 3416, 3: context tags of the PDUs. */
export const Pdu = { Get: 160, GetNext: 161, Response: 162, Set: 163, GetBulk: 165, Inform: 166, Report: 168 } as const;
/** RFC 3412, 6.4: msgFlags. */
const Flag = { Private: 2, Reportable: 4 } as const;
const VERSION_3 = 3;

/** RFC 3416, 3: error-status, by its number. */
const ERRORS = [
	"noError",
	"tooBig",
	"noSuchName",
	"badValue",
	"readOnly",
	"genErr",
	"noAccess",
	"wrongType",
	"wrongLength",
	"wrongEncoding",
	"wrongValue",
	"noCreation",
	"inconsistentValue",
	"resourceUnavailable",
	"commitFailed",
	"undoFailed",
	"authorizationError",
	"notWritable",
	"inconsistentName",
];
/** 1.3.6.1.6.3.15.1.1: the counters that a version 3 engine reports by their last but one number (RFC 3414, 5). */
const USM_STATS = [0x2b, 6, 1, 6, 3, 15, 1, 1];
const REPORTS: Readonly<Record<number, string>> = {
	1: "unsupportedSecLevels",
	2: "notInTimeWindows",
	3: "unknownUserNames",
	4: "unknownEngineIDs",
	5: "wrongDigests",
	6: "decryptionErrors",
};

export interface SnmpMessage {
	/** Request id, of version 3 the message id; signed 32-bit as unsigned. */
	readonly id: number;
	/** The PDU's tag, {@link Pdu}; 0 where it is encrypted or cut off. */
	readonly pdu: number;
	/** Whether the sender of version 3 wants a report if it fails: then it has asked for something. */
	readonly isReportable: boolean;
	/** Name of the error status of a response; `noError` elsewhere. */
	readonly error: string;
	/** Name of the counter that a report is about; empty elsewhere. */
	readonly report: string;
}

/** @returns undefined for what is none, and where its number is not there. */
export function parseSnmp(data: Uint8Array, start: number, end: number): SnmpMessage | undefined {
	const version = inside(data, start, end, Tag.Sequence);
	const number = inside(data, version, end, Tag.Integer);
	if (number < 0 || number >= end) return undefined;
	const next = berEnd(data, version, end);
	if (data[number] === VERSION_3) return versionThree(data, next, end);
	if (inside(data, next, end, Tag.OctetString) < 0) return undefined;
	return pduMessage(data, berEnd(data, next, end), end);
}

/** Where the value of an element with this tag begins, or -1. */
function inside(data: Uint8Array, at: number, end: number, tag: number): number {
	return at >= 0 && at < end && data[at] === tag ? berValue(data, at, end) : -1;
}

/** Message id, greatest size, flags, security model; the security parameters; then what may be encrypted. */
function versionThree(data: Uint8Array, header: number, end: number): SnmpMessage | undefined {
	const idAt = inside(data, header, end, Tag.Sequence);
	const id = integer(data, idAt, end);
	if (id < 0) return undefined;
	const size = berEnd(data, idAt, end);
	const flagsAt = inside(data, size, end, Tag.Integer) < 0 ? -1 : berEnd(data, size, end);
	const flagsByte = inside(data, flagsAt, end, Tag.OctetString);
	const flags = flagsByte >= 0 && flagsByte < end ? data[flagsByte]! : 0;
	const isReportable = (flags & Flag.Reportable) !== 0;
	const clear = flags & Flag.Private ? undefined : scopedPdu(data, berEnd(data, header, end), end);
	return { id, pdu: clear?.pdu ?? 0, isReportable, error: clear?.error ?? "noError", report: clear?.report ?? "" };
}

/** Behind the security parameters: context engine, context name, PDU. */
function scopedPdu(data: Uint8Array, security: number, end: number): SnmpMessage | undefined {
	if (inside(data, security, end, Tag.OctetString) < 0) return undefined;
	const engine = inside(data, berEnd(data, security, end), end, Tag.Sequence);
	if (inside(data, engine, end, Tag.OctetString) < 0) return undefined;
	const name = berEnd(data, engine, end);
	return inside(data, name, end, Tag.OctetString) < 0 ? undefined : pduMessage(data, berEnd(data, name, end), end);
}

function pduMessage(data: Uint8Array, at: number, end: number): SnmpMessage | undefined {
	if (at < 0 || at >= end) return undefined;
	const pdu = data[at]!;
	const idAt = berValue(data, at, end);
	const id = integer(data, idAt, end);
	if (id < 0) return undefined;
	const statusAt = berEnd(data, idAt, end);
	const status = pdu === Pdu.Response ? integer(data, statusAt, end) : 0;
	const report = pdu === Pdu.Report ? reportName(data, statusAt, end) : "";
	return { id, pdu, isReportable: false, error: ERRORS[Math.max(0, status)] ?? `error ${status}`, report };
}

/** A number of at most four bytes, unsigned; -1 where it is not there. */
function integer(data: Uint8Array, at: number, end: number): number {
	const value = inside(data, at, end, Tag.Integer);
	if (value < 0) return -1;
	const last = berEnd(data, at, end);
	if (last > end) return -1;
	// Encoders put a zero in front of what has its first bit set.
	return last - value === 5 && data[value] === 0 ? i32(data, value + 1) >>> 0 : berNumber(data, value, last);
}

/** What the first variable counts; empty for counters of other models than the user-based one. */
function reportName(data: Uint8Array, at: number, end: number): string {
	for (; end - at > USM_STATS.length + 2; at++) {
		if (data[at] !== Tag.ObjectId) continue;
		const oid = at + 2;
		if (USM_STATS.every((each, i) => data[oid + i] === each)) return REPORTS[data[oid + USM_STATS.length]!] ?? "";
		return "";
	}
	return "";
}
