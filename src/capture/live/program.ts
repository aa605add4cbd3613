import { type ChildProcessByStdio, spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { LiveError } from "./back-end.ts";

/** Characters kept of what a program says. */
const MAX_SAID = 20_000;
/** Programs that only say something, and end, in milliseconds. */
const PATIENCE = 10_000;
/** What a program that was asked to end has time for, in milliseconds. */
const ENDS_WITHIN = 3000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Where programs are that install themselves beside the search path. */
const ELSEWHERE: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
	win32: [join(process.env.ProgramFiles ?? "C:\\Program Files", "Wireshark")],
	darwin: ["/Applications/Wireshark.app/Contents/MacOS", "/usr/sbin"],
	// Of users whose path lacks what is for the system's own use.
	linux: ["/usr/sbin", "/sbin"],
};

/** Path of a program: of the search path or of where it is known to install itself. Undefined where there is none, or none that this user may run. */
export function findProgram(name: string): string | undefined {
	const file = process.platform === "win32" ? `${name}.exe` : name;
	const folders = [...(process.env.PATH ?? "").split(delimiter), ...(ELSEWHERE[process.platform] ?? [])];
	return folders
		.filter((folder) => folder !== "")
		.map((folder) => join(folder, file))
		.find(isProgram);
}

/** A program that is there, but not for this user. */
export function forbiddenProgram(name: string): string | undefined {
	const folders = [...(process.env.PATH ?? "").split(delimiter), ...(ELSEWHERE[process.platform] ?? [])];
	return folders
		.map((folder) => join(folder, name))
		.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function isProgram(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

/** A program that captures, without a shell: its arguments are what they are. */
export class Program {
	readonly #child: Child;
	readonly #ended: Promise<void>;
	readonly #chunks: AsyncIterator<Uint8Array>;
	/** Asked for at once: when a child exits, Node throws away what nobody reads of its output. */
	readonly #first: Promise<IteratorResult<Uint8Array>>;
	/** What it has said on standard error. */
	said = "";
	/** Its exit status; null while it runs, and where a signal ended it. */
	status: number | null = null;
	#isStopped = false;
	/** Whether something of what it writes was taken lately. */
	#isTaken = false;

	constructor(path: string, args: readonly string[]) {
		this.#child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C" } });
		this.#chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
		this.#first = this.#chunks.next();
		this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
			this.said = (this.said + text).slice(-MAX_SAID);
		});
		this.#ended = new Promise((resolve) => {
			this.#child.on("error", (error) => {
				this.said += error.message;
				resolve();
			});
			this.#child.on("close", (status, signal) => {
				this.status = status;
				// Ctrl-C on a terminal reaches all programs there.
				if (signal === "SIGINT") this.#isStopped = true;
				resolve();
			});
		});
	}

	/** Waits until it has ended. */
	get ended(): Promise<void> {
		return this.#ended;
	}

	/** What it writes, as it comes. @param fault what to say where it ends by itself. @throws that, behind the last byte. */
	async *output(fault: (program: Program) => Error | undefined): AsyncGenerator<Uint8Array, void, undefined> {
		try {
			for (let next = await this.#first; !next.done; next = await this.#chunks.next()) {
				this.#isTaken = true;
				yield next.value;
			}
			await this.#ended;
			const error = this.#isStopped ? undefined : fault(this);
			if (error) throw error;
		} finally {
			this.#child.kill("SIGKILL");
		}
	}

	/** Waits for its first byte. @returns false where it ends without one. */
	async begins(): Promise<boolean> {
		if (!(await this.#first).done) return true;
		await this.#ended;
		return false;
	}

	/** Asks it to end, as Ctrl-C does: what it has, it still writes, however long that is. Ends it where nothing comes. */
	stop(): void {
		if (this.#isStopped) return;
		this.#isStopped = true;
		this.#child.kill("SIGINT");
		this.#isTaken = false;
		const timer = setInterval(() => {
			if (!this.#isTaken) {
				clearInterval(timer);
				this.#child.kill("SIGKILL");
			}
			this.#isTaken = false;
		}, ENDS_WITHIN).unref();
	}

	/** Sends a signal that it takes for a question. */
	ask(signal: NodeJS.Signals): void {
		if (this.#child.exitCode === null && this.#child.signalCode === null && !this.#isStopped) this.#child.kill(signal);
	}
}

/** Runs a program that ends by itself. @throws LiveError where it does not. */
export async function said(path: string, args: readonly string[]): Promise<{ stdout: string; status: number | null }> {
	const program = new Program(path, args);
	const timer = setTimeout(() => program.stop(), PATIENCE);
	const chunks: Uint8Array[] = [];
	try {
		for await (const chunk of program.output(() => undefined)) chunks.push(chunk);
	} finally {
		clearTimeout(timer);
	}
	if (program.status !== 0) throw new LiveError("other", `${path} ${args.join(" ")}: ${lastLine(program.said)}`);
	return { stdout: Buffer.concat(chunks).toString("utf8"), status: program.status };
}

/** What a program said last, without its name. */
export function lastLine(text: string): string {
	const line = text.trim().split("\n").at(-1)?.trim() ?? "";
	return line === "" ? "it said nothing" : line;
}

/** Lines of numbers: `12 packets captured`, `Packets received/dropped on interface 'eth0': 12/0 …`. */
const COUNTS = /^(\d+ packets?\b|packets\b.*\d|file: |capturing on )/i;

/** Why a program that captures has ended, of what it said: the last line that is no count. */
export function reasonIn(text: string): string {
	const lines = text.split("\n").filter((line) => !COUNTS.test(line.trim()));
	return lastLine(lines.join("\n"));
}
