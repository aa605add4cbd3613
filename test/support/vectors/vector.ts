import { join, lines } from "../../../scripts/captures/bytes.ts";

export const TCP = 6;
export const UDP = 17;

/** A payload written by hand from its specification, and what is to be made of it. */
export interface Vector {
	readonly what: string;
	readonly transport: number;
	/** Port that it goes to. */
	readonly port: number;
	readonly bytes: Uint8Array;
	/** `protocol Role` */
	readonly is: string;
	readonly fields?: Readonly<Record<string, string | number | boolean>>;
	/** Length of the first message in `bytes`, where it is not all of them. */
	readonly length?: number;
	readonly leadsOn?: boolean;
}

type Rest = Omit<Vector, "what" | "transport" | "port" | "is" | "bytes">;

/** @param is `protocol Role` */
export function tcp(what: string, port: number, is: string, bytes: Uint8Array, rest: Rest = {}): Vector {
	return { what, transport: TCP, port, is, bytes, ...rest };
}

export function udp(what: string, port: number, is: string, bytes: Uint8Array, rest: Rest = {}): Vector {
	return { what, transport: UDP, port, is, bytes, ...rest };
}

/** Lines without an empty one behind them. */
export function text(...all: readonly string[]): Uint8Array {
	return join(...all.map((line) => `${line}\r\n`));
}

/** A header block: lines and the empty line that ends them. */
export function block(...all: readonly string[]): Uint8Array {
	return lines(...all, "");
}
