import { hkdfSync, randomBytes, scryptSync } from "node:crypto";
import { APPLICATION } from "./anonymize/application.ts";
import { KEY_BYTES } from "./anonymize/crypto-pan.ts";
import { COVERAGE, DOCUMENT, FLOW, HOST, type Meaning, type Meanings } from "./anonymize/meanings.ts";
import { Names } from "./anonymize/names.ts";
import { isRelease } from "./anonymize/releases.ts";
import { Sentences } from "./anonymize/sentences.ts";
import type { FlowRecord, HostRecord, Report } from "./document.ts";
import { withoutCode } from "./quotes.ts";
import type { RowCoverage } from "./row-coverage.ts";

export interface AnonymizeOptions {
	/**
	 * Secret, 16 bytes or more, not the same few again and again: what was anonymized with the same one has the same replacements. Default: a new one, so that
	 * nobody can find out what was replaced.
	 */
	readonly key?: Uint8Array;
	/** Gets all originals and what they were replaced by. */
	readonly mapping?: Map<string, string>;
}

/** The shortest secret that is no guess, and how many different bytes it has at least: hexadecimal digits and words do. */
const LEAST_KEY = 16;
const LEAST_BYTES = 6;

/** Why a secret is none, as a predicate; undefined for one that will do. */
export function weaknessOf(key: Uint8Array): string | undefined {
	if (key.length < LEAST_KEY) return `has ${key.length} bytes, and ${LEAST_KEY} are the least that nobody guesses`;
	const different = new Set(key).size;
	return different < LEAST_BYTES
		? `repeats ${different === 1 ? "one byte" : `${different} bytes`}, which is no secret`
		: undefined;
}

/** A secret may be words that somebody chose: each guess is to cost memory and time (RFC 7914; its N is Node's default). */
function stretched(key: Uint8Array): Buffer {
	const weakness = weaknessOf(key);
	if (weakness !== undefined) throw new Error(`the key ${weakness}`);
	return scryptSync(key, "flowmatrix", KEY_BYTES, { N: 1 << 14, r: 8, p: 1 });
}

/** Prepares to anonymize reports and captures, with one key. @throws where the key is none. */
export function createAnonymizer({ key, mapping }: AnonymizeOptions = {}): Anonymizer {
	const secret = key === undefined ? randomBytes(KEY_BYTES) : stretched(key);
	const derived = (use: string) => new Uint8Array(hkdfSync("sha256", secret, "", `flowmatrix ${use}`, KEY_BYTES));
	const isPublic = (name: string) => sentences.isOurs(name);
	const names = new Names(derived("addresses"), derived("names"), isPublic, mapping);
	const sentences = new Sentences(names);
	return new Anonymizer(names, sentences);
}

/**
 * Makes of a report the same report without what identifies a site or a person: addresses, names, numbers, files. What a
 * field is, {@link DOCUMENT} says; a field that it does not know is taken for words if it is text. Labels, rows, findings and
 * figures stay: they are made before.
 */
export class Anonymizer {
	readonly names: Names;
	readonly #sentences: Sentences;
	/** Replacements of what flows share, such as labels: frozen, as the originals are. By what they are of. */
	#shared = new WeakMap<Meanings, WeakMap<object, unknown>>();
	/** Capture files, in the order in which they were named. */
	readonly #files = new Map<string, string>();

	constructor(names: Names, sentences: Sentences) {
		this.names = names;
		this.#sentences = sentences;
	}

