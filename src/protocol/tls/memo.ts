/**
 * Remembers what was made of the same bytes before: thousands of flows say the same hello and show the same
 * certificate. The bytes themselves are kept and compared, so two that only hash alike are never taken for one.
 */
import { i32 } from "../bytes.ts";

export class Memo<T> {
	readonly #entries = new Map<number, { readonly bytes: Buffer; readonly value: T }>();
	readonly #maxEntries: number;
	readonly #maxBytes: number;
	readonly #make: (data: Uint8Array, start: number, end: number) => T;

	/**
	 * @param maxEntries when so many are kept all are forgotten, so that memory has a bound
	 * @param maxBytes longer runs of bytes are not kept
	 * @param make must not keep `data`
	 */
	constructor(maxEntries: number, maxBytes: number, make: (data: Uint8Array, start: number, end: number) => T) {
		this.#maxEntries = maxEntries;
		this.#maxBytes = maxBytes;
		this.#make = make;
	}

	/** What `make` says of `start … end` (exclusive). */
	get(data: Uint8Array, start: number, end: number): T {
		const key = hashOf(data, start, end);
		const known = this.#entries.get(key);
		if (known && known.bytes.compare(data, start, end) === 0) return known.value;
		const value = this.#make(data, start, end);
		if (end - start <= this.#maxBytes) {
			if (this.#entries.size >= this.#maxEntries) this.#entries.clear();
			this.#entries.set(key, { bytes: Buffer.from(data.subarray(start, end)), value });
		}
		return value;
	}
}

/** The signature at a certificate's end tells it apart, and a hello's key is seldom longer: no need to hash all. */
const HASHED = 256;

/** After FNV-1a, four bytes at a time. */
function hashOf(data: Uint8Array, start: number, end: number): number {
	let hash = (0x811c9dc5 ^ (end - start)) | 0;
	let at = Math.max(start, end - HASHED);
	for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ i32(data, at), 0x01000193) ^ (hash >>> 15);
	for (; at < end; at++) hash = Math.imul(hash ^ data[at]!, 0x01000193);
	return hash;
}
