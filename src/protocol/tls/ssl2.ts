/** Hellos of SSL 2.0 (RFC 6101, E; the SSL 2.0 draft): also how old clients ask for SSL 3.0 and TLS. */
import { u16 } from "../bytes.ts";
import { type Fields, Role } from "../recogniser.ts";
import { certificateFields } from "./certificate.ts";
import { SSL_2_0, versionName } from "./names.ts";

const CLIENT_HELLO = 1;
const SERVER_HELLO = 4;
const CLIENT_HEADER = 11;
const SERVER_HEADER = 13;
const X509 = 1;

/** Client or Server where a whole hello's header is at `start`, and its lengths agree. */
export function ssl2Role(data: Uint8Array, start: number, end: number): Role {
	if (end - start < CLIENT_HEADER || (data[start]! & 0x80) === 0) return Role.No;
	if (data[start + 2] === CLIENT_HELLO) return isClientHello(data, start) ? Role.Client : Role.No;
	return data[start + 2] === SERVER_HELLO && isServerHello(data, start, end) ? Role.Server : Role.No;
}

/** Bytes of the hello at `start`. */
export function ssl2Length(data: Uint8Array, start: number): number {
	return 2 + (u16(data, start) & 0x7fff);
}

/** @param role as {@link ssl2Role} says */
export function ssl2Fields(data: Uint8Array, start: number, end: number, role: Role): Fields {
	if (role === Role.Client) {
		const version = versionName(u16(data, start + 3));
		return version ? { offeredVersion: version } : {};
	}
	const certificate = start + SERVER_HEADER;
	const certificateEnd = Math.min(end, certificate + u16(data, start + 7));
	return {
		...(data[start + 4] === X509 ? certificateFields(data, certificate, certificateEnd) : {}),
		version: "SSL 2.0",
	};
}

/** Version, lengths of cipher specs (three bytes each), session id and challenge. */
function isClientHello(data: Uint8Array, start: number): boolean {
	const version = u16(data, start + 3);
	const ciphers = u16(data, start + 5);
	const session = u16(data, start + 7);
	const challenge = u16(data, start + 9);
	return (
		(version === SSL_2_0 || (version >= 0x300 && version <= 0x303)) &&
		ciphers > 0 &&
		ciphers % 3 === 0 &&
		challenge >= 16 &&
		challenge <= 32 &&
		CLIENT_HEADER + ciphers + session + challenge === ssl2Length(data, start)
	);
}

/** Session known or not, type of certificate, version, lengths of certificate, cipher specs and connection id. */
function isServerHello(data: Uint8Array, start: number, end: number): boolean {
	if (end - start < SERVER_HEADER || data[start + 3]! > 1 || u16(data, start + 5) !== SSL_2_0) return false;
	const rest = u16(data, start + 7) + u16(data, start + 9) + u16(data, start + 11);
	return SERVER_HEADER + rest === ssl2Length(data, start);
}
