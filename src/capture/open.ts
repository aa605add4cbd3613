import { type CaptureInterface, copyBytes, type PacketBatch, Timeline } from "./batch.ts";
import type { Problem } from "./problem.ts";
import { CaptureReader } from "./reader.ts";
import { type ByteSource, isPipe, openSource } from "./source.ts";
import { type TimeWindow, type Windowed, WindowFilter } from "./time-window.ts";
import { type BufferSupply, OwnBuffers } from "./window.ts";

/** Bytes of one read: few enough to stay in the processor's cache until their packets are done with. */
const CHUNK_BYTES = 256 << 10;
/** Enough to find a file's first packet, as a rule. */
const PEEK_CHUNK_BYTES = 64 << 10;

export interface OpenOptions {
	readonly signal?: AbortSignal;
	/** Called after every batch. `bytesTotal` is undefined while an input's size is unknown. */
	readonly onProgress?: (bytesRead: number, bytesTotal: number | undefined) => void;
	/** A supply of buffers for each file, where a batch's bytes are to outlive the next batch. */
	readonly buffers?: () => BufferSupply;
	/** Gives the bytes of a path, instead of the file that it names: for a single one. */
	readonly open?: (path: string) => Promise<ByteSource>;
	/** Packets outside of it are left out. */
	readonly window?: TimeWindow;
}

/** Packets `from … to - 1` of a batch, in their turn. */
export interface PacketRun {
	readonly batch: PacketBatch;
	readonly from: number;
	readonly to: number;
}

/** A packet by itself. */
export interface CapturedPacket {
	/** The file as it was named. */
	readonly file: string;
	/** Number in its file, from 1, as Wireshark counts. */
	readonly number: number;
	/** Nanoseconds since 1970-01-01T00:00:00Z. */
	readonly time: bigint;
	/** The captured bytes, link header first: a copy. */
	readonly data: Uint8Array;
	/** Bytes that the packet had on the wire. */
	readonly wireLength: number;
	/** Where it was captured; among others its link type. */
	readonly interface: CaptureInterface;
}

/** A name that a capture file gives an address, of 4 or 16 bytes. */
export interface NameRecord {
	readonly address: Uint8Array;
	readonly name: string;
}

/** Names kept of all files: a capture names its hosts, and a hostile one must not fill the memory. */
const MAX_NAMES = 50_000;

/** Several capture files read as one. */
export interface CaptureSet {
	/** As given; a packet's `file` is an index into it. */
	readonly files: readonly { readonly path: string }[];
	/** Grows as files are read. */
	readonly interfaces: readonly CaptureInterface[];
	readonly timeline: Timeline;
	readonly problems: readonly Problem[];
	/** Files that are captures, however damaged. */
	readonly readable: number;
	/** Packets that the capturing hosts say they dropped. */
	readonly dropped: number;
	/** Names that the files give addresses (pcapng name resolution blocks), in the order in which they came. */
	readonly names: readonly NameRecord[];
	/** What the time window left out; undefined without one, and before the first packet. */
	readonly windowed: Windowed | undefined;
	/** All packets in the order of time; within a file, in the file's order. To be called once. Allocates nothing for a packet. */
	runs(): AsyncGenerator<PacketRun, void, undefined>;
	/** The same as objects, one at a time: simple, and slower. Either this or {@link runs}. */
	[Symbol.asyncIterator](): AsyncGenerator<CapturedPacket, void, undefined>;
	/** Reading ends before `runs` does: notes under `problems` how far each file was read, but for those read whole. */
	interrupt(): void;
}

/** Prepares captures for reading; nothing is opened before `runs` is. @param paths `-` is standard input. */
export function openCapture(paths: readonly string[], options: OpenOptions = {}): CaptureSet {
	return new CaptureFiles(paths, options);
}

