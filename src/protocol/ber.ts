/** Tags and lengths of ASN.1's basic encoding rules (ITU-T X.690, 8.1), as LDAP and SNMP use them: definite lengths. */

const MAX_LENGTH_BYTES = 4;
const LONG_FORM = 0x80;

/** Where the value of the element at `at` begins; -1 where its length is malformed or cut off. May be `end`. */
export function berValue(data: Uint8Array, at: number, end: number): number {
	if (end - at < 2) return -1;
	const first = data[at + 1]!;
	if (first < LONG_FORM) return at + 2;
	const count = first & 0x7f;
	const value = at + 2 + count;
	return count === 0 || count > MAX_LENGTH_BYTES || value > end ? -1 : value;
}

/** End of the element at `at`, as its length says: may be beyond the payload's end. -1 like {@link berValue}. */
export function berEnd(data: Uint8Array, at: number, end: number): number {
	const value = berValue(data, at, end);
	if (value < 0) return -1;
	const first = data[at + 1]!;
	if (first < LONG_FORM) return value + first;
	let length = 0;
	for (let i = at + 2; i < value; i++) length = length * 256 + data[i]!;
	return value + length;
}

/** The unsigned number in the bytes `from … to - 1`, at most four; -1 for others. */
export function berNumber(data: Uint8Array, from: number, to: number): number {
	if (to - from < 1 || to - from > 4) return -1;
	let number = 0;
	for (let at = from; at < to; at++) number = number * 256 + data[at]!;
	return number;
}
