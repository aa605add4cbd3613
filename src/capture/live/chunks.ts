/** Bytes that come in chunks, of which what is read next may have come in part only. */
export class Chunks {
	#parts: Uint8Array[] = [];
	#length = 0;
	#needed = 0;

	/** Bytes that wait for more. */
	get length(): number {
		return this.#length;
	}

	/**
	 * Adds a chunk, which is kept as it is.
	 * @returns all that waits, or undefined while it is less than is needed: they are joined once, for what claims very much
	 * would else be copied for each chunk that comes of it.
	 */
	add(chunk: Uint8Array): Buffer | undefined {
		this.#parts.push(chunk);
		this.#length += chunk.length;
		return this.#length < this.#needed ? undefined : this.rest();
	}

	/** All that waits. */
	rest(): Buffer {
		const [first, ...more] = this.#parts;
		return first && more.length === 0 ? asBuffer(first) : Buffer.concat(this.#parts, this.#length);
	}

	/** Keeps what is left of the bytes that {@link add} gave. @param needed bytes without which none of it can be read. */
	keep(bytes: Buffer, needed: number): void {
		// A copy: what is left would hold the memory of all of them.
		this.#parts = bytes.length > 0 ? [Buffer.from(bytes)] : [];
		this.#length = bytes.length;
		this.#needed = needed;
	}
}

/** An unsigned 32-bit number. */
export function word(bytes: Buffer, at: number, isLittle: boolean): number {
	return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
