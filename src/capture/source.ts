import * as fs from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { rescue } from "./rescue.ts";

/** Bytes of one input, unpacked. */
export interface ByteSource {
	/** Reads up to `length` bytes to `into[at…]`. @returns how many; 0 at the end. */
	read(into: Uint8Array, at: number, length: number): Promise<number>;
	close(): Promise<void>;
	/** Bytes taken from the disk or pipe so far: packed ones, where the input is packed. */
	readonly bytesRead: number;
	/** Size of the file; undefined for a pipe. */
	readonly bytesTotal: number | undefined;
	/** `gzip` or `zstd`; undefined for bytes that come as they are. */
	readonly packing: string | undefined;
	/** Why the unpacked bytes end before they should. */
	readonly failure: { kind: "truncated" | "corrupt"; message: string } | undefined;
}

const UNPACK_CHUNK = 1 << 20;
/** Enough to tell packed from plain; a first read from a pipe may give less. */
const HEAD = 4;

/**
 * Opens a file, or standard input for `-`. gzip and zstd are told by their magic numbers and unpacked on the fly.
 * @throws the system's error where the file cannot be opened; an error that names the cause where it cannot be unpacked.
 */
export async function openSource(path: string): Promise<ByteSource> {
	if (path === "-") return openPipe(process.stdin);
	if ((await stat(path)).isFIFO()) return openPipe(await openFifo(path));
	const handle = await open(path, "r");
	try {
		const stat = await handle.stat();
		if (stat.isDirectory()) throw new Error("is a directory");
		if (!stat.isFile()) return new StreamSource(handle.createReadStream({ highWaterMark: UNPACK_CHUNK }), undefined);
		const head = new Uint8Array(HEAD);
		await handle.read(head, 0, HEAD, 0);
		const unpacker = unpackerFor(head);
		if (!unpacker) return new FileSource(handle, stat.size);
		const packed = handle.createReadStream({ start: 0, highWaterMark: UNPACK_CHUNK });
		return new StreamSource(packed, stat.size, unpacker, path);
	} catch (error) {
		await handle.close();
		throw error;
	}
}

/** Whether an input can be read once only: standard input, a named pipe, a process substitution. */
export async function isPipe(path: string): Promise<boolean> {
	if (path === "-") return true;
	const found = await stat(path).catch(() => undefined);
	return found !== undefined && !found.isFile() && !found.isDirectory();
}

/**
 * Plain files: reads straight into the reader's buffer, in its own thread: then the bytes are in that processor's cache when
 * they are looked at.
 */
class FileSource implements ByteSource {
	bytesRead = 0;
	readonly failure = undefined;
	readonly packing = undefined;
	readonly bytesTotal: number;
	readonly #handle: FileHandle;

	constructor(handle: FileHandle, size: number) {
		this.#handle = handle;
		this.bytesTotal = size;
	}

	async read(into: Uint8Array, at: number, length: number): Promise<number> {
		const bytesRead = fs.readSync(this.#handle.fd, into, at, length, this.bytesRead);
		this.bytesRead += bytesRead;
		return bytesRead;
	}

	async close(): Promise<void> {
		await this.#handle.close();
	}
}

type Unpacker = { readonly name: string; readonly create: () => zlib.Gunzip };

/** @throws where the format is known but this Node cannot unpack it. */
function unpackerFor(head: Uint8Array): Unpacker | undefined {
	if (head[0] === 0x1f && head[1] === 0x8b)
		return { name: "gzip", create: () => zlib.createGunzip({ chunkSize: UNPACK_CHUNK }) };
	if (head[0] !== 0x28 || head[1] !== 0xb5 || head[2] !== 0x2f || head[3] !== 0xfd) return undefined;
	const create = (zlib as unknown as { createZstdDecompress?: (options: object) => zlib.Gunzip }).createZstdDecompress;
	if (!create)
		throw new Error(`zstd needs Node 22.15 or later (this is ${process.version}): unpack it first with zstd -d`);
	return { name: "zstd", create: () => create({ chunkSize: UNPACK_CHUNK }) };
}

/** Pipes and packed files: chunks as they come. */
class StreamSource implements ByteSource {
	bytesRead = 0;
	failure: ByteSource["failure"];
	readonly bytesTotal: number | undefined;
	readonly #input: Readable;
	#chunks: AsyncIterator<Uint8Array>;
	#chunk: Uint8Array = new Uint8Array(0);
	#used = 0;
	/** Unpacked bytes handed on. */
	#delivered = 0;
	/** Gets at what was unpacked before damage. */
	#rescue: (() => AsyncIterator<Uint8Array>) | undefined;
	readonly packing: string | undefined;

