import { copyBytes } from "../batch.ts";
import {
	BLOCK_HEADER,
	BLOCK_OVERHEAD,
	Block,
	BYTE_ORDER_MAGIC,
	IfOption,
	NameType,
	Option,
	SectionOption,
	StatisticsOption,
} from "../pcapng-format.ts";

/** What a section's packets were captured on. */
export interface InterfaceToWrite {
	/** LINKTYPE_ number, see https://www.tcpdump.org/linktypes.html */
	readonly linkType: number;
	/** Most bytes kept of a packet; 0 for no limit. */
	readonly snaplen: number;
	/** Bytes of link-layer frame check sequence at the end of every packet. */
	readonly fcsLength?: number;
	readonly name?: string | undefined;
	readonly description?: string | undefined;
	/** The capture filter that was in force. */
	readonly filter?: string | undefined;
}

export interface PacketToWrite {
	/** As {@link PcapngWriter.interface} numbered it. */
	readonly interface: number;
	/** Nanoseconds since the writer's epoch, as in a PacketBatch. */
	readonly time: number;
	/** The packet is `data[start … start + capturedLength - 1]`; copied at once. */
	readonly data: Uint8Array;
	readonly start: number;
	readonly capturedLength: number;
	/** Bytes that the packet had on the wire. */
	readonly wireLength: number;
	readonly comment?: string | undefined;
}

export interface NameToWrite {
	/** 4 or 16 bytes, network order. */
	readonly address: Uint8Array;
	readonly names: readonly string[];
}

/** 64-bit length of a section that is not known when it begins. */
const UNKNOWN_LENGTH = 0xffffffff;
/** if_tsresol: 10^-9 s. */
const NANOSECONDS = 9;
const BILLION = 1_000_000_000n;
const WORD = 32n;
const LARGEST_TIME = 0xffff_ffff_ffff_ffffn;
/** An option's length has 16 bits. */
const LONGEST_OPTION = 0xffff;
const FIRST_BYTES = 64 << 10;
const UTF8 = new TextEncoder();

/**
 * Writes one section of a pcapng file (draft-ietf-opsawg-pcapng): little-endian, times in nanoseconds. Blocks gather in
 * memory until they are taken: whoever writes asks for {@link pending} now and then, and puts what {@link take} gives to
 * its file.
 */
export class PcapngWriter {
	#data = new Uint8Array(FIRST_BYTES);
	#view = new DataView(this.#data.buffer);
	/** Where the next byte goes. */
	#at = 0;
	/** Where the block under way began. */
	#block = 0;
	#interfaces = 0;
	/** Nanoseconds since 1970 that times count from. */
	#epoch = 0n;

	/** Begins the section. @param application what wrote it, e.g. `flowmatrix 1.0.0`. */
	constructor(application: string, comment?: string) {
		this.#begin(Block.SectionHeader);
		this.#u32(BYTE_ORDER_MAGIC);
		this.#u16(1);
		this.#u16(0);
		this.#u32(UNKNOWN_LENGTH);
		this.#u32(UNKNOWN_LENGTH);
		this.#text(Option.Comment, comment);
		this.#text(SectionOption.Application, application);
		this.#endOptions();
		this.#end();
	}

	/** Whole second since 1970 that the packets' times count from: a Timeline's. Default: 0. */
	set epoch(seconds: number) {
		this.#epoch = BigInt(seconds) * BILLION;
	}

	/** Bytes that wait to be taken. */
	get pending(): number {
		return this.#at;
	}

