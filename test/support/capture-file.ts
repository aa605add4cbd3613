import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NameRecord, type OpenOptions, openCapture } from "../../src/capture/open.ts";
import type { Problem } from "../../src/capture/problem.ts";

export type ByteOrder = "le" | "be";

/** Bytes built number by number, in one byte order. */
export class Bytes {
	readonly #parts: Buffer[] = [];
	readonly #little: boolean;

	constructor(order: ByteOrder) {
		this.#little = order === "le";
	}
	u8(...values: number[]): this {
		this.#parts.push(Buffer.from(values));
		return this;
	}
	u16(value: number): this {
		const part = Buffer.alloc(2);
		if (this.#little) part.writeUInt16LE(value);
		else part.writeUInt16BE(value);
		this.#parts.push(part);
		return this;
	}
	u32(value: number): this {
		const part = Buffer.alloc(4);
		if (this.#little) part.writeUInt32LE(value >>> 0);
		else part.writeUInt32BE(value >>> 0);
		this.#parts.push(part);
		return this;
	}
	i64(value: bigint): this {
		const part = Buffer.alloc(8);
		if (this.#little) part.writeBigInt64LE(value);
		else part.writeBigInt64BE(value);
		this.#parts.push(part);
		return this;
	}
	add(bytes: Uint8Array): this {
		this.#parts.push(Buffer.from(bytes));
		return this;
	}
	get bytes(): Buffer {
		return Buffer.concat(this.#parts);
	}
}

export interface PcapOptions {
	readonly order?: ByteOrder;
	readonly nanoseconds?: boolean;
	readonly modified?: boolean;
	readonly snaplen?: number;
	/** The whole link type field, with its frame check sequence bits. */
	readonly linkField?: number;
}

export interface Record {
	readonly seconds: number;
	/** Micro- or nanoseconds, as the file has them. */
	readonly fraction: number;
	readonly data: Uint8Array;
	readonly wireLength?: number;
}

/** A classic capture file. */
export function pcap(records: readonly Record[], options: PcapOptions = {}): Buffer {
	const { order = "le", nanoseconds = false, modified = false, snaplen = 65535, linkField = 1 } = options;
	const out = new Bytes(order);
	out
		.u32(modified ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4)
		.u16(2)
		.u16(4)
		.u32(0)
		.u32(0)
		.u32(snaplen)
		.u32(linkField);
	for (const { seconds, fraction, data, wireLength } of records) {
		out
			.u32(seconds)
			.u32(fraction)
			.u32(data.length)
			.u32(wireLength ?? data.length);
		if (modified) out.u32(1).u16(0x800).u8(0, 0);
		out.add(data);
	}
	return out.bytes;
}

/** Blocks of a pcapng file in one byte order. */
export class Pcapng {
	readonly order: ByteOrder;

	constructor(order: ByteOrder = "le") {
		this.order = order;
	}
	block(type: number, body: Uint8Array): Buffer {
		const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
		return new Bytes(this.order)
			.u32(type)
			.u32(padded.length + 12)
			.add(padded)
			.u32(padded.length + 12).bytes;
	}
	section(major = 1): Buffer {
		return this.block(0x0a0d0d0a, new Bytes(this.order).u32(0x1a2b3c4d).u16(major).u16(0).u32(-1).u32(-1).bytes);
	}
	option(code: number, value: Uint8Array): Buffer {
		const padding = Buffer.alloc((4 - (value.length % 4)) % 4);
		return new Bytes(this.order).u16(code).u16(value.length).add(value).add(padding).bytes;
	}
	interface(linkType: number, snaplen = 0, ...options: readonly Uint8Array[]): Buffer {
		return this.block(1, Buffer.concat([new Bytes(this.order).u16(linkType).u16(0).u32(snaplen).bytes, ...options]));
	}
	enhanced(id: number, ticks: bigint, data: Uint8Array, wireLength = data.length): Buffer {
		const out = new Bytes(this.order)
			.u32(id)
			.u32(Number(ticks >> 32n))
			.u32(Number(ticks & 0xffffffffn));
		return this.block(6, out.u32(data.length).u32(wireLength).add(data).bytes);
	}
	simple(data: Uint8Array, wireLength = data.length): Buffer {
		return this.block(3, new Bytes(this.order).u32(wireLength).add(data).bytes);
	}
	old(id: number, ticks: bigint, data: Uint8Array): Buffer {
		const out = new Bytes(this.order)
			.u16(id)
			.u16(0)
			.u32(Number(ticks >> 32n))
			.u32(Number(ticks & 0xffffffffn));
		return this.block(2, out.u32(data.length).u32(data.length).add(data).bytes);
	}
}

/** One packet as it was read. */
export interface ReadPacket {
	readonly file: number;
	readonly number: number;
	/** Nanoseconds since 1970. */
	readonly time: bigint;
	readonly data: string;
	readonly wireLength: number;
	readonly interface: number;
}

export interface ReadCapture {
	readonly packets: ReadPacket[];
	readonly problems: readonly Problem[];
	readonly readable: number;
	readonly dropped: number;
	readonly names: readonly NameRecord[];
	readonly interfaces: readonly {
		readonly linkType: number;
		readonly fcsLength: number;
		readonly name: string | undefined;
	}[];
}

/** Reads files whole. */
export async function readPaths(paths: readonly string[], options: OpenOptions = {}): Promise<ReadCapture> {
	const set = openCapture(paths, options);
	const packets: ReadPacket[] = [];
	for await (const { batch, from, to } of set.runs()) {
		for (let i = from; i < to; i++) {
			const at = batch.offset[i]!;
			packets.push({
				file: batch.file,
				number: batch.firstNumber + i,
				time: BigInt(set.timeline.epoch ?? 0) * 1_000_000_000n + BigInt(batch.time[i]!),
				data: Buffer.from(batch.data.subarray(at, at + batch.capturedLength[i]!)).toString("hex"),
				wireLength: batch.wireLength[i]!,
				interface: batch.interface[i]!,
			});
		}
	}
	const { problems, readable, dropped, names, interfaces } = set;
	return { packets, problems, readable, dropped, names, interfaces };
}

/** Writes `files` to a folder of their own, hands their paths to `use`, and removes them again. */
export async function withFiles<T>(
	files: readonly Uint8Array[],
	use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
	try {
		const paths = files.map((bytes, i) => {
			const path = join(folder, `${i}.capture`);
			writeFileSync(path, bytes);
			return path;
		});
		return await use(paths);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Reads files from memory as one capture. */
export function read(...files: readonly Uint8Array[]): Promise<ReadCapture> {
	return withFiles(files, readPaths);
}
