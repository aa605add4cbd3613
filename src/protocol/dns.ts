import { addressText } from "../packet/address.ts";
import { i32, textOf, u16 } from "./bytes.ts";
import { Memo } from "./memo.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const HEADER = 12;
const MAX_LABEL = 63;
const MAX_NAME = 255;
const TYPES: Readonly<Record<number, string>> = {
	1: "A",
	2: "NS",
	5: "CNAME",
	6: "SOA",
	12: "PTR",
	15: "MX",
	16: "TXT",
	28: "AAAA",
	33: "SRV",
	35: "NAPTR",
	65: "HTTPS",
	255: "ANY",
};
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
/** Query, inverse query, status, notify, update. */
const DNS_OPCODES = 0b110111;
const QUERY_ONLY = 1;
const MAX_RECORDS = 256;
/** Query, registration, release, wait, refresh (two numbers), multi-homed registration (RFC 1002, 4.2.1.1). */
const NBNS_OPCODES = 0b1000_0011_1110_0001;

/** End of the name at `at`, or -1. Pointers end a name (RFC 1035, 4.1.4). */
function nameEnd(data: Uint8Array, at: number, end: number): number {
	const limit = Math.min(end, at + MAX_NAME + 1);
	while (at < limit) {
		const length = data[at]!;
		if (length === 0) return at + 1;
		if (length >= 0xc0) return at + 2 <= end ? at + 2 : -1;
		if (length > MAX_LABEL) return -1;
		at += 1 + length;
	}
	return -1;
}

/**
 * Whether a DNS message (RFC 1035, 4) stands at `start`: its counts are few, its first question's name and class are
 * sane, as far as they are there.
 * @param opcodes one bit for each operation that there is.
 */
function messageRole(data: Uint8Array, start: number, end: number, opcodes: number): Role {
	if (end - start < HEADER) return Role.No;
	const flags = u16(data, start + 2);
	const questions = u16(data, start + 4);
	const answers = u16(data, start + 6);
	const authorities = u16(data, start + 8);
	const additional = u16(data, start + 10);
	if (!((1 << ((flags & OPCODE) >>> 11)) & opcodes) || (flags & 0x40) !== 0) return Role.No;
	if (questions > 32 || answers > 512 || authorities > 512 || additional > 512) return Role.No;
	if (questions === 0 && answers === 0 && (flags & RESPONSE) === 0) return Role.No;
	if (questions + answers > 0) {
		const at = nameEnd(data, start + HEADER, end);
		if (at < 0 ? !isCutName(data, start + HEADER, end) : questions > 0 && !isQuestion(data, at, end)) return Role.No;
	}
	return flags & RESPONSE ? Role.Server : Role.Client;
}

/** Type and class behind a question's name, as far as they are there. */
function isQuestion(data: Uint8Array, at: number, end: number): boolean {
	if (end - at >= 2 && u16(data, at) === 0) return false;
	if (end - at < 4) return true;
	const qclass = u16(data, at + 2) & 0x7fff; // the top bit asks for a unicast answer (RFC 6762, 5.4)
	return qclass === 1 || qclass === 3 || qclass === 254 || qclass === 255;
}

/** Whether a name runs to the payload's end, which may be the snaplen's: labels of printable bytes. */
function isCutName(data: Uint8Array, at: number, end: number): boolean {
	while (at < end) {
		const length = data[at]!;
		if (length === 0 || length > MAX_LABEL) return false;
		const next = Math.min(end, at + 1 + length);
		for (at++; at < next; at++) if (data[at]! < 0x20 || data[at]! > 0x7e) return false;
	}
	return true;
}

function fieldsOf(data: Uint8Array, start: number, end: number): Fields {
	const fields: Fields = {};
	if (u16(data, start + 4) > 0) {
		const at = nameEnd(data, start + HEADER, end);
		if (at >= 0 && end - at >= 4) {
			fields.query = questionName(data, start + HEADER, end);
			fields.type = TYPES[u16(data, at)] ?? String(u16(data, at));
		}
	}
	if (u16(data, start + 2) & RESPONSE) fields.rcode = u16(data, start + 2) & 15;
	return fields;
}

/** Sites ask for the same names again and again. */
const KEPT_NAMES = 1 << 12;
const nameOf = new Memo(KEPT_NAMES, MAX_NAME, nameIn);

function questionName(data: Uint8Array, start: number, end: number): string {
	let at = start;
	while (at < end && data[at]! > 0 && data[at]! <= MAX_LABEL) at += 1 + data[at]!;
	return nameOf.get(data, start, Math.min(at, end));
}

function nameIn(data: Uint8Array, at: number, end: number): string {
	const labels: string[] = [];
	while (at < end && data[at]! > 0 && data[at]! <= MAX_LABEL) {
		labels.push(textOf(data, at + 1, Math.min(end, at + 1 + data[at]!)));
		at += 1 + data[at]!;
	}
	return labels.join(".") || ".";
}

/** What a response says: the name that was asked for, and the addresses that are the answer to it. */
export interface DnsAnswers {
	readonly name: string;
	readonly addresses: readonly string[];
}

const A = 1;
const AAAA = 28;
/** Type, class, time to live and length of a resource record (RFC 1035, 4.1.3). */
const RECORD_HEADER = 10;
const MAX_ADDRESSES = 16;

/**
 * Addresses in the answer section of a response, whatever aliases (CNAME) lead to them.
 * @returns undefined for anything else than a response with addresses; a response that is cut gives those before the cut.
 */
