import { type Cipher, createCipheriv } from "node:crypto";

/** A range of addresses, and what stays of them. */
export interface KeptRange {
	readonly prefix: Uint8Array;
	/** Bits of the prefix. */
	readonly length: number;
	/** Bits before this one are replaced all the same, but in a range that stays whole. Default: 0. */
	readonly from?: number;
	/** `prefix`: an address in the range stays in it; `whole`: it stays as it is. Of ranges in one another the longest counts. */
	readonly keeps: "prefix" | "whole";
}

/**
 * What fills a block up behind the bits of a prefix. `reference`: the padding alone, as the authors' program has it; then
 * two prefixes whose blocks are the same, because an address has the padding's bits, are treated alike, and of every 15 bytes
 * of addresses one stays as it is. `numbered`: the prefix's length counts too, and one byte of 256 stays.
 */
export type Padding = "reference" | "numbered";

const BLOCK = 16;
/** Bytes of a key: half of it is the cipher's, half makes the padding. */
export const KEY_BYTES = 2 * BLOCK;

/**
 * Crypto-PAn: replaces addresses so that two that share a prefix of k bits get replacements that share k bits and no more
 * (J. Xu, J. Fan, M. H. Ammar, S. B. Moon, "Prefix-Preserving IP Address Anonymization: Measurement-based Security
 * Evaluation and a New Cryptography-based Scheme", ICNP 2002). Every bit is turned round or not by a pseudo-random function
 * of the bits before it: AES-128, as in the authors' program. IPv6 is the same with 128 bits.
 *
 * Ranges can be kept: there the function is 0 for all prefixes that lead to the range. It is still such a function, so no
 * two addresses meet, and prefixes are preserved; but an address beside a range keeps the bits that it shares with it, and
 * the one after them.
 */
export class CryptoPan {
	readonly #cipher: Cipher;
	readonly #pad: Buffer;
	readonly #padding: Padding;

	/** @param key of {@link KEY_BYTES}. */
	constructor(key: Uint8Array, padding: Padding) {
		this.#padding = padding;
		if (key.length !== KEY_BYTES) throw new Error(`the key has ${key.length} bytes, not ${KEY_BYTES}`);
		// Blocks are enciphered one by one: that is what ECB means, and all that is wanted of it.
		this.#cipher = createCipheriv("aes-128-ecb", key.subarray(0, BLOCK), null).setAutoPadding(false);
		this.#pad = this.#cipher.update(key.subarray(BLOCK));
	}

	/** @param address 4 or 16 bytes. @returns its replacement, as long. */
	replace(address: Uint8Array, ranges: readonly KeptRange[] = []): Uint8Array {
		const flips = this.#flips(address);
		let longest: KeptRange | undefined;
		for (const range of ranges) {
			if (range.prefix.length !== address.length) continue;
			const common = commonBits(address, range.prefix, range.length);
			flips.fill(0, range.from ?? 0, Math.min(common + 1, range.length));
			const isIn = common === range.length && range.from === undefined;
			if (isIn && range.length >= (longest?.length ?? 0)) longest = range;
		}
		const replaced = Uint8Array.from(address);
		if (longest?.keeps === "whole") return replaced;
		for (const [bit, flip] of flips.entries()) replaced[bit >> 3]! ^= flip << (7 - (bit & 7));
		return replaced;
	}

	/** For each bit of an address, whether it is turned round: 1 or 0. */
	#flips(address: Uint8Array): Uint8Array {
		const bits = 8 * address.length;
		// For each bit a block: the bits of the address before it, then those of the padding.
		const blocks = Buffer.alloc(bits * BLOCK);
		for (let bit = 0; bit < bits; bit++) {
			const at = bit * BLOCK;
			this.#pad.copy(blocks, at);
			const whole = bit >> 3;
			blocks.set(address.subarray(0, whole), at);
			const mask = 0xff00 >> (bit & 7);
			blocks[at + whole] = (address[whole]! & mask) | (this.#pad[whole]! & ~mask);
			if (this.#padding === "numbered") blocks[at + BLOCK - 1]! ^= bit;
		}
		const enciphered = this.#cipher.update(blocks);
		return Uint8Array.from({ length: bits }, (_, bit) => enciphered[bit * BLOCK]! >> 7);
	}
}

/** Leading bits that two addresses share, `most` at most. */
function commonBits(one: Uint8Array, other: Uint8Array, most: number): number {
	let bit = 0;
	while (bit < most && ((one[bit >> 3]! ^ other[bit >> 3]!) & (0x80 >> (bit & 7))) === 0) bit++;
	return bit;
}
