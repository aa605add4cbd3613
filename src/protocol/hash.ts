/**
 * Numbers that tell bytes, texts and numbers from each other: FNV-1a, 32 bits, signed, from another beginning in each run,
 * so that nobody can choose what falls together. What is hashed before is given as `hash`.
 */
const OFFSET = (Math.random() * 2 ** 32) | 0;
const PRIME = 0x01000193;

/** @param end exclusive. */
export function hashOfBytes(data: Uint8Array, start: number, end: number, hash: number = OFFSET): number {
	for (let at = start; at < end; at++) hash = Math.imul(hash ^ data[at]!, PRIME);
	return hash;
}

export function hashOfText(text: string, hash: number = OFFSET): number {
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
	return hash;
}

/** Of the lowest 32 bits of a number. */
export function hashOfNumber(number: number, hash: number = OFFSET): number {
	const half = Math.imul(hash ^ (number & 0xffff), PRIME);
	return Math.imul(half ^ (number >>> 16), PRIME);
}
