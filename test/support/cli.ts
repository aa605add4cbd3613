import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const MAIN = fileURLToPath(new URL("dist/cli/main.js", ROOT));

export interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Long enough for the program to have read a small input. */
const READ_BY_THEN = 3000;

export interface RunOptions {
	/** What the program finds on standard input. */
	readonly input?: Uint8Array;
	/** Whether the input stays open, and an interrupt ends the program instead. */
	readonly interrupted?: boolean;
	readonly env?: object;
}

/** Runs the built program in the project's folder. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		const env = { ...process.env, COLUMNS: "110", NO_COLOR: undefined, ...options.env };
		const child = spawn(process.execPath, [MAIN, ...args], { cwd: fileURLToPath(ROOT), env });
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text) => {
			stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			stderr += text;
		});
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, stdout, stderr }));
		// A program that ends before it has read everything closes the pipe.
		child.stdin.on("error", () => {});
		if (options.interrupted) {
			child.stdin.write(options.input ?? "");
			setTimeout(() => child.kill("SIGINT"), READ_BY_THEN);
		} else child.stdin.end(options.input ?? "");
	});
}
