import { bytesFrom, i32, textOf, u16 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const HEADER = 20;
const MAGIC_COOKIE = 0x2112a442 | 0;
const CLASS_BITS = 0x0110;
const Class = { Request: 0, Indication: 0x10, Success: 0x100, Error: 0x110 } as const;
const CLASSES: Readonly<Record<number, string>> = { 0: "request", 16: "indication", 256: "success", 272: "error" };
/** RFC 8489, 18.2; TURN: RFC 8656, 17. */
const METHODS: Readonly<Record<number, string>> = {
	1: "binding",
	3: "allocate",
	4: "refresh",
	6: "send",
	7: "data",
	8: "create-permission",
	9: "channel-bind",
};
const Attribute = { ErrorCode: 0x0009, Realm: 0x0014, Software: 0x8022 } as const;
const MAX_ATTRIBUTES = 24;
/** Longest message over a datagram that is not fragmented, and then some. */
const MAX_LENGTH = 4096;

function roleOf(type: number): Role {
	switch (type & CLASS_BITS) {
		case Class.Request:
			return Role.Client;
		case Class.Indication:
			return Role.Either;
		default:
			return Role.Server;
	}
}

/** The class's two bits lie between those of the method (RFC 8489, 5). */
function methodOf(type: number): number {
	return (type & 0x000f) | ((type & 0x00e0) >>> 1) | ((type & 0x3e00) >>> 2);
}

function describe(data: Uint8Array, start: number, end: number): Fields {
	if (end - start < HEADER) return {};
	const type = u16(data, start);
	const fields: Fields = { class: CLASSES[type & CLASS_BITS] ?? "" };
	const method = METHODS[methodOf(type)];
	if (method !== undefined) fields.method = method;
	const last = Math.min(end, start + HEADER + u16(data, start + 2));
	let at = start + HEADER;
	for (let i = 0; i < MAX_ATTRIBUTES && last - at >= 4; i++) {
		const value = at + 4;
		const length = u16(data, at + 2);
		if (value + length > last) break;
		putAttribute(fields, u16(data, at), data, value, length);
		at = value + ((length + 3) & ~3);
	}
	return fields;
}

function putAttribute(fields: Fields, type: number, data: Uint8Array, at: number, length: number): void {
	if (type === Attribute.Software) fields.software = textOf(data, at, at + length).replace(/\0+$/, "");
	else if (type === Attribute.Realm) fields.realm = textOf(data, at, at + length);
	else if (type === Attribute.ErrorCode && length >= 4) fields.error = 100 * (data[at + 2]! & 7) + data[at + 3]!;
}

/** Where the message begins: ICE over TCP puts its length before it (RFC 4571, 2); -1 where no cookie stands. */
function messageAt(data: Uint8Array, start: number, end: number): number {
	if (end - start < HEADER) return -1;
	if (i32(data, start + 4) === MAGIC_COOKIE) return start;
	return end - start >= HEADER + 2 && i32(data, start + 6) === MAGIC_COOKIE ? start + 2 : -1;
}

/** Attributes of ICE (RFC 8445, 16.1), and the wish for an answer from another address (RFC 3489, 11.2.4). */
const NOT_TO_A_SERVER: ReadonlySet<number> = new Set([0x0003, 0x0024, 0x0025, 0x8029, 0x802a]);

/** Whether a datagram may be a message: type and length, as {@link stun} and {@link classicStun} ask for. */
export function isStun(data: Uint8Array, start: number, end: number): boolean {
	return end - start >= HEADER && data[start]! <= 0x3f && HEADER + u16(data, start + 2) <= end - start;
}

/** The method that a request asks a server for; empty for one to a peer or a NAT test; undefined for what is no request. */
export function stunServerRequest(data: Uint8Array, start: number, end: number): string | undefined {
	const type = u16(data, start);
	if ((type & CLASS_BITS) !== Class.Request) return undefined;
	const last = Math.min(end, start + HEADER + u16(data, start + 2));
	let at = start + HEADER;
	for (let i = 0; i < MAX_ATTRIBUTES && last - at >= 4; i++) {
		if (NOT_TO_A_SERVER.has(u16(data, at))) return "";
		at += 4 + ((u16(data, at + 2) + 3) & ~3);
	}
	return METHODS[methodOf(type)] ?? "";
}

/** ICE checks go both ways, each side asking the other: then the first request decides. */
export const stun: Recogniser = {
	protocol: "stun",
	transports: [17, 6],
	strength: "strong",
	ports: [3478, 3479, 19302],
	firstBytes: bytesFrom(0, 0x3f),
	source: "RFC 8489, 5; RFC 8656; RFC 4571",
	recognise(data, start, end) {
		const at = messageAt(data, start, end);
		if (at < 0 || data[start]! > 0x3f || data[at]! > 0x3f) return Role.No;
		const length = u16(data, at + 2);
		if (length % 4 !== 0 || length > MAX_LENGTH || (at > start && u16(data, start) < HEADER + length)) return Role.No;
		return roleOf(u16(data, at));
	},
	describe(data, start, end) {
		return describe(data, Math.max(start, messageAt(data, start, end)), end);
	},
	messageLength(data, start, end) {
		const at = messageAt(data, start, end);
		return at < 0 ? 0 : at > start ? 2 + u16(data, start) : HEADER + u16(data, start + 2);
	},
};

/** Before RFC 5389 there was no magic cookie: only type and length tell. */
export const classicStun: Recogniser = {
	protocol: "stun",
	transports: [17],
	strength: "weak",
	ports: [3478, 3479],
	source: "RFC 3489, 11.1",
	recognise(data, start, end) {
		if (end - start < HEADER) return Role.No;
		const type = u16(data, start);
		const isBinding = type === 0x0001 || type === 0x0101 || type === 0x0111;
		return isBinding && HEADER + u16(data, start + 2) === end - start ? roleOf(type) : Role.No;
	},
	describe,
};

const CHANNEL_HEADER = 4;

/** Data through a TURN channel: its number and length stand before it. Bytes of media look like that too, so the port counts. */
export const turnChannel: Recogniser = {
	protocol: "stun",
	transports: [17, 6],
	strength: "weak",
	ports: [3478],
	source: "RFC 8656, 12.4; RFC 5766, 11",
	recognise(data, start, end) {
		if (end - start < CHANNEL_HEADER || data[start]! < 0x40 || data[start]! > 0x7f) return Role.No;
		const rest = end - start - CHANNEL_HEADER - u16(data, start + 2);
		return rest >= 0 && rest <= 3 ? Role.Either : Role.No;
	},
	describe: () => ({ method: "channel-data" }),
	messageLength(data, start, end) {
		return end - start < CHANNEL_HEADER ? 0 : CHANNEL_HEADER + ((u16(data, start + 2) + 3) & ~3);
	},
};
