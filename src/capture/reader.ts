import { PacketBatch } from "./batch.ts";
import { Damage } from "./damage.ts";
import type { FormatParser, ParserContext } from "./format.ts";
import { IDENTIFY_BYTES, identify, MAGIC_BYTES } from "./identify.ts";
import { PcapParser } from "./pcap.ts";
import { PcapngParser } from "./pcapng.ts";
import type { Problem } from "./problem.ts";
import type { ByteSource } from "./source.ts";
import { TimeOrder } from "./time-order.ts";
import { type BufferSupply, ByteWindow } from "./window.ts";

/** One capture file as a sequence of packet batches. */
export class CaptureReader {
	readonly batch = new PacketBatch();
	readonly #source: ByteSource;
	readonly #window: ByteWindow;
	readonly #parser: FormatParser;
	readonly #damage: Damage;
	readonly #problem: (problem: Omit<Problem, "file">) => void;
	readonly #order = new TimeOrder();
	#needed = 0;
	#ended = false;
	#nextNumber = 1;

	private constructor(
		source: ByteSource,
		window: ByteWindow,
		parser: FormatParser,
		damage: Damage,
		problem: (problem: Omit<Problem, "file">) => void,
	) {
		this.#source = source;
		this.#window = window;
		this.#parser = parser;
		this.#damage = damage;
		this.#problem = problem;
	}

	/**
	 * Opens a file and tells its format.
	 * @param context what the run shares; `problems` gets what is wrong with this file.
	 * @param buffers for its bytes.
	 * @param openSource gives them.
	 * @returns undefined where the file cannot be read at all: `problems` then says why.
	 */
	static async open(
		path: string,
		context: Omit<ParserContext, "damage">,
		problems: Problem[],
		chunkBytes: number,
		buffers: BufferSupply,
		openSource: (path: string) => Promise<ByteSource>,
	): Promise<CaptureReader | undefined> {
		const problem = (each: Omit<Problem, "file">) => problems.push({ file: path, ...each });
		let source: ByteSource;
		try {
			source = await openSource(path);
		} catch (error) {
			problem({ offset: 0, kind: "unreadable", message: cause(error) });
			return undefined;
		}
		const window = new ByteWindow(source, chunkBytes, buffers);
		try {
			const head = () => window.data.subarray(window.start, Math.min(window.end, window.start + IDENTIFY_BYTES));
			// A pipe may hold a capture's first bytes for long before more come: only other files need a longer look.
			await window.fill(MAGIC_BYTES);
			let identity = identify(head());
			if (identity.format === undefined) {
				await window.fill(IDENTIFY_BYTES);
				identity = identify(head());
			}
			if (identity.format === undefined) {
				if (source.failure) problem({ offset: window.available, ...source.failure });
				const packed = source.packing ? `${source.packing} of ` : "";
				problem({ offset: 0, kind: "not-a-capture", message: `no capture: looks like ${packed}${identity.looksLike}` });
				await window.close();
				return undefined;
			}
			const damage = new Damage(path, problems);
			const Parser = identity.format === "pcap" ? PcapParser : PcapngParser;
			const reader = new CaptureReader(source, window, new Parser({ ...context, damage }), damage, problem);
			reader.batch.file = context.file;
			return reader;
		} catch (error) {
			problem({ offset: 0, kind: "unreadable", message: cause(error) });
			await window.close();
			return undefined;
		}
	}

	get bytesRead(): number {
		return this.#source.bytesRead;
	}

	get bytesTotal(): number | undefined {
		return this.#source.bytesTotal;
	}

	/** Where in the (unpacked) file reading is, in bytes. */
	get offset(): number {
		return this.#window.offset;
	}

	/** Reads the next packets into {@link batch}. @returns false at the end of the file. */
	async next(): Promise<boolean> {
		const { batch } = this;
		batch.firstNumber = this.#nextNumber;
		batch.count = 0;
		while (!this.#ended) {
			if (this.#needed > 0 && !(await this.#fill())) continue;
			batch.data = this.#window.data;
			batch.view = this.#window.view;
			this.#needed = this.#parser.parse(this.#window, batch);
			if (this.#needed < 0) this.#end();
			if (batch.count > 0) break;
		}
		this.#order.take(batch);
		this.#nextNumber += batch.count;
		if (batch.count > 0) return true;
		const { problem } = this.#order;
		if (problem) this.#problem(problem);
		return false;
	}

	/** @returns false where the file ended and nothing more is to be parsed. */
	async #fill(): Promise<boolean> {
		try {
			if (await this.#window.fill(this.#needed)) return true;
		} catch (error) {
			this.#problem({ offset: this.#window.offset, kind: "unreadable", message: `reading failed: ${cause(error)}` });
			this.#end();
			return false;
		}
		if (this.#parser.atEnd(this.#window, this.#needed)) return true;
		this.#end();
		return false;
	}

	#end(): void {
		this.#ended = true;
		if (this.#source.failure) this.#problem({ offset: this.#window.offset, ...this.#source.failure });
		this.#damage.close(this.#window.offset);
	}

	async close(): Promise<void> {
		await this.#window.close();
	}
}

const CAUSES: Readonly<Record<string, string>> = {
	ENOENT: "no such file",
	EACCES: "permission denied",
	EPERM: "permission denied",
	EISDIR: "is a directory",
	EMFILE: "too many open files",
};

function cause(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return CAUSES[(error as NodeJS.ErrnoException).code ?? ""] ?? error.message;
}
