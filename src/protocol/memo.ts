/**
 * Remembers what was made of the same bytes before: thousands of flows say the same hello and show the same
 * certificate, and a site's SIP messages name the same few users. The bytes themselves are kept and compared, so two that
 * only hash alike are never taken for one.
 */
import { i32 } from "./bytes.ts";

interface Entry<T> {
	readonly hash: number;
	readonly bytes: Buffer;
	readonly value: T;
}

export class Memo<T> {
	/** Each at the place that its hash gives; a later one takes the place of an earlier one. */
	readonly #entries: (Entry<T> | undefined)[];
	readonly #maxBytes: number;
	readonly #make: (data: Uint8Array, start: number, end: number) => T;

	/**
	 * @param places for so many different runs of bytes at most; a power of two
	 * @param maxBytes longer runs of bytes are not kept
	 * @param make must not keep `data`
	 */
	constructor(places: number, maxBytes: number, make: (data: Uint8Array, start: number, end: number) => T) {
		this.#entries = new Array<Entry<T> | undefined>(places).fill(undefined);
		this.#maxBytes = maxBytes;
		this.#make = make;
	}

	/** What `make` says of `start … end` (exclusive). */
	get(data: Uint8Array, start: number, end: number): T {
		if (end - start > this.#maxBytes) return this.#make(data, start, end);
		const hash = hashOf(data, start, end);
		const place = (hash ^ (hash >>> 16)) & (this.#entries.length - 1);
		const known = this.#entries[place];
		if (known !== undefined && known.hash === hash && isSame(known.bytes, data, start, end)) return known.value;
		const value = this.#make(data, start, end);
		this.#entries[place] = { hash, bytes: Buffer.from(data.subarray(start, end)), value };
		return value;
	}
}

/** The signature at a certificate's end tells it apart, and a hello's key is seldom longer: no need to hash all. */
const HASHED = 256;
/** More bytes are compared faster by a call out of JavaScript. */
const FEW = 64;

/** After FNV-1a, four bytes at a time. */
function hashOf(data: Uint8Array, start: number, end: number): number {
	let hash = (0x811c9dc5 ^ (end - start)) | 0;
	let at = Math.max(start, end - HASHED);
	for (; at + 4 <= end; at += 4) hash = Math.imul(hash ^ i32(data, at), 0x01000193) ^ (hash >>> 15);
	for (; at < end; at++) hash = Math.imul(hash ^ data[at]!, 0x01000193);
	return hash;
}

function isSame(bytes: Buffer, data: Uint8Array, start: number, end: number): boolean {
	const { length } = bytes;
	if (length !== end - start) return false;
	if (length > FEW) return bytes.compare(data, start, end) === 0;
	for (let at = 0; at < length; at++) if (bytes[at] !== data[start + at]) return false;
	return true;
}
