import type { Moment } from "../document/moment.ts";
import { follow, type Snapshot } from "./follow.ts";
import { frame } from "./frame.ts";
import { press, START } from "./state.ts";
import type { Listener, Terminal } from "./terminal.ts";

/** Milliseconds between two redraws at least. */
const REDRAW_EVERY = 250;

/** What the screen needs to know beside the moments. */
export interface ScreenOptions {
	/** What is captured, and by what. */
	readonly source: string;
	/** Whether it tells as it goes what was dropped: otherwise none told does not mean none. */
	readonly tellsDrops: boolean;
	/** Called when the reader ends the screen: it has the moments come to their end. */
	stop(): void;
	/** Ends the screen too. */
	readonly signal?: AbortSignal;
}

/**
 * Shows a live run on a terminal's screen from its first moment (until then, what captures may have a password to ask
 * for) until its reader ends it, or the moments end.
 * @returns the last moment, when they have ended. The terminal is then as it was before; also where they throw.
 */
export async function showMoments(
	moments: AsyncIterable<Moment>,
	terminal: Terminal,
	options: ScreenOptions,
): Promise<Moment | undefined> {
	const screen = new Screen(terminal, options);
	let last: Moment | undefined;
	try {
		for await (const moment of moments) {
			last = moment;
			screen.add(moment);
		}
		return last;
	} finally {
		screen.close();
	}
}

class Screen implements Listener {
	readonly #terminal: Terminal;
	readonly #options: ScreenOptions;
	#isNew = true;
	#isOpen = false;
	#state = START;
	#latest: Snapshot | undefined;
	/** What is shown: while paused not the latest. */
	#shown: Snapshot | undefined;
	/** Runs until the next redraw may be. */
	#rest: NodeJS.Timeout | undefined;
	#isDue = false;
	readonly #onSignal = () => this.close();

	constructor(terminal: Terminal, options: ScreenOptions) {
		this.#terminal = terminal;
		this.#options = options;
	}

	#open(): void {
		const { signal } = this.#options;
		this.#isNew = false;
		if (signal?.aborted) return;
		this.#isOpen = true;
		signal?.addEventListener("abort", this.#onSignal, { once: true });
		this.#terminal.enter(this);
	}

	close(): void {
		if (!this.#isOpen) return;
		this.#isOpen = false;
		this.#options.signal?.removeEventListener("abort", this.#onSignal);
		clearTimeout(this.#rest);
		this.#terminal.leave();
	}

	add(moment: Moment): void {
		if (!this.#isNew && !this.#isOpen) return;
		this.#latest = follow(this.#latest, moment);
		if (!this.#state.paused) this.#shown = this.#latest;
		if (this.#isNew) this.#open();
		else this.#redraw();
	}

	key(key: string): void {
		if (key === "ctrl-z") {
			this.#terminal.suspend();
			return;
		}
		if (key === "ctrl-l") this.#terminal.forget();
		else if (this.#shown) this.#state = press(this.#state, key, this.#shown, this.#terminal.size);
		if (this.#state.done) {
			this.close();
			this.#options.stop();
			return;
		}
		if (!this.#state.paused) this.#shown = this.#latest;
		this.#redraw();
	}

	changed(): void {
		this.#redraw();
	}

	/** At once, or as soon as the last redraw is long enough ago. */
	#redraw(): void {
		this.#isDue = true;
		if (this.#rest) return;
		this.#draw();
		this.#rest = setTimeout(() => {
			this.#rest = undefined;
			if (this.#isDue) this.#redraw();
		}, REDRAW_EVERY);
	}

	#draw(): void {
		this.#isDue = false;
		if (!this.#shown || !this.#latest) return;
		const { size, color } = this.#terminal;
		const scene = {
			shown: this.#shown,
			latest: this.#latest,
			source: this.#options.source,
			tellsDrops: this.#options.tellsDrops,
		};
		this.#terminal.draw(frame(this.#state, scene, size, color));
	}
}
