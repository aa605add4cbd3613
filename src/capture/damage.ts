import type { Problem, ProblemKind } from "./problem.ts";

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

/** `1 byte`, `12 bytes`. */
export function bytes(count: number): string {
	return count === 1 ? "1 byte" : `${count} bytes`;
}
