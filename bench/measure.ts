import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Capture } from "./captures.ts";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const WATCH_EVERY = 20;

/** What one run of a command took. */
export interface Sample {
	/** From start to end. */
	readonly seconds: number;
	/** Of processor time, user and system, all processes and threads together. */
	readonly cpu: number;
	/** Most resident memory, bytes; 0 where there is no /proc. */
	readonly memory: number;
}

/** The runs of one command. */
export interface Measured {
	readonly samples: Sample[];
	/** Why it ended without a result; it is not run again then. */
	failure?: string;
}

/** A command to be measured, in the words of bash. */
export interface Command {
	/**
	 * The files are `"$@"`, `"$OUT"` is a folder to write into, and `flowmatrix` is the built program of this
	 * repository. Standard output is thrown away.
	 */
	readonly line: string;
	/** At most so many runs. */
	readonly runs: number;
}

/**
 * Runs commands on a capture in turn (A B C A B C …), so that a machine that grows slower does so for all.
 * @returns what each took, in the order of `commands`.
 */
export async function measure(commands: readonly Command[], capture: Capture, runs: number): Promise<Measured[]> {
	// The first command must not be the one that waits for the disk.
	spawnSync("cat", capture.files, { stdio: "ignore" });
	const measured = commands.map((): Measured => ({ samples: [] }));
	for (let run = 0; run < runs; run++) {
		for (const [i, command] of commands.entries()) {
			const of = measured[i]!;
			if (run >= command.runs || of.failure !== undefined) continue;
			const result = await runOnce(command.line, capture.files);
			if (typeof result === "string") of.failure = result;
			else of.samples.push(result);
		}
	}
	return measured;
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
	if (values.length === 0) return Number.NaN;
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function isInstalled(program: string): boolean {
	return spawnSync("which", [program]).status === 0;
}

/**
 * Runs a line in bash, whose `time` knows what the kernel charged to every process that it waited for.
 * @returns what it took, or how it failed.
 */
async function runOnce(line: string, files: readonly string[]): Promise<Sample | string> {
	const out = mkdtempSync(join(tmpdir(), "flowmatrix-bench-"));
	const script = `
		set -eo pipefail
		flowmatrix() { "$NODE" "$MAIN" "$@"; }
		exec 3>&2 2>&1 >/dev/null
		TIMEFORMAT='%R %U %S'
		time { ${line}; } 2>&3`;
	const env = { ...process.env, LC_ALL: "C", NODE: process.execPath, MAIN, OUT: out };
	try {
		const child = spawn("bash", ["-c", script, "bash", ...files], { env, stdio: ["ignore", "pipe", "pipe"] });
		let times = "";
		let messages = "";
		child.stdout.setEncoding("utf8").on("data", (text) => {
			times += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			messages = (messages + text).slice(-500);
		});
		let memory = 0;
		const watch = setInterval(() => {
			memory = Math.max(memory, peakMemory(child.pid!));
		}, WATCH_EVERY);
		const status = await new Promise<number | null>((resolve, reject) =>
			child.on("close", resolve).on("error", reject),
		).finally(() => clearInterval(watch));
		if (status !== 0) return `${line} ended with status ${status}: ${messages.trim()}`;
		const [seconds, user, system] = times.trim().split(" ").map(Number);
		return { seconds: seconds!, cpu: user! + system!, memory };
	} finally {
		rmSync(out, { recursive: true });
	}
}

/** VmHWM of the children of a shell, together, in bytes. */
function peakMemory(shell: number): number {
	try {
		const children = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ");
		return children.reduce((sum, child) => sum + residentPeak(child), 0);
	} catch {
		return 0;
	}
}

/** 0 for a process that has ended meanwhile. */
function residentPeak(pid: string): number {
	try {
		const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
		return line ? Number(line[1]) * 1024 : 0;
	} catch {
		return 0;
	}
}
