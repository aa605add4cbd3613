import { closeSync, openSync, writeSync } from "node:fs";

const WRITE_BUFFER = 4 << 20;
/** More than any record takes. */
const RECORD = 2048;
const START = 1_770_000_000;
const SNAPLEN = 262_144;
const ETHERNET = 14;
const IP = 20;

export interface WriterOptions {
	readonly format?: "pcap" | "pcapng";
	/** Where there are several files, the packets of one. */
	readonly packetsPerFile?: number;
	/** Microseconds from one packet to the next. */
	readonly spacing: number;
}

/**
 * Writes captures of Ethernet frames with little-endian headers and times in microseconds, fast: a frame is built in
 * place, in the buffer that is written.
 */
export class CaptureWriter {
	/** Where frames are built. */
	readonly bytes = Buffer.alloc(WRITE_BUFFER + RECORD);
	readonly #paths: string[];
	readonly #options: WriterOptions;
	#file = -1;
	#used = 0;
	#packets = 0;

	/** @param paths The files, filled one after the other. */
	constructor(paths: readonly string[], options: WriterOptions) {
		this.#paths = [...paths];
		this.#options = options;
	}

	/**
	 * Begins the next packet.
	 * @returns the offset of its frame in `bytes`: `length` zero bytes, to be filled before the next call.
	 */
	frame(length: number): number {
		const { format, packetsPerFile = Number.POSITIVE_INFINITY, spacing } = this.#options;
		if (this.#packets % packetsPerFile === 0) this.#next();
		else if (this.#used >= WRITE_BUFFER) this.#flush();
		const microseconds = this.#packets++ * spacing;
		return format === "pcapng" ? this.#block(length, microseconds) : this.#record(length, microseconds);
	}

	close(): void {
		if (this.#file < 0) return;
		this.#flush();
		closeSync(this.#file);
		this.#file = -1;
	}

	#next(): void {
		this.close();
		this.#file = openSync(this.#paths.shift()!, "w");
		if (this.#options.format === "pcapng") {
			this.#words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28);
			this.#words(1, 20, 1, SNAPLEN, 20);
		} else {
			this.#words(0xa1b2c3d4, (4 << 16) | 2, 0, 0, SNAPLEN, 1);
		}
	}

	/** A packet record of a classic capture. */
	#record(length: number, microseconds: number): number {
		this.#words(START + Math.floor(microseconds / 1e6), microseconds % 1e6, length, length);
		return this.#zeros(length);
	}

	/** An enhanced packet block of a pcapng. */
	#block(length: number, microseconds: number): number {
		const time = START * 1e6 + microseconds;
		const padded = (length + 3) & ~3;
		const total = 32 + padded;
		this.#words(6, total, 0, Math.floor(time / 2 ** 32), time % 2 ** 32, length, length);
		const frame = this.#zeros(padded);
		this.#words(total);
		return frame;
	}

	#words(...values: readonly number[]): void {
		for (const value of values) this.#used = this.bytes.writeUInt32LE(value, this.#used);
	}

	#zeros(length: number): number {
		const at = this.#used;
		this.#used += length;
		this.bytes.fill(0, at, this.#used);
		return at;
	}

	#flush(): void {
		writeSync(this.#file, this.bytes, 0, this.#used);
		this.#used = 0;
	}
}

/** One end of a conversation: IPv4 address and port. */
export interface End {
	readonly address: number;
	readonly port: number;
}

/** Where the transport header of a frame begins that {@link writeHeaders} began. */
export const TRANSPORT = ETHERNET + IP;
export const TCP = 20;
export const UDP = 8;

/**
 * Fills the Ethernet and IPv4 headers of a frame, and the ports of its transport header.
 * @param length The transport header and its payload.
 */
export function writeHeaders(
	bytes: Buffer,
	frame: number,
	protocol: 6 | 17,
	from: End,
	to: End,
	length: number,
	identification: number,
): void {
	bytes.writeUInt32BE(0x00e00700, frame);
	bytes.writeUInt32BE(0x001b2100, frame + 6);
	bytes.writeUInt16BE(0x0800, frame + 12);
	const ip = frame + ETHERNET;
	bytes[ip] = 0x45;
	bytes.writeUInt16BE(IP + length, ip + 2);
	bytes.writeUInt16BE(identification & 0xffff, ip + 4);
	bytes[ip + 8] = 64;
	bytes[ip + 9] = protocol;
	bytes.writeUInt32BE(from.address, ip + 12);
	bytes.writeUInt32BE(to.address, ip + 16);
	let sum = 0;
	for (let at = ip; at < ip + IP; at += 2) sum += bytes.readUInt16BE(at);
	sum = (sum & 0xffff) + (sum >>> 16);
	bytes.writeUInt16BE(~(sum + (sum >>> 16)) & 0xffff, ip + 10);
	bytes.writeUInt16BE(from.port, ip + IP);
	bytes.writeUInt16BE(to.port, ip + IP + 2);
	if (protocol === 17) bytes.writeUInt16BE(length, ip + IP + 4);
}

export const Flag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

/** Fills the rest of the TCP header of a frame whose ports {@link writeHeaders} filled; no checksum, as with offload. */
export function writeTcp(bytes: Buffer, frame: number, flags: number, sequence: number, acknowledged: number): void {
	const header = frame + TRANSPORT;
	bytes.writeUInt32BE(sequence >>> 0, header + 4);
	if (flags & Flag.ACK) bytes.writeUInt32BE(acknowledged >>> 0, header + 8);
	bytes[header + 12] = 0x50;
	bytes[header + 13] = flags;
	bytes.writeUInt16BE(64_240, header + 14);
}
