import type { ByteSource } from "./source.ts";

/** Room before each chunk for what the last one left over. Longer records make it grow, up to what the parsers allow. */
const FIRST_HEADROOM = 64 << 10;

/**
 * A window on a byte stream: `data[start … end - 1]` are the next unread bytes. Two buffers take turns: while one is
 * parsed, the next read already fills the other, so that disk and processor work at the same time.
 */
export class ByteWindow {
	data: Uint8Array;
	view: DataView;
	start: number;
	end: number;
	/** Offset in the stream of `data[0]`; can be negative. */
	#origin: number;
	#spare: Uint8Array;
	#headroom = FIRST_HEADROOM;
	#pending: Promise<number> | undefined;
	#ended = false;
	readonly #source: ByteSource;
	readonly #chunk: number;

	constructor(source: ByteSource, chunkBytes: number) {
		this.#source = source;
		this.#chunk = chunkBytes;
		this.data = Buffer.alloc(this.#headroom + chunkBytes);
		this.view = new DataView(this.data.buffer);
		this.#spare = Buffer.alloc(0);
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
		this.#pending ??= this.#readAhead();
		const count = await this.#pending;
		this.#pending = undefined;
		if (count === 0) {
			this.#ended = true;
			return;
		}
		const left = this.available;
		let buffer = this.#spare;
		let at = this.#headroom;
		if (left > at) {
			this.#headroom = 1 << (32 - Math.clz32(left + this.#chunk));
			buffer = Buffer.alloc(this.#headroom + this.#chunk);
			buffer.set(this.#spare.subarray(at, at + count), this.#headroom);
			at = this.#headroom;
		}
		buffer.set(this.data.subarray(this.start, this.end), at - left);
		this.#origin = this.offset - (at - left);
		this.#spare = this.data;
		this.data = buffer;
		this.view = new DataView(buffer.buffer);
		this.start = at - left;
		this.end = at + count;
		this.#pending = this.#readAhead();
		this.#pending.catch(() => {}); // reported by the turn that awaits it
	}

	async #readAhead(): Promise<number> {
		const size = this.#headroom + this.#chunk;
		if (this.#spare.length !== size) this.#spare = Buffer.alloc(size);
		return this.#source.read(this.#spare, this.#headroom, this.#chunk);
	}

	/** Waits for a read under way, whose buffer must not outlive the source. */
	async close(): Promise<void> {
		await this.#pending?.catch(() => 0);
		await this.#source.close();
	}
}
