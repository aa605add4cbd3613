import { constants, type Stats } from "node:fs";
import { access, readlink, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UsageError } from "./exit.ts";

/** Where a result goes. */
export type Destination =
	| { readonly kind: "stdout" }
	/** A device or a pipe: written to as it is, never replaced. */
	| { readonly kind: "straight"; readonly name: string }
	/** A regular file, which appears when it is whole. `path` is what `name` leads to; `before`, what is there now. */
	| { readonly kind: "file"; readonly name: string; readonly path: string; readonly before: Stats | undefined };

export const STANDARD_OUTPUT: Destination = { kind: "stdout" };

/**
 * Looks at the place that `--output`, or another option, names: before captures are read, which may take long.
 * @throws UsageError where the result would replace one of the captures; an error that names the cause where nothing can
 * be written.
 */
export async function destination(
	name: string | undefined,
	captures: readonly string[],
	option = "--output",
): Promise<Destination> {
	if (name === undefined || name === "-" || name === "/dev/stdout") return STANDARD_OUTPUT;
	try {
		const before = await statOf(name);
		if (before?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
		if (before && !before.isFile()) return { kind: "straight", name };
		for (const capture of captures) {
			const input = await statOf(capture).catch(() => undefined);
			if (before && input && input.ino === before.ino && input.dev === before.dev)
				throw new UsageError(`${option}: ${name} is one of the captures: it would be lost`);
		}
		const path = await endOfLinks(name);
		await access(dirname(path), constants.W_OK);
		if (before) await access(path, constants.W_OK);
		return { kind: "file", name, path, before };
	} catch (error) {
		throw error instanceof UsageError ? error : cannotWrite(name, error);
	}
}

async function statOf(path: string): Promise<Stats | undefined> {
	try {
		return await stat(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

/** What symbolic links lead to, whether it is there or not: the file is replaced, and its links stay. */
async function endOfLinks(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch {
		const next = await readlink(path).catch(() => undefined);
		return next === undefined ? path : endOfLinks(resolve(dirname(path), next));
	}
}

export function cannotWrite(name: string, error: unknown): Error {
	return new Error(`${name} cannot be written: ${causeOf(error)}`, { cause: error });
}

const CAUSES: Readonly<Record<string, string>> = {
	ENOENT: "there is no such folder",
	ENOTDIR: "there is no such folder",
	EACCES: "permission denied",
	EPERM: "permission denied",
	EISDIR: "it is a folder",
	ELOOP: "its links go in a circle",
	ENOSPC: "the disk is full",
	EDQUOT: "the disk quota is used up",
	EFBIG: "it would be larger than files may be",
	EROFS: "the file system is read-only",
};

function causeOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return CAUSES[(error as NodeJS.ErrnoException).code ?? ""] ?? error.message;
}
