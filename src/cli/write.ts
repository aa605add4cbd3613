import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Writes text to a file, or to standard output, at the speed that the reader takes it.
 * A file appears under its name only when it is whole.
 */
export async function writeAll(chunks: Iterable<string>, file: string | undefined): Promise<void> {
	if (file === undefined) {
		for (const chunk of chunks) {
			if (!process.stdout.write(chunk)) await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
		}
		return;
	}
	const unfinished = `${file}.part`;
	try {
		await pipeline(Readable.from(chunks), createWriteStream(unfinished));
		await rename(unfinished, file);
	} catch (error) {
		await rm(unfinished, { force: true });
		throw new Error(`${file} cannot be written: ${causeOf(error)}`, { cause: error });
	}
}

const CAUSES: Readonly<Record<string, string>> = {
	ENOENT: "there is no such folder",
	EACCES: "permission denied",
	EISDIR: "it is a folder",
	ENOSPC: "the disk is full",
	EROFS: "the file system is read-only",
};

function causeOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return CAUSES[(error as NodeJS.ErrnoException).code ?? ""] ?? error.message;
}
