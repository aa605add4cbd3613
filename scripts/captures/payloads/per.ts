import { join, type Part } from "../bytes.ts";

/** Writes aligned PER (X.691), as much as H.225.0 and H.245 need. */
export class PerWriter {
	readonly #bits: number[] = [];

	/** An unsigned number as so many bits. */
	bits(value: number, count: number): this {
		for (let bit = count - 1; bit >= 0; bit--) this.#bits.push(Math.floor(value / 2 ** bit) % 2);
		return this;
	}

	align(): this {
		while (this.#bits.length % 8 !== 0) this.#bits.push(0);
		return this;
	}

	/** Whole bytes, aligned. */
	bytes(...parts: readonly Part[]): this {
		this.align();
		for (const byte of join(...parts)) this.bits(byte, 8);
		return this;
	}

	/** 11.5.7.1 to 11.5.7.3: a constrained number of at most 2^16 values. */
	integer(value: number, min: number, max: number): this {
		const values = max - min + 1;
		if (values <= 255) return this.bits(value - min, Math.ceil(Math.log2(values)));
		return this.align().bits(value - min, values === 256 ? 8 : 16);
	}

	/** 11.5.7.4: of more values than that, behind the count of its bytes, of which there may be one to four. */
	large(value: number, min: number, lengthBits: number): this {
		const rest = value - min;
		const count = rest < 0x100 ? 1 : rest < 0x10000 ? 2 : rest < 0x1000000 ? 3 : 4;
		return this.bits(count - 1, lengthBits)
			.align()
			.bits(rest, 8 * count);
	}

	/** 11.9: a length without bounds. */
	length(value: number): this {
		this.align();
		return value < 0x80 ? this.bits(value, 8) : this.bits(0x8000 | value, 16);
	}

	/** Extension bit (where the type has one) and a bit for each optional component. */
	preamble(isExtended: boolean | undefined, ...present: readonly boolean[]): this {
		if (isExtended !== undefined) this.bits(Number(isExtended), 1);
		for (const each of present) this.bits(Number(each), 1);
		return this;
	}

	/** One of `count` alternatives of an extensible choice. */
	choice(index: number, count: number): this {
		return this.bits(0, 1).bits(index, Math.ceil(Math.log2(count)));
	}

	/** One of an extensible choice's additions. */
	addedChoice(index: number, content: PerWriter): this {
		return this.bits(0x80 | index, 8).open(content);
	}

	/** OCTET STRING, OBJECT IDENTIFIER: bytes behind their length. */
	counted(...parts: readonly Part[]): this {
		const body = join(...parts);
		return this.length(body.length).bytes(body);
	}

	/** 11.2. */
	open(content: PerWriter): this {
		return this.counted(content.done());
	}

	/** SEQUENCE OF. */
	list<T>(items: readonly T[], write: (writer: PerWriter, item: T) => void): this {
		this.length(items.length);
		for (const item of items) write(this, item);
		return this;
	}

	/** Behind the root of an extended sequence: its additions in their order, undefined for those that are left out. */
	additions(all: readonly (PerWriter | undefined)[]): this {
		this.bits(all.length - 1, 7);
		for (const each of all) this.bits(Number(each !== undefined), 1);
		for (const each of all) if (each) this.open(each);
		return this;
	}

	/** What was written, filled up to whole bytes; a single zero byte for nothing (11.1.3). */
	done(): Uint8Array {
		this.align();
		const bytes = new Uint8Array(Math.max(1, this.#bits.length / 8));
		for (const [index, bit] of this.#bits.entries()) bytes[index >>> 3]! |= bit << (7 - (index & 7));
		return bytes;
	}
}

/** A writer that has written nothing yet. */
export function per(): PerWriter {
	return new PerWriter();
}
