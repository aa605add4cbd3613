import { concat } from "./packet-builder.ts";

/** TFTP packets (RFC 1350, 5). */
const request = (opcode: number, file: string, options: readonly string[]) =>
	concat([0, opcode], `${file}\0octet\0${options.map((text) => `${text}\0`).join("")}`);
const block = (opcode: number, number: number, body: Uint8Array | string = "") =>
	concat([0, opcode, (number >> 8) & 0xff, number & 0xff], body);

/** Options are names and values in turn (RFC 2347). */
export const rrq = (file: string, options: readonly string[] = []) => request(1, file, options);
export const wrq = (file: string, options: readonly string[] = []) => request(2, file, options);
export const data = (number: number, length: number) => block(3, number, new Uint8Array(length));
export const ack = (number: number) => block(4, number);
export const error = (code: number, text: string) => concat([0, 5, 0, code], `${text}\0`);
export const oack = (...options: string[]) => concat([0, 6], options.map((text) => `${text}\0`).join(""));
