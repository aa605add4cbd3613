import type { PacketView } from "../packet/view.ts";

/** Pieces of 16 bits that an end has: eight of an IPv6 address, and the port. */
const PIECES = 9;
/** And those of one word more: two VLAN tags, or a fragment's identification. */
const WORD_PIECES = 2;

/**
 * The hash of a packet's conversation, the same for both directions, with a key of its own for each table.
 *
 * Each end is the sum, modulo 2^32, of its 16-bit pieces, each times a secret number of 32 bits (multilinear hashing:
 * Lemire and Kaser, Strongly universal string hashing is fast, 2014). Two ends that differ, in whatever bits, differ in
 * one piece by less than 2^16, so for at most 2^15 of the 2^32 values of that piece's key their sums are equal: whoever
 * does not know the key cannot choose two ends that meet with a chance above 2^-17. A capture is written before its
 * reader draws the key, so of 4 million flows to one end, chosen in any way, a flow meets 32 others on average at most,
 * and one if they are not chosen.
 *
 * The two sums are mixed before they are added, by steps that can be undone: nothing is lost, and ends of which one grows
 * as the other falls do not give the same sum.
 */
export class FlowHash {
	readonly #key = Int32Array.from({ length: PIECES + WORD_PIECES }, () => Math.random() * 2 ** 32);

	/** @param ports source << 16 | destination. @param kind what must be equal beside addresses and ports. */
	of(packet: PacketView, ports: number, kind: number): number {
		const key = this.#key;
		const { src3, dst3 } = packet;
		const k0 = key[0]!;
		const k1 = key[1]!;
		const k2 = key[2]!;
		let a = Math.imul(k0, ports >>> 16) + Math.imul(k1, src3 & 0xffff) + Math.imul(k2, src3 >>> 16);
		let b = Math.imul(k0, ports & 0xffff) + Math.imul(k1, dst3 & 0xffff) + Math.imul(k2, dst3 >>> 16);
		if (packet.ipVersion === 6) {
			a += this.#upper(packet.src0, packet.src1, packet.src2);
			b += this.#upper(packet.dst0, packet.dst1, packet.dst2);
		}
		const h = (mix(a | 0) + mix(b | 0) + kind) | 0;
		return mix(h ^ (h >>> 16));
	}

	/**
	 * The hash of what a further word tells apart in a conversation. The word too is summed by secret numbers: a known
	 * number would let a capture choose words whose hashes end alike, whatever the conversation's hash is.
	 * @param hash as of {@link of}.
	 */
	withWord(hash: number, word: number): number {
		const key = this.#key;
		const pieces = Math.imul(key[PIECES]!, word & 0xffff) + Math.imul(key[PIECES + 1]!, word >>> 16);
		return mix((hash + pieces) | 0);
	}

	#upper(word0: number, word1: number, word2: number): number {
		const key = this.#key;
		return (
			Math.imul(key[3]!, word0 & 0xffff) +
			Math.imul(key[4]!, word0 >>> 16) +
			Math.imul(key[5]!, word1 & 0xffff) +
			Math.imul(key[6]!, word1 >>> 16) +
			Math.imul(key[7]!, word2 & 0xffff) +
			Math.imul(key[8]!, word2 >>> 16)
		);
	}
}

/** One to one on 32 bits. */
function mix(sum: number): number {
	const mixed = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d);
	return mixed ^ (mixed >>> 13);
}
