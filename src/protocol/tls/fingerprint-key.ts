/** What a fingerprint depends on, as 16-bit words: written anew for each hello, into the same memory. */
import { u16 } from "../bytes.ts";
import type { Span } from "./hello.ts";
import { isGrease } from "./names.ts";

/** Words at most, far more than any client needs: a hello beyond has no fingerprint. */
const MAX_WORDS = 8192;
/** So many are sorted by insertion: a call out of JavaScript takes longer. */
const FEW = 32;

export class FingerprintKey {
	readonly words = new Uint16Array(MAX_WORDS);
	/** The same memory. */
	readonly bytes = Buffer.from(this.words.buffer);
	#length = 0;

	/** Words written; more than the memory holds where not all found room. */
	get length(): number {
		return this.#length;
	}

	get fits(): boolean {
		return this.#length <= MAX_WORDS;
	}

	/** @param head words that the caller sets himself */
	reset(head: number): void {
		this.#length = head;
	}

	put(word: number): void {
		this.words[this.#length++] = word;
	}

	/** The 16-bit values of a list, without GREASE. @returns how many they are */
	putList(data: Uint8Array, { start, end }: Span): number {
		const before = this.#length;
		for (let at = start; at + 1 < end; at += 2) {
			const value = u16(data, at);
			if (!isGrease(value)) this.put(value);
		}
		return this.#length - before;
	}

	/** The types of the extensions, without GREASE. @returns how many they are */
	putExtensionTypes(data: Uint8Array, { start, end }: Span): number {
		const before = this.#length;
		for (let at = start; end - at >= 4; at += 4 + u16(data, at + 2)) {
			const type = u16(data, at);
			if (!isGrease(type)) this.put(type);
		}
		return this.#length - before;
	}

	/** Puts the words from `from` on into ascending order. */
	sort(from: number): void {
		const { words } = this;
		const end = Math.min(this.#length, MAX_WORDS);
		if (end - from > FEW) {
			words.subarray(from, end).sort();
			return;
		}
		for (let at = from + 1; at < end; at++) {
			const word = words[at]!;
			let place = at;
			for (; place > from && words[place - 1]! > word; place--) words[place] = words[place - 1]!;
			words[place] = word;
		}
	}
}

/** The words of a key's bytes. */
export function wordsOf(data: Uint8Array, start: number, end: number): Uint16Array {
	return new Uint16Array(data.buffer, data.byteOffset + start, (end - start) / 2);
}
