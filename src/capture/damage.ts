import type { Problem, ProblemKind } from "./problem.ts";
import type { ByteWindow } from "./window.ts";

/** Problems told one by one for a file; the rest are counted in one more line. */
const MAX_PROBLEMS = 50;

/** Collects the problems of one file. */
export class Damage {
	readonly #file: string;
	readonly #problems: Problem[];
	#count = 0;

	/** @param problems the run's list. */
	constructor(file: string, problems: Problem[]) {
		this.#file = file;
		this.#problems = problems;
	}

	add(kind: ProblemKind, offset: number, message: string): void {
		this.#count++;
		if (this.#count <= MAX_PROBLEMS) this.#problems.push({ file: this.#file, offset, kind, message });
	}

	/** Ends the file: says how many problems were not told. */
	close(offset: number): void {
		const untold = this.#count - MAX_PROBLEMS;
		if (untold > 0)
			this.#problems.push({
				file: this.#file,
				offset,
				kind: "corrupt",
				message: `${untold} more problems of this file are not listed`,
			});
	}
}

/** Damage that a parser is inside of: where it began, why, and the search for a place to read on. */
export class DamagedStretch {
	readonly #damage: Damage;
	/** Offset of its beginning, -1 while all is well. */
	#at = -1;
	#cause = "";

	constructor(damage: Damage) {
		this.#damage = damage;
	}

	get isOpen(): boolean {
		return this.#at >= 0;
	}

	begin(window: ByteWindow, cause: string): void {
		this.#at = window.offset;
		this.#cause = cause;
	}

	/**
	 * Looks for the next place that can be trusted, and ends the stretch there.
	 * @param room bytes that `isTrusted` may want to see from a place on; 0 at the end of the file.
	 * @returns whether there is one; if not, all that was looked at is skipped.
	 */
	resume(window: ByteWindow, room: number, isTrusted: (at: number) => boolean): boolean {
		const limit = window.end - room;
		let at = window.start + (window.offset === this.#at ? 1 : 0);
		for (; at < limit; at++) {
			if (!isTrusted(at)) continue;
			window.start = at;
			const skipped = bytes(window.offset - this.#at);
			this.#damage.add("corrupt", this.#at, `${this.#cause}; skipped ${skipped}, then reading went on`);
			this.#at = -1;
			return true;
		}
		window.start = Math.max(window.start, Math.min(at, window.end));
		return false;
	}

	/** The file ends inside the stretch. */
	end(): void {
		this.#damage.add("corrupt", this.#at, `${this.#cause}; nothing readable follows, reading ended here`);
		this.#at = -1;
	}

	/** It was no damage. */
	forget(): void {
		this.#at = -1;
	}
}

/** `1 byte`, `12 bytes`. */
export function bytes(count: number): string {
	return count === 1 ? "1 byte" : `${count} bytes`;
}
