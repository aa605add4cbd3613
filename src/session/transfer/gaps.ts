/** Gaps kept of one transfer; a sender that leaves out every second block must not fill the memory. */
export const MAX_GAPS = 256;

/** Blocks of a transfer that were not seen, as runs: one packet whose number leaps over thousands costs no more than others. */
export class Gaps {
	/** First and last block of each run, in turn, ascending. */
	readonly #ends: number[] = [];
	/** There were more gaps than are kept. */
	#isOverfull = false;

	/** Whether every block was seen. */
	get isEmpty(): boolean {
		return this.#ends.length === 0 && !this.#isOverfull;
	}

	/** Number of runs, at most {@link MAX_GAPS}. */
	get size(): number {
		return this.#ends.length / 2;
	}

	/** Adds the blocks `first … last`, which lie behind all that were added before; none where `last` is less. */
	add(first: number, last: number): void {
		if (last < first) return;
		if (this.size >= MAX_GAPS) this.#isOverfull = true;
		else this.#ends.push(first, last);
	}

	/** Takes out a block that came after all. @returns false where it is in no gap. */
	take(block: number): boolean {
		const ends = this.#ends;
		for (let at = ends.length - 2; at >= 0 && ends[at + 1]! >= block; at -= 2) {
			const [first, last] = [ends[at]!, ends[at + 1]!];
			if (first > block) continue;
			if (first === last) ends.splice(at, 2);
			else if (first === block) ends[at] = block + 1;
			else if (last === block) ends[at + 1] = block - 1;
			else {
				ends.splice(at, 2, first, block - 1, block + 1, last);
				if (this.size > MAX_GAPS) {
					ends.splice(0, 2);
					this.#isOverfull = true;
				}
			}
			return true;
		}
		return false;
	}
}
