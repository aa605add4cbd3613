import type { ByteSource } from "./source.ts";

/** Room before each chunk for what the last one left over. Longer records make it grow, up to what the parsers allow. */
const FIRST_HEADROOM = 64 << 10;

/** Where a window's buffers come from, and where they go when all of their bytes are read. */
export interface BufferSupply {
	take(size: number): Uint8Array;
	release(buffer: Uint8Array): void;
}

/** For those who are done with a batch before they ask for the next one. */
export class OwnBuffers implements BufferSupply {
	#free: Uint8Array | undefined;

	take(size: number): Uint8Array {
		const free = this.#free;
		this.#free = undefined;
		return free?.length === size ? free : Buffer.alloc(size);
	}

	release(buffer: Uint8Array): void {
		this.#free = buffer;
	}
}

/** A window on a byte stream: `data[start … end - 1]` are the next unread bytes. */
export class ByteWindow {
	data: Uint8Array;
	view: DataView;
	start: number;
	end: number;
	/** Offset in the stream of `data[0]`; can be negative. */
	#origin: number;
	#headroom = FIRST_HEADROOM;
	#ended = false;
	readonly #source: ByteSource;
	readonly #chunk: number;
	readonly #buffers: BufferSupply;

	constructor(source: ByteSource, chunkBytes: number, buffers: BufferSupply) {
		this.#source = source;
		this.#chunk = chunkBytes;
		this.#buffers = buffers;
		this.data = buffers.take(this.#headroom + chunkBytes);
		this.view = new DataView(this.data.buffer);
		this.start = this.#headroom;
		this.end = this.#headroom;
		this.#origin = -this.#headroom;
	}

	/** Offset in the stream of the next unread byte. */
	get offset(): number {
		return this.#origin + this.start;
	}

	get available(): number {
		return this.end - this.start;
	}

	/**
	 * Makes at least `need` unread bytes available; all positions change, and bytes before `start` are gone.
	 * @returns false where the stream ends before that: all that is left is then available.
	 */
	async fill(need: number): Promise<boolean> {
		while (this.available < need && !this.#ended) await this.#turn();
		return this.available >= need;
	}

	async #turn(): Promise<void> {
		if (this.end < this.data.length) await this.#readOn();
		else await this.#move();
	}

	/** Reads into what is free behind the unread bytes, which stay where they are. */
	async #readOn(): Promise<void> {
		const count = await this.#source.read(this.data, this.end, Math.min(this.#chunk, this.data.length - this.end));
		if (count === 0) this.#ended = true;
		this.end += count;
	}

	/** Takes another buffer for the unread bytes and the next chunk. */
	async #move(): Promise<void> {
		const left = this.available;
		const areMany = left > FIRST_HEADROOM;
		if (areMany && this.#headroom < left * 1.5) this.#headroom = 1 << (32 - Math.clz32(left * 1.5));
		const buffer = this.#buffers.take(this.#headroom + this.#chunk);
		// Few bytes are put right before the chunk, and it fills the buffer: all of it is soon read again, from the cache. Many,
		// as the search behind damage asks for, go to the front: they are moved again only when half as many have been read.
		const at = areMany ? left : this.#headroom;
		let count = 0;
		try {
			count = await this.#source.read(buffer, at, this.#chunk);
		} finally {
			if (count === 0) this.#buffers.release(buffer);
		}
		if (count === 0) {
			this.#ended = true;
			return;
		}
		buffer.set(this.data.subarray(this.start, this.end), at - left);
		this.#origin = this.offset - (at - left);
		this.#buffers.release(this.data);
		this.data = buffer;
		this.view = new DataView(buffer.buffer);
		this.start = at - left;
		this.end = at + count;
	}

	async close(): Promise<void> {
		this.#buffers.release(this.data);
		await this.#source.close();
	}
}
