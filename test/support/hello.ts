/** Handshake messages and records for tests, written out from RFC 8446, 4 and 5.1, and RFC 5246, 7.4. */
import { concat } from "./packet-builder.ts";

export const u8 = (value: number) => Uint8Array.of(value);
export const u16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff);
export const u24 = (value: number) => Uint8Array.of(value >> 16, (value >> 8) & 0xff, value & 0xff);
export const list8 = (...parts: readonly Uint8Array[]) => concat(u8(concat(...parts).length), ...parts);
export const list16 = (...parts: readonly Uint8Array[]) => concat(u16(concat(...parts).length), ...parts);
export const list24 = (...parts: readonly Uint8Array[]) => concat(u24(concat(...parts).length), ...parts);
export const ascii = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const words = (values: readonly number[]) => concat(...values.map(u16));

/** @param body none for those that carry nothing */
export const extension = (type: number, body: Uint8Array = new Uint8Array(0)) => concat(u16(type), list16(body));
export const serverName = (name: string) => extension(0, list16(u8(0), list16(ascii(name))));
export const alpn = (...names: readonly string[]) => extension(16, list16(...names.map((name) => list8(ascii(name)))));
export const supportedVersions = (...versions: readonly number[]) => extension(43, list8(words(versions)));
export const signatureAlgorithms = (...values: readonly number[]) => extension(13, list16(words(values)));
export const groups = (...values: readonly number[]) => extension(10, list16(words(values)));
export const pointFormats = (...values: readonly number[]) => extension(11, list8(Uint8Array.from(values)));

export interface HelloOptions {
	readonly version?: number;
	readonly ciphers?: readonly number[];
	/** None: the hello ends before its extensions, as SSL 3.0's does. */
	readonly extensions?: readonly Uint8Array[] | null;
	/** DTLS only. */
	readonly cookie?: Uint8Array;
}

/** Body of a client hello, without the handshake header. */
export function clientHelloBody({ version = 0x303, ciphers = [0x1301], extensions = [], cookie }: HelloOptions = {}) {
	return concat(
		u16(version),
		new Uint8Array(32).fill(7),
		list8(new Uint8Array(0)),
		...(cookie ? [list8(cookie)] : []),
		list16(words(ciphers)),
		list8(u8(0)),
		...(extensions ? [list16(...extensions)] : []),
	);
}

/** Body of a server hello, without the handshake header. */
export function serverHelloBody({ version = 0x303, ciphers = [0xc02f], extensions = [] }: HelloOptions = {}) {
	return concat(
		u16(version),
		new Uint8Array(32).fill(9),
		list8(new Uint8Array(32)),
		u16(ciphers[0]!),
		u8(0),
		...(extensions ? [list16(...extensions)] : []),
	);
}

/** A handshake message of TLS. */
export const message = (type: number, body: Uint8Array = new Uint8Array(0)) => concat(u8(type), list24(body));
export const certificateBody = (...chain: readonly Uint8Array[]) => list24(...chain.map((each) => list24(each)));

/** A record of TLS. @param type 20 change cipher spec, 21 alert, 22 handshake, 23 application data */
export const record = (type: number, body: Uint8Array, version = 0x303) => concat(u8(type), u16(version), list16(body));
export const handshakeRecord = (...messages: readonly Uint8Array[]) => record(22, concat(...messages));
