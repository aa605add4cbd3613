import { BATCH_PACKETS, type PacketBatch } from "./batch.ts";
import { bytes, DamagedStretch } from "./damage.ts";
import { type FormatParser, MAX_BLOCK_BYTES, MAX_PACKET_BYTES, type ParserContext } from "./format.ts";
import { BLOCK_HEADER, BLOCK_OVERHEAD, Block, BYTE_ORDER_MAGIC, IfOption, StatisticsOption } from "./pcapng-format.ts";
import { visitNames } from "./pcapng-names.ts";
import { visitOptions } from "./pcapng-options.ts";
import { TimestampScale } from "./timestamp.ts";
import type { ByteWindow } from "./window.ts";

/** Block types above this are local use or nothing: a resynchronisation does not believe them. */
const MAX_STANDARD_TYPE = 0x0bad;
const CUSTOM_TYPES: readonly number[] = [0x0bad, 0x40000bad];

const SECTION_HEADER_BYTES = 28;
const ENHANCED_PACKET_HEADER = 28;
const SIMPLE_PACKET_HEADER = 12;
/** Interfaces of one file; a hostile file must not fill the memory with them. */
const MAX_INTERFACES = 4096;
/** Blocks are padded to 32 bits. */
const MAX_PADDING = 3;
const MICROSECONDS = 6;

interface SectionInterface {
	/** Index into the run's interfaces. */
	readonly index: number;
	readonly scale: TimestampScale;
	readonly snaplen: number;
}

/** pcapng (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte order. */
export class PcapngParser implements FormatParser {
	readonly #context: ParserContext;
	#little = true;
	#sections = 0;
	#interfaces: SectionInterface[] = [];
	#interfaceCount = 0;
	/** Time of the last packet that had one: simple packets have none. */
	#lastTime = 0;
	#dropsOfInterface = new Map<number, number>();
	/** Whether the window holds all that is left of the file. */
	#atEnd = false;
	readonly #stretch: DamagedStretch;

	constructor(context: ParserContext) {
		this.#context = context;
		this.#stretch = new DamagedStretch(context.damage);
	}

