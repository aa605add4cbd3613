import { BATCH_PACKETS, type PacketBatch } from "./batch.ts";
import { bytes, DamagedStretch } from "./damage.ts";
import { type FormatParser, MAX_PACKET_BYTES, type ParserContext } from "./format.ts";
import type { ByteWindow } from "./window.ts";

/** Bytes of the file header (pcap-savefile(5)). */
export const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
/** Record header of Alexey Kuznetzov's variant: interface index, protocol and packet type follow the lengths. */
const MODIFIED_RECORD_HEADER = 24;
/** Records that must look right in a row before reading goes on behind damage. */
const CHAIN = 4;
const DAY = 86_400;
/** Interfaces of one file, each of which another header in it may bring: nobody puts more captures behind one another. */
const MAX_INTERFACES = 1000;

/** What the magic number of a classic pcap file says; undefined for other files. */
export function pcapMagic(
	view: DataView,
	at: number,
): { little: boolean; nanoseconds: boolean; modified: boolean } | undefined {
	for (const little of [true, false]) {
		const magic = view.getUint32(at, little);
		if (magic === 0xa1b2c3d4) return { little, nanoseconds: false, modified: false };
		if (magic === 0xa1b23c4d) return { little, nanoseconds: true, modified: false };
		if (magic === 0xa1b2cd34) return { little, nanoseconds: false, modified: true };
	}
	return undefined;
}

/** Classic pcap: both byte orders, micro- and nanoseconds (pcap-savefile(5), draft-ietf-opsawg-pcap). */
export class PcapParser implements FormatParser {
	readonly #context: ParserContext;
	#little = true;
	#scale = 1000;
	#recordHeader = RECORD_HEADER;
	#interface = -1;
	#snaplen = 0;
	#ownInterfaces = 0;
	/** Seconds of the last good record: time does not jump far, which tells records from noise. */
	#lastSeconds = -1;
	/** Those of the last record: two that agree set the time, one alone may be noise. */
	#seconds = -1;
	readonly #stretch: DamagedStretch;

	constructor(context: ParserContext) {
		this.#context = context;
		this.#stretch = new DamagedStretch(context.damage);
	}

