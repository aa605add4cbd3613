import { randomBytes } from "node:crypto";
import { createWriteStream, fstatSync, rmSync, type Stats, type WriteStream } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { cannotWrite, type Destination, STANDARD_OUTPUT } from "./destination.ts";
import { onInterrupt, statusOf } from "./interrupts.ts";
import { say } from "./say.ts";

/** A piece of a result: text, or bytes. */
type Piece = string | Uint8Array;
type Pieces = Iterable<Piece> | AsyncIterable<Piece>;

/** Hands a piece on; resolves when it is taken, so that a slow reader holds the writer up and memory stays small. */
type Put = (piece: Piece) => Promise<unknown>;

/**
 * Writes a result at the speed at which it is taken. Whoever reads a pipe may stop early: that is no error.
 * An interrupt while it is written ends the program at once, without a half-written file.
 * @throws an error that names the place and the cause.
 */
export async function writeAll(chunks: Pieces, to: Destination = STANDARD_OUTPUT): Promise<void> {
	const pieces = await begun(chunks);
	if (to.kind === "file") return replace(to, pieces);
	const name = to.kind === "stdout" ? "standard output" : to.name;
	const stream = to.kind === "stdout" ? standardOutput() : createWriteStream(to.name);
	// What goes wrong is told to the one who waits for the piece.
	stream.on("error", () => {});
	const release = onInterrupt((by) => {
		say(`interrupted (${by}): what ${name} has of the result is not whole`);
		// A thread that waits for a pipe's reader would keep the program from exiting.
		if (to.kind === "straight") process.kill(process.pid, by);
		process.exit(statusOf(by));
	});
	try {
		await inPieces(pieces, (piece) => taken(stream, piece));
		if (to.kind === "straight") await new Promise<void>((resolve) => stream.end(resolve));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw cannotWrite(name, error);
	} finally {
		release();
	}
}

/**
 * Lines that are written as they come, each piece at once; whoever reads them too slowly holds the writer up. A file is not
 * put in its place at the end, but grows.
 */
export class Lines {
	readonly #name: string;
	readonly #stream: NodeJS.WritableStream;
	readonly #isOwn: boolean;
	/** Whether whoever read them has gone. */
	isClosed = false;

	constructor(to: Destination) {
		this.#isOwn = to.kind !== "stdout";
		this.#name = to.kind === "stdout" ? "standard output" : to.name;
		this.#stream = to.kind === "stdout" ? standardOutput() : createWriteStream(to.name);
		this.#stream.on("error", () => {});
	}

	/** @throws an error that names the place and the cause. */
	async put(text: string): Promise<void> {
		if (this.isClosed) return;
		try {
			await taken(this.#stream, text);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw cannotWrite(this.#name, error);
			this.isClosed = true;
		}
	}

	async end(): Promise<void> {
		if (this.#isOwn && !this.isClosed) await new Promise<void>((resolve) => this.#stream.end(() => resolve()));
	}
}

/** The same pieces, the first of them made already: the slowest as a rule, and until it is there an interrupt needs no care. */
async function begun(chunks: Pieces): Promise<AsyncIterable<Piece>> {
	const all = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
	let next = await all.next();
	return (async function* () {
		for (; !next.done; next = await all.next()) yield next.value;
	})();
}

/** One piece is made while the one before it is written. */
async function inPieces(pieces: Pieces, put: Put): Promise<void> {
	let taking: Promise<unknown> = Promise.resolve();
	for await (const piece of pieces) {
		await taking;
		taking = put(piece);
		// Told where it is waited for.
		taking.catch(() => {});
		// Lets an interrupt in: terminals and quick pipes take a piece without a turn of the event loop.
		await setImmediate();
	}
	await taking;
}

/**
 * Standard output, but for a regular file in the place of `process.stdout`: that one takes a short write, which a disk
 * makes before it is full, for a whole one, and the end of the result would be missing without an error.
 */
function standardOutput(): NodeJS.WriteStream | WriteStream {
	return fstatSync(1).isFile() ? createWriteStream("", { fd: 1, autoClose: false }) : process.stdout;
}

function taken(stream: NodeJS.WritableStream, piece: Piece): Promise<void> {
	return new Promise((resolve, reject) => {
		stream.write(piece, (error) => (error ? reject(error) : resolve()));
	});
}

/** Writes beside the file under another name, and renames at the end. The file's permissions and owner stay. */
async function replace({ name, path, before }: Extract<Destination, { kind: "file" }>, pieces: Pieces): Promise<void> {
	const unfinished = `${path}.${randomBytes(4).toString("hex")}.part`;
	const discard = () => rmSync(unfinished, { force: true });
	const release = onInterrupt((by) => {
		discard();
		say(`interrupted (${by}): ${name} is not written`);
		process.exit(statusOf(by));
	});
	try {
		// Exclusive: a link that somebody put there must not be followed.
		const file = await open(unfinished, "wx", before ? before.mode & 0o777 : 0o666);
		try {
			await inPieces(pieces, (piece) => file.appendFile(piece));
			if (before) await keepOwner(file, before);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(unfinished, path);
	} catch (error) {
		discard();
		throw cannotWrite(name, error);
	} finally {
		release();
	}
}

async function keepOwner(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
	// Only root may give a file away; another user's file then becomes the writer's own.
	await file.chown(uid, gid).catch(() => {});
	await file.chmod(mode & 0o777);
}