export function parseDnsAnswers(data: Uint8Array, start: number, end: number): DnsAnswers | undefined {
	if (end - start < HEADER || !(u16(data, start + 2) & RESPONSE) || u16(data, start + 4) !== 1) return undefined;
	let at = nameEnd(data, start + HEADER, end);
	if (at < 0) return undefined;
	at += 4;
	const addresses: string[] = [];
	for (let left = u16(data, start + 6); left > 0 && addresses.length < MAX_ADDRESSES; left--) {
		const record = nameEnd(data, at, end);
		if (record < 0 || end - record < RECORD_HEADER) break;
		const type = u16(data, record);
		const length = u16(data, record + 8);
		const value = record + RECORD_HEADER;
		if (end - value < length) break;
		if (type === A && length === 4) addresses.push(addressText(4, 0, 0, 0, i32(data, value)));
		if (type === AAAA && length === 16) {
			addresses.push(
				addressText(6, i32(data, value), i32(data, value + 4), i32(data, value + 8), i32(data, value + 12)),
			);
		}
		at = value + length;
	}
	return addresses.length > 0 ? { name: questionName(data, start + HEADER, end), addresses } : undefined;
}

function overUdp(protocol: string, ports: readonly number[], source: string): Recogniser {
	return {
		protocol,
		transports: [17],
		strength: "weak",
		ports,
		source,
		recognise: (data, start, end) => messageRole(data, start, end, DNS_OPCODES),
		describe: fieldsOf,
	};
}

export const dns = overUdp("dns", [53], "RFC 1035, 4");
/** A message that is whole and fills its datagram to the last byte needs no port. */
export const dnsAnywhere: Recogniser = {
	protocol: "dns",
	transports: [17],
	strength: "strong",
	ports: [],
	source: "RFC 1035, 4.1",
	recognise(data, start, end) {
		if (end - start < HEADER + 5 || data[start + 4] !== 0 || data[start + 5] !== 1) return Role.No;
		const role = messageRole(data, start, end, QUERY_ONLY);
		return role !== Role.No && isWhole(data, start, end) ? role : Role.No;
	},
	describe: fieldsOf,
};

/** One question whose name is printable, and records that end where the message does. */
function isWhole(data: Uint8Array, start: number, end: number): boolean {
	const question = nameEnd(data, start + HEADER, end);
	if (question < 0 || end - question < 4 || question - start < HEADER + 3) return false;
	for (let at = start + HEADER; data[at]! > 0 && data[at]! <= MAX_LABEL; at += 1 + data[at]!)
		if (!isCutName(data, at, at + 1 + data[at]!)) return false;
	let records = u16(data, start + 6) + u16(data, start + 8) + u16(data, start + 10);
	if (records > MAX_RECORDS) return false;
	let at = question + 4;
	for (; records > 0; records--) {
		const record = nameEnd(data, at, end);
		if (record < 0 || end - record < RECORD_HEADER) return false;
		at = record + RECORD_HEADER + u16(data, record + 8);
	}
	return at === end;
}

export const mdns = overUdp("mdns", [5353], "RFC 6762");
export const llmnr = overUdp("llmnr", [5355], "RFC 4795");

/** NetBIOS names: the same format with operations of its own, and names in half-bytes. */
export const nbns: Recogniser = {
	protocol: "nbns",
	transports: [17],
	strength: "weak",
	ports: [137],
	source: "RFC 1002, 4.2",
	recognise: (data, start, end) => messageRole(data, start, end, NBNS_OPCODES),
	describe(data, start, end) {
		const fields: Fields = {};
		const name = netbiosName(data, start + HEADER, end);
		if (name !== "") fields.query = name;
		if (u16(data, start + 2) & RESPONSE) fields.rcode = u16(data, start + 2) & 15;
		return fields;
	},
};

const NETBIOS_LABEL = 32;

/** A name of 15 characters and its kind of service (RFC 1001, 14.1): `FILESERVER<20>`; empty where there is none. */
function netbiosName(data: Uint8Array, at: number, end: number): string {
	if (end - at < 1 + NETBIOS_LABEL || data[at] !== NETBIOS_LABEL) return "";
	let name = "";
	for (let i = at + 1; i < at + NETBIOS_LABEL; i += 2) {
		const byte = ((data[i]! - 0x41) << 4) | ((data[i + 1]! - 0x41) & 15);
		name +=
			i < at + NETBIOS_LABEL - 1
				? String.fromCharCode(byte & 0xff)
				: `<${(byte & 0xff).toString(16).padStart(2, "0")}>`;
	}
	return name.replace(/[ \0]+</, "<");
}

/** A length that stands alone: some clients send it in a segment of its own. */
const MAX_LONE_LENGTH = 4096;

/** Over TCP, two bytes of length come first (RFC 1035, 4.2.2). */
export const dnsOverTcp: Recogniser = {
	protocol: "dns",
	transports: [6],
	strength: "weak",
	ports: [53],
	source: "RFC 1035, 4.2.2",
	recognise(data, start, end) {
		if (end - start < 2 || u16(data, start) < HEADER) return Role.No;
		if (end - start === 2) return u16(data, start) <= MAX_LONE_LENGTH ? Role.Either : Role.No;
		return messageRole(data, start + 2, end, DNS_OPCODES);
	},
	describe: (data, start, end) => (end - start < HEADER + 2 ? {} : fieldsOf(data, start + 2, end)),
	messageLength: (data, start, end) => (end - start < 2 ? 0 : 2 + u16(data, start)),
};
