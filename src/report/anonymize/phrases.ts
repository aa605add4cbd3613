/** What a phrase is: somebody's name, a peer's text with numbers in it, or one of the matrix. */
export type PhraseKind = "name" | "foreign" | "ours";

/** A place in a text that a phrase takes. */
export interface Span {
	readonly start: number;
	readonly end: number;
	readonly kind: PhraseKind;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
/** Phrases in all, and those that begin with one word: each is compared wherever that word stands. */
const MAX_PHRASES = 200_000;
const MAX_ALIKE = 1000;

interface Phrase {
	readonly text: string;
	/** Where its first word stands in it. */
	readonly at: number;
	readonly kind: PhraseKind;
}

/** Finds phrases in texts, whole words only, by their first words. */
export class Phrases {
	readonly #byWord = new Map<string, Phrase[]>();
	readonly #known = new Set<string>();

	/** @returns whether it will be found: false beyond the limits. */
	add(text: string, kind: PhraseKind): boolean {
		if (this.#known.has(text)) return true;
		WORD.lastIndex = 0;
		const first = WORD.exec(text);
		// Nobody is told by punctuation alone.
		if (!first) return true;
		const alike = this.#byWord.get(first[0]);
		if (this.#known.size >= MAX_PHRASES || (alike && alike.length >= MAX_ALIKE)) return false;
		this.#known.add(text);
		const phrase: Phrase = { text, at: first.index, kind };
		if (alike) alike.push(phrase);
		else this.#byWord.set(first[0], [phrase]);
		return true;
	}

	/** Of phrases that overlap the one that begins first, the longest of these. */
	find(text: string): Span[] {
		const spans: Span[] = [];
		if (this.#byWord.size === 0) return spans;
		let free = 0;
		for (const { 0: word, index } of text.matchAll(WORD)) {
			let longest: Span | undefined;
			for (const phrase of this.#byWord.get(word) ?? []) {
				const start = index - phrase.at;
				const end = start + phrase.text.length;
				if (start < free || (longest && end <= longest.end)) continue;
				if (!text.startsWith(phrase.text, start)) continue;
				const isFound = phrase.kind === "ours" ? standsAlone(text, start, end) : isWhole(text, start, end);
				if (isFound) longest = { start, end, kind: phrase.kind };
			}
			if (!longest) continue;
			spans.push(longest);
			free = longest.end;
		}
		return spans;
	}
}

/** Whether there are blanks around, or punctuation: what is ours is not if it is a part of something. */
function standsAlone(text: string, start: number, end: number): boolean {
	return /(?:^|[\s("'‘“<])$/.test(text.slice(0, start)) && /^[)"'’”>,;:.!?…]*(?:\s|$)/.test(text.slice(end));
}

/** Whether no word is cut in two. */
function isWhole(text: string, start: number, end: number): boolean {
	const isJoined = (at: number) => at > 0 && at < text.length && LETTER.test(text[at - 1]!) && LETTER.test(text[at]!);
	return !isJoined(start) && !isJoined(end);
}
