/** What {@link join} takes: bytes, Latin-1 text, or one byte as a number. */
export type Part = Uint8Array | string | number;

/** All parts one after the other. */
export function join(...parts: readonly Part[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts.map(toBuffer)));
}

/** 16 bits, big-endian. */
export function u16(value: number): Uint8Array {
	return Uint8Array.of((value >>> 8) & 0xff, value & 0xff);
}

/** 24 bits, big-endian. */
export function u24(value: number): Uint8Array {
	return Uint8Array.of((value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** 32 bits, big-endian. */
export function u32(value: number): Uint8Array {
	return join(u16(value >>> 16), u16(value));
}

/** 16 bits, little-endian. */
export function u16le(value: number): Uint8Array {
	return u16(value).reverse();
}

/** 32 bits, little-endian. */
export function u32le(value: number): Uint8Array {
	return u32(value).reverse();
}

/** Bytes from hexadecimal digits; spaces and colons are for the reader. */
export function hex(digits: string): Uint8Array {
	return new Uint8Array(Buffer.from(digits.replace(/[\s:]/g, ""), "hex"));
}

/** Latin-1 bytes of a text. */
export function text(value: string): Uint8Array {
	return new Uint8Array(Buffer.from(value, "latin1"));
}

/** UTF-16, big-endian: ASN.1's BMPString. */
export function utf16(value: string): Uint8Array {
	return new Uint8Array(Buffer.from(value, "utf16le").swap16());
}

/** Bytes behind their own length as 16 bits, big-endian. */
export function counted16(...parts: readonly Part[]): Uint8Array {
	const body = join(...parts);
	return join(u16(body.length), body);
}

/** Lines that each end in CRLF. */
export function lines(...all: readonly string[]): Uint8Array {
	return text(all.map((line) => `${line}\r\n`).join(""));
}

/** Zero bytes. */
export function zeros(count: number): Uint8Array {
	return new Uint8Array(count);
}

/** Bytes with zeros behind them up to a multiple of four, as pcapng pads. */
export function padTo4(bytes: Uint8Array): Uint8Array {
	return join(bytes, zeros((4 - (bytes.length % 4)) % 4));
}

function toBuffer(part: Part): Buffer {
	if (typeof part === "number") return Buffer.from([part]);
	return typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part);
}
