import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);
const MAIN = fileURLToPath(new URL("dist/cli/main.js", ROOT));

export interface Outcome {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the built program in the project's folder. @param input what it finds on standard input. */
export function run(args: readonly string[], options: { input?: Uint8Array; env?: object } = {}): Promise<Outcome> {
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
		child.stdin.end(options.input ?? "");
	});
}
