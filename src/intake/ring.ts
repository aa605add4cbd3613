import { PacketVector, VECTOR_BYTES } from "../packet/vector.ts";
import type { Progress } from "./intake.ts";

/** Vectors under way between the threads. */
const SLOTS = 4;
/** Whole numbers that both threads see: how many vectors were filled, and done with; that the reader is done; that nobody wants more. */
const Word = { filled: 0, done: 1, ended: 2, stopped: 3 } as const;
const WORDS = 4;
const Double = { bytesRead: 0, bytesTotal: 1, packets: 2 } as const;
const DOUBLES = 3;

/** Memory that a {@link Ring} is made of: it can be sent to another thread. */
export interface RingMemory {
	readonly control: SharedArrayBuffer;
	readonly progress: SharedArrayBuffer;
	readonly slots: readonly SharedArrayBuffer[];
}

export function ringMemory(): RingMemory {
	return {
		control: new SharedArrayBuffer(WORDS * 4),
		progress: new SharedArrayBuffer(DOUBLES * 8),
		slots: Array.from({ length: SLOTS }, () => new SharedArrayBuffer(VECTOR_BYTES)),
	};
}

/** Vectors that one thread fills and another takes, in turn. Each has a ring of its own around the same memory. */
export class Ring {
	readonly #control: Int32Array;
	readonly #progress: Float64Array;
	readonly #vectors: readonly PacketVector[];

	constructor({ control, progress, slots }: RingMemory) {
		this.#control = new Int32Array(control);
		this.#progress = new Float64Array(progress);
		this.#vectors = slots.map((memory) => new PacketVector(memory));
	}

	/** Vectors filled so far. */
	get filled(): number {
		return Atomics.load(this.#control, Word.filled);
	}

	/** Vectors done with so far. */
	get done(): number {
		return Atomics.load(this.#control, Word.done);
	}

	/** Whether nothing more is wanted. */
	get isStopped(): boolean {
		return Atomics.load(this.#control, Word.stopped) !== 0;
	}

	/** The reader's: the next vector to fill, once there is one; undefined where nothing more is wanted. */
	toFill(): PacketVector | undefined {
		this.awaitDone(this.filled - SLOTS + 1);
		return this.isStopped ? undefined : this.#vectors[this.filled % SLOTS]!;
	}

	/** The reader's: waits until so many vectors are done with, or nothing more is wanted. */
	awaitDone(count: number): void {
		for (let done = this.done; done < count && !this.isStopped; done = this.done)
			Atomics.wait(this.#control, Word.done, done);
	}

	/** The reader's: hands the vector over. */
	fill(): void {
		Atomics.add(this.#control, Word.filled, 1);
		Atomics.notify(this.#control, Word.filled);
	}

	/** The reader's: nothing more comes. */
	end(): void {
		Atomics.store(this.#control, Word.ended, 1);
		Atomics.notify(this.#control, Word.filled);
	}

	/** The taker's: the next vector, if there is one within so many milliseconds; null at the end. */
	toTake(milliseconds: number): PacketVector | undefined | null {
		const { done } = this;
		if (this.filled === done) {
			if (Atomics.load(this.#control, Word.ended) !== 0)
				return this.filled === done ? null : this.#vectors[done % SLOTS]!;
			Atomics.wait(this.#control, Word.filled, done, milliseconds);
			if (this.filled === done) return undefined;
		}
		return this.#vectors[done % SLOTS]!;
	}

	/** The taker's: the vector is done with. */
	take(): void {
		Atomics.add(this.#control, Word.done, 1);
		Atomics.notify(this.#control, Word.done);
	}

	/** The taker's: nothing more is to be filled. What is filled may still be taken. */
	stop(): void {
		Atomics.store(this.#control, Word.stopped, 1);
		Atomics.notify(this.#control, Word.done);
	}

	get progress(): Progress {
		const bytesTotal = this.#progress[Double.bytesTotal]!;
		return {
			bytesRead: this.#progress[Double.bytesRead]!,
			bytesTotal: Number.isNaN(bytesTotal) ? undefined : bytesTotal,
			packets: this.#progress[Double.packets]!,
		};
	}

	set progress({ bytesRead, bytesTotal, packets }: Progress) {
		this.#progress[Double.bytesRead] = bytesRead;
		this.#progress[Double.bytesTotal] = bytesTotal ?? Number.NaN;
		this.#progress[Double.packets] = packets;
	}
}
