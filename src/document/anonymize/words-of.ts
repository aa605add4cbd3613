import { parseAddress } from "../../packet/address.ts";

/** Letters and digits, with what stands inside of words. */
const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}'’._/@-]*[\p{L}\p{N}])?/gu;
const PART = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * Words of a text of ours, and their parts, which other texts put together in other ways. Numbers are none: they are told by
 * where they stand. Nor are addresses: an example's may be somebody's.
 */
export function* wordsOf(text: string): Iterable<string> {
	for (const [word] of text.matchAll(WORD)) {
		if (isWord(word)) yield word;
		for (const [part] of word.matchAll(PART)) if (isWord(part)) yield part;
	}
}

function isWord(text: string): boolean {
	return !/^\d+$/.test(text) && parseAddress(text) === undefined;
}
