import { counted16, hex, join, lines, text, u16, u32, zeros } from "../bytes.ts";
import { addressBytes } from "../network.ts";
import type { Random } from "../random.ts";

/** A question, or the same with one address as its answer (RFC 1035). */
export function dns(id: number, name: string, answer?: string): Uint8Array {
	const question = join(...name.split(".").map((label) => join(label.length, label)), 0, u16(1), u16(1));
	const record = answer === undefined ? [] : [u16(0xc00c), u16(1), u16(1), u32(300), counted16(addressBytes(answer))];
	return join(
		u16(id),
		u16(answer === undefined ? 0x0100 : 0x8180),
		u16(1),
		u16(answer === undefined ? 0 : 1),
		u16(0),
		u16(0),
		question,
		...record,
	);
}

/** @param mode 3 asks, 4 answers (RFC 5905, 7.3) */
export function ntp(mode: 3 | 4): Uint8Array {
	return join((4 << 3) | mode, mode === 4 ? 2 : 0, 6, 0xec, zeros(36), u32(0xe9000000), u32(0));
}

/** SNMP version 2c (RFC 3416) for sysDescr.0. @param pdu 0xa0 get, 0xa2 response, 0xa7 trap */
export function snmp(pdu: number, community = "public"): Uint8Array {
	const binding = hex("300c 0608 2b06010201010100 0500");
	const body = join(hex("0204 00000001 0201 00 0201 00"), 0x30, binding.length, binding);
	const message = join(hex("0201 01"), 4, community.length, community, pdu, body.length, body);
	return join(0x30, message.length, message);
}

/** @param type option 53, or undefined for BOOTP (RFC 951) */
export function dhcp(
	operation: 1 | 2,
	hardware: Uint8Array,
	type: number | undefined,
	your = "0.0.0.0",
	server?: string,
): Uint8Array {
	const options = join(
		hex("63825363"),
		...(type === undefined ? [] : [53, 1, type]),
		...(server === undefined ? [] : [54, 4, addressBytes(server)]),
		...(operation === 1 && type !== undefined ? [60, 13, "ccp.avaya.com"] : []),
		255,
	);
	const fixed = join(
		operation,
		1,
		6,
		0,
		u32(0x5a5a0001),
		u16(0),
		u16(0),
		zeros(4),
		addressBytes(your),
		zeros(8),
		hardware,
		zeros(10),
		zeros(192),
	);
	const message = join(fixed, options);
	return message.length < 300 ? join(message, zeros(300 - message.length)) : message;
}

/** RFC 868: seconds since 1900. */
export function timeOfDay(seconds: number): Uint8Array {
	return u32(seconds);
}

export function syslog(message: string): Uint8Array {
	return text(`<134>Mar  2 09:00:01 ipoffice ${message}`);
}

/** A RIP version 2 response with one route (RFC 2453). */
export function rip(): Uint8Array {
	return join(2, 2, u16(0), u16(2), u16(0), addressBytes("10.9.0.0"), addressBytes("255.255.0.0"), u32(0), u32(1));
}

/** L2TP's first control message (RFC 2661). */
export function l2tp(): Uint8Array {
	return join(u16(0xc802), u16(20), u32(0), u16(0), u16(0), hex("8008 0000 0000 0001"));
}

/** The first message of an IKEv1 main mode (RFC 2408). */
export function ike(random: Random): Uint8Array {
	return join(random.bytes(8), zeros(8), 0, 0x10, 2, 0, u32(0), u32(28));
}

/** LDAP bind request and its success (RFC 4511). */
export function ldapBind(): Uint8Array {
	return hex("300c 0201 01 6007 0201 03 0400 8000");
}
export function ldapBound(): Uint8Array {
	return hex("300c 0201 01 6107 0a01 00 0400 0400");
}

export function httpGet(path: string, host: string, agent: string): Uint8Array {
	return lines(`GET ${path} HTTP/1.1`, `Host: ${host}`, `User-Agent: ${agent}`, "");
}
export function httpOk(server: string, body: string): Uint8Array {
	return join(lines("HTTP/1.1 200 OK", `Server: ${server}`, `Content-Length: ${body.length}`, ""), body);
}

export function xmppStream(domain: string, id?: string): Uint8Array {
	return text(
		`<?xml version='1.0'?><stream:stream to='${domain}' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'${id ? ` id='${id}'` : ""} version='1.0'>`,
	);
}

/** PostgreSQL's request for TLS, and "no". */
export function postgresSslRequest(): Uint8Array {
	return join(u32(8), u32(80877103));
}

/** Bytes that no protocol known in public begins with. */
export function proprietary(random: Random, length: number): Uint8Array {
	return join(0x00, 0xbf, 0xfe, random.bytes(length));
}
