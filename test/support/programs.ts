import { spawnSync } from "node:child_process";

const known = new Map<string, boolean>();

/** Whether the machine lacks a program: tests that need it are then skipped. */
export function programMissing(name: string): boolean {
	let missing = known.get(name);
	if (missing === undefined) {
		missing = spawnSync(name, ["--version"]).error !== undefined;
		known.set(name, missing);
	}
	return missing;
}

/** For a test's name: that it is skipped, and why. */
export function skipNote(name: string): string {
	return programMissing(name) ? ` (skipped: ${name} is not installed)` : "";
}