	/** @param path where the input can be read again. */
	constructor(input: Readable, size: number | undefined, unpacker?: Unpacker, path?: string) {
		this.#input = input;
		this.bytesTotal = size;
		this.packing = unpacker?.name;
		const counted = new PassThrough({ highWaterMark: UNPACK_CHUNK });
		input.on("data", (chunk: Uint8Array) => {
			this.bytesRead += chunk.length;
		});
		input.on("error", (error) => counted.destroy(error));
		input.pipe(counted);
		let output: Readable = counted;
		if (unpacker) {
			const transform = unpacker.create();
			counted.on("error", (error) => transform.destroy(error));
			output = counted.pipe(transform);
			if (path !== undefined)
				this.#rescue = () => rescue(path, unpacker.create, this.#delivered, transform.bytesWritten);
		}
		this.#chunks = output[Symbol.asyncIterator]();
	}

	async read(into: Uint8Array, at: number, length: number): Promise<number> {
		while (this.#used === this.#chunk.length) {
			const next = await this.#next();
			if (!next) return 0;
			this.#chunk = next;
			this.#used = 0;
		}
		const count = Math.min(length, this.#chunk.length - this.#used);
		into.set(this.#chunk.subarray(this.#used, this.#used + count), at);
		this.#used += count;
		return count;
	}

	async #next(): Promise<Uint8Array | undefined> {
		try {
			const { done, value } = await this.#chunks.next();
			if (done) return undefined;
			this.#delivered += value.length;
			return value;
		} catch (error) {
			if (!this.packing || !(error instanceof Error)) throw error;
			const cut = (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR" || /unexpected end/.test(error.message);
			this.failure = cut
				? { kind: "truncated", message: `the ${this.packing} data is cut off` }
				: { kind: "corrupt", message: `the ${this.packing} data is damaged (${error.message})` };
			if (cut || !this.#rescue) return undefined;
			this.#chunks = this.#rescue();
			return this.#next();
		}
	}

	async close(): Promise<void> {
		this.#input.destroy();
		await this.#chunks.return?.();
	}
}

/** Chunks as they come, from whatever makes them. */
export function sourceOf(chunks: AsyncIterable<Uint8Array>): ByteSource {
	return new ChunkSource(chunks[Symbol.asyncIterator]());
}

class ChunkSource implements ByteSource {
	bytesRead = 0;
	readonly bytesTotal = undefined;
	readonly packing = undefined;
	readonly failure = undefined;
	readonly #chunks: AsyncIterator<Uint8Array>;
	#chunk: Uint8Array = new Uint8Array(0);
	#used = 0;

	constructor(chunks: AsyncIterator<Uint8Array>) {
		this.#chunks = chunks;
	}

	async read(into: Uint8Array, at: number, length: number): Promise<number> {
		while (this.#used === this.#chunk.length) {
			const { done, value } = await this.#chunks.next();
			if (done) return 0;
			this.#chunk = value;
			this.#used = 0;
			this.bytesRead += value.length;
		}
		const count = Math.min(length, this.#chunk.length - this.#used);
		into.set(this.#chunk.subarray(this.#used, this.#used + count), at);
		this.#used += count;
		return count;
	}

	async close(): Promise<void> {
		await this.#chunks.return?.();
	}
}

/**
 * A named pipe as a stream that waits in the event loop. To open or read one as a file occupies a thread until a writer
 * comes, and a program with such a thread cannot even exit.
 */
async function openFifo(path: string): Promise<Readable> {
	// Elsewhere than on Linux, a pipe that nobody writes to yet may look as if it had ended.
	if (process.platform !== "linux") return fs.createReadStream(path, { highWaterMark: UNPACK_CHUNK });
	const fd = await promisify(fs.open)(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
	return new Socket({ fd, readable: true, writable: false });
}

/** Standard input or a named pipe: the first bytes must be read before it is known whether the rest is packed. */
async function openPipe(input: Readable): Promise<ByteSource> {
	const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
	const first: Uint8Array[] = [];
	let size = 0;
	while (size < HEAD) {
		const { done, value } = await chunks.next();
		if (done) break;
		first.push(value);
		size += value.length;
	}
	async function* all(): AsyncGenerator<Uint8Array> {
		yield* first;
		for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
	}
	return new StreamSource(Readable.from(all(), { objectMode: false }), undefined, unpackerFor(Buffer.concat(first)));
}