	report(report: Report): Report {
		this.learn(report);
		const { flows: _, coverage, quotes: __, matrixTexts, ...rest } = report;
		const replace = (flow: FlowRecord) => this.flow(flow);
		return {
			...(this.#apply(DOCUMENT, rest) as Omit<Report, "flows" | "coverage">),
			anonymized: true,
			...(matrixTexts ? { matrixTexts } : {}),
			coverage: () => coverage().map((row) => this.#apply(COVERAGE, row) as RowCoverage),
			*flows() {
				for (const flow of report.flows()) yield replace(flow);
			},
		};
	}

	flow(flow: FlowRecord): FlowRecord {
		return this.#apply(FLOW, flow) as FlowRecord;
	}

	host(host: HostRecord): HostRecord {
		return this.#apply(HOST, host) as HostRecord;
	}

	address(text: string): string {
		return this.names.address(text);
	}

	name(text: string): string {
		return this.names.name(text);
	}

	/** Lets sentences know the words of the matrix, what they quote, and the names that the report has in fields of their own. */
	learn(report: Report): void {
		const { flows: _, coverage: __, quotes, matrixTexts, ...rest } = report;
		for (const text of matrixTexts?.() ?? []) this.#sentences.adopt(text);
		for (const text of quotes?.() ?? []) this.#sentences.quote(text);
		for (const flow of report.flows()) this.#learn(FLOW, flow);
		this.#learn(DOCUMENT, rest);
		// What was replaced before may have names in it that are known only now.
		this.#shared = new WeakMap();
	}

	#learn(meaning: Meaning | Meanings, value: unknown): void {
		if (meaning === "keep") return;
		if (Array.isArray(value)) for (const each of value) this.#learn(meaning, each);
		else if (typeof value === "object" && value !== null) {
			const of = fieldsOf(meaning);
			const others = meaningOfOthers(meaning);
			for (const field of Object.keys(value))
				this.#learn(of[field] ?? others, (value as Record<string, unknown>)[field]);
		} else if (typeof value === "string") {
			if (meaning === "address") this.names.see(value);
			else if (meaning === "name") this.#sentences.learn(value);
			else if (meaning === "foreign") this.#sentences.quote(value);
			else if (meaning === "answer") this.#sentences.quote(withoutCode(value));
		}
	}

	#apply(meaning: Meaning | Meanings, value: unknown): unknown {
		if (value === null || value === undefined || meaning === "keep") return value;
		if (Array.isArray(value)) return value.map((each) => this.#apply(meaning, each));
		if (typeof value === "object") {
			const of = fieldsOf(meaning);
			const others = meaningOfOthers(meaning);
			const shared = Object.isFrozen(value) ? this.#sharedOf(of) : undefined;
			const known = shared?.get(value);
			if (known !== undefined) return known;
			const replaced: Record<string, unknown> = {};
			for (const field of Object.keys(value))
				replaced[field] = this.#apply(of[field] ?? others, (value as Record<string, unknown>)[field]);
			shared?.set(value, Object.freeze(replaced));
			return replaced;
		}
		return typeof value === "string" ? this.#text(meaning, value) : value;
	}

	#sharedOf(meanings: Meanings): WeakMap<object, unknown> {
		let shared = this.#shared.get(meanings);
		if (!shared) {
			shared = new WeakMap();
			this.#shared.set(meanings, shared);
		}
		return shared;
	}

	#text(meaning: Meaning | Meanings, text: string): string {
		switch (meaning) {
			case "address":
				return this.names.address(text);
			case "name":
				return this.names.name(text);
			case "file":
				return this.#file(text);
			case "release":
				return isRelease(text) ? text : (this.names.release(text) ?? this.#sentences.replace(text));
			case "foreign":
				return this.#sentences.foreign(text);
			case "answer":
				return this.#sentences.answer(text);
			case "filter":
				return this.#filter(text);
			default:
				return this.#sentences.replace(text);
		}
	}

	/**
	 * A filter's fields and operators are Wireshark's; its values are addresses, numbers, or texts in quotation marks: those
	 * that are a protocol's own word, as a method is, stay, but not where a name belongs.
	 */
	#filter(text: string): string {
		let before = "";
		return text
			.split(/("(?:[^"\\]|\\.)*")/)
			.map((part, i) => {
				if (i % 2 === 0) {
					before = part;
					return part.replace(/[^\s(){},]+/g, (word) => this.names.endpoint(word) ?? word);
				}
				const value = part.slice(1, -1);
				const stays = this.#sentences.isOurs(value) && !CALL_ID.test(before);
				return stays ? part : `"${this.names.name(value)}"`;
			})
			.join("");
	}

	/** Paths tell users, customers and cases: files are numbered. */
	#file(name: string): string {
		if (name === "-") return name;
		let replaced = this.#files.get(name);
		if (replaced === undefined) {
			replaced = `capture-${this.#files.size + 1}`;
			this.#files.set(name, replaced);
			this.names.note(name, replaced);
		}
		return replaced;
	}
}

/** Before the value of a filter, in it: what follows is somebody's, even if it looks like a word of ours. */
const CALL_ID = /\bsip\.Call-ID\s*(?:==|!=|contains|matches)\s*$/;

const NO_FIELDS: Meanings = {};

/** Meanings of an object's fields. */
function fieldsOf(meaning: Meaning | Meanings): Meanings {
	if (typeof meaning === "object") return meaning;
	return meaning === "application" ? APPLICATION : NO_FIELDS;
}

/** The meaning of all its other fields. */
function meaningOfOthers(meaning: Meaning | Meanings): Meaning {
	if (typeof meaning === "object") return "words";
	return meaning === "application" ? "name" : meaning;
}
