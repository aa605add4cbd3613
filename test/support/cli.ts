import { type ChildProcessByStdio, type StdioOptions, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
export const MAIN = fileURLToPath(new URL("dist/cli/main.js", ROOT));

export interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	/** What the program finds on standard input. */
	readonly input?: Uint8Array;
	readonly env?: object;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** The built program, started in the project's folder. */
export class Started {
	readonly child: Child;
	stderr = "";
	/** How it ended: by itself with a status, or by a signal. */
	readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;

	constructor(args: readonly string[], options: { readonly env?: object; readonly stdio?: StdioOptions } = {}) {
		const env = { ...process.env, COLUMNS: "110", NO_COLOR: undefined, ...options.env };
		const stdio = options.stdio ?? "pipe";
		this.child = spawn(process.execPath, [MAIN, ...args], { cwd: fileURLToPath(ROOT), env, stdio }) as Child;
		this.child.stderr.setEncoding("utf8").on("data", (text) => {
			this.stderr += text;
		});
		// A program that ends before it has read everything closes the pipe.
		this.child.stdin?.on("error", () => {});
		this.ended = new Promise((resolve, reject) => {
			this.child.on("error", reject);
			this.child.on("close", (status, signal) => resolve({ status, signal }));
		});
	}

	/** All of standard output, when it ends. */
	async stdout(): Promise<string> {
		let all = "";
		for await (const text of this.child.stdout.setEncoding("utf8")) all += text;
		return all;
	}

	/** Gives it input that stays open; resolves when the program, or the pipe to it, has taken all. */
	feed(bytes: Uint8Array): Promise<void> {
		return new Promise((resolve) => this.child.stdin.write(bytes, () => resolve()));
	}
}

/** Waits until a `live` captures. */
export async function capturing(program: Started): Promise<void> {
	for (let tries = 0; !program.stderr.includes("capturing on"); tries++) {
		if (tries > 300 || program.child.exitCode !== null) throw new Error(`it does not capture: ${program.stderr}`);
		await sleep(50);
	}
}

/** Runs the built program in the project's folder. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
	const program = new Started(args, options.env ? { env: options.env } : {});
	program.child.stdin.end(options.input ?? "");
	const stdout = await program.stdout();
	const { status } = await program.ended;
	return { status, stdout, stderr: program.stderr };
}
