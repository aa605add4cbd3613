/**
 * The record layer of TLS (RFC 8446, 5.1; RFC 5246, 6.2.1): which bytes are records, and where handshake messages begin
 * and end in them. A record may hold several messages, and a message may go over several records.
 */
import { u16 } from "../bytes.ts";
import { Role } from "../recogniser.ts";
import { type Message, senderOf } from "./handshake.ts";
import { Handshake } from "./names.ts";

export const Content = { ChangeCipherSpec: 20, Alert: 21, Handshake: 22, ApplicationData: 23 } as const;

export const RECORD_HEADER = 5;
export const HANDSHAKE_HEADER = 4;
/** 2^14 and what encryption may add (RFC 5246, 6.2.3; less in RFC 8446, 5.2). */
const MAX_RECORD = (1 << 14) + 2048;
/** Longest handshake message taken for one in clear: more than any chain of certificates met, far less than 2^24. */
const MAX_MESSAGE = 1 << 17;
/** What any cipher of TLS makes of nothing: a tag of 8 bytes and its nonce, or a MAC of 16. */
const MIN_ENCRYPTED = 16;
const CHANGE_CIPHER_SPEC_RECORD = RECORD_HEADER + 1;

/** Whether a record of a known type and version, and of a length that can be, begins at `at`. */
export function isRecordHeader(data: Uint8Array, at: number, end: number): boolean {
	if (end - at < RECORD_HEADER) return false;
	const type = data[at]!;
	const version = u16(data, at + 1);
	const length = u16(data, at + 3);
	return (
		type >= Content.ChangeCipherSpec &&
		type <= Content.ApplicationData &&
		version >= 0x300 &&
		version <= 0x304 &&
		length > 0 &&
		length <= MAX_RECORD
	);
}

/** Where the record at `at` ends, by its header. */
export function recordEnd(data: Uint8Array, at: number): number {
	return at + RECORD_HEADER + u16(data, at + 3);
}

/**
 * Whether a record begins at `start` that holds what its type asks for, with another record behind it if there is
 * anything. The bytes in the middle of a connection are hard to mistake for that.
 */
export function isRecord(data: Uint8Array, start: number, end: number): boolean {
	if (!isRecordHeader(data, start, end)) return false;
	const length = u16(data, start + 3);
	const body = start + RECORD_HEADER;
	const next = body + length;
	if (data[start] === Content.Handshake && isClearMessage(data, body, Math.min(end, next), length)) return true;
	if (next < end && !looksLikeRecord(data, next, end)) return false;
	switch (data[start]) {
		case Content.ChangeCipherSpec:
			return length === 1 && (body >= end || data[body] === 1);
		case Content.Alert:
			// In clear two bytes, of which the first is 1 or 2.
			return length === 2
				? body >= end || data[body] === 1 || data[body] === 2
				: length >= MIN_ENCRYPTED && length <= 256;
		default:
			return length >= MIN_ENCRYPTED || (data[start] === Content.Handshake && end - body < HANDSHAKE_HEADER);
	}
}

/** As far as there are bytes to tell. */
function looksLikeRecord(data: Uint8Array, at: number, end: number): boolean {
	if (end - at >= RECORD_HEADER) return isRecordHeader(data, at, end);
	const type = data[at]!;
	return type >= Content.ChangeCipherSpec && type <= Content.ApplicationData && (end - at < 2 || data[at + 1] === 3);
}

/**
 * Whether a handshake message in clear begins at `at`: a known type, and a length that the record has room for, or that
 * its next records have.
 * @param end of the bytes that are there. @param room bytes of the record from `at` on, by its header
 */
export function isClearMessage(data: Uint8Array, at: number, end: number, room: number): boolean {
	if (end - at < HANDSHAKE_HEADER) return false;
	const type = data[at]!;
	const length = messageBodyLength(data, at);
	switch (type) {
		case Handshake.ClientHello:
		case Handshake.ServerHello:
			// It fills the record; or has a version that begins with 3, or 0x7f in drafts of TLS 1.3.
			return (
				length === room - HANDSHAKE_HEADER ||
				(length >= 34 && length <= MAX_MESSAGE && (end - at < 5 || data[at + 4] === 3 || data[at + 4] === 0x7f))
			);
		case Handshake.Certificate:
		case Handshake.ServerKeyExchange:
		case Handshake.CertificateRequest:
		case Handshake.CertificateStatus:
		case Handshake.NewSessionTicket:
			return length >= 3 && length <= MAX_MESSAGE;
		case Handshake.ClientKeyExchange:
		case Handshake.CertificateVerify:
			return length <= room - HANDSHAKE_HEADER;
		case Handshake.HelloRequest:
			// Alone in its record: an encrypted one may begin with a nonce of zeros.
			return length === 0 && room === HANDSHAKE_HEADER;
		case Handshake.ServerHelloDone:
			return length === 0;
		default:
			return false;
	}
}

export function messageBodyLength(data: Uint8Array, at: number): number {
	return (data[at + 1]! << 16) | u16(data, at + 2);
}

