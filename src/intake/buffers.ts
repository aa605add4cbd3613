import type { BufferSupply } from "../capture/window.ts";
import type { PacketVector } from "../packet/vector.ts";
import type { Ring } from "./ring.ts";

/**
 * What is said of buffers beside the ring. Memory, numbered, is told before the first vector that points into it, and told
 * to be gone when the other thread is done with the last one: else it would keep what is in no use any more.
 */
export type BufferWord = { readonly buffer: number; readonly memory: SharedArrayBuffer } | { readonly gone: number };

/** Buffers of all files that wait for the other thread to be done with them, before a file gets new ones. */
const SPARE = 4;

/** Buffers that are given back only when the other thread is done with all vectors that point into them. */
export class SharedBuffers implements BufferSupply {
	readonly #ring: Ring;
	readonly #say: (word: BufferWord) => void;
	/** Given back, oldest first, with the number of vectors filled by then. */
	readonly #released: { readonly buffer: Uint8Array; readonly filled: number }[] = [];
	readonly #numbers = new Map<ArrayBufferLike, number>();
	#next = 1;

	/** @param say tells the other thread. */
	constructor(ring: Ring, say: (word: BufferWord) => void) {
		this.#ring = ring;
		this.#say = say;
	}

	take(size: number): Uint8Array {
		while (this.#released.length >= SPARE) {
			const { buffer, filled } = this.#released.shift()!;
			this.#ring.awaitDone(filled);
			// Where nothing more is wanted, nobody waits, and vectors that point into it may still be taken.
			const isDone = this.#ring.done >= filled;
			if (isDone && buffer.length === size) return buffer;
			if (isDone) this.#say({ gone: this.numberOf(buffer) });
			this.#numbers.delete(buffer.buffer);
		}
		const memory = new SharedArrayBuffer(size);
		const buffer = this.#next++;
		this.#numbers.set(memory, buffer);
		this.#say({ buffer, memory });
		return Buffer.from(memory);
	}

	release(buffer: Uint8Array): void {
		this.#released.push({ buffer, filled: this.#ring.filled });
	}

	numberOf(data: Uint8Array): number {
		return this.#numbers.get(data.buffer)!;
	}
}

/** The same buffers in the thread that takes the vectors. */
export class BufferViews {
	readonly #byNumber = new Map<number, { readonly data: Uint8Array; readonly view: DataView }>();

	/** Buffers that are known. */
	get size(): number {
		return this.#byNumber.size;
	}

	hear(word: BufferWord): void {
		if ("gone" in word) this.#byNumber.delete(word.gone);
		else this.#byNumber.set(word.buffer, { data: Buffer.from(word.memory), view: new DataView(word.memory) });
	}

	/** Gives a vector the bytes that it points into. */
	attach(vector: PacketVector): void {
		const { data, view } = this.#byNumber.get(vector.buffer)!;
		vector.data = data;
		vector.view = view;
	}
}
