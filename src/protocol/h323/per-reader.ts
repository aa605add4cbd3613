/** Longest list, and most extension additions, that are read: hostile counts must not cost time or memory. */
export const MAX_ELEMENTS = 64;
/** A length of this and more comes in fragments (X.691, 11.9.3.8): no signalling message needs it. */
const FRAGMENTED = 0xc0;

/**
 * Reads aligned PER (X.691) from `start` up to `end`, exclusive. A read beyond the end, or of something that is not read
 * here, sets {@link failed} and gives zeros from then on: callers look at it where a wrong value would matter.
 */
export class PerReader {
	readonly data: Uint8Array;
	failed = false;
	/** Bits from the start of `data`. */
	#at: number;
	readonly #end: number;

	constructor(data: Uint8Array, start: number, end: number) {
		this.data = data;
		this.#at = start * 8;
		this.#end = end * 8;
	}

	/** Place of the next whole byte. */
	get byte(): number {
		return (this.#at + 7) >>> 3;
	}

	get isAtEnd(): boolean {
		return this.byte * 8 >= this.#end;
	}

	/** An unsigned number of `count` bits, at most 32. */
	bits(count: number): number {
		if (this.failed || count > this.#end - this.#at) {
			this.failed = true;
			return 0;
		}
		let value = 0;
		while (count > 0) {
			const left = 8 - (this.#at & 7);
			const taken = Math.min(left, count);
			const part = (this.data[this.#at >>> 3]! >>> (left - taken)) & ((1 << taken) - 1);
			value = value * (1 << taken) + part;
			this.#at += taken;
			count -= taken;
		}
		return value;
	}

	bit(): boolean {
		return this.bits(1) === 1;
	}

	align(): void {
		this.#at = this.byte * 8;
	}

	/** Passes over `count` whole bytes. @returns where they begin. */
	bytes(count: number): number {
		const start = this.byte;
		if (this.failed || count > (this.#end >>> 3) - start) {
			this.failed = true;
			return start;
		}
		this.#at = (start + count) * 8;
		return start;
	}

	/** An unsigned number of `count` whole bytes, at most 4. */
	number(count: number): number {
		this.align();
		return this.bits(8 * count);
	}

	/** A constrained whole number (11.5.7): as few bits as its range takes, aligned bytes from 256 values on. */
	whole(min: number, max: number): number {
		const range = max - min + 1;
		if (range === 1) return min;
		if (range <= 255) return min + this.bits(bitsFor(range));
		if (range === 256) return min + this.number(1);
		if (range <= 0x10000) return min + this.number(2);
		const length = this.whole(1, bytesFor(range));
		return min + this.number(length);
	}

	/** A length determinant (11.9) that nothing constrains. */
	length(): number {
		const first = this.number(1);
		if (first < 0x80) return first;
		if (first >= FRAGMENTED) {
			this.failed = true;
			return 0;
		}
		return ((first & 0x3f) << 8) | this.bits(8);
	}

	/** A normally small number (11.6). */
	small(): number {
		if (!this.bit()) return this.bits(6);
		const length = this.length();
		if (length > 4) this.failed = true;
		return this.failed ? 0 : this.number(length);
	}

	/** A reader of what an open type holds (11.2), which is passed over: damage inside it stays inside. */
	open(): PerReader {
		const length = this.length();
		const start = this.byte;
		const inside = new PerReader(this.data, start, Math.max(start, Math.min(start + length, this.#end >>> 3)));
		if (this.failed) inside.failed = true;
		this.bytes(length);
		return inside;
	}
}

function bitsFor(range: number): number {
	return 32 - Math.clz32(range - 1);
}

/** Bytes that the largest value of a range above 2^16 takes. */
function bytesFor(range: number): number {
	return Math.ceil(Math.log2(range) / 8);
}
