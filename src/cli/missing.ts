import { stat } from "node:fs/promises";
import { UsageError } from "./exit.ts";

/** Captures that were named and are not there: exit status 1, before any other is read. */
export class MissingCaptures extends Error {
	readonly code = "ERR_MISSING";
	readonly names: readonly string[];

	constructor(names: readonly string[]) {
		super(names.map((name) => `${name}: no such file`).join("\n"));
		this.name = "MissingCaptures";
		this.names = names;
	}
}

/**
 * A name that was mistyped is told before hours are spent on the others, and never by a result that lacks it in silence.
 * @throws MissingCaptures
 */
export async function checkNames(captures: readonly string[]): Promise<void> {
	const missing: string[] = [];
	for (const capture of captures) if (capture !== "-" && (await isMissing(capture))) missing.push(capture);
	if (missing.length > 0) throw new MissingCaptures(missing);
}

/** By a word in front of an id, how its command takes that id. */
export type Ways = ReadonlyMap<string, (id: string) => string>;

/**
 * Words such as `call 3`, which would be taken for captures, are told how their command takes them.
 * @throws UsageError
 */
export async function checkWords(words: readonly string[], ways: Ways): Promise<void> {
	for (const [i, word] of words.entries()) {
		const [way, id] = [ways.get(word.toLowerCase()), words[i + 1]];
		if (way && id !== undefined && (await isMissing(word))) throw new UsageError(`${word}: no such file; ${way(id)}`);
	}
}

/** Numbers at the end of some words that are no files: ids. */
export async function idsAtEnd(words: readonly string[]): Promise<readonly string[]> {
	let from = words.length;
	while (from > 0 && /^\d+(?:[-,]\d+)*$/.test(words[from - 1]!) && (await isMissing(words[from - 1]!))) from--;
	return words.slice(from);
}

function isMissing(path: string): Promise<boolean> {
	return stat(path).then(
		() => false,
		(error: NodeJS.ErrnoException) => error.code === "ENOENT",
	);
}

/** Letters that may be wrong in a word for it to be meant for another: one in three. */
const WRONG_IN = 3;

/** The one of some words that another was most likely meant for; undefined where none is like it. */
export function nearestTo(word: string, words: readonly string[]): string | undefined {
	const most = Math.max(1, Math.floor(word.length / WRONG_IN));
	const [best] = words
		.map((each) => ({ each, distance: distanceOf(word.toLowerCase(), each) }))
		.filter(({ distance }) => distance <= most)
		.sort((a, b) => a.distance - b.distance);
	return best?.each;
}

/** `; did you mean …?`, where one of the words is like it. */
export function meantBy(word: string, words: readonly string[]): string {
	const meant = nearestTo(word, words);
	return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** How many letters to put in, leave out, change, or exchange with their neighbour (optimal string alignment). */
function distanceOf(one: string, other: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: other.length + 1 }, (_, at) => at);
	for (let i = 1; i <= one.length; i++) {
		const line = [i];
		for (let j = 1; j <= other.length; j++) {
			const isSame = one[i - 1] === other[j - 1];
			line[j] = Math.min(last[j]! + 1, line[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
			if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
				line[j] = Math.min(line[j]!, beforeLast[j - 2]! + 1);
		}
		beforeLast = last;
		last = line;
	}
	return last[other.length]!;
}
