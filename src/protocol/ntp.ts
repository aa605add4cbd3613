import { textOf, u16 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const HEADER = 48;
const REFERENCE_ID = 12;
/** 16 stands for a clock that is not synchronised. */
const MAX_STRATUM = 16;
const CONTROL_HEADER = 12;
const MAX_CONTROL_DATA = 1024;
/** RFC 9327, 2: the last of its operations, save 31 (unset trap). */
const LAST_OPERATION = 12;
const UNSET_TRAP = 31;
/** Numbers of the one implementation that has private messages: universal, old, and xntpd (ntp_request.h). */
const IMPLEMENTATIONS: readonly number[] = [0, 2, 3];
/** RFC 5905, 7.3; 6 and 7 are control and private messages. */
export const NtpMode = {
	SymmetricActive: 1,
	SymmetricPassive: 2,
	Client: 3,
	Server: 4,
	Broadcast: 5,
	Control: 6,
	Private: 7,
} as const;
const MODES = ["", "symmetric-active", "symmetric-passive", "client", "server", "broadcast", "control", "private"];
/** The bit that marks an answer: in mode 6 of the second byte (RFC 9327, 2), in mode 7 of the first. */
const RESPONSE = 0x80;

function versionOf(first: number): number {
	return (first >>> 3) & 7;
}

export const ntp: Recogniser = {
	protocol: "ntp",
	transports: [17],
	strength: "weak",
	ports: [123],
	source: "RFC 5905, 7.3; RFC 4330; RFC 9327",
	recognise(data, start, end) {
		const length = end - start;
		if (length < 8) return Role.No;
		const first = data[start]!;
		const version = versionOf(first);
		const mode = first & 7;
		if (version < 1 || version > 4) return Role.No;
		if (mode === NtpMode.Control) return controlRole(data, start, end);
		if (mode === NtpMode.Private) {
			if (!IMPLEMENTATIONS.includes(data[start + 2]!)) return Role.No;
			return first & RESPONSE ? Role.Server : Role.Client;
		}
		// Mode 0 is version 1's only mode (RFC 1059): there the port alone tells who serves.
		if (length < HEADER || data[start + 1]! > MAX_STRATUM || (mode === 0 && version !== 1)) return Role.No;
		if (mode === NtpMode.Client) return Role.Client;
		return mode === NtpMode.Server ? Role.Server : Role.Either;
	},
	describe(data, start, end) {
		if (end - start < HEADER) return {};
		const first = data[start]!;
		const mode = first & 7;
		const fields: Fields = { version: versionOf(first) };
		if (MODES[mode]) fields.mode = MODES[mode];
		if (mode === NtpMode.Control || mode === NtpMode.Private) return fields;
		const stratum = data[start + 1]!;
		fields.stratum = stratum;
		if (mode === NtpMode.Server || mode === NtpMode.Broadcast)
			putReference(fields, stratum, data, start + REFERENCE_ID);
		return fields;
	},
};

/** A control message: its operation and the count of its data are small. */
function controlRole(data: Uint8Array, start: number, end: number): Role {
	if (end - start < CONTROL_HEADER || u16(data, start + 10) > MAX_CONTROL_DATA) return Role.No;
	const operation = data[start + 1]! & 31;
	if (operation > LAST_OPERATION && operation !== UNSET_TRAP) return Role.No;
	return data[start + 1]! & RESPONSE ? Role.Server : Role.Client;
}

/** Stratum 0: a kiss code; 1: the name of a clock; beyond: the address of the server that it follows (RFC 5905, 7.3 and 7.4). */
function putReference(fields: Fields, stratum: number, data: Uint8Array, at: number): void {
	if (stratum > 1) {
		fields.refid = `${data[at]}.${data[at + 1]}.${data[at + 2]}.${data[at + 3]}`;
		return;
	}
	const text = textOf(data, at, at + 4).replace(/\0+$/, "");
	if (/^[\x20-\x7e]{1,4}$/.test(text)) fields[stratum === 0 ? "kiss" : "refid"] = text;
}

/** Kiss codes that say that the server has no time yet, not that it refuses (RFC 5905, 7.4). */
const NO_TIME_YET: ReadonlySet<string> = new Set(["INIT", "STEP"]);
const UNSYNCHRONISED = 16;
const ALARM = 3;

/** Mode of a time message; 0 where there is no whole one. */
export function ntpMode(data: Uint8Array, start: number, end: number): number {
	return end - start < HEADER ? 0 : data[start]! & 7;
}

/** What a server's answer says of its own time. `why` is a kiss code, or what shows that its clock has no source. */
export function ntpAnswer(
	data: Uint8Array,
	start: number,
): { readonly isSynchronised: boolean; readonly isRefusal: boolean; readonly why: string } {
	const stratum = data[start + 1]!;
	const code = stratum === 0 ? textOf(data, start + REFERENCE_ID, start + REFERENCE_ID + 4).replace(/\0+$/, "") : "";
	if (/^[A-Z]{4}$/.test(code))
		return { isSynchronised: false, isRefusal: !NO_TIME_YET.has(code), why: `kiss code ${code}` };
	const isAlarm = data[start]! >>> 6 === ALARM;
	const isWithoutSource = stratum === 0 || stratum === UNSYNCHRONISED;
	const why = `${isAlarm ? "leap 3, " : ""}stratum ${stratum}`;
	return { isSynchronised: !isAlarm && !isWithoutSource, isRefusal: false, why };
}