	/** What was written since the last call; the caller's own. */
	take(): Uint8Array {
		const taken = copyBytes(this.#data, 0, this.#at);
		this.#at = 0;
		return taken;
	}

	/** Describes an interface, before its packets. @returns its number in the section, from 0. */
	interface({ linkType, snaplen, fcsLength, name, description, filter }: InterfaceToWrite): number {
		this.#begin(Block.InterfaceDescription);
		this.#u16(linkType);
		this.#u16(0);
		this.#u32(snaplen);
		this.#text(IfOption.Name, name);
		this.#text(IfOption.Description, description);
		this.#byte(IfOption.Resolution, NANOSECONDS);
		// The option's first byte says what kind of filter follows: 0 is libpcap's text.
		if (filter) this.#text(IfOption.Filter, `\0${filter}`);
		if (fcsLength) this.#byte(IfOption.FcsLength, fcsLength);
		this.#endOptions();
		this.#end();
		return this.#interfaces++;
	}

	packet({ interface: id, time, data, start, capturedLength, wireLength, comment }: PacketToWrite): void {
		this.#begin(Block.EnhancedPacket);
		this.#u32(id);
		this.#time(time);
		this.#u32(capturedLength);
		this.#u32(wireLength);
		this.#bytes(data, start, capturedLength);
		if (comment) {
			this.#text(Option.Comment, comment);
			this.#endOptions();
		}
		this.#end();
	}

	/** Names addresses, for whoever reads the file with name resolution. */
	names(names: readonly NameToWrite[]): void {
		this.#begin(Block.NameResolution);
		for (const { address, names: given } of names) {
			const bytes = recordOf(address, given);
			if (!bytes) continue;
			this.#u16(address.length === 4 ? NameType.IPv4 : NameType.IPv6);
			this.#u16(bytes.length);
			this.#bytes(bytes, 0, bytes.length);
		}
		this.#u32(NameType.End);
		this.#end();
	}

	/**
	 * Running totals of an interface at a time: packets received, and those dropped for want of room, as the system told.
	 * The last of an interface counts.
	 */
	statistics(
		id: number,
		time: number,
		{ received, dropped }: { readonly received?: number | undefined; readonly dropped?: number | undefined },
	): void {
		this.#begin(Block.InterfaceStatistics);
		this.#u32(id);
		this.#time(time);
		this.#count(StatisticsOption.Received, received);
		this.#count(StatisticsOption.InterfaceDrops, dropped);
		this.#endOptions();
		this.#end();
	}

	#begin(type: number): void {
		this.#block = this.#at;
		this.#u32(type);
		this.#u32(0);
	}

	/** Writes the block's length at both of its places. */
	#end(): void {
		const length = this.#at + BLOCK_OVERHEAD - BLOCK_HEADER - this.#block;
		this.#view.setUint32(this.#block + 4, length, true);
		this.#u32(length);
	}

	#time(time: number): void {
		const sum = this.#epoch + BigInt(Math.floor(time));
		const ticks = sum < 0n ? 0n : sum > LARGEST_TIME ? LARGEST_TIME : sum;
		this.#u32(Number(ticks >> WORD));
		this.#u32(Number(BigInt.asUintN(32, ticks)));
	}

	#text(code: number, text: string | undefined): void {
		if (!text) return;
		// Three bytes are the most that a UTF-16 unit takes; what is too long for an option is cut between characters.
		const most = Math.min(LONGEST_OPTION, 3 * text.length);
		this.#ask(4 + most);
		const { written } = UTF8.encodeInto(text, this.#data.subarray(this.#at + 4, this.#at + 4 + most));
		this.#u16(code);
		this.#u16(written);
		this.#at += written;
		this.#pad();
	}

	#byte(code: number, value: number): void {
		this.#u16(code);
		this.#u16(1);
		this.#u32(value);
	}

	#count(code: number, value: number | undefined): void {
		if (value === undefined) return;
		this.#u16(code);
		this.#u16(8);
		this.#u32(value % 2 ** 32);
		this.#u32(Math.floor(value / 2 ** 32));
	}

	#endOptions(): void {
		this.#u32(Option.End);
	}

	#u16(value: number): void {
		this.#ask(2);
		this.#view.setUint16(this.#at, value, true);
		this.#at += 2;
	}

	#u32(value: number): void {
		this.#ask(4);
		this.#view.setUint32(this.#at, value, true);
		this.#at += 4;
	}

	#bytes(from: Uint8Array, start: number, length: number): void {
		this.#ask(length);
		this.#data.set(from.subarray(start, start + length), this.#at);
		this.#at += length;
		this.#pad();
	}

	/** Fills up to 32 bits: memory that is used again holds old bytes. */
	#pad(): void {
		const odd = (this.#at - this.#block) % 4;
		if (odd === 0) return;
		this.#ask(4 - odd);
		this.#data.fill(0, this.#at, this.#at + 4 - odd);
		this.#at += 4 - odd;
	}

	#ask(length: number): void {
		if (this.#data.length - this.#at >= length) return;
		const larger = new Uint8Array(2 * (this.#at + length));
		larger.set(this.#data.subarray(0, this.#at));
		this.#data = larger;
		this.#view = new DataView(larger.buffer);
	}
}

/** An address and as many of its names as a record has room for, each ended by a zero; undefined where there is none. */
function recordOf(address: Uint8Array, names: readonly string[]): Uint8Array | undefined {
	const parts = [address];
	let length = address.length;
	for (const name of names) {
		const bytes = UTF8.encode(`${name.replaceAll("\0", "")}\0`);
		if (bytes.length < 2 || length + bytes.length > LONGEST_OPTION) continue;
		parts.push(bytes);
		length += bytes.length;
	}
	return parts.length > 1 ? Buffer.concat(parts) : undefined;
}
