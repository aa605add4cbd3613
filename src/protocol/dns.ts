import { addressText } from "../packet/address.ts";
import { i32, textOf, u16 } from "./bytes.ts";
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

/** Whether a DNS message (RFC 1035, 4) stands at `start`: its counts are few, its first question's name and class are sane. */
function messageRole(data: Uint8Array, start: number, end: number): Role {
	if (end - start < HEADER) return Role.No;
	const flags = u16(data, start + 2);
	const questions = u16(data, start + 4);
	const answers = u16(data, start + 6);
	const authorities = u16(data, start + 8);
	const additional = u16(data, start + 10);
	const opcode = (flags & OPCODE) >>> 11;
	if (opcode > 5 || opcode === 3 || (flags & 0x40) !== 0) return Role.No;
	if (questions > 32 || answers > 512 || authorities > 512 || additional > 512) return Role.No;
	if (questions === 0 && answers === 0 && (flags & RESPONSE) === 0) return Role.No;
	if (questions > 0) {
		const at = nameEnd(data, start + HEADER, end);
		if (at < 0 || end - at < 4 || u16(data, at) === 0) return Role.No;
		const qclass = u16(data, at + 2) & 0x7fff; // the top bit asks for a unicast answer (RFC 6762, 5.4)
		if (qclass !== 1 && qclass !== 3 && qclass !== 254 && qclass !== 255) return Role.No;
	} else if (answers > 0 && nameEnd(data, start + HEADER, end) < 0) return Role.No;
	return flags & RESPONSE ? Role.Server : Role.Client;
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

function questionName(data: Uint8Array, at: number, end: number): string {
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
	return { protocol, transports: [17], strength: "weak", ports, source, recognise: messageRole, describe: fieldsOf };
}

export const dns = overUdp("dns", [53], "RFC 1035, 4");
export const mdns = overUdp("mdns", [5353], "RFC 6762");
export const llmnr = overUdp("llmnr", [5355], "RFC 4795");
export const nbns = overUdp("nbns", [137], "RFC 1002, 4.2");

/** Over TCP, two bytes of length come first (RFC 1035, 4.2.2). */
export const dnsOverTcp: Recogniser = {
	protocol: "dns",
	transports: [6],
	strength: "weak",
	ports: [53],
	source: "RFC 1035, 4.2.2",
	recognise(data, start, end) {
		return end - start >= HEADER + 2 && u16(data, start) >= HEADER ? messageRole(data, start + 2, end) : Role.No;
	},
	describe: (data, start, end) => fieldsOf(data, start + 2, end),
};
