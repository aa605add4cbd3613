/**
 * DTLS (RFC 6347, RFC 9147), of web clients' media above all. A datagram is one message: its records, and in them the
 * handshake messages in clear, each as far as its first fragment goes. What DTLS 1.3 encrypts has another header.
 */
import { u16 } from "../bytes.ts";
import { type Fields, type Recogniser, Role } from "../recogniser.ts";
import { describeMessages, type Message, senderOf } from "./handshake.ts";
import { alertName, Handshake, sideName } from "./names.ts";
import { Content } from "./record.ts";
import { isBeforeTls13 } from "./server-hello.ts";

const RECORD_HEADER = 13;
const HANDSHAKE_HEADER = 12;
const MAX_RECORD = (1 << 14) + 2048;
/** More than a datagram of handshake messages holds: a bound for bytes that only look like them. */
const MAX_MESSAGES = 16;

/** What a side says last in clear. */
const ENDS = [Handshake.NewSessionTicket, Handshake.ClientKeyExchange, Handshake.CertificateVerify] as const;

export const dtls: Recogniser = {
	protocol: "dtls",
	transports: [17],
	strength: "strong",
	ports: [],
	source: "RFC 6347, 4.1; RFC 9147",
	recognise(data, start, end) {
		if (!isRecord(data, start, end)) return Role.No;
		const next = recordEnd(data, start);
		const isHello = isInClear(data, start) && isMessage(data, start + RECORD_HEADER, end, next);
		if (next > end && !isHello) return Role.No;
		if (next < end && !looksLikeRecord(data[next]!)) return Role.No;
		return isHello ? senderOf(data[start + RECORD_HEADER]!) : Role.Either;
	},
	describe,
	/** As of TLS: until the handshake is no longer in clear. */
	leadsOn(data, start, end) {
		const last = messagesOf(data, start, end).at(-1);
		if (!last) return false;
		if (last.type === Handshake.ServerHello) return isBeforeTls13(last.data, last.start, last.end);
		return !(ENDS as readonly number[]).includes(last.type);
	},
};

/** @param sender who sends it, where that is known; it tells a client's certificate and alert from a server's */
function describe(data: Uint8Array, start: number, end: number, sender: Role = Role.Either): Fields {
	if (!isRecord(data, start, end)) return {};
	if (data[start] !== Content.Alert) return describeMessages(messagesOf(data, start, end), "d", sender);
	const alert = alertAt(data, start, end);
	return alert ? { alert: alert + sideName(sender) } : {};
}

/** Name of an alert in clear, which an encrypted one is longer than; undefined for anything else. */
function alertAt(data: Uint8Array, start: number, end: number): string | undefined {
	const body = start + RECORD_HEADER;
	if (recordEnd(data, start) !== body + 2 || end - body < 2) return undefined;
	return alertName(data[body]!, data[body + 1]!);
}

/** An alert in clear that a datagram begins with: its name without its level. */
export function dtlsAlert(
	data: Uint8Array,
	start: number,
	end: number,
): { name: string; isFatal: boolean } | undefined {
	if (!isRecord(data, start, end) || data[start] !== Content.Alert) return undefined;
	const [level, name] = alertAt(data, start, end)?.split(" ") ?? [];
	return name === undefined ? undefined : { name, isFatal: level === "fatal" };
}

/** Whether a record of a known type and version begins at `at`; it may be cut. */
function isRecord(data: Uint8Array, at: number, end: number): boolean {
	if (end - at < RECORD_HEADER) return false;
	const type = data[at]!;
	const version = u16(data, at + 1);
	const length = u16(data, at + 11);
	return (
		type >= Content.ChangeCipherSpec &&
		type <= Content.ApplicationData &&
		(version === 0xfeff || version === 0xfefd || version === 0x0100) &&
		length > 0 &&
		length <= MAX_RECORD
	);
}

/** The first byte of a record of any version: a type, or the header of what DTLS 1.3 encrypts (RFC 9147, 4). */
function looksLikeRecord(first: number): boolean {
	return (first >= Content.ChangeCipherSpec && first <= 26) || first >>> 5 === 1;
}

function recordEnd(data: Uint8Array, at: number): number {
	return at + RECORD_HEADER + u16(data, at + 11);
}

/** Handshake records of epoch 0 are. */
function isInClear(data: Uint8Array, at: number): boolean {
	return data[at] === Content.Handshake && u16(data, at + 3) === 0;
}

/** Type, length, sequence number, where the fragment begins, its length: the fragment lies in the message and the record. */
function isMessage(data: Uint8Array, at: number, end: number, recordEnd: number): boolean {
	if (end - at < HANDSHAKE_HEADER) return false;
	const fragment = u24(data, at + 9);
	return u24(data, at + 6) + fragment <= u24(data, at + 1) && at + HANDSHAKE_HEADER + fragment <= recordEnd;
}

/** The messages in clear of a datagram, of which it has the first fragment. */
function messagesOf(data: Uint8Array, start: number, end: number): Message[] {
	const messages: Message[] = [];
	for (let at = start; messages.length < MAX_MESSAGES && isRecord(data, at, end); at = recordEnd(data, at)) {
		if (isInClear(data, at)) putMessages(messages, data, at, end);
	}
	return messages;
}

function putMessages(messages: Message[], data: Uint8Array, record: number, end: number): void {
	const next = recordEnd(data, record);
	let at = record + RECORD_HEADER;
	while (messages.length < MAX_MESSAGES && isMessage(data, at, Math.min(end, next), next)) {
		const body = at + HANDSHAKE_HEADER;
		const fragmentEnd = body + u24(data, at + 9);
		const isWhole = u24(data, at + 9) === u24(data, at + 1) && fragmentEnd <= end;
		const isFirst = u24(data, at + 6) === 0;
		if (isFirst) messages.push({ type: data[at]!, data, start: body, end: Math.min(end, fragmentEnd), isWhole });
		at = fragmentEnd;
	}
}

function u24(data: Uint8Array, at: number): number {
	return (data[at]! << 16) | u16(data, at + 1);
}
