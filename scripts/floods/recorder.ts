import { closeSync, openSync, writeSync } from "node:fs";

const WRITE_BUFFER = 4 << 20;
const LONGEST = 64 << 10;
const START = 1_770_000_000;
const ETHERNET = 14;
const RECORD_HEADER = 16;

/** What a packet's headers say; addresses are numbers (IPv4) or 16 bytes (IPv6). */
export interface Headers {
	readonly from: number | Uint8Array;
	readonly to: number | Uint8Array;
	readonly sourcePort?: number;
	readonly port?: number;
	/** TCP flags; without them it is UDP. */
	readonly flags?: number;
	readonly sequence?: number;
	readonly acknowledgement?: number;
	/** Ids of two VLAN tags, the outer one in the upper 12 of 24 bits; IPv4 only. */
	readonly vlans?: number;
}

/** One fragment of an IP packet. */
export interface Fragment {
	readonly id: number;
	/** In units of 8 bytes. */
	readonly offset: number;
	readonly more: boolean;
}

const NOTHING = new Uint8Array(0);
const UDP = 17;
const TCP = 6;
const FRAGMENT = 44;

/** Writes a classic capture (Ethernet, microseconds), packet by packet. Checksums are left out: nobody looks at them. */
export class Recorder {
	packets = 0;
	/** Microseconds from one packet to the next. */
	pace = 50;
	readonly #file: number;
	readonly #out = Buffer.alloc(WRITE_BUFFER + LONGEST + 256);
	#used = 24;
	#time = 0;

	constructor(path: string) {
		this.#file = openSync(path, "w");
		this.#out.writeUInt32LE(0xa1b2c3d4, 0);
		this.#out.writeUInt16LE(2, 4);
		this.#out.writeUInt16LE(4, 6);
		this.#out.writeUInt32LE(262_144, 16);
		this.#out.writeUInt32LE(1, 20);
	}

	/** Lets microseconds pass. */
	wait(microseconds: number): void {
		this.#time += microseconds;
	}

	/** A UDP datagram or a TCP segment. */
	send(headers: Headers, payload: Uint8Array = NOTHING): void {
		const { sourcePort = 0, port = 0, flags, sequence = 0, acknowledgement = 0 } = headers;
		const at = this.#begin(headers, flags === undefined ? UDP : TCP, (flags === undefined ? 8 : 20) + payload.length);
		const out = this.#out;
		out.writeUInt16BE(sourcePort, at);
		out.writeUInt16BE(port, at + 2);
		let end = at + 8;
		if (flags === undefined) {
			out.writeUInt16BE(8 + payload.length, at + 4);
			out.writeUInt16BE(0, at + 6);
		} else {
			out.writeUInt32BE(sequence >>> 0, at + 4);
			out.writeUInt32BE(acknowledgement >>> 0, at + 8);
			out[at + 12] = 0x50;
			out[at + 13] = flags;
			out.writeUInt32BE(64_240 * 0x10000, at + 14);
			out.writeUInt16BE(0, at + 18);
			end = at + 20;
		}
		out.set(payload, end);
		this.#end(end + payload.length);
	}

	/** A fragment of a UDP datagram: the first one has the ports. */
	fragment(headers: Headers, { id, offset, more }: Fragment, length: number): void {
		const isV6 = typeof headers.from !== "number";
		const out = this.#out;
		let at = this.#begin(headers, isV6 ? FRAGMENT : UDP, (isV6 ? 8 : 0) + length);
		if (isV6) {
			out[at] = UDP;
			out[at + 1] = 0;
			out.writeUInt16BE((offset << 3) | (more ? 1 : 0), at + 2);
			out.writeUInt32BE(id >>> 0, at + 4);
			at += 8;
		} else {
			out.writeUInt16BE(id & 0xffff, at - 16);
			out.writeUInt16BE((more ? 0x2000 : 0) | offset, at - 14);
		}
		out.fill(0, at, at + length);
		if (offset === 0) {
			out.writeUInt16BE(headers.sourcePort ?? 0, at);
			out.writeUInt16BE(headers.port ?? 0, at + 2);
			out.writeUInt16BE(length, at + 4);
		}
		this.#end(at + length);
	}

	close(): void {
		writeSync(this.#file, this.#out, 0, this.#used);
		closeSync(this.#file);
	}

	/** Writes link and IP header. @returns where the payload begins. */
	#begin({ from, to, vlans }: Headers, protocol: number, length: number): number {
		const out = this.#out;
		const frame = this.#used + RECORD_HEADER;
		out.fill(0, frame, frame + 68);
		let ip = frame + ETHERNET;
		if (vlans !== undefined) {
			out.writeUInt16BE(0x88a8, ip - 2);
			out.writeUInt16BE(vlans >>> 12, ip);
			out.writeUInt16BE(0x8100, ip + 2);
			out.writeUInt16BE(vlans & 0xfff, ip + 4);
			ip += 8;
		}
		if (typeof from === "number") {
			out.writeUInt16BE(0x0800, ip - 2);
			out[ip] = 0x45;
			out.writeUInt16BE(20 + length, ip + 2);
			out[ip + 8] = 64;
			out[ip + 9] = protocol;
			out.writeUInt32BE(from >>> 0, ip + 12);
			out.writeUInt32BE((to as number) >>> 0, ip + 16);
			return ip + 20;
		}
		out.writeUInt16BE(0x86dd, frame + 12);
		out[ip] = 0x60;
		out.writeUInt16BE(length, ip + 4);
		out[ip + 6] = protocol;
		out[ip + 7] = 64;
		out.set(from, ip + 8);
		out.set(to as Uint8Array, ip + 24);
		return ip + 40;
	}

	#end(end: number): void {
		const out = this.#out;
		const at = this.#used;
		const length = end - at - RECORD_HEADER;
		const seconds = Math.floor(this.#time / 1e6);
		out.writeUInt32LE(START + seconds, at);
		out.writeUInt32LE(this.#time - seconds * 1e6, at + 4);
		out.writeUInt32LE(length, at + 8);
		out.writeUInt32LE(length, at + 12);
		this.#used = end;
		this.#time += this.pace;
		this.packets++;
		if (this.#used < WRITE_BUFFER) return;
		writeSync(this.#file, out, 0, this.#used);
		this.#used = 0;
	}
}

/** An IPv6 address from its four 32-bit words. */
export function address6(...words: readonly [number, number, number, number]): Uint8Array {
	const bytes = Buffer.alloc(16);
	for (const [at, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, 4 * at);
	return bytes;
}
