import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";

/** Characters that are written, and bytes that are read, at a time. */
const CHUNK = 1 << 20;

/** Closes the files of those that nobody closed: a report can be listed as long as somebody holds it. */
const FORGOTTEN = new FinalizationRegistry(closeSync);

/** Objects that wait on the disk until they are wanted, in the order in which they came. The file has no name any more. */
export class Spill<T> {
	/** Objects so far. */
	count = 0;
	/** Characters so far: about as many bytes. */
	bytes = 0;
	readonly #file: number;
	#pending: string[] = [];
	#pendingLength = 0;

	constructor() {
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		try {
			this.#file = openSync(join(folder, "flows"), "w+");
			FORGOTTEN.register(this, this.#file, this);
		} finally {
			// What is open stays until it is closed, however the process ends.
			rmSync(folder, { recursive: true, force: true });
		}
	}

	add(object: T): void {
		const line = JSON.stringify(object);
		this.#pending.push(line);
		this.#pendingLength += line.length;
		this.bytes += line.length + 1;
		this.count++;
		if (this.#pendingLength >= CHUNK) this.#flush();
	}

	#flush(): void {
		if (this.#pending.length > 0) writeSync(this.#file, `${this.#pending.join("\n")}\n`);
		this.#pending = [];
		this.#pendingLength = 0;
	}

	*objects(): Iterable<T> {
		this.#flush();
		const chunk = Buffer.allocUnsafe(CHUNK);
		const decoder = new StringDecoder("utf8");
		let rest = "";
		let at = 0;
		for (
			let read = readSync(this.#file, chunk, 0, CHUNK, at);
			read > 0;
			read = readSync(this.#file, chunk, 0, CHUNK, at)
		) {
			at += read;
			const lines = (rest + decoder.write(chunk.subarray(0, read))).split("\n");
			rest = lines.pop()!;
			for (const line of lines) yield JSON.parse(line) as T;
		}
	}

	close(): void {
		FORGOTTEN.unregister(this);
		closeSync(this.#file);
	}
}
