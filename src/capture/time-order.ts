import type { PacketBatch } from "./batch.ts";
import type { Problem } from "./problem.ts";

/** Nanoseconds. Of what several queues or interfaces bring, packets are microseconds out of order: that harms nothing. */
const TOLERATED = 1e9;

/** Watches whether a file's packets come in the order of time. */
export class TimeOrder {
	#last = Number.NEGATIVE_INFINITY;
	#steps = 0;
	/** The longest step back, nanoseconds. */
	#longest = 0;
	/** Number of the first packet that is out of order. */
	#first = 0;

	take({ time, count, firstNumber }: PacketBatch): void {
		for (let i = 0; i < count; i++) {
			const step = this.#last - time[i]!;
			this.#last = time[i]!;
			if (step < TOLERATED) continue;
			if (this.#steps++ === 0) this.#first = firstNumber + i;
			if (step > this.#longest) this.#longest = step;
		}
	}

	/** What the file showed, if anything. */
	get problem(): Omit<Problem, "file"> | undefined {
		if (this.#steps === 0) return undefined;
		const seconds = Math.floor(this.#longest / 1e9);
		const what =
			this.#steps === 1
				? `packet ${this.#first} was captured ${seconds} s before the packet that it follows`
				: `${this.#steps} packets, the first of them ${this.#first}, were captured up to ${seconds} s before the packet that each follows`;
		const why = "files were joined out of order, or a clock was set";
		return {
			offset: 0,
			kind: "time-order",
			message: `${what}: ${why}. Who asked, and what was never answered, may be told wrong; reordercap puts packets in order`,
		};
	}
}
