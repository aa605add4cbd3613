import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A terminal of its own that a program runs in, driven by keys and read as a person would. Needs tmux 3. */
export class Tmux {
	readonly #folder = mkdtempSync(join(tmpdir(), "flowmatrix-tmux-"));

	static isHere(): boolean {
		return spawnSync("tmux", ["-V"]).status === 0;
	}

	/** Starts a shell. @param env beside what a shell needs */
	constructor(size: { readonly columns: number; readonly rows: number }, env: Readonly<Record<string, string>> = {}) {
		const [columns, rows] = [String(size.columns), String(size.rows)];
		const variables = { PATH: process.env.PATH ?? "", HOME: this.#folder, PS1: "$ ", LANG: "C.UTF-8", ...env };
		const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
		this.#run("new-session", "-d", "-x", columns, "-y", rows, "env", "-i", "TERM=screen-256color", ...words, "sh");
		this.#run("set-option", "-g", "window-size", "manual");
	}

	#run(...args: readonly string[]): string {
		const command = ["-S", join(this.#folder, "socket"), "-f", "/dev/null", ...args];
		return execFileSync("tmux", command, { encoding: "utf8", env: { ...process.env, TMUX: "", LANG: "C.UTF-8" } });
	}

	/** Names as tmux has them (`Enter`, `Escape`, `C-c`, `PageDown`), or characters. */
	keys(...keys: readonly string[]): void {
		this.#run("send-keys", ...keys);
	}

	/** Types text as it is. */
	type(text: string): void {
		this.#run("send-keys", "-l", text);
	}

	resize(columns: number, rows: number): void {
		this.#run("resize-window", "-x", String(columns), "-y", String(rows));
	}

	/** What is shown. @param colors with its colours, as SGR */
	screen(colors = false): string {
		return this.#run("capture-pane", "-p", ...(colors ? ["-e", "-N"] : []));
	}

	/** What tmux knows of the terminal: `alternate_on`, `cursor_flag`, `wrap_flag`, … */
	flag(name: string): string {
		return this.#run("display-message", "-p", `#{${name}}`).trim();
	}

	/** Sends a signal to the one program of the terminal whose command line ends so. */
	signal(end: string, name: string): void {
		const terminal = this.flag("pane_tty").replace("/dev/", "");
		const programs = execFileSync("ps", ["-t", terminal, "-o", "pid=,args="], { encoding: "utf8" }).split("\n");
		const found = programs.filter((line) => line.trimEnd().endsWith(end));
		if (found.length !== 1) throw new Error(`not one program '${end}' on ${terminal}:\n${programs.join("\n")}`);
		process.kill(Number.parseInt(found[0]!, 10), `SIG${name}`);
	}

	/** Waits until the screen shows it. @throws with the screen, where it never does. */
	async until(pattern: RegExp, seconds = 20): Promise<string> {
		for (let tries = seconds * 20; ; tries--) {
			const screen = this.screen();
			if (pattern.test(screen)) return screen;
			if (tries <= 0) throw new Error(`the screen never showed ${pattern}:\n${screen}`);
			await wait(50);
		}
	}

	close(): void {
		spawnSync("tmux", ["-S", join(this.#folder, "socket"), "kill-server"]);
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
