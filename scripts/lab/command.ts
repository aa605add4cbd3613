import { execFile } from "node:child_process";

export interface Result {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunOptions {
	/** Milliseconds after which the command is killed. */
	readonly timeout?: number;
	/** Standard input, which is then closed. */
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
}

const DEFAULT_TIMEOUT = 15_000;
const MAX_OUTPUT = 16 * 1024 * 1024;

/** Runs a command to its end. A status other than 0 is a result, not an error; a command that cannot start is one. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
	return new Promise((resolve, reject) => {
		const child = execFile(
			command,
			args,
			{
				timeout: options.timeout ?? DEFAULT_TIMEOUT,
				killSignal: "SIGKILL",
				maxBuffer: MAX_OUTPUT,
				env: { ...process.env, LC_ALL: "C", ...options.env },
			},
			(error, stdout, stderr) => {
				if (error && typeof error.code === "string") reject(new Error(`${command}: ${error.message}`));
				else resolve({ code: error ? (typeof error.code === "number" ? error.code : -1) : 0, stdout, stderr });
			},
		);
		// A command that ends without reading its input closes the pipe: no reason to fail.
		child.stdin?.on("error", () => {});
		child.stdin?.end(options.input ?? "");
	});
}

/** Runs a command that must succeed. @returns its standard output. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
	const { code, stdout, stderr } = await attempt(command, args, options);
	if (code !== 0) throw new Error(`${command} ${args.join(" ")}: status ${code}: ${tail(stderr || stdout)}`);
	return stdout;
}

/** The last lines of a text, for messages. */
export function tail(text: string, lines = 6): string {
	return text.trim().split("\n").slice(-lines).join("\n");
}

export function sleep(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until a condition holds. @throws Error with `what` after `timeout` milliseconds. */
export async function until(what: string, timeout: number, condition: () => boolean | Promise<boolean>): Promise<void> {
	const end = performance.now() + timeout;
	while (!(await condition())) {
		if (performance.now() > end) throw new Error(`${what}: not within ${timeout / 1000} s`);
		await sleep(POLL);
	}
}

const POLL = 30;
