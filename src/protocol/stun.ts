import { i32, u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 20;
const MAGIC_COOKIE = 0x2112a442 | 0;
const CLASS_BITS = 0x0110;
const Class = { Request: 0, Indication: 0x10, Success: 0x100, Error: 0x110 } as const;

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

/** ICE checks go both ways, each side asking the other: then the first request decides. */
export const stun: Recogniser = {
	protocol: "stun",
	transports: [17, 6],
	strength: "strong",
	ports: [3478, 3479, 19302],
	source: "RFC 8489, 5",
	recognise(data, start, end) {
		if (end - start < HEADER || data[start]! > 0x3f || i32(data, start + 4) !== MAGIC_COOKIE) return Role.No;
		const length = u16(data, start + 2);
		return length % 4 === 0 && HEADER + length <= end - start ? roleOf(u16(data, start)) : Role.No;
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
};
