/** A DNS message as far as a question and its answer are told by it (RFC 1035, 4.1). */
import { textOf, u16 } from "./bytes.ts";

const HEADER = 12;
const MAX_NAME = 255;
const MAX_LABEL = 63;
const RESPONSE = 0x8000;

/** Names of response codes (RFC 1035, 4.1.1; RFC 2136, 2.2; RFC 6895, 2.3). */
const RCODES = [
	"NOERROR",
	"FORMERR",
	"SERVFAIL",
	"NXDOMAIN",
	"NOTIMP",
	"REFUSED",
	"YXDOMAIN",
	"YXRRSET",
	"NXRRSET",
	"NOTAUTH",
	"NOTZONE",
];
export const Rcode = { NoError: 0, NoName: 3 } as const;

/** Header fields of a query or its response; anything else is none. */
export interface DnsMessage {
	readonly id: number;
	readonly isResponse: boolean;
	readonly rcode: number;
	/** Of the one question's name (in any case of letters), type and class, unsigned 32-bit; 0 where it is not there. */
	readonly question: number;
	/** Where the question's name begins and ends (exclusive) in the message's bytes. */
	readonly nameStart: number;
	readonly nameEnd: number;
}

/** @returns undefined for other operations than a query's, and where the header is not whole. */
export function parseDnsMessage(data: Uint8Array, start: number, end: number): DnsMessage | undefined {
	if (end - start < HEADER) return undefined;
	const flags = u16(data, start + 2);
	if ((flags & 0x7800) !== 0) return undefined;
	const nameStart = start + HEADER;
	const nameEnd = u16(data, start + 4) === 1 ? endOfName(data, nameStart, end) : -1;
	const isThere = nameEnd >= 0 && end - nameEnd >= 4;
	return {
		id: u16(data, start),
		isResponse: (flags & RESPONSE) !== 0,
		rcode: flags & 15,
		question: isThere ? hashOf(data, nameStart, nameEnd + 4) : 0,
		nameStart,
		nameEnd: isThere ? nameEnd : nameStart,
	};
}

function endOfName(data: Uint8Array, at: number, end: number): number {
	const limit = Math.min(end, at + MAX_NAME + 1);
	while (at < limit) {
		const length = data[at]!;
		if (length === 0) return at + 1;
		if (length > MAX_LABEL) return -1;
		at += 1 + length;
	}
	return -1;
}

/** FNV-1a; clients may mix the case of letters (draft-vixie-dnsext-dns0x20), servers need not keep it. */
function hashOf(data: Uint8Array, start: number, end: number): number {
	let hash = 0x811c9dc5;
	for (let at = start; at < end; at++) {
		const byte = data[at]!;
		hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), 0x01000193);
	}
	return hash >>> 0;
}

/** A name's bytes as text that keeps them all: cheap, for the few that {@link nameInWire} is asked for later. */
export function wireName(data: Uint8Array, { nameStart, nameEnd }: DnsMessage): string {
	return textOf(data, nameStart, nameEnd);
}

/** `www.example.com` of what {@link wireName} gave. */
export function nameInWire(wire: string): string {
	const labels: string[] = [];
	for (let at = 0; at < wire.length; ) {
		const length = wire.charCodeAt(at);
		if (length === 0) break;
		labels.push(wire.slice(at + 1, at + 1 + length));
		at += 1 + length;
	}
	return labels.join(".") || ".";
}

export function rcodeName(rcode: number): string {
	return RCODES[rcode] ?? `response code ${rcode}`;
}
