import { join, u16 } from "../bytes.ts";

/** RFC 1350, 5. */
export function request(
	opcode: 1 | 2,
	file: string,
	mode = "octet",
	options: Readonly<Record<string, number>> = {},
): Uint8Array {
	return join(u16(opcode), file, 0, mode, 0, ...optionParts(options));
}
export function data(block: number, bytes: Uint8Array): Uint8Array {
	return join(u16(3), u16(block), bytes);
}
export function ack(block: number): Uint8Array {
	return join(u16(4), u16(block));
}
export function error(code: number, message: string): Uint8Array {
	return join(u16(5), u16(code), message, 0);
}
/** RFC 2347. */
export function oack(options: Readonly<Record<string, number>>): Uint8Array {
	return join(u16(6), ...optionParts(options));
}

function optionParts(options: Readonly<Record<string, number>>): (string | number)[] {
	return Object.entries(options).flatMap(([name, value]) => [name, 0, String(value), 0]);
}
