import { execFileSync, spawnSync } from "node:child_process";

/** Whether a program is on this machine. */
export function has(program: string): boolean {
	return spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;
}

/** What a program prints; it must end well. */
export function output(program: string, args: readonly string[]): string {
	return execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
}

/** tshark without the user's own settings. */
export function tshark(args: readonly string[]): string {
	return output("tshark", ["-n", ...args]);
}

/** What a program prints, however it ends. */
export function outputAnyway(program: string, args: readonly string[]): string {
	return spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 }).stdout;
}

export function tsharkAnyway(args: readonly string[]): string {
	return outputAnyway("tshark", ["-n", ...args]);
}
