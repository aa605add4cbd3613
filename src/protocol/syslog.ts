import { startsWith, textOf } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const MAX_PRIORITY = 191;
const MONTHS = ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];

/** End of `<PRI>`, or -1. */
function priorityEnd(data: Uint8Array, start: number, end: number): number {
	if (data[start] !== 0x3c) return -1;
	let priority = 0;
	let at = start + 1;
	while (at < end && at - start <= 3 && isDigit(data[at]!)) priority = priority * 10 + data[at++]! - 0x30;
	return at > start + 1 && at < end && data[at] === 0x3e && priority <= MAX_PRIORITY ? at + 1 : -1;
}

/** A message of RFC 5424 (version 1) or RFC 3164 (a date). */
function isMessage(data: Uint8Array, start: number, end: number): boolean {
	const at = priorityEnd(data, start, end);
	if (at < 0) return false;
	return startsWith(data, at, end, "1 ") || MONTHS.some((month) => startsWith(data, at, end, month));
}

/** Over TCP a message may have its length in front (octet counting, RFC 6587, 3.4.1). */
function messageStart(data: Uint8Array, start: number, end: number): number {
	let at = start;
	while (at < end && at - start < 6 && isDigit(data[at]!)) at++;
	return at > start && data[at] === 0x20 ? at + 1 : start;
}

export const syslog: Recogniser = {
	protocol: "syslog",
	transports: [17, 6],
	strength: "strong",
	ports: [514, 6514],
	source: "RFC 5424, RFC 3164, RFC 6587",
	recognise(data, start, end) {
		return isMessage(data, messageStart(data, start, end), end) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		const at = messageStart(data, start, end);
		return { priority: Number(textOf(data, at + 1, priorityEnd(data, at, end) - 1)) };
	},
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
};

function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}
