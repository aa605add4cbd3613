import { constants, type Stats } from "node:fs";
import { access, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
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

/**
 * Refuses options that name one and the same file, of which one would be lost, or be read for what it is not.
 * @param files by the option that names them; undefined for none.
 */
export async function checkDistinct(
	files: Readonly<Record<string, string | undefined>>,
	captures: readonly string[],
): Promise<void> {
	const seen = new Map<string, string>();
	for (const [option, name] of [...captures.map((capture) => ["", capture] as const), ...Object.entries(files)]) {
		const identity = name === undefined || name === "-" ? undefined : await identityOf(name);
		if (identity === undefined) continue;
		const other = seen.get(identity);
		if (option !== "" && other === "") throw new UsageError(`${option}: ${name} is one of the captures`);
		if (other) throw new UsageError(`${option} and ${other} name the same file: ${name}`);
		seen.set(identity, option);
	}
}

/** What tells a file from others, by whichever of its names; undefined for a pipe or a device, which may be named twice. */
async function identityOf(name: string): Promise<string | undefined> {
	const there = await statOf(name).catch(() => undefined);
	if (there) return there.isFile() ? `${there.dev}:${there.ino}` : undefined;
	const path = await endOfLinks(resolve(name));
	// Its folder may have several names too.
	return join(await endOfLinks(dirname(path)), basename(path));
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