/**
 * Bytes of the flight at `start`: the handshake records that follow one another, cut where a message ends with its
 * record, for as long as whole records are there. A change-cipher-spec behind a server hello belongs to it, because it
 * tells of a session resumed.
 * @returns more than `end - start` where the flight's first message goes on; all that is there where it is no record; 0
 * where there is no whole header.
 */
export function flightLength(data: Uint8Array, start: number, end: number): number {
	if (end - start < RECORD_HEADER) return 0;
	if (!isRecordHeader(data, start, end)) return end - start;
	if (data[start] !== Content.Handshake) return recordEnd(data, start) - start;
	let cut = start;
	let open = 0;
	let at = start;
	while (isHandshake(data, at, end)) {
		const next = recordEnd(data, at);
		if (next > end && cut > start) return cut - start;
		open = openAfterRecord(data, at, end, open);
		if (open < 0) return (cut > start ? cut : next) - start;
		if (next >= end) return next - start + (open > 0 ? RECORD_HEADER + open : 0);
		if (open === 0) cut = next;
		at = next;
	}
	if (open > 0) return end - at < RECORD_HEADER ? at - start + RECORD_HEADER + open : at - start;
	const isResumed = isChangeCipherSpec(data, at, end) && data[start + RECORD_HEADER] === Handshake.ServerHello;
	return at - start + (isResumed ? CHANGE_CIPHER_SPEC_RECORD : 0);
}

/**
 * Bytes that the last message of a record still lacks at the record's end. Stacks do not part a message's header.
 * @param open bytes that a message of the record before lacked @returns -1 where a message is not in clear
 */
function openAfterRecord(data: Uint8Array, record: number, end: number, open: number): number {
	const next = recordEnd(data, record);
	let at = record + RECORD_HEADER + open;
	while (at < next) {
		if (end < next && end - at < HANDSHAKE_HEADER) return 0;
		if (!isClearMessage(data, at, Math.min(end, next), next - at)) return -1;
		at += HANDSHAKE_HEADER + messageBodyLength(data, at);
	}
	return at - next;
}

/** Who sends the flight at `start`: a certificate's sender is known by the message behind it. */
export function flightSender(data: Uint8Array, start: number, end: number): Role {
	let open = 0;
	for (let at = start; isHandshake(data, at, end); at = recordEnd(data, at)) {
		const next = recordEnd(data, at);
		let message = at + RECORD_HEADER + open;
		while (message < next) {
			if (!isClearMessage(data, message, Math.min(end, next), next - message)) return Role.Either;
			const role = senderOf(data[message]!);
			if (role !== Role.Either) return role;
			message += HANDSHAKE_HEADER + messageBodyLength(data, message);
		}
		open = message - next;
	}
	return Role.Either;
}

/** Where the handshake records that follow one another from `start` on end. */
export function handshakeEnd(data: Uint8Array, start: number, end: number): number {
	while (isHandshake(data, start, end)) start = recordEnd(data, start);
	return start;
}

/** More than any flight has: a bound for bytes that only look like messages. */
const MAX_MESSAGES = 16;

/** The messages in clear of the handshake records that follow one another from `start` on. */
export function messagesOf(data: Uint8Array, start: number, end: number): Message[] {
	const handshake = joinRecords(data, start, end);
	const messages: Message[] = [];
	let at = handshake.start;
	while (messages.length < MAX_MESSAGES && isClearMessage(handshake.data, at, handshake.end, handshake.end - at)) {
		const body = at + HANDSHAKE_HEADER;
		const next = body + messageBodyLength(handshake.data, at);
		const isWhole = next <= handshake.end;
		const bodyEnd = Math.min(next, handshake.end);
		messages.push({ type: handshake.data[at]!, data: handshake.data, start: body, end: bodyEnd, isWhole });
		at = next;
	}
	return messages;
}

/** The bodies of the handshake records from `start` on in one piece: in place where there is one record. */
function joinRecords(data: Uint8Array, start: number, end: number): { data: Uint8Array; start: number; end: number } {
	const first = { data, start: start + RECORD_HEADER, end: Math.min(end, recordEnd(data, start)) };
	const bodies = [data.subarray(first.start, first.end)];
	for (let at = recordEnd(data, start); isHandshake(data, at, end); at = recordEnd(data, at))
		bodies.push(data.subarray(at + RECORD_HEADER, Math.min(end, recordEnd(data, at))));
	if (bodies.length === 1) return first;
	const joined = Buffer.concat(bodies);
	return { data: joined, start: 0, end: joined.length };
}

function isHandshake(data: Uint8Array, at: number, end: number): boolean {
	return isRecordHeader(data, at, end) && data[at] === Content.Handshake;
}

export function isChangeCipherSpec(data: Uint8Array, at: number, end: number): boolean {
	return (
		isRecordHeader(data, at, end) && data[at] === Content.ChangeCipherSpec && end - at >= CHANGE_CIPHER_SPEC_RECORD
	);
}
