/** Gives memory of so many bytes, all zeros. */
export type Allocate = (bytes: number) => ArrayBufferLike;

/**
 * Records of 32-bit words in typed arrays, appended and never moved. A record is named by its handle, `1 … size`; the
 * record of handle 0 is all zeros and stands for none: it is read, never written.
 */
export class RecordPool {
	/** Records so far. */
	size = 0;
	readonly #length: number;
	readonly #bits: number;
	readonly #mask: number;
	readonly #words: Int32Array[] = [];
	readonly #doubles: Float64Array[] = [];
	readonly #allocate: Allocate | null;

	/**
	 * @param length words of a record, even; a multiple of 16 fills cache lines.
	 * @param bits of the number of records allocated at a time.
	 * @param allocate null for a pool whose records another thread appends: its memory is {@link adopt}ed.
	 */
	constructor(length: number, bits: number, allocate: Allocate | null = (bytes) => new ArrayBuffer(bytes)) {
		this.#length = length;
		this.#bits = bits;
		this.#mask = (1 << bits) - 1;
		this.#allocate = allocate;
		if (allocate) this.#grow();
	}

	/** Appends a record of zeros. @returns its handle. */
	open(): number {
		const handle = ++this.size;
		if (handle >>> this.#bits === this.#words.length) this.#grow();
		return handle;
	}

	/** Takes the next piece of memory that the pool's other half has allocated. */
	adopt(memory: ArrayBufferLike): void {
		this.#words.push(new Int32Array(memory));
		this.#doubles.push(new Float64Array(memory));
	}

	#grow(): void {
		this.adopt(this.#allocate!((this.#length * 4) << this.#bits));
	}

	/** The words of the memory that holds a record, which begins at {@link base}. */
	words(handle: number): Int32Array {
		return this.#words[handle >>> this.#bits]!;
	}

	/** The same memory as doubles: the record begins at half of {@link base}. */
	doubles(handle: number): Float64Array {
		return this.#doubles[handle >>> this.#bits]!;
	}

	/** Index of a record's first word in {@link words}. */
	base(handle: number): number {
		return (handle & this.#mask) * this.#length;
	}
}