	parse(window: ByteWindow, batch: PacketBatch): number {
		if (this.#interface < 0) {
			if (window.available < PCAP_HEADER) return PCAP_HEADER;
			this.#fileHeader(window);
		}
		if (this.#stretch.isOpen) {
			if (!this.#resume(window, false)) return window.available + 1;
		}
		return this.#records(window, batch);
	}

	#fileHeader(window: ByteWindow): void {
		const { view, start } = window;
		const magic = pcapMagic(view, start)!;
		this.#little = magic.little;
		this.#scale = magic.nanoseconds ? 1 : 1000;
		this.#recordHeader = magic.modified ? MODIFIED_RECORD_HEADER : RECORD_HEADER;
		const { interfaces } = this.#context;
		this.#snaplen = view.getUint32(start + 16, this.#little);
		const linkField = view.getUint32(start + 20, this.#little);
		// Bits 28–31: length of the frame check sequence in 16-bit words; bit 26 says that they are meant.
		const fcsLength = linkField & 0x04000000 ? (linkField >>> 28) * 2 : 0;
		const linkType = linkField & 0xffff;
		const before = interfaces[this.#interface];
		if (before?.linkType !== linkType || before.fcsLength !== fcsLength) {
			this.#interface = interfaces.length;
			this.#ownInterfaces++;
			interfaces.push({ file: this.#context.file, linkType, snaplen: this.#snaplen, fcsLength, name: undefined });
		}
		window.start += PCAP_HEADER;
	}

	#records(window: ByteWindow, batch: PacketBatch): number {
		const { view, end } = window;
		let little = this.#little;
		let header = this.#recordHeader;
		let scale = this.#scale;
		const { timeline } = this.#context;
		let at = window.start;
		let count = batch.count;
		let need = 0;
		while (count < BATCH_PACKETS) {
			if (end - at < header) {
				need = header;
				break;
			}
			const captured = view.getUint32(at + 8, little);
			if (captured > MAX_PACKET_BYTES) {
				window.start = at;
				batch.count = count;
				this.#stretch.begin(window, `packet record claims ${bytes(captured)}, more than ${MAX_PACKET_BYTES}`);
				return window.available;
			}
			if (end - at < header + captured) {
				need = header + captured;
				break;
			}
			const seconds = view.getUint32(at, little);
			if (captured === 0 && view.getUint32(at + 12, little) === 0 && this.#isHeader(view, at)) {
				window.start = at;
				if (end - at < PCAP_HEADER) {
					need = PCAP_HEADER;
					break;
				}
				this.#context.damage.add("corrupt", window.offset, "another capture begins inside the file: it was read on");
				this.#fileHeader(window);
				at = window.start;
				little = this.#little;
				header = this.#recordHeader;
				scale = this.#scale;
				continue;
			}
			batch.offset[count] = at + header;
			batch.capturedLength[count] = captured;
			batch.wireLength[count] = view.getUint32(at + 12, little);
			batch.time[count] = timeline.at(seconds, view.getUint32(at + 4, little) * scale);
			batch.interface[count] = this.#interface;
			if (captured > 0 && seconds !== this.#lastSeconds) this.#note(seconds);
			at += header + captured;
			count++;
		}
		window.start = at;
		batch.count = count;
		return need;
	}

	#note(seconds: number): void {
		const isNear = (other: number) => Math.abs(seconds - other) <= DAY;
		if (this.#lastSeconds < 0 || isNear(this.#lastSeconds) || isNear(this.#seconds)) this.#lastSeconds = seconds;
		this.#seconds = seconds;
	}

	/** Whether a file header of any variant stands there, as where somebody joined files by `cat`. */
	#isHeader(view: DataView, at: number): boolean {
		if (this.#ownInterfaces >= MAX_INTERFACES) return false;
		const magic = pcapMagic(view, at);
		return (
			magic !== undefined && view.getUint16(at + 4, magic.little) === 2 && view.getUint16(at + 6, magic.little) === 4
		);
	}

	atEnd(window: ByteWindow, needed: number): boolean {
		if (this.#stretch.isOpen) {
			if (this.#resume(window, true)) return true;
			this.#stretch.end();
			return false;
		}
		if (window.available === 0) return false;
		const isHeader = window.available < this.#recordHeader;
		if (!isHeader && window.available > this.#recordHeader * CHAIN) {
			const captured = window.view.getUint32(window.start + 8, this.#little);
			const at = window.offset;
			const cut = cutOff("packet", needed, window.available);
			this.#stretch.begin(window, `packet record claims ${bytes(captured)}, more than the file has`);
			if (this.#resume(window, true)) return true;
			this.#stretch.forget();
			this.#context.damage.add("truncated", at, cut);
			return false;
		}
		const what = this.#interface < 0 ? "file header" : isHeader ? "packet record's header" : "packet";
		this.#context.damage.add("truncated", window.offset, cutOff(what, needed, window.available));
		return false;
	}

	/** Looks for the next place where several records in a row look right. @returns whether one was found. */
	#resume(window: ByteWindow, atEnd: boolean): boolean {
		const room = atEnd ? 0 : CHAIN * (this.#recordHeader + MAX_PACKET_BYTES);
		return this.#stretch.resume(window, room, (at) => this.#isChain(window, at, atEnd));
	}

	#isChain(window: ByteWindow, at: number, atEnd: boolean): boolean {
		const { view, end } = window;
		let seconds = this.#lastSeconds;
		for (let record = 0; record < CHAIN; record++) {
			if (atEnd && record > 0 && at === end) return true;
			if (end - at < this.#recordHeader) return false;
			const time = view.getUint32(at, this.#little);
			const fraction = view.getUint32(at + 4, this.#little);
			const captured = view.getUint32(at + 8, this.#little);
			const wire = view.getUint32(at + 12, this.#little);
			if (captured === 0 || captured > MAX_PACKET_BYTES || wire < captured || wire > MAX_PACKET_BYTES) return false;
			if (this.#snaplen > 0 && captured > this.#snaplen) return false;
			if (fraction * this.#scale >= 1e9 || (seconds >= 0 && Math.abs(time - seconds) > DAY)) return false;
			seconds = time;
			at += this.#recordHeader + captured;
			if (at > end) return false;
		}
		return true;
	}
}

function cutOff(what: string, need: number, have: number): string {
	return `the file ends inside a ${what}: ${bytes(need)} needed, ${bytes(have)} there`;
}