/** A file that takes part in the merge. */
interface Entry {
	readonly index: number;
	readonly path: string;
	/** Time of its first packet, which decides when it is opened. */
	readonly first: number;
	readonly bytes: number | undefined;
	/** While it is open; a pipe is from the start, since it cannot be opened twice. */
	reader: CaptureReader | undefined;
	/** Next packet of the reader's batch. */
	at: number;
}

class CaptureFiles implements CaptureSet {
	readonly files: readonly { readonly path: string }[];
	readonly interfaces: CaptureInterface[] = [];
	readonly timeline = new Timeline();
	readonly problems: Problem[] = [];
	readable = 0;
	dropped = 0;
	readonly names: NameRecord[] = [];
	readonly #options: OpenOptions;
	readonly #filter: WindowFilter | undefined;
	/** Bytes of files that are read to their end. */
	#bytesDone = 0;
	#bytesTotal: number | undefined = 0;
	readonly #open = new Set<Entry>();
	/** Files of which nothing more is to come. */
	#isInterrupted = false;
	readonly #done = new Set<number>();

	constructor(paths: readonly string[], options: OpenOptions) {
		this.files = paths.map((path) => ({ path }));
		this.#options = options;
		this.#filter = options.window && new WindowFilter(options.window, this.timeline);
	}

	get windowed(): Windowed | undefined {
		return this.#filter?.windowed;
	}

