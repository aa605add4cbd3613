import { closeSync, openSync, writeSync } from "node:fs";
import { emitKeypressEvents, type Interface } from "node:readline";
import { ReadStream } from "node:tty";
import { displayWidth } from "../report/text/safe-text.ts";
import { type Keypress, keyName } from "./keys.ts";
import type { Size } from "./layout.ts";
import { asciiOnly, plain } from "./styled.ts";

/** What a terminal tells whoever uses its screen. */
export interface Listener {
	/** @param key as {@link keyName} has it. */
	key(key: string): void;
	/** The size has changed, or the program was stopped and goes on: all has to be drawn. */
	changed(): void;
}

/** A terminal's screen, while it is used: what was there before comes back at its end. */
export interface Terminal {
	readonly size: Size;
	/** Whether colours are wanted. */
	readonly color: boolean;
	enter(listener: Listener): void;
	/** Draws the lines that differ from those drawn before. */
	draw(lines: readonly string[]): void;
	/** Forgets what was drawn: the next time all is drawn. */
	forget(): void;
	/** Back to the shell until the program is told to go on. */
	suspend(): void;
	leave(): void;
}

// xterm's private modes: alternate screen with its own cursor, no wrapping at the edge, no cursor. Every terminal since
// the VT100's time that has them takes them together; one that lacks one ignores it.
const ENTER = "\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[2J";
const LEAVE = "\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l";
/** Milliseconds for the rest of an escape sequence: over a slow line it may come late. */
const ESCAPE_WAIT = 100;
/** Milliseconds after which a program that could not be stopped (nobody would wake it) shows its screen again. */
const STOP_WAIT = 200;
/** Signals that end the program by default; those that it answers itself (SIGINT, SIGTERM) end its run, which leaves. */
const ENDINGS = ["SIGHUP", "SIGQUIT"] as const;

/** The terminal that standard output goes to, with the keyboard of that terminal. */
export class ProcessTerminal implements Terminal {
	readonly color: boolean;
	readonly #ascii: boolean;
	#keyboard: ReadStream | undefined;
	#listener: Listener | undefined;
	#drawn: readonly string[] = [];
	#isEntered = false;

	/** @param env NO_COLOR, and the locale's variables, are heeded. */
	constructor(env: NodeJS.ProcessEnv = process.env) {
		this.color = !env.NO_COLOR;
		this.#ascii = isAsciiLocale(env);
	}

	get size(): Size {
		return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 };
	}

	enter(listener: Listener): void {
		this.#listener = listener;
		this.#keyboard = openKeyboard();
		if (this.#keyboard) {
			emitKeypressEvents(this.#keyboard, { escapeCodeTimeout: ESCAPE_WAIT } as unknown as Interface);
			this.#keyboard.on("keypress", this.#onKeypress);
			this.#keyboard.on("error", () => {});
		}
		process.stdout.on("resize", this.#onResize);
		process.on("exit", this.#hide);
		process.on("SIGTSTP", this.#onStop);
		process.on("SIGCONT", this.#onContinue);
		for (const name of ENDINGS) process.on(name, this.#onEnding);
		this.#show();
	}

	leave(): void {
		this.#hide();
		process.stdout.off("resize", this.#onResize);
		process.off("exit", this.#hide);
		process.off("SIGTSTP", this.#onStop);
		process.off("SIGCONT", this.#onContinue);
		for (const name of ENDINGS) process.off(name, this.#onEnding);
		this.#keyboard?.off("keypress", this.#onKeypress);
		this.#keyboard?.pause();
		if (this.#keyboard !== process.stdin) this.#keyboard?.destroy();
		this.#keyboard = undefined;
		this.#listener = undefined;
	}

	forget(): void {
		this.#drawn = [];
	}

	draw(lines: readonly string[]): void {
		if (!this.#isEntered) return;
		const text = changedLines(this.#drawn, lines, this.size.columns);
		this.#drawn = lines;
		if (text !== "") process.stdout.write(this.#ascii ? asciiOnly(text) : text);
	}

	suspend(): void {
		if (process.platform === "win32") return;
		this.#hide();
		process.off("SIGTSTP", this.#onStop);
		// All of the pipeline, as the terminal itself would: a shell waits until all of a job have stopped.
		process.kill(0, "SIGTSTP");
		setTimeout(this.#show, STOP_WAIT);
	}

	readonly #onKeypress = (text: string | undefined, key: Keypress) => {
		const name = keyName(text, key);
		if (name !== undefined) this.#listener?.key(name);
	};

	readonly #onResize = () => {
		this.forget();
		this.#listener?.changed();
	};

	readonly #onStop = () => this.suspend();

	/** However it was stopped, the shell has used the terminal since. */
	readonly #onContinue = () => {
		this.#isEntered = false;
		this.#show();
	};

	readonly #onEnding = (name: NodeJS.Signals) => {
		this.leave();
		process.kill(process.pid, name);
	};

	readonly #show = () => {
		if (this.#isEntered || !this.#listener) return;
		this.#isEntered = true;
		process.off("SIGTSTP", this.#onStop).on("SIGTSTP", this.#onStop);
		// Off and on: Node does nothing where it believes that the mode is the one wanted.
		this.#keyboard?.setRawMode(false);
		this.#keyboard?.setRawMode(true);
		this.#keyboard?.resume();
		writeNow(ENTER);
		this.forget();
		this.#listener.changed();
	};

	/** At the process's end too, where nothing that waits is written any more. */
	readonly #hide = () => {
		if (!this.#isEntered) return;
		this.#isEntered = false;
		writeNow(LEAVE);
		try {
			this.#keyboard?.setRawMode(false);
		} catch {
			// The terminal is gone.
		}
	};
}

function writeNow(text: string): void {
	try {
		writeSync(1, text);
	} catch {
		// The terminal is gone, or takes nothing at the moment: then it has more than these few bytes to lose.
	}
}

/** Standard input, or, where that is a capture, the terminal itself; undefined where there is none. */
function openKeyboard(): ReadStream | undefined {
	if (process.stdin.isTTY) return process.stdin;
	let fd: number | undefined;
	try {
		fd = openSync(process.platform === "win32" ? "\\\\.\\CONIN$" : "/dev/tty", "r");
		return new ReadStream(fd);
	} catch {
		if (fd !== undefined) closeSync(fd);
		return undefined;
	}
}

/** Whether the locale says that only ASCII is shown: `LANG=C`. One that says nothing, as in a container, shows UTF-8. */
export function isAsciiLocale({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
	const locale = LC_ALL || LC_CTYPE || LANG || "";
	return locale !== "" && !/utf-?8/i.test(locale);
}

/** What a terminal has to be sent so that it shows these lines in the place of those. */
export function changedLines(before: readonly string[], lines: readonly string[], columns: number): string {
	const isAll = before.length !== lines.length;
	let text = isAll ? "\x1b[0m\x1b[2J" : "";
	lines.forEach((line, i) => {
		if (isAll ? line === "" : line === before[i]) return;
		// What a full line leaves of the one before is nothing; behind its last column, erasing would take the last character.
		const rest = isAll || displayWidth(plain(line)) >= columns ? "" : "\x1b[K";
		text += `\x1b[${i + 1};1H${line}${rest}`;
	});
	return text;
}
