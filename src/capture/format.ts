import type { CaptureInterface, PacketBatch, Timeline } from "./batch.ts";
import type { Damage } from "./damage.ts";
import type { ByteWindow } from "./window.ts";

/** What a file's parser shares with the run. */
export interface ParserContext {
	/** Index of the file in the run. */
	readonly file: number;
	/** The run's interfaces; parsers append theirs. */
	readonly interfaces: CaptureInterface[];
	readonly timeline: Timeline;
	readonly damage: Damage;
	/** Packets that the capturing host dropped (pcapng interface statistics). */
	addDrops(packets: number): void;
	/** A name that the file gives an address (pcapng name resolution): 4 or 16 bytes, which the receiver may keep. */
	addName(address: Uint8Array, name: string): void;
}

/** A capture file format: takes packets out of a window on the file. */
export interface FormatParser {
	/**
	 * Reads records from `window.start` on and adds their packets to `batch`.
	 * @returns how many bytes it needs at `window.start` to go on; 0 where the batch is full; -1 where nothing more can be
	 * read from this file.
	 */
	parse(window: ByteWindow, batch: PacketBatch): number;
	/**
	 * The file ends, and what is left in the window is less than `parse` asked for.
	 * @returns whether `parse` is to be called again: the claim was false, and something readable lies in what is left.
	 */
	atEnd(window: ByteWindow, needed: number): boolean;
}

/**
 * Largest packet record or block that is believed. Wireshark allows 256 KiB for most link types and 16 MiB for blocks;
 * a length beyond it is damage, and nothing is ever allocated by it.
 */
export const MAX_PACKET_BYTES = 262_144;
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
