import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { extname } from "node:path";

/** When a file is full. */
export interface RingOptions {
	/** Files kept: beyond, the oldest goes. */
	readonly files: number;
	/** Bytes of a file, about: a packet is never cut. */
	readonly bytes?: number;
	/** Milliseconds that a file covers. */
	readonly milliseconds?: number;
}

export interface KeepOptions {
	readonly ring?: RingOptions;
	/** Milliseconds since 1970. */
	clock(): number;
	/** Called once, where a file cannot be written any more: nothing further is kept. */
	onFault(file: string, error: unknown): void;
}

/** Bytes of a section's header and interfaces that a ring repeats: some ten thousand interfaces. */
const MAX_HEAD = 1 << 20;

/** Writes what is captured to a file, or to several in turn, block by block. */
export class CaptureKeeper {
	readonly #path: string;
	readonly #ring: RingOptions | undefined;
	readonly #clock: () => number;
	/** Paths, oldest first. */
	readonly files: string[] = [];
	/** Undefined before the first block, and behind the last one. */
	#file: number | undefined;
	#isOver = false;
	#hasFailed = false;
	readonly #onFault: KeepOptions["onFault"];
	#bytes = 0;
	#began: number;
	#count = 0;
	/** The section's header and its interfaces: every file begins with them. */
	#head: Uint8Array[] = [];
	#headBytes = 0;

	/** The file is opened when there is something to write. */
	constructor(path: string, { ring, clock, onFault }: KeepOptions) {
		this.#path = path;
		this.#ring = ring;
		this.#clock = clock;
		this.#began = clock();
		this.#onFault = onFault;
	}

	/** A section begins: nothing of the one before counts in it. */
	section(header: Uint8Array): void {
		this.#head = [header];
		this.#headBytes = header.length;
		this.#write(header);
	}

	/** An interface of the section. */
	interface(description: Uint8Array): void {
		if (this.#isOver) return;
		this.#head.push(description);
		this.#headBytes += description.length;
		if (this.#ring && this.#headBytes > MAX_HEAD)
			this.#fail(new Error("interfaces without end: each file of the ring would have to begin with all of them"));
		else this.#write(description);
	}

	/** Whole blocks of packets, or of what is told of them. */
	blocks(bytes: Uint8Array): void {
		if (this.#isFull()) this.#turn();
		this.#write(bytes);
	}

	close(): void {
		this.#isOver = true;
		this.#guarded(() => this.#closeFile());
	}

	#closeFile(): void {
		const file = this.#file;
		this.#file = undefined;
		if (file !== undefined) closeSync(file);
	}

	#isFull(): boolean {
		const ring = this.#ring;
		if (!ring) return false;
		const { bytes = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY } = ring;
		return this.#bytes >= bytes || this.#clock() - this.#began >= milliseconds;
	}

	#turn(): void {
		this.#guarded(() => this.#closeFile());
		this.#began = this.#clock();
		for (const block of this.#head) this.#write(block);
		while (this.files.length > this.#ring!.files) {
			const oldest = this.files.shift()!;
			this.#guarded(() => rmSync(oldest, { force: true }), oldest);
		}
	}

	#open(): number {
		const path = this.#ring ? ringPath(this.#path, ++this.#count, this.#began) : this.#path;
		const file = openSync(path, "w");
		this.files.push(path);
		this.#bytes = 0;
		return file;
	}

	#write(bytes: Uint8Array): void {
		if (this.#isOver) return;
		this.#guarded(() => {
			this.#file ??= this.#open();
			for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
			this.#bytes += bytes.length;
		});
	}

	/** Does what may fail; where it does, nothing further is kept. @param file that it is about, if not the newest. */
	#guarded(act: () => void, file?: string): void {
		try {
			act();
		} catch (error) {
			this.#fail(error, file);
		}
	}

	#fail(error: unknown, file = this.files.at(-1) ?? this.#path): void {
		if (!this.#hasFailed) this.#onFault(file, error);
		this.#hasFailed = true;
		if (!this.#isOver) this.close();
	}
}

/** `case_00001_20260302085958.pcapng`, as dumpcap names the files of a ring. */
function ringPath(path: string, number: number, time: number): string {
	const extension = extname(path);
	const stamp = new Date(time).toISOString().replace(/\D/g, "").slice(0, 14);
	return `${path.slice(0, path.length - extension.length)}_${String(number).padStart(5, "0")}_${stamp}${extension}`;
}
