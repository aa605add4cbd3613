/**
 * What a run did not keep, because a table was full that a flood must not fill without end. The report tells it: whoever
 * reads that nothing was found must know what was not looked at.
 */
export class Overflow {
	#counts = new Map<string, number>();

	/** @param what was not kept and what follows from it, in words that stand behind a number: one text for each limit. */
	add(what: string, count = 1): void {
		this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
	}

	/** @returns takes back what is added from now on. */
	suppose(): () => void {
		const before = new Map(this.#counts);
		return () => {
			this.#counts = before;
		};
	}

	/** How often each limit was met, in the order in which they were met first. */
	entries(): Iterable<[what: string, count: number]> {
		return this.#counts;
	}
}
