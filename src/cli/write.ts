import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Writes text to a file, or to standard output, at the speed that the reader takes it.
 * A file appears under its name only when it is whole; a device or a pipe is written to as it is, never replaced.
 */
export async function writeAll(chunks: Iterable<string>, file: string | undefined): Promise<void> {
	if (file === undefined) {
		for (const chunk of chunks) {
			if (!process.stdout.write(chunk)) await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
		}
		return;
	}
	const isReplaced = await mayReplace(file);
	const unfinished = isReplaced ? `${file}.part` : file;
	try {
		await pipeline(Readable.from(chunks), createWriteStream(unfinished));
		if (isReplaced) await rename(unfinished, file);
	} catch (error) {
		if (isReplaced) await rm(unfinished, { force: true });
		throw new Error(`${file} cannot be written: ${causeOf(error)}`, { cause: error });
	}
}

/** Whether a name is free, or that of a regular file: `/dev/null` must stay what it is. */
async function mayReplace(file: string): Promise<boolean> {
	try {
		return (await stat(file)).isFile();
	} catch {
		return true;
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