	async *runs(): AsyncGenerator<PacketRun, void, undefined> {
		try {
			const runs = this.files.length === 1 ? this.#one() : this.#merged();
			yield* this.#filter?.within(runs) ?? runs;
		} finally {
			for (const { reader } of this.#open) await reader?.close();
			this.#open.clear();
		}
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<CapturedPacket, void, undefined> {
		for await (const { batch, from, to } of this.runs()) {
			const file = this.files[batch.file]!.path;
			const epoch = BigInt(this.timeline.epoch!) * 1_000_000_000n;
			for (let i = from; i < to; i++) {
				const at = batch.offset[i]!;
				yield {
					file,
					number: batch.firstNumber + i,
					time: epoch + BigInt(Math.round(batch.time[i]!)),
					data: copyBytes(batch.data, at, at + batch.capturedLength[i]!),
					wireLength: batch.wireLength[i]!,
					interface: this.interfaces[batch.interface[i]!]!,
				};
			}
		}
	}

	interrupt(): void {
		if (this.#isInterrupted) return;
		this.#isInterrupted = true;
		for (const [index, { path }] of this.files.entries()) {
			if (this.#done.has(index)) continue;
			const reader = [...this.#open].find((entry) => entry.index === index)?.reader;
			const message = reader
				? "reading was interrupted: what follows is not in the report"
				: "reading was interrupted before this file was read";
			this.problems.push({ file: path, offset: reader?.offset ?? 0, kind: "interrupted", message });
		}
	}

	async *#one(): AsyncGenerator<PacketRun, void, undefined> {
		const reader = await this.#openReader(0, CHUNK_BYTES);
		if (!reader) return;
		this.readable++;
		this.#bytesTotal = reader.bytesTotal;
		this.#open.add({ index: 0, path: this.files[0]!.path, first: 0, bytes: reader.bytesTotal, reader, at: 0 });
		while (await reader.next()) {
			yield { batch: reader.batch, from: 0, to: reader.batch.count };
			this.#tick();
		}
		this.#done.add(0);
	}

	/** Merges by time, keeping open only the files that overlap there. */
	async *#merged(): AsyncGenerator<PacketRun, void, undefined> {
		const waiting = await this.#peekAll();
		const active: Entry[] = [];
		for (;;) {
			while (waiting.length > 0 && (active.length === 0 || waiting[0]!.first <= Math.min(...active.map(timeOf)))) {
				const entry = waiting.shift()!;
				entry.reader ??= await this.#openReader(entry.index, CHUNK_BYTES);
				if (!entry.reader) continue;
				this.#open.add(entry);
				if (entry.reader.batch.count > entry.at || (await entry.reader.next())) active.push(entry);
				else await this.#finish(entry);
			}
			if (active.length === 0) return;
			const entry = earliest(active);
			const others = active.filter((other) => other !== entry).map(timeOf);
			const until = Math.min(waiting[0]?.first ?? Number.POSITIVE_INFINITY, ...others);
			const { batch } = entry.reader!;
			const from = entry.at;
			let to = from + 1;
			while (to < batch.count && batch.time[to]! <= until) to++;
			entry.at = to;
			yield { batch, from, to };
			if (to < batch.count) continue;
			this.#tick();
			entry.at = 0;
			if (await entry.reader!.next()) continue;
			active.splice(active.indexOf(entry), 1);
			await this.#finish(entry);
		}
	}

	/** Learns when each file begins. Files that are no captures are reported here and left out. */
	async #peekAll(): Promise<Entry[]> {
		const entries: Entry[] = [];
		for (const [index, { path }] of this.files.entries()) {
			this.#options.signal?.throwIfAborted();
			const once = await isPipe(path);
			const reader = once ? await this.#openReader(index, CHUNK_BYTES) : await this.#openForPeek(index);
			if (!reader) continue;
			this.readable++;
			// A file without packets comes last: all there is to know of it is its interfaces and its damage.
			const first = (await reader.next()) ? reader.batch.time[0]! : Number.POSITIVE_INFINITY;
			const bytes = reader.bytesTotal;
			this.#bytesTotal = bytes === undefined || this.#bytesTotal === undefined ? undefined : this.#bytesTotal + bytes;
			if (!once) await reader.close();
			entries.push({ index, path, first, bytes, at: 0, reader: once ? reader : undefined });
		}
		return entries.sort((a, b) => (a.first === b.first ? a.index - b.index : a.first - b.first));
	}

	/** What a peek learns of damage and interfaces is learnt again when the file is read, so it is dropped here. */
	async #openForPeek(index: number): Promise<CaptureReader | undefined> {
		const path = this.files[index]!.path;
		const problems: Problem[] = [];
		const context = { file: index, interfaces: [], timeline: this.timeline, addDrops: () => {}, addName: () => {} };
		const reader = await CaptureReader.open(path, context, problems, PEEK_CHUNK_BYTES, new OwnBuffers(), openSource);
		if (!reader) {
			this.problems.push(...problems);
			this.#done.add(index);
		}
		return reader;
	}

	async #openReader(index: number, chunkBytes: number): Promise<CaptureReader | undefined> {
		const context = {
			file: index,
			interfaces: this.interfaces,
			timeline: this.timeline,
			addDrops: (packets: number) => {
				this.dropped += packets;
			},
			addName: (address: Uint8Array, name: string) => {
				if (this.names.length < MAX_NAMES) this.names.push({ address, name });
			},
		};
		const { buffers = () => new OwnBuffers(), open = openSource } = this.#options;
		const { path } = this.files[index]!;
		const reader = await CaptureReader.open(path, context, this.problems, chunkBytes, buffers(), open);
		if (!reader) this.#done.add(index);
		return reader;
	}

	#tick(): void {
		const { signal, onProgress } = this.#options;
		signal?.throwIfAborted();
		if (!onProgress) return;
		let read = this.#bytesDone;
		for (const { reader } of this.#open) read += reader?.bytesRead ?? 0;
		onProgress(read, this.#bytesTotal);
	}

	async #finish(entry: Entry): Promise<void> {
		this.#bytesDone += entry.reader!.bytesRead;
		this.#open.delete(entry);
		this.#done.add(entry.index);
		await entry.reader!.close();
		entry.reader = undefined;
	}
}

function timeOf(entry: Entry): number {
	return entry.reader!.batch.time[entry.at]!;
}

/** The entry whose next packet is the earliest; of equal ones the file named first. */
function earliest(active: readonly Entry[]): Entry {
	let best = active[0]!;
	for (const entry of active) {
		const order = timeOf(entry) - timeOf(best) || entry.index - best.index;
		if (order < 0) best = entry;
	}
	return best;
}
