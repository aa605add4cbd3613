import type { Names } from "./names.ts";
import { merged, Phrases, type Span } from "./phrases.ts";
import { VOCABULARY } from "./vocabulary.ts";
import { wordsOf } from "./words-of.ts";

/** Ids of rows, and times: they stay. */
const ROW = /^[A-Z]+-(?:IN|OUT|INT)-x?\d+(?:'s)?$/;
const TIME = /^(?=.*\d\d)(?:\d{4}-\d\d-\d\d)?T?(?:\d\d:\d\d:\d\d(?:\.\d+)?)?Z?$/;
const DIGITS = /^\d+$/;
const HAS_DIGIT = /\d/;
/** Numbers as sentences have them: signs, thousands, fractions, units. */
const QUANTITY =
	/^[#+~<>=≥≤×-]*\d{1,3}(?:\d{0,3}|(?:[,']\d{3})*)(?:\.\d{1,9})?(?:ms|s|%|x|k|M|G|kB|MB|GB|B|th|st|nd|rd)?$/;
/** Before a release. */
const VERSION_BEFORE: ReadonlySet<string> = new Set(["runs", "release", "version"]);
const HEX = /^0x[0-9a-f]{1,4}$/i;
/** Enhanced mail system status codes (RFC 3463). */
const MAIL_STATUS = /^[245]\.\d{1,3}\.\d{1,3}$/;
/**
 * Joined numbers that are ours: `tcp/5060`, `udp/5060-5061`; ranges of ports, of four digits at least (others are texts of the
 * matrix); drafts of HTTP's versions, as ALPN has them.
 */
const JOINED = /^(?:(?:tcp|udp|sctp|dccp|udplite)\/\d{1,5}(?:-\d{1,5})?|\d{4,5}-\d{4,5}|h[23]-\d\d)$/i;

/** A word and what stands around it. */
const WORD = /^([("'‘“<]*)(.*?)([)"'’”>,;:.!?…]*)$/su;
/** What words are put together by, where each part may be our own: `SYN-ACK`, `UDP/5060`, `key=value`. */
const JOINTS = /([^\p{L}\p{N}\p{M}_.@]+)/u;
/** A number behind one of these is the message's own, whoever wrote what follows: `403 Forbidden`. */
const CODE = /^\d{1,3}(?=\s|$)/;

/** What numbers of ours are of: words before them, and after them. */
const COUNTED_BEFORE: ReadonlySet<string> = new Set(
	"flow flows call calls transfer transfers port ports packet cause status type code dscp release row version build link pieces than as error rejected failed redirected answered".split(
		" ",
	),
);
const COUNTED_AFTER: ReadonlySet<string> = new Set(
	"packet byte kb mb gb ms s µs min h d % of flow time request datagram block segment call transfer more to utc such connection stream second minute hour day piece file sip tftp radius dns dhcp snmp rtp".split(
		" ",
	),
);
/** Where sentences name users: what stands there is a name, whatever it looks like. */
const NAMING: readonly RegExp[] = [
	/\bregistrations of (.+?)(?: and \d+ more)? are refused/dg,
	/\bthe call of (\S+?)(?: to (\S+?))?(?::\s| failed\b)/dg,
	/\bannounced the media: \S+ (\S*) to (\S*), (.+)$/dg,
	/\((\S+) to (\S+)\)/dg,
];
/** Names like {@link Sentences.learn} keeps. */
const MAX_AMBIGUOUS = 200_000;
/** Sentences that are remembered. */
const MAX_KNOWN = 1 << 14;

/** Whether a word is one that sentences of ours, or the matrix, are made of. */
export function isVocabulary(word: string): boolean {
	return VOCABULARY.has(word) || VOCABULARY.has(word.toLowerCase());
}

/** Whose words a text is: a program's sentence, or what somebody sent. In the latter no number is known to be harmless. */
type Voice = "ours" | "foreign";

/**
 * Replaces in sentences all that is not known to be ours. A word stays only if flowmatrix ({@link VOCABULARY}) or the
 * matrix uses it. What peers wrote ({@link Sentences.quote}) is cut out of sentences first: in it all numbers go; in what is left a
 * number stays if it is short and nobody is known to be called by it, or if it counts or names something of ours.
 */
export class Sentences {
	readonly #names: Names;
	/** Words of the matrix that labels. */
	readonly #own = new Set<string>();
	/** Names that words alone do not tell, for they are made of our words and of digits: `201`, `main-office`. */
	readonly #ambiguous = new Set<string>();
	/** Those of several words, and what peers wrote with numbers in it. */
	readonly #phrases = new Phrases();
	/** Whether there were more names or quotes than are kept: then any number may be one. */
	#isFull = false;
	/** Flows share most of their sentences. */
	readonly #known: Readonly<Record<Voice, Map<string, string>>> = { ours: new Map(), foreign: new Map() };

	constructor(names: Names) {
		this.#names = names;
	}

	/** Takes the words of a text of the matrix for ours. */
	adopt(text: string): void {
		for (const word of wordsOf(text)) this.#own.add(word);
		// `MAPI proxy (50792)`, `40750-50750`.
		if (HAS_DIGIT.test(text) && /[\p{L}-]/u.test(text)) this.#phrases.add(text, "ours");
		this.#forget();
	}

	/** Whether a word is ours. */
	isOurs(word: string): boolean {
		return isVocabulary(word) || this.#own.has(word);
	}

	/** Takes note of a name that the document has in a field of its own: in sentences, it is one too. */
	learn(name: string): void {
		const words = name.split(/[@;,\s]+/);
		for (const text of new Set([name, ...words, ...words.map((word) => WORD.exec(word)![2]!)])) {
			if (this.#ambiguous.has(text) || this.isOurs(text)) continue;
			const parts = text.split(JOINTS).filter((part, i) => i % 2 === 0 && part !== "");
			if (parts.length === 0 || !parts.every((part) => DIGITS.test(part) || this.isOurs(part))) continue;
			this.#forget();
			const isKept = this.#ambiguous.size < MAX_AMBIGUOUS && (parts.length === 1 || this.#phrases.add(text, "name"));
			if (isKept) this.#ambiguous.add(text);
			else this.#giveUp(parts);
		}
	}

	/** Takes note of what a peer wrote, without a code before it: where a sentence has it, its numbers are not ours. */
	quote(text: string): void {
		const quoted = text.trim();
		if (!HAS_DIGIT.test(quoted)) return;
		if (DIGITS.test(quoted)) this.learn(quoted);
		else {
			if (!this.#phrases.add(quoted, "foreign")) this.#isFull = true;
			this.#forget();
		}
	}

	/** Of a name that there is no room for, every word is one. There are only so many words of ours. */
	#giveUp(parts: readonly string[]): void {
		for (const part of parts) {
			if (DIGITS.test(part)) this.#isFull = true;
			else this.#ambiguous.add(part);
		}
	}

	#forget(): void {
		this.#known.ours.clear();
		this.#known.foreign.clear();
	}

	/** @param text a sentence of ours, whatever it quotes. */
	replace(text: string): string {
		return this.#remembered("ours", text);
	}

	/** @param text what a peer wrote. */
	foreign(text: string): string {
		return this.#names.aroundReleases(text, (piece) => this.#remembered("foreign", piece));
	}

	/** @param text a code, and a peer's words. */
	answer(text: string): string {
		const code = CODE.exec(text)?.[0] ?? "";
		return code + this.foreign(text.slice(code.length));
	}

	#remembered(voice: Voice, text: string): string {
		const known = this.#known[voice];
		let replaced = known.get(text);
		if (replaced === undefined) {
			replaced = this.#replace(voice, text);
			if (known.size >= MAX_KNOWN) known.clear();
			known.set(text, replaced);
		}
		return replaced;
	}

	#replace(voice: Voice, text: string): string {
		let at = 0;
		let replaced = "";
		for (const { start, end, kind } of this.#spans(voice, text)) {
			const span = text.slice(start, end);
			replaced += this.#words(voice, text.slice(at, start), at === 0);
			if (kind === "ours") replaced += span;
			else replaced += kind === "name" ? this.#names.name(span) : this.foreign(span);
			at = end;
		}
		return replaced + this.#words(voice, text.slice(at), at === 0);
	}

	/** Where a text has names and quotes, from its beginning to its end. */
	#spans(voice: Voice, text: string): Span[] {
		const found = this.#phrases.find(text);
		if (voice === "foreign") return merged(found.filter(({ kind }) => kind === "name"));
		const named: Span[] = [];
		for (const naming of NAMING)
			for (const { indices } of text.matchAll(naming))
				for (const group of indices!.slice(1)) if (group) named.push(...namesIn(text, ...group));
		return merged([...found.filter((span) => !this.#isCount(text, span)), ...named]);
	}

	/** `flow 1` is ours, even where somebody is called so. */
	#isCount(text: string, { start, end, kind }: Span): boolean {
		const [word = "", number = "", ...more] = text.slice(start, end).split(" ");
		return kind === "name" && more.length === 0 && DIGITS.test(number) && COUNTED_BEFORE.has(word);
	}

	/** @param isBeginning whether it is that of a sentence: a number there counts what follows. */
	#words(voice: Voice, text: string, isBeginning: boolean): string {
		const words = text.split(/(\s+)/);
		let isCounted = isBeginning;
		return words
			.map((word, i) => {
				if (i % 2 === 1 || word === "") return word;
				const [, before = "", core = "", after = ""] = WORD.exec(word)!;
				if (voice === "foreign") return before + this.#core(voice, core, false) + after;
				const next = words[i + 2] ?? "";
				const counts = isCounted || this.#isCountable(next.toLowerCase().replace(/[^a-zµ%]+$/, ""));
				isCounted = goesOnCounting(core, after, isCounted, words[i - 2] ?? "");
				const version = VERSION_BEFORE.has(words[i - 2] ?? "") ? this.#version(core, next) : undefined;
				return before + (version ?? this.#core(voice, core, counts)) + after;
			})
			.join("");
	}

	/** What stays of a release. @param next the word behind it. */
	#version(core: string, next: string): string | undefined {
		return beginsWithRelease(`${core} ${next}`.trim()) ? core : this.#names.release(core);
	}

	/** Whether a word can be counted: a unit, or the plural of a word of ours. */
	#isCountable(word: string): boolean {
		return COUNTED_AFTER.has(word) || (word.length > 4 && word.endsWith("s") && this.isOurs(word));
	}

	/** @param counts whether a number here is of something. */
	#core(voice: Voice, core: string, counts: boolean): string {
		const names = this.#names;
		const endpoint = names.endpoint(core);
		if (endpoint !== undefined) return endpoint;
		if (this.#ambiguous.has(core) && !(counts && DIGITS.test(core))) return names.identifier(core);
		if (core === "" || this.isOurs(core) || ROW.test(core)) return core;
		if (voice === "ours" && isFigure(core)) {
			const [digits = ""] = /\d+/.exec(core) ?? [];
			const isSomebody = this.#isFull || this.#ambiguous.has(digits);
			return counts || TIME.test(core) || !isSomebody ? core : names.identifier(core);
		}
		if (voice === "ours" && counts && DIGITS.test(core)) return core;
		if (voice === "ours" && JOINED.test(core)) return core;
		const pieces = names.embedded(core);
		if (pieces.length > 1)
			return pieces.map((piece, i) => (i % 2 === 1 ? piece : this.#core(voice, piece, false))).join("");
		const parts = core.split(JOINTS);
		if (parts.length > 1) {
			const isOurs = (part: string) => part === "" || this.isOurs(part) || DIGITS.test(part);
			// Numbers that are joined to something are phone numbers, extensions, addresses.
			if (parts.every((part, i) => i % 2 === 1 || isOurs(part)))
				return parts.map((part) => (DIGITS.test(part) ? names.identifier(part) : part)).join("");
			// `name=value`, `[10.0.0.1]`, `a|b`: each by itself. What belongs to names (`a-b`, `a/b`) goes as a whole.
			const whole = core.split(/([=|[\]<>"'(),;]+)/);
			if (whole.length > 1)
				return whole.map((piece, i) => (i % 2 === 1 ? piece : this.#core(voice, piece, false))).join("");
		}
		return names.identifier(core);
	}
}

function isFigure(core: string): boolean {
	return QUANTITY.test(core) || HEX.test(core) || MAIL_STATUS.test(core) || TIME.test(core);
}

/**
 * Whether a text begins with a release's number, and not with what may be an address: one of four numbers has its build
 * behind it.
 */
function beginsWithRelease(text: string): boolean {
	const [number = "", build] = /^(\d{1,5}(?:\.\d{1,5}){1,5})(?:$| (build\b|\(\d+\))?)/.exec(text)?.slice(1) ?? [];
	return number !== "" && (number.split(".").length !== 4 || build !== undefined);
}

/** Whether the next number is one of ours too, by the word before it. */
function goesOnCounting(core: string, after: string, isCounted: boolean, before: string): boolean {
	// A list: `flows 3, 201, 205`.
	if (DIGITS.test(core)) return isCounted && after === ",";
	if (core === "of") return /^\W*\d[\d,.]*$/.test(before);
	// What follows a colon is a status, or a count.
	return after === ":" || (after === "" && COUNTED_BEFORE.has(core));
}

/** Single names of a list: `201, 202 and 203`. */
function* namesIn(text: string, from: number, to: number): Iterable<Span> {
	for (const { 0: word, index } of text.slice(from, to).matchAll(/[^\s,]+/g)) {
		const start = from + index;
		if (word !== "and") yield { start, end: start + word.length, kind: "name" };
	}
}
