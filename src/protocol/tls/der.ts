/**
 * DER (X.690), as little of it as a certificate's names need. A value that is cut, by the snaplen or by the bound of what
 * is put together, is read as far as it is there.
 */
import { textOf } from "../bytes.ts";

export const Tag = {
	Boolean: 0x01,
	Integer: 0x02,
	OctetString: 0x04,
	ObjectIdentifier: 0x06,
	Utf8String: 0x0c,
	UtcTime: 0x17,
	GeneralizedTime: 0x18,
	BmpString: 0x1e,
	Sequence: 0x30,
	Set: 0x31,
} as const;

/** One value: its identifier octet and where its contents are in `data`. */
export interface Value {
	readonly tag: number;
	/** Of the identifier octet. */
	readonly at: number;
	readonly start: number;
	/** exclusive; where the value ends, or the bytes do */
	readonly end: number;
}

/** The value at `at`; undefined where no whole header of a definite length in one-octet tags is. */
export function valueAt(data: Uint8Array, at: number, end: number): Value | undefined {
	if (end - at < 2) return undefined;
	let start = at + 2;
	let length = data[at + 1]!;
	if (length >= 0x80) {
		const octets = length & 0x7f;
		if (octets === 0 || octets > 3 || end - start < octets) return undefined;
		length = 0;
		for (let i = 0; i < octets; i++) length = (length << 8) | data[start++]!;
	}
	return { tag: data[at]!, at, start, end: Math.min(end, start + length) };
}

/** The values one after another in the contents of a constructed one. */
export function valuesIn(data: Uint8Array, { start, end }: { start: number; end: number }): Value[] {
	const values: Value[] = [];
	for (let value = valueAt(data, start, end); value; value = valueAt(data, value.end, end)) values.push(value);
	return values;
}

/** The text of a string type: UTF-8, UTF-16 or one octet a character. */
export function stringOf(data: Uint8Array, { tag, start, end }: Value): string {
	const latin = textOf(data, start, end);
	if (tag === Tag.Utf8String) return Buffer.from(latin, "latin1").toString("utf8");
	if (tag !== Tag.BmpString) return latin;
	return Buffer.from(latin.slice(0, latin.length & ~1), "latin1")
		.swap16()
		.toString("utf16le");
}

/** A time as ISO 8601 in UTC to the second; undefined for anything but the forms that RFC 5280, 4.1.2.5 allows. */
export function timeOf(data: Uint8Array, { tag, start, end }: Value): string | undefined {
	const text = textOf(data, start, end);
	const isShort = tag === Tag.UtcTime;
	const digits = isShort ? `${Number(text.slice(0, 2)) >= 50 ? "19" : "20"}${text}` : text;
	if ((!isShort && tag !== Tag.GeneralizedTime) || !/^\d{14}Z$/.test(digits)) return undefined;
	return digits.replace(/^(....)(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z");
}
