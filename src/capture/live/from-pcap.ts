import type { Timeline } from "../batch.ts";
import { MAX_PACKET_BYTES } from "../format.ts";
import { PCAP_HEADER, pcapMagic } from "../pcap.ts";
import type { PcapngWriter } from "../write/pcapng.ts";
import { Chunks, word } from "./chunks.ts";

const RECORD_HEADER = 16;

/** One pcapng section, and the time line that all its packets are on. */
export interface SectionToWrite {
	readonly writer: PcapngWriter;
	readonly timeline: Timeline;
}

/** Drop counts of an interface: running totals, as far as they are known. */
export interface Drops {
	readonly received?: number;
	readonly dropped: number;
}

/** Writes a stream of classic pcap as one interface of a pcapng section, piece by piece: no packet waits for another. */
export class PcapToPcapng {
	readonly #section: SectionToWrite;
	readonly #name: string | undefined;
	readonly #filter: string | undefined;
	readonly #waiting = new Chunks();
	#header: { readonly little: boolean; readonly scale: number; readonly id: number } | undefined;
	#last = 0;

	/** @param name of the interface. @param filter that was in force. */
	constructor(section: SectionToWrite, name?: string, filter?: string) {
		this.#section = section;
		this.#name = name;
		this.#filter = filter;
	}

	/** Writes the packets that are whole by now. @throws where it is no pcap, or a packet's length cannot be true. */
	take(chunk: Uint8Array): void {
		const bytes = this.#waiting.add(chunk);
		if (!bytes) return;
		let at = 0;
		if (!this.#header && bytes.length >= PCAP_HEADER) {
			this.#header = this.#describe(bytes);
			at = PCAP_HEADER;
		}
		if (this.#header) this.#records(bytes, at, this.#header);
		else this.#waiting.keep(bytes, PCAP_HEADER);
	}

	/** Bytes of a packet that has not come whole. */
	get pending(): number {
		return this.#waiting.length;
	}

	/** Notes what the interface could not keep so far. */
	drops({ received, dropped }: Drops): void {
		if (this.#header) this.#section.writer.statistics(this.#header.id, this.#last, { received, dropped });
	}

	#describe(bytes: Buffer): { little: boolean; scale: number; id: number } {
		const magic = pcapMagic(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
		if (!magic || magic.modified) throw new Error("what comes is no pcap");
		const { little, nanoseconds } = magic;
		const link = word(bytes, 20, little);
		const id = this.#section.writer.interface({
			linkType: link & 0xffff,
			snaplen: word(bytes, 16, little),
			fcsLength: link & 0x04000000 ? (link >>> 28) * 2 : 0,
			name: this.#name,
			filter: this.#filter,
		});
		return { little, scale: nanoseconds ? 1 : 1000, id };
	}

	/** Writes the records that are whole from `at` on, and keeps what is left. */
	#records(data: Buffer, at: number, { little, scale, id }: { little: boolean; scale: number; id: number }): void {
		const { writer, timeline } = this.#section;
		let needed = RECORD_HEADER;
		while (data.length - at >= RECORD_HEADER) {
			const capturedLength = word(data, at + 8, little);
			if (capturedLength > MAX_PACKET_BYTES) throw new Error(`a packet record claims ${capturedLength} bytes`);
			const start = at + RECORD_HEADER;
			needed = RECORD_HEADER + capturedLength;
			if (data.length - at < needed) break;
			const time = timeline.at(word(data, at, little), word(data, at + 4, little) * scale);
			writer.epoch = timeline.epoch!;
			writer.packet({ interface: id, time, data, start, capturedLength, wireLength: word(data, at + 12, little) });
			this.#last = time;
			at += needed;
			needed = RECORD_HEADER;
		}
		this.#waiting.keep(data.subarray(at), needed);
	}
}