	parse(window: ByteWindow, batch: PacketBatch): number {
		if (this.#stretch.isOpen && !this.#resume(window, false)) return Math.max(MAX_BLOCK_BYTES, window.available + 1);
		while (batch.count < BATCH_PACKETS) {
			if (window.available < BLOCK_OVERHEAD) return BLOCK_OVERHEAD;
			const { view, start } = window;
			const type = view.getUint32(start, this.#little);
			if (type === Block.SectionHeader) {
				if (!this.#byteOrder(window)) return window.available;
			} else if (this.#sections === 0) {
				this.#stretch.begin(window, "the section header block is damaged");
				return window.available;
			}
			const length = view.getUint32(start + 4, this.#little);
			if (length < BLOCK_OVERHEAD || length > MAX_BLOCK_BYTES || length % 4 !== 0) {
				this.#stretch.begin(window, `block of type ${hex(type)} claims ${bytes(length)}, which no block has`);
				return window.available;
			}
			if (window.available < length) return length;
			const again = view.getUint32(start + length - 4, this.#little);
			if (again !== length) {
				const next = start + length;
				if (window.end - next < BLOCK_OVERHEAD && !this.#atEnd) return length + BLOCK_OVERHEAD;
				const disagree = `the two lengths of a block of type ${hex(type)} disagree (${length} and ${again})`;
				if (next !== window.end && !this.#startsBlock(view, next, window.end)) {
					this.#stretch.begin(window, disagree);
					return window.available;
				}
				this.#context.damage.add(
					"corrupt",
					window.offset,
					`${disagree}; the first one leads to the next block and is taken`,
				);
			}
			this.#block(type, window, length, batch);
			window.start += length;
		}
		return 0;
	}

	/** Reads a section header's byte-order magic. @returns false where it has none. */
	#byteOrder(window: ByteWindow): boolean {
		const { view, start } = window;
		for (const little of [true, false]) {
			if (view.getUint32(start + BLOCK_HEADER, little) !== BYTE_ORDER_MAGIC) continue;
			this.#little = little;
			return true;
		}
		this.#stretch.begin(window, "a section header block has no byte-order magic");
		return false;
	}

	#block(type: number, window: ByteWindow, length: number, batch: PacketBatch): void {
		const { view, start } = window;
		const end = start + length - 4;
		if (type === Block.EnhancedPacket || type === Block.Packet) this.#packetBlock(type, window, end, batch);
		else if (type === Block.SimplePacket) this.#simplePacket(window, end, batch);
		else if (type === Block.InterfaceDescription) this.#interface(window, start + BLOCK_HEADER, end);
		else if (type === Block.SectionHeader) this.#section(view, window, start, length);
		else if (type === Block.InterfaceStatistics) this.#statistics(window, start + BLOCK_HEADER, end);
		else if (type === Block.NameResolution) this.#names(window, start + BLOCK_HEADER, end);
	}

	#section(view: DataView, window: ByteWindow, start: number, length: number): void {
		if (length < SECTION_HEADER_BYTES) {
			this.#context.damage.add(
				"corrupt",
				window.offset,
				`section header block of ${bytes(length)}, ${SECTION_HEADER_BYTES} needed; the section's packets are read`,
			);
		} else {
			const major = view.getUint16(start + 12, this.#little);
			if (major !== 1)
				this.#context.damage.add("corrupt", window.offset, `pcapng version ${major} is not known; read as version 1`);
		}
		this.#sections++;
		this.#interfaces = [];
		this.#dropsOfInterface = new Map();
	}

	#interface(window: ByteWindow, at: number, end: number): void {
		const { view, data } = window;
		const little = this.#little;
		if (++this.#interfaceCount > MAX_INTERFACES) {
			if (this.#interfaceCount === MAX_INTERFACES + 1) {
				this.#context.damage.add(
					"limit",
					window.offset,
					`more than ${MAX_INTERFACES} interfaces; packets of further ones are skipped`,
				);
			}
			return;
		}
		if (end - at < 8) {
			this.#context.damage.add(
				"corrupt",
				window.offset,
				`interface description block of ${bytes(end - at + BLOCK_OVERHEAD)}, 20 needed; its packets are skipped`,
			);
			this.#interfaces.push({ index: -1, scale: new TimestampScale(MICROSECONDS, 0), snaplen: 0 });
			return;
		}
		let name: string | undefined;
		let resolution = MICROSECONDS;
		let fcsLength = 0;
		let offset = 0;
		const beyond = visitOptions(view, at + 8, end, little, (code, value, length) => {
			if (code === IfOption.Name) name = text(data, value, Math.min(length, 256));
			else if (code === IfOption.Resolution && length >= 1) resolution = view.getUint8(value);
			else if (code === IfOption.FcsLength && length >= 1) fcsLength = view.getUint8(value);
			else if (code === IfOption.Offset && length >= 8) offset = Number(view.getBigInt64(value, little));
		});
		this.#checkOptions(window, beyond, "an option of an interface description block");
		const snaplen = view.getUint32(at + 4, little);
		const { interfaces, file } = this.#context;
		this.#interfaces.push({ index: interfaces.length, scale: new TimestampScale(resolution, offset), snaplen });
		interfaces.push({ file, linkType: view.getUint16(at, little), snaplen, fcsLength, name });
	}

	/** An enhanced packet block, or the obsolete packet block, whose interface id has 16 bits and a drop count follows. */
	#packetBlock(type: number, window: ByteWindow, end: number, batch: PacketBatch): void {
		const { view, start } = window;
		const little = this.#little;
		if (end - start < ENHANCED_PACKET_HEADER) {
			this.#badPacket(window, "a packet block is too short for its header");
			return;
		}
		this.#packet(
			window,
			batch,
			end,
			start + ENHANCED_PACKET_HEADER,
			type === Block.Packet ? view.getUint16(start + 8, little) : view.getUint32(start + 8, little),
			view.getUint32(start + 12, little),
			view.getUint32(start + 16, little),
			view.getUint32(start + 20, little),
			view.getUint32(start + 24, little),
		);
	}

	#packet(
		window: ByteWindow,
		batch: PacketBatch,
		end: number,
		at: number,
		id: number,
		high: number,
		low: number,
		captured: number,
		wire: number,
	): void {
		const known = this.#interfaces[id];
		if (!known || known.index < 0) {
			this.#badPacket(window, `a packet names interface ${id}, but the section has ${this.#interfaces.length} so far`);
			return;
		}
		if (captured > end - at || captured > MAX_PACKET_BYTES) {
			this.#badPacket(window, `a packet claims ${bytes(captured)}, its block has room for ${end - at}`);
			return;
		}
		const time = known.scale.at(this.#context.timeline, high, low);
		this.#lastTime = time;
		this.#put(batch, at, captured, wire, time, known.index);
	}

	/** A simple packet belongs to the first interface and has no time: it gets that of the packet before it. */
	#simplePacket(window: ByteWindow, end: number, batch: PacketBatch): void {
		const { view, start } = window;
		const known = this.#interfaces[0];
		if (!known || known.index < 0) {
			this.#badPacket(window, "a simple packet block comes before any interface description");
			return;
		}
		if (end - start < SIMPLE_PACKET_HEADER) {
			this.#badPacket(window, "a simple packet block is too short for its header");
			return;
		}
		const wire = view.getUint32(start + 8, this.#little);
		const at = start + SIMPLE_PACKET_HEADER;
		const room = end - at;
		const claimed = known.snaplen > 0 ? Math.min(wire, known.snaplen) : wire;
		const captured = Math.min(claimed, room);
		if (captured > MAX_PACKET_BYTES) {
			this.#badPacket(window, `a packet of ${bytes(captured)}`);
			return;
		}
		if (claimed > room || room - claimed > MAX_PADDING) {
			this.#context.damage.add(
				"corrupt",
				window.offset,
				`a simple packet claims ${bytes(claimed)}, its block has room for ${room}; ${bytes(captured)} of it are read`,
			);
		}
		this.#put(batch, at, captured, wire, this.#lastTime, known.index);
	}

	#put(batch: PacketBatch, at: number, captured: number, wire: number, time: number, index: number): void {
		const i = batch.count++;
		batch.offset[i] = at;
		batch.capturedLength[i] = captured;
		batch.wireLength[i] = wire;
		batch.time[i] = time;
		batch.interface[i] = index;
	}

	#badPacket(window: ByteWindow, cause: string): void {
		this.#context.damage.add("corrupt", window.offset, `${cause}; the packet is skipped`);
	}

	#names(window: ByteWindow, at: number, end: number): void {
		const beyond = visitNames(window.view, window.data, at, end, this.#little, this.#context.addName);
		this.#checkOptions(window, beyond, "a record of a name resolution block");
	}

	/** @param beyond bytes by which the last one reaches beyond its block. */
	#checkOptions(window: ByteWindow, beyond: number, what: string): void {
		if (beyond > 0)
			this.#context.damage.add(
				"corrupt",
				window.offset,
				`${what} reaches ${bytes(beyond)} beyond the block's end; it and what follows it there are not read`,
			);
	}

	/** Drop counts are running totals: the last of each interface counts. */
	#statistics(window: ByteWindow, at: number, end: number): void {
		if (end - at < 12) return;
		const { view } = window;
		const little = this.#little;
		const id = view.getUint32(at, little);
		if (id >= this.#interfaces.length) return;
		let drops = 0;
		const beyond = visitOptions(view, at + 12, end, little, (code, value, length) => {
			if (length < 8 || (code !== StatisticsOption.InterfaceDrops && code !== StatisticsOption.OsDrops)) return;
			drops +=
				view.getUint32(value + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(value + (little ? 0 : 4), little);
		});
		this.#checkOptions(window, beyond, "an option of an interface statistics block");
		const before = this.#dropsOfInterface.get(id) ?? 0;
		if (drops <= before || drops > Number.MAX_SAFE_INTEGER) return;
		this.#dropsOfInterface.set(id, drops);
		this.#context.addDrops(drops - before);
	}

	atEnd(window: ByteWindow, needed: number): boolean {
		const { damage } = this.#context;
		if (this.#stretch.isOpen) {
			if (this.#resume(window, true)) return true;
			this.#stretch.end();
			return false;
		}
		if (window.available === 0) return false;
		if (!this.#atEnd) {
			this.#atEnd = true;
			return true;
		}
		const at = window.offset;
		const cut = `the file ends inside a block: ${bytes(needed)} needed, ${bytes(window.available)} there`;
		if (needed > BLOCK_OVERHEAD) {
			this.#stretch.begin(window, `a block claims ${bytes(needed)}, more than the file has`);
			if (this.#resume(window, true)) return true;
			this.#stretch.forget();
		}
		damage.add("truncated", at, cut);
		return false;
	}

	/** Looks for the next block that can be trusted. @returns whether one was found. */
	#resume(window: ByteWindow, atEnd: boolean): boolean {
		const room = atEnd ? 0 : MAX_BLOCK_BYTES;
		return this.#stretch.resume(window, room, (at) => this.#isTrustworthy(window, at));
	}

	/** A section header with its magic, or a known block whose two lengths agree and that another follows. */
	#isTrustworthy(window: ByteWindow, at: number): boolean {
		const { view, end } = window;
		if (end - at < BLOCK_OVERHEAD) return false;
		if (view.getUint32(at, true) === Block.SectionHeader) {
			const magic = view.getUint32(at + BLOCK_HEADER, true);
			return magic === BYTE_ORDER_MAGIC || magic === 0x4d3c2b1a;
		}
		if (this.#sections === 0) return false;
		const next = this.#blockEnd(view, at, end);
		return next > 0 && (next === end || this.#blockEnd(view, next, end) > 0 || this.#startsBlock(view, next, end));
	}

	/** End of a plausible block, or -1. */
	#blockEnd(view: DataView, at: number, end: number): number {
		if (!this.#startsBlock(view, at, end)) return -1;
		const length = view.getUint32(at + 4, this.#little);
		if (length > end - at) return -1;
		return view.getUint32(at + length - 4, this.#little) === length ? at + length : -1;
	}

	#startsBlock(view: DataView, at: number, end: number): boolean {
		if (end - at < BLOCK_OVERHEAD) return false;
		const type = view.getUint32(at, this.#little);
		if (type === 0 || (type > MAX_STANDARD_TYPE && type !== Block.SectionHeader && !CUSTOM_TYPES.includes(type)))
			return false;
		const length = view.getUint32(at + 4, this.#little);
		return length >= BLOCK_OVERHEAD && length <= MAX_BLOCK_BYTES && length % 4 === 0;
	}
}

function hex(value: number): string {
	return `0x${value.toString(16).padStart(8, "0")}`;
}

const UTF8 = new TextDecoder();

function text(data: Uint8Array, at: number, length: number): string {
	return UTF8.decode(data.subarray(at, at + length)).replace(/\0+$/, "");
}
