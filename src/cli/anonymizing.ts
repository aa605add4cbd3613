import type { Command } from "commander";
import type { Anonymizer } from "../report/anonymize.ts";
import { UsageError } from "./exit.ts";

/** Options of every command whose result can be anonymized. */
export interface AnonymizingOptions {
	readonly anonymize?: true;
	readonly key?: string;
	readonly mapping?: string;
}

export function addAnonymizingOptions(command: Command, what: string): Command {
	return command
		.option("--anonymize", `replace ${what}, each always by the same`)
		.option(
			"--key <file>",
			"with --anonymize: a secret, for the same replacements in another run; written where there is no such file. Default: a new one each time",
		)
		.option("--mapping <file>", "with --anonymize: write what was replaced by what; keep it to yourself");
}

/** What replaces, and what to do at the end; undefined where nothing is to be replaced. */
export interface Anonymizing {
	readonly anonymizer: Anonymizer;
	/** Writes the mapping, where one is wanted. */
	conclude(): Promise<void>;
}

/** @throws UsageError where the options do not go together, or the key is none. */
export async function anonymizing({ anonymize, key, mapping }: AnonymizingOptions): Promise<Anonymizing | undefined> {
	if (!anonymize) {
		if (key !== undefined || mapping !== undefined)
			throw new UsageError(`--${key === undefined ? "mapping" : "key"} goes with --anonymize only`);
		return undefined;
	}
	const { createAnonymizer } = await import("../report/anonymize.ts");
	const secret = key === undefined ? undefined : await secretOf(key);
	const originals = mapping === undefined ? undefined : new Map<string, string>();
	const anonymizer = createAnonymizer({
		...(secret ? { key: secret } : {}),
		...(originals ? { mapping: originals } : {}),
	});
	return {
		anonymizer,
		async conclude() {
			if (mapping === undefined) return;
			const { csvLine } = await import("../report/csv-cell.ts");
			const lines = [["original", "replacement"], ...originals!].map((pair) => `${csvLine(pair)}\r\n`);
			await writePrivate(mapping, lines.join(""));
		},
	};
}

async function secretOf(path: string): Promise<Uint8Array> {
	const [{ readFile }, { randomBytes }, { LEAST_KEY }] = await Promise.all([
		import("node:fs/promises"),
		import("node:crypto"),
		import("../report/anonymize.ts"),
	]);
	try {
		const secret = await readFile(path);
		if (secret.length < LEAST_KEY)
			throw new UsageError(
				`--key: ${path} has ${secret.length} bytes, and ${LEAST_KEY} are the least that nobody guesses`,
			);
		return secret;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
		const secret = `${randomBytes(32).toString("hex")}\n`;
		await writePrivate(path, secret);
		return Buffer.from(secret);
	}
}

/** A file that only its owner may read. */
async function writePrivate(path: string, text: string): Promise<void> {
	const [{ open }, { cannotWrite }] = await Promise.all([import("node:fs/promises"), import("./destination.ts")]);
	try {
		const file = await open(path, "w", 0o600);
		try {
			if ((await file.stat()).isFile()) await file.chmod(0o600);
			await file.writeFile(text);
		} finally {
			await file.close();
		}
	} catch (error) {
		throw cannotWrite(path, error);
	}
}
