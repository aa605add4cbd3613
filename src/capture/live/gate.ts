import { copyBytes, Timeline } from "../batch.ts";
import { MAX_BLOCK_BYTES } from "../format.ts";
import { MAGIC_BYTES } from "../identify.ts";
import { pcapMagic } from "../pcap.ts";
import { BLOCK_OVERHEAD, Block, BYTE_ORDER_MAGIC } from "../pcapng-format.ts";
import { PcapngWriter } from "../write/pcapng.ts";
import { Chunks, word } from "./chunks.ts";
import { PcapToPcapng } from "./from-pcap.ts";
import type { CaptureKeeper } from "./keep.ts";

export interface GateOptions {
	/** Packets after which nothing more goes through. */
	readonly count?: number;
	/** Called then: what comes behind them may still tell of drops. Without it, that is the end. */
	readonly onFull?: () => void;
	readonly keeper?: CaptureKeeper;
}

const PACKETS: ReadonlySet<number> = new Set([Block.EnhancedPacket, Block.SimplePacket, Block.Packet]);
/** Bytes handed on at a time, about: a ring's file is not longer by more. */
const KEPT_AT_ONCE = 32 << 10;
const NOTHING = Buffer.alloc(0);

/**
 * Hands pcapng on as it comes, but whole blocks only, keeps a copy, and lets no packet through behind so many.
 * @throws where it is no pcapng, or the copy cannot be written.
 */
export async function* gate(
	chunks: AsyncIterable<Uint8Array>,
	{ count = Number.POSITIVE_INFINITY, onFull, keeper }: GateOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
	const waiting = new Chunks();
	let isLittle = true;
	let left = count;
	for await (const chunk of chunks) {
		const bytes = waiting.add(chunk);
		if (!bytes) continue;
		let needed = BLOCK_OVERHEAD;
		const parts: Uint8Array[] = [];
		let at = 0;
		/** Blocks from here on wait to be handed on. */
		let from = 0;
		const hand = () => {
			if (at > from) {
				parts.push(bytes.subarray(from, at));
				keeper?.blocks(bytes.subarray(from, at));
			}
			from = at;
		};
		while (bytes.length - at >= BLOCK_OVERHEAD) {
			const isSection = bytes.readUInt32LE(at) === Block.SectionHeader;
			if (isSection) isLittle = bytes.readUInt32LE(at + 8) === BYTE_ORDER_MAGIC;
			const [type, length] = [word(bytes, at, isLittle), word(bytes, at + 4, isLittle)];
			if (length < BLOCK_OVERHEAD || length > MAX_BLOCK_BYTES || length % 4 !== 0)
				throw new Error(`what comes is no pcapng: a block claims ${length} bytes`);
			if (bytes.length - at < length) {
				needed = length;
				break;
			}
			if (isSection || type === Block.InterfaceDescription) {
				hand();
				const block = copyBytes(bytes, at, at + length);
				parts.push(block);
				if (isSection) keeper?.section(block);
				else keeper?.interface(block);
				from = at + length;
			} else if (PACKETS.has(type) && left-- <= 0) {
				hand();
				from = at + length;
			}
			at += length;
			if (at - from >= KEPT_AT_ONCE) hand();
		}
		hand();
		yield* parts;
		if (left <= 0) {
			if (!onFull) return;
			onFull();
		}
		waiting.keep(bytes.subarray(at), needed);
	}
	if (waiting.length > 0) yield waiting.rest();
}

/** Standard input as pcapng, whichever of the two formats it is. @throws where it is neither. */
export async function* asPcapng(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
	let head: Buffer = NOTHING;
	let convert: PcapToPcapng | undefined;
	let isPcapng = false;
	const writer = new PcapngWriter("flowmatrix");
	for await (const chunk of chunks) {
		if (isPcapng) {
			yield chunk;
			continue;
		}
		if (!convert) {
			head = Buffer.concat([head, chunk]);
			if (head.length < MAGIC_BYTES) continue;
			isPcapng = head.readUInt32LE(0) === Block.SectionHeader;
			if (isPcapng) {
				yield head;
				continue;
			}
			if (!pcapMagic(new DataView(head.buffer, head.byteOffset, head.length), 0))
				throw new Error("to be kept or counted, what comes has to be pcap or pcapng, and not packed");
			convert = new PcapToPcapng({ writer, timeline: new Timeline() });
			convert.take(head);
		} else convert.take(chunk);
		if (writer.pending > 0) yield writer.take();
	}
	if (convert && convert.pending > 0)
		throw new Error(`it ends inside a packet record: ${convert.pending} bytes of it came, and are left out`);
}
