import type { Names } from "./names.ts";
import { VOCABULARY } from "./vocabulary.ts";

/** Ids of rows, and times: they stay. */
const ROW = /^[A-Z]+-(?:IN|OUT|INT)-x?\d+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?$/;
const SMALL_NUMBER = /^\d{1,6}$/;
const DIGITS = /^\d+$/;
/** Numbers as sentences have them: signs, thousands, fractions, units. */
const QUANTITY =
	/^[#+~<>=≥≤×-]*\d{1,3}(?:\d{0,3}|(?:[,']\d{3})*)(?:\.\d{1,9})?(?:ms|s|%|x|k|M|G|kB|MB|GB|B|th|st|nd|rd)?$/;
/** A release, where a word before it says so: `11.1.2.3` may be an address as well. */
const VERSION = /^\d{1,5}(?:\.\d{1,5}){1,5}$/;
const VERSION_BEFORE: ReadonlySet<string> = new Set(["runs", "release", "version"]);
const HEX = /^0x[0-9a-f]{1,4}$/i;

/** A word and what stands around it. */
const WORD = /^([("'‘“<]*)(.*?)([)"'’”>,;:.!?…]*)$/su;
/** What words are put together by, where each part may be our own: `SYN-ACK`, `UDP/5060`, `key=value`. */
const JOINTS = /([^\p{L}\p{N}\p{M}_.@]+)/u;

/** What numbers are of that are nobody's: before them, and after them. */
const COUNTED_BEFORE: ReadonlySet<string> = new Set(
	"flow flows call calls transfer transfers port ports packet cause status type code dscp release row version build link pieces".split(
		" ",
	),
);
const COUNTED_AFTER: ReadonlySet<string> = new Set(
	"packets packet bytes byte kb mb gb ms s % of flow flows times calls requests request datagrams datagram blocks block messages segments answers more seconds minutes hours days pieces files".split(
		" ",
	),
);
/** Where sentences name users by numbers: what stands there is a name, whatever it looks like. */
const NAMING: readonly RegExp[] = [
	/\bregistrations of (.+?) are refused/g,
	/\bthe call of (\S+) to (\S+)/g,
	/\((\S+) to (\S+)\)/g,
];
/** Names like {@link Sentences.learn} keeps, and how many of them are phrases. */
const MAX_AMBIGUOUS = 100_000;
const MAX_PHRASES = 500;
/** Sentences that are remembered. */
const MAX_KNOWN = 1 << 14;

/** Whether a word is one that sentences of ours, or the matrix, are made of. */
export function isVocabulary(word: string): boolean {
	return VOCABULARY.has(word) || VOCABULARY.has(word.toLowerCase());
}

/**
 * Replaces in sentences all that is not known to be ours: a word stays only if flowmatrix or the matrix uses it
 * ({@link VOCABULARY}), a number only if it is short and nobody is known to be called by it.
 */
export class Sentences {
	readonly #names: Names;
	/** Names that words alone do not tell, for they are made of our words and of digits: `201`, `main-office`. */
	readonly #ambiguous = new Set<string>();
	readonly #phrases: string[] = [];
	#phrase: RegExp | undefined;
	/** Flows share most of their sentences. */
	readonly #known = new Map<string, string>();

	constructor(names: Names) {
		this.#names = names;
	}

	/** Takes note of a name that the document has in a field of its own: in sentences, it is one too. */
	learn(name: string): void {
		this.#known.clear();
		for (const text of new Set([name, ...name.split(/[@;,\s]+/)])) {
			if (this.#ambiguous.size >= MAX_AMBIGUOUS || this.#ambiguous.has(text) || isVocabulary(text)) continue;
			const parts = text.split(JOINTS).filter((part, i) => i % 2 === 0 && part !== "");
			if (parts.length === 0 || !parts.every((part) => DIGITS.test(part) || isVocabulary(part))) continue;
			this.#ambiguous.add(text);
			if (!/\s/.test(text) || this.#phrases.length >= MAX_PHRASES) continue;
			this.#phrases.push(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
			this.#phrase = undefined;
		}
	}

	replace(text: string): string {
		let replaced = this.#known.get(text);
		if (replaced === undefined) {
			replaced = this.#replace(text);
			if (this.#known.size >= MAX_KNOWN) this.#known.clear();
			this.#known.set(text, replaced);
		}
		return replaced;
	}

	#replace(text: string): string {
		if (this.#phrases.length === 0) return this.#sentence(text);
		this.#phrase ??= new RegExp(`(${[...this.#phrases].sort((a, b) => b.length - a.length).join("|")})`, "u");
		return text
			.split(this.#phrase)
			.map((piece, i) => (i % 2 === 1 ? this.#names.name(piece) : this.#sentence(piece)))
			.join("");
	}

	#sentence(text: string): string {
		const named = new Set<string>();
		for (const naming of NAMING)
			for (const [, ...groups] of text.matchAll(naming))
				for (const group of groups) for (const word of group.split(/[\s,]+/)) named.add(word);
		const words = text.split(/(\s+)/);
		let isCounted = false;
		return words
			.map((word, i) => {
				if (i % 2 === 1 || word === "") return word;
				const [, before = "", core = "", after = ""] = WORD.exec(word)!;
				const next = (words[i + 2] ?? "").toLowerCase().replace(/[^a-z%]+$/, "");
				const counts = isCounted || COUNTED_AFTER.has(next);
				// A list goes on: `flows 3, 201, 205`.
				isCounted = DIGITS.test(core) ? isCounted && after === "," : after === "" && COUNTED_BEFORE.has(core);
				const isVersion = VERSION.test(core) && VERSION_BEFORE.has(words[i - 2] ?? "");
				return before + (isVersion ? core : this.#core(core, counts, named)) + after;
			})
			.join("");
	}

	/** @param counts whether a number here is of something. @param named what the sentence itself calls a name. */
	#core(core: string, counts: boolean, named: ReadonlySet<string>): string {
		const names = this.#names;
		const endpoint = names.endpoint(core);
		if (endpoint !== undefined) return endpoint;
		if (core === "" || isVocabulary(core) || ROW.test(core) || TIME.test(core)) return core;
		if (counts && QUANTITY.test(core)) return core;
		if (this.#ambiguous.has(core) || named.has(core)) return names.identifier(core);
		if (QUANTITY.test(core) || HEX.test(core)) return core;
		const parts = core.split(JOINTS);
		if (parts.length > 1) {
			const isOurs = (part: string) =>
				part === "" || isVocabulary(part) || SMALL_NUMBER.test(part) || QUANTITY.test(part);
			if (parts.every((part, i) => i % 2 === 1 || isOurs(part))) return core;
			// `name=value`, `[10.0.0.1]`, `a|b`: each by itself. What belongs to names (`a-b`, `a/b`) goes as a whole.
			const pieces = core.split(/([=|[\]<>"'(),;]+)/);
			if (pieces.length > 1)
				return pieces.map((piece, i) => (i % 2 === 1 ? piece : this.#core(piece, counts, named))).join("");
		}
		return names.identifier(core);
	}
}
