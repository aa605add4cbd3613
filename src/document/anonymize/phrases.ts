/** What a phrase is: somebody's name, a peer's text with numbers in it, or one of the matrix. */
export type PhraseKind = "name" | "foreign" | "ours";

/** A place in a text that a phrase takes. */
export interface Span {
	readonly start: number;
	readonly end: number;
	readonly kind: PhraseKind;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const FIRST_WORD = /[\p{L}\p{N}\p{M}]+/u;
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
		const first = FIRST_WORD.exec(text);
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

	/** All places of phrases, in no order: they may overlap. Of those with one first word the longest of each kind. */
	find(text: string): Span[] {
		const spans: Span[] = [];
		if (this.#byWord.size === 0) return spans;
		for (const { 0: word, index } of text.matchAll(WORD)) {
			const longest: Partial<Record<PhraseKind, Span>> = {};
			for (const { text: phrase, at, kind } of this.#byWord.get(word) ?? []) {
				const start = index - at;
				const end = start + phrase.length;
				if (!text.startsWith(phrase, start) || end <= (longest[kind]?.end ?? 0)) continue;
				const isFound = kind === "ours" ? standsAlone(text, start, end) : isWhole(text, start, end);
				if (isFound) longest[kind] = { start, end, kind };
			}
			spans.push(...Object.values(longest));
		}
		return spans;
	}
}

/** What is joined to a part of somebody's name goes with it. */
const RANKS: readonly PhraseKind[] = ["ours", "foreign", "name"];

/** Places that do not overlap, in their order: one in another is a part of that; two that share a part are one name. */
export function merged(spans: readonly Span[]): Span[] {
	const all: Span[] = [];
	const rank = ({ kind }: Span) => RANKS.indexOf(kind);
	for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end || rank(b) - rank(a))) {
		const last = all.at(-1);
		if (!last || span.start >= last.end) all.push(span);
		else if (span.end > last.end)
			all[all.length - 1] = {
				start: last.start,
				end: span.end,
				kind: last.kind === span.kind ? span.kind : "name",
			};
	}
	return all;
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
