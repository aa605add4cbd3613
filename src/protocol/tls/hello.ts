/** Where the parts are of the client hello that TLS, DTLS and QUIC share (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2; RFC 6347, 4.2.1). */
import { textOf, u16 } from "../bytes.ts";
import { Extension, isGrease, TLS_1_3 } from "./names.ts";

/** What carries the hello, by the letter that JA4 gives it. */
export type Carrier = "t" | "d" | "q";

/** A run of bytes of a hello; empty where the hello has none. */
export interface Span {
	readonly start: number;
	/** exclusive */
	readonly end: number;
}

const NONE: Span = { start: 0, end: 0 };
const VERSION_AND_RANDOM = 34;
/** A client offers a few protocols; a report has no room for more. */
const MAX_PROTOCOLS = 8;

/** Where the parts of a hello are in `data`: contents of lists, without their lengths. */
export interface ClientHello {
	readonly data: Uint8Array;
	readonly carrier: Carrier;
	/** The version field, which TLS 1.3 leaves at 1.2's. */
	readonly legacyVersion: number;
	readonly ciphers: Span;
	/** All extensions, each with its header. */
	readonly extensions: Span;
	/** Whether all of it is there. */
	isWhole: boolean;
	hasName: boolean;
	name: Span;
	alpn: Span;
	versions: Span;
	groups: Span;
	pointFormats: Span;
	signatureAlgorithms: Span;
	hasEch: boolean;
	hasSrtp: boolean;
}

/**
 * Finds the parts of the hello whose body is `start … end`, as far as it is there.
 * @returns undefined where it ends before its cipher suites do, or contradicts itself.
 */
export function readClientHello(
	data: Uint8Array,
	start: number,
	end: number,
	isWhole: boolean,
	carrier: Carrier,
): ClientHello | undefined {
	let at = afterVector8(data, start + VERSION_AND_RANDOM, end);
	if (carrier === "d") at = afterVector8(data, at, end); // cookie
	const ciphers = list16(data, at, end);
	if (!ciphers) return undefined;
	at = afterVector8(data, ciphers.end, end); // compression methods
	const extensions = list16Cut(data, at, end);
	const hello: ClientHello = {
		data,
		carrier,
		legacyVersion: u16(data, start),
		ciphers,
		extensions,
		isWhole: isWhole && at <= end,
		hasName: false,
		name: NONE,
		alpn: NONE,
		versions: NONE,
		groups: NONE,
		pointFormats: NONE,
		signatureAlgorithms: NONE,
		hasEch: false,
		hasSrtp: false,
	};
	let next = extensions.start;
	while (extensions.end - next >= 4) {
		const value = next + 4;
		next = value + u16(data, next + 2);
		if (next > extensions.end) break;
		readExtension(hello, u16(data, value - 4), value, next);
	}
	if (next !== extensions.end) hello.isWhole = false;
	return hello;
}

function readExtension(hello: ClientHello, type: number, value: number, end: number): void {
	const { data } = hello;
	switch (type) {
		case Extension.ServerName:
			hello.hasName = true;
			// A list of one: type 0 (host name) and the name.
			if (end - value >= 5 && data[value + 2] === 0) hello.name = list16(data, value + 3, end) ?? NONE;
			break;
		case Extension.Alpn:
			hello.alpn = list16(data, value, end) ?? NONE;
			break;
		case Extension.SupportedVersions:
			hello.versions = list8(data, value, end);
			break;
		case Extension.SupportedGroups:
			hello.groups = list16(data, value, end) ?? NONE;
			break;
		case Extension.PointFormats:
			hello.pointFormats = list8(data, value, end);
			break;
		case Extension.SignatureAlgorithms:
			hello.signatureAlgorithms = list16(data, value, end) ?? NONE;
			break;
		case Extension.EncryptedClientHello:
		case Extension.EncryptedServerName:
			hello.hasEch = true;
			break;
		case Extension.UseSrtp:
			hello.hasSrtp = true;
	}
}

/** The newest version that the client offers: a draft of TLS 1.3 is older than TLS 1.3, though its number is higher. */
export function newestVersion(hello: ClientHello): number {
	const { data, versions } = hello;
	for (let at = versions.start; at + 1 < versions.end; at += 2) if (u16(data, at) === TLS_1_3) return TLS_1_3;
	return highestVersion(hello);
}

/** The version with the highest number that the client offers; in DTLS the lowest, for it counts its versions down. */
export function highestVersion({ data, versions, legacyVersion, carrier }: ClientHello): number {
	let highest = 0;
	for (let at = versions.start; at + 1 < versions.end; at += 2) {
		const version = u16(data, at);
		if (isGrease(version)) continue;
		if (highest === 0 || (carrier === "d" ? version < highest : version > highest)) highest = version;
	}
	return highest === 0 ? legacyVersion : highest;
}

/** The names of an ALPN list, joined by commas. */
export function protocolNames(data: Uint8Array, { start, end }: Span): string {
	const names: string[] = [];
	for (let at = start; at < end && names.length < MAX_PROTOCOLS; at += 1 + data[at]!) {
		if (data[at] === 0 || at + 1 + data[at]! > end) break;
		names.push(textOf(data, at + 1, at + 1 + data[at]!));
	}
	return names.join(",");
}

/** Place behind a list with a length of one byte; beyond `end` where the list is not all there. */
export function afterVector8(data: Uint8Array, at: number, end: number): number {
	return at < end ? at + 1 + data[at]! : end + 1;
}

/** Contents of a list with a length of one byte; empty where it is not all there. */
function list8(data: Uint8Array, at: number, end: number): Span {
	const after = afterVector8(data, at, end);
	return after <= end ? { start: at + 1, end: after } : NONE;
}

/** Contents of a list with a length of two bytes; undefined where it is not all there. */
export function list16(data: Uint8Array, at: number, end: number): Span | undefined {
	const list = list16Cut(data, at, end);
	return end - at >= 2 && list.end - list.start === u16(data, at) ? list : undefined;
}

/** Contents of a list with a length of two bytes, as far as they are there. */
export function list16Cut(data: Uint8Array, at: number, end: number): Span {
	return end - at < 2 ? NONE : { start: at + 2, end: Math.min(end, at + 2 + u16(data, at)) };
}
