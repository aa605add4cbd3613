import { datagram } from "./analyse.ts";
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

/**
 * IP Office gives `file1`, `file2`, … one after the other to one port of a client: the first two from one port of its own.
 */
export function filesByIpOffice(count: number): Uint8Array[] {
	const [client, server] = ["10.0.0.2", "10.0.0.1"];
	return Array.from({ length: count }, (_, i) => {
		const [from, to] = [`${server}:${4153 + Math.max(0, i - 1)}`, `${client}:2421`];
		return [
			datagram(`${client}:2421`, `${server}:69`, rrq(`file${i + 1}`)),
			datagram(from, `${client}:69`, wrq(`file${i + 1}`)),
			datagram(from, to, data(1, 100)),
			datagram(to, from, ack(1)),
		];
	})
		.flat()
		.map(({ bytes }) => bytes);
}
