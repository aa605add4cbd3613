import { bytesFrom, lineEnd, startsWith, textOf } from "./bytes.ts";
import { afterSpaces, isDigit, lineLength, wordEnd } from "./lines.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const MAX_PRIORITY = 191;
const MONTHS = ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];
/** RFC 5424, 6.2.1, and the date of RFC 3164, 4.1.2: `Mmm dd hh:mm:ss `. */
const SEVERITIES = ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];
const BSD_DATE = 16;
const MAX_COUNT_DIGITS = 6;
const PROGRAM = /^([^:[\]]+)(?:\[\d+\])?:$/;

/** End of `<PRI>`, or -1. */
function priorityEnd(data: Uint8Array, start: number, end: number): number {
	if (start >= end || data[start] !== 0x3c) return -1;
	let priority = 0;
	let at = start + 1;
	while (at < end && at - start <= 3 && isDigit(data[at]!)) priority = priority * 10 + data[at++]! - 0x30;
	return at > start + 1 && at < end && data[at] === 0x3e && priority <= MAX_PRIORITY ? at + 1 : -1;
}

function hasDate(data: Uint8Array, at: number, end: number): boolean {
	return MONTHS.some((month) => startsWith(data, at, end, month));
}

/** A message of RFC 5424 (version 1) or RFC 3164 (a date). */
function isMessage(data: Uint8Array, start: number, end: number): boolean {
	const at = priorityEnd(data, start, end);
	return at >= 0 && (startsWith(data, at, end, "1 ") || hasDate(data, at, end));
}

/** Over TCP a message may have its length in front (octet counting, RFC 6587, 3.4.1). */
function messageStart(data: Uint8Array, start: number, end: number): number {
	let at = start;
	while (at < end && at - start < MAX_COUNT_DIGITS && isDigit(data[at]!)) at++;
	return at > start && at < end && data[at] === 0x20 ? at + 1 : start;
}

function describe(data: Uint8Array, start: number, end: number): Fields {
	const at = messageStart(data, start, end);
	const header = priorityEnd(data, at, end);
	if (header < 0) return {};
	const priority = Number(textOf(data, at + 1, header - 1));
	const fields: Fields = { priority, facility: priority >>> 3, severity: SEVERITIES[priority & 7]! };
	const line = lineEnd(data, header, end);
	if (startsWith(data, header, end, "1 ")) {
		const host = wordEnd(data, header + 2, line) + 1;
		putWord(fields, "host", data, host, line);
		putWord(fields, "program", data, wordEnd(data, host, line) + 1, line);
	} else if (hasDate(data, header, end)) {
		putWord(fields, "host", data, header + BSD_DATE, line);
		// Local messages lack the host: then the program stands there, with a colon behind it.
		const program = PROGRAM.exec(String(fields.host))?.[1];
		if (program !== undefined) {
			delete fields.host;
			fields.program = program;
		}
	}
	return fields;
}

function putWord(fields: Fields, name: string, data: Uint8Array, at: number, end: number): void {
	const from = afterSpaces(data, at, end);
	const to = wordEnd(data, from, end);
	const text = from < to ? textOf(data, from, to) : "-";
	if (text !== "-") fields[name] = text;
}

/** A counted message says its length, another ends with its line. */
function messageLength(data: Uint8Array, start: number, end: number): number {
	const at = messageStart(data, start, end);
	return at === start ? lineLength(data, start, end) : at - start + Number(textOf(data, start, at - 1));
}

export const syslog: Recogniser = {
	protocol: "syslog",
	transports: [17, 6],
	strength: "strong",
	ports: [514, 6514],
	firstBytes: bytesFrom(0x30, 0x3c),
	source: "RFC 5424, RFC 3164, RFC 6587",
	recognise(data, start, end) {
		// `<`, or the digits of a count
		if (end - start < 5 || data[start]! < 0x30 || data[start]! > 0x3c) return Role.No;
		return isMessage(data, messageStart(data, start, end), end) ? Role.Client : Role.No;
	},
	describe,
	messageLength,
};

/** Many senders leave the date out: on its port, the priority is enough. */
export const syslogBare: Recogniser = {
	protocol: "syslog",
	transports: [17, 6],
	strength: "weak",
	ports: [514],
	source: "RFC 3164, 4.3",
	recognise(data, start, end) {
		return priorityEnd(data, messageStart(data, start, end), end) >= 0 ? Role.Client : Role.No;
	},
	describe,
	messageLength,
};
