import { textOf, u16 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const Content = { ChangeCipherSpec: 20, Alert: 21, Handshake: 22, ApplicationData: 23 } as const;
const Handshake = { ClientHello: 1, ServerHello: 2 } as const;
const Extension = { ServerName: 0, Alpn: 16, SupportedVersions: 43 } as const;
const RECORD_HEADER = 5;
const HANDSHAKE_HEADER = 4;
/** 2^14 and what encryption may add (RFC 8446, 5.2; RFC 5246, 6.2.3). */
const MAX_RECORD = (1 << 14) + 2048;
const VERSIONS: Readonly<Record<number, string>> = {
	768: "SSL 3.0",
	769: "TLS 1.0",
	770: "TLS 1.1",
	771: "TLS 1.2",
	772: "TLS 1.3",
};

export const tls: Recogniser = {
	protocol: "tls",
	transports: [6],
	strength: "strong",
	ports: [443, 8443, 5061, 993, 411, 50805, 50809, 50813, 50815],
	source: "RFC 8446, RFC 5246; SSL 2.0 hello: RFC 6101, E",
	recognise(data, start, end) {
		if (end - start < RECORD_HEADER) return Role.No;
		if (data[start]! & 0x80) return isSsl2Hello(data, start, end) ? Role.Client : Role.No;
		const type = data[start]!;
		if (type < Content.ChangeCipherSpec || type > Content.ApplicationData) return Role.No;
		const version = u16(data, start + 1);
		const length = u16(data, start + 3);
		if (version < 0x300 || version > 0x304 || length === 0 || length > MAX_RECORD) return Role.No;
		switch (type) {
			case Content.Handshake:
				return handshakeRole(data, start + RECORD_HEADER, end, length);
			case Content.ChangeCipherSpec:
				return length === 1 ? Role.Either : Role.No;
			case Content.Alert:
				return length >= 2 && length <= 256 ? Role.Either : Role.No;
			default:
				return Role.Either;
		}
	},
	describe(data, start, end) {
		if (data[start] !== Content.Handshake || end - start < RECORD_HEADER + HANDSHAKE_HEADER) return {};
		const type = data[start + RECORD_HEADER];
		const hello = start + RECORD_HEADER + HANDSHAKE_HEADER;
		if (type === Handshake.ClientHello) return clientHelloFields(data, hello, end);
		return type === Handshake.ServerHello ? serverHelloFields(data, hello, end) : {};
	},
};

function handshakeRole(data: Uint8Array, at: number, end: number, length: number): Role {
	if (at >= end) return Role.Either;
	const type = data[at]!;
	if (type === Handshake.ClientHello || type === Handshake.ServerHello) {
		// Its 24-bit length is about the record's, or more where the hello spans records.
		if (end - at >= 2 && data[at + 1]! > 1) return Role.No;
		return type === Handshake.ClientHello ? Role.Client : Role.Server;
	}
	if (type === 11 || type === 12 || type === 13 || type === 14 || type === 4) return Role.Server;
	return type === 16 ? Role.Client : length >= 16 || type === 0 || type === 20 ? Role.Either : Role.No;
}

/** SSLv2-compatible client hello: two-byte length, type 1, version 3.x or 2.0, cipher specs in threes. */
function isSsl2Hello(data: Uint8Array, start: number, end: number): boolean {
	if (end - start < 11 || data[start + 2] !== 1) return false;
	const length = u16(data, start) & 0x7fff;
	const version = u16(data, start + 3);
	const ciphers = u16(data, start + 5);
	const session = u16(data, start + 7);
	const challenge = u16(data, start + 9);
	return (
		(version === 2 || (version >= 0x300 && version <= 0x303)) &&
		ciphers > 0 &&
		ciphers % 3 === 0 &&
		challenge >= 16 &&
		challenge <= 32 &&
		9 + ciphers + session + challenge === length
	);
}

/** Reads a hello as far as it is there: a long one may go on in the next segment. */
function clientHelloFields(data: Uint8Array, hello: number, end: number): Fields {
	const fields: Fields = {};
	if (end - hello < 35) return fields;
	setVersion(fields, u16(data, hello));
	let at = hello + 34;
	at += 1 + data[at]!; // session id
	if (end - at < 2) return fields;
	at += 2 + u16(data, at); // cipher suites
	if (end - at < 1) return fields;
	at += 1 + data[at]!; // compression methods
	visitExtensions(data, at, end, (type, value, valueEnd) => {
		if (type === Extension.ServerName && valueEnd - value >= 5) {
			const length = Math.min(u16(data, value + 3), valueEnd - value - 5);
			if (data[value + 2] === 0 && length > 0) fields.sni = textOf(data, value + 5, value + 5 + length);
		} else if (type === Extension.Alpn) {
			const names = alpnNames(data, value + 2, valueEnd);
			if (names !== "") fields.alpn = names;
		} else if (type === Extension.SupportedVersions) {
			for (let i = value + 1; i + 1 < valueEnd; i += 2) if (u16(data, i) === 0x304) setVersion(fields, 0x304);
		}
	});
	return fields;
}

function serverHelloFields(data: Uint8Array, hello: number, end: number): Fields {
	const fields: Fields = {};
	if (end - hello < 35) return fields;
	setVersion(fields, u16(data, hello));
	const extensions = hello + 34 + 1 + data[hello + 34]! + 3;
	visitExtensions(data, extensions, end, (type, value, valueEnd) => {
		if (type === Extension.SupportedVersions && valueEnd - value >= 2) setVersion(fields, u16(data, value));
	});
	return "version" in fields ? { serverVersion: fields.version! } : {};
}

function setVersion(fields: Fields, version: number): void {
	const name = VERSIONS[version];
	if (name) fields.version = name;
}

export function visitExtensions(
	data: Uint8Array,
	at: number,
	end: number,
	visit: (type: number, value: number, valueEnd: number) => void,
): void {
	if (end - at < 2) return;
	const last = Math.min(end, at + 2 + u16(data, at));
	at += 2;
	while (last - at >= 4) {
		const valueEnd = at + 4 + u16(data, at + 2);
		if (valueEnd > last) return;
		visit(u16(data, at), at + 4, valueEnd);
		at = valueEnd;
	}
}

function alpnNames(data: Uint8Array, at: number, end: number): string {
	const names: string[] = [];
	while (at < end && names.length < 8) {
		const length = data[at]!;
		if (length === 0 || at + 1 + length > end) break;
		names.push(textOf(data, at + 1, at + 1 + length));
		at += 1 + length;
	}
	return names.join(",");
}
