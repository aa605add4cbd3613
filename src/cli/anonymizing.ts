import type { Command } from "commander";
import type { Anonymizer } from "../document/anonymize.ts";
import { cannotWrite, checkDistinct, destination } from "./destination.ts";
import { UsageError } from "./exit.ts";
import { checkNames } from "./missing.ts";

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

/**
 * @param output as `--output` names it.
 * @throws UsageError where the options do not go together, name one file twice, or the key is none.
 */
export async function anonymizing(
	{ anonymize, key, mapping, output }: AnonymizingOptions & { readonly output?: string },
	captures: readonly string[],
): Promise<Anonymizing | undefined> {
	if (!anonymize) {
		if (key !== undefined || mapping !== undefined)
			throw new UsageError(`--${key === undefined ? "mapping" : "key"} goes with --anonymize only`);
		return undefined;
	}
	// A key is made where there is none: not for captures that are not there.
	await checkNames(captures);
	if (mapping !== undefined) {
		const { kind } = await destination(mapping, captures, "--mapping");
		if (kind === "stdout") throw new UsageError("--mapping: name a file, for the originals are no part of the result");
	}
	await checkDistinct({ "--output": output, "--key": key, "--mapping": mapping }, captures);
	const { createAnonymizer } = await import("../document/anonymize.ts");
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
			const { csvLine } = await import("../report/text/csv-cell.ts");
			const lines = [["original", "replacement"], ...originals!].map((pair) => `${csvLine(pair)}\r\n`);
			await writePrivate(mapping, lines.join(""));
		},
	};
}

async function secretOf(path: string): Promise<Uint8Array> {
	const [{ readFile }, { randomBytes }, { weaknessOf }] = await Promise.all([
		import("node:fs/promises"),
		import("node:crypto"),
		import("../document/anonymize.ts"),
	]);
	const read = async () => {
		const secret = await readFile(path);
		const weakness = weaknessOf(secret);
		if (weakness !== undefined) throw new UsageError(`--key: ${path} ${weakness}`);
		return secret;
	};
	try {
		return await read();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
	}
	try {
		const secret = `${randomBytes(32).toString("hex")}\n`;
		await writePrivate(path, secret, "wx");
		return Buffer.from(secret);
	} catch (error) {
		// Another run made it at the same time: both are to have one key.
		if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === "EEXIST") return read();
		throw error;
	}
}

/** A file that only its owner may read. @param flags `wx`: only where there is none. */
async function writePrivate(path: string, text: string, flags: "w" | "wx" = "w"): Promise<void> {
	const { open } = await import("node:fs/promises");
	try {
		const file = await open(path, flags, 0o600);
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
