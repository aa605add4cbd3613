import { byteText, counted, durationText, grouped } from "../finding/words.ts";

const FIRST_DRAWN_AFTER = 500;
const REDRAW_EVERY = 100;
const BAR = 24;
const CLEAR_LINE = "\r\x1b[2K";

export interface Step {
	readonly bytesRead: number;
	readonly bytesTotal: number | undefined;
	readonly packets: number;
}

/** A progress bar on standard error: only on a terminal, only for runs that take a while, gone at the end. */
export class Progress {
	readonly #stream: NodeJS.WriteStream;
	readonly #enabled: boolean;
	readonly #started = performance.now();
	#drawn = 0;
	/** How far reading is. */
	last: Step = { bytesRead: 0, bytesTotal: undefined, packets: 0 };

	constructor(stream: NodeJS.WriteStream, enabled: boolean) {
		this.#stream = stream;
		this.#enabled = enabled && stream.isTTY === true;
	}

	update(step: Step): void {
		this.last = step;
		if (!this.#enabled) return;
		const now = performance.now();
		const elapsed = now - this.#started;
		if (elapsed < FIRST_DRAWN_AFTER || now - this.#drawn < REDRAW_EVERY) return;
		this.#drawn = now;
		this.#stream.write(`${CLEAR_LINE}${progressText(step, elapsed / 1000).slice(0, (this.#stream.columns ?? 80) - 1)}`);
	}

	done(): void {
		if (this.#drawn > 0) this.#stream.write(CLEAR_LINE);
		this.#drawn = 0;
	}
}

/** `812,345 packets, 250 MB of 1.0 GB`. */
export function stepText({ bytesRead, bytesTotal, packets }: Step): string {
	return `${counted(packets, "packet")}, ${byteText(bytesRead)}${bytesTotal ? ` of ${byteText(bytesTotal)}` : ""}`;
}

/** @param seconds since the start. */
export function progressText({ bytesRead, bytesTotal, packets }: Step, seconds: number): string {
	const speed = `${byteText(bytesRead / seconds)}/s, ${grouped(packets)} packets`;
	if (!bytesTotal) return `${byteText(bytesRead)} read, ${speed}`;
	const part = Math.min(1, bytesRead / bytesTotal);
	const filled = Math.round(part * BAR);
	const left = part > 0 ? `, ${durationText((seconds * (1 - part)) / part)} left` : "";
	return `${"█".repeat(filled)}${"░".repeat(BAR - filled)} ${String(Math.floor(part * 100)).padStart(3)} %  ${speed}${left}`;
}
