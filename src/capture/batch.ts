/** How many packets one batch holds at most: its index arrays then stay in the processor's L2 cache. */
export const BATCH_PACKETS = 512;

const NOTHING = Buffer.alloc(0);

/**
 * Packets of one capture file, as positions in one buffer.
 *
 * The reader owns `data` and overwrites all of it at the next read: whoever keeps bytes copies them first.
 * Entries `0 … count - 1` are valid; nothing is allocated per packet.
 */
export class PacketBatch {
	data: Uint8Array = NOTHING;
	/** The same bytes as `data`, for multi-byte reads. */
	view: DataView = new DataView(NOTHING.buffer);
	count = 0;
	/** Index of the file in the run. */
	file = 0;
	/** Number of the batch's first packet in its file, counted from 1 as Wireshark does. */
	firstNumber = 1;
	/** First captured byte of each packet, as an index into `data`. */
	readonly offset = new Int32Array(BATCH_PACKETS);
	/** Bytes that the capture holds (`incl_len`, `Captured Packet Length`). */
	readonly capturedLength = new Int32Array(BATCH_PACKETS);
	/** Bytes that the packet had on the wire, link header included (`orig_len`, `Original Packet Length`). */
	readonly wireLength = new Float64Array(BATCH_PACKETS);
	/** Nanoseconds since the run's epoch ({@link Timeline}): exact for 104 days, to the microsecond for centuries. */
	readonly time = new Float64Array(BATCH_PACKETS);
	/** Index into the run's interfaces ({@link CaptureInterface}). */
	readonly interface = new Int32Array(BATCH_PACKETS);
}

/** Where packets were captured: a pcapng interface, or the whole of a classic pcap file. */
export interface CaptureInterface {
	/** Index of the file in the run. */
	readonly file: number;
	/** LINKTYPE_ number, see https://www.tcpdump.org/linktypes.html */
	readonly linkType: number;
	/** Most bytes kept of a packet; 0 where the file sets no limit. */
	readonly snaplen: number;
	/** Bytes of link-layer frame check sequence at the end of every packet, where the file says so; else 0. */
	readonly fcsLength: number;
	/** `if_name`, where the file gives it. */
	readonly name: string | undefined;
}

/**
 * The run's time base: the whole second of the first packet read. Times relative to it fit a double to the nanosecond;
 * nanoseconds since 1970 do not.
 */
export class Timeline {
	/** Seconds since 1970-01-01T00:00:00Z. */
	epoch: number | undefined;

	/** @returns nanoseconds since the epoch; the first call sets the epoch. */
	at(seconds: number, nanoseconds: number): number {
		this.epoch ??= seconds;
		return (seconds - this.epoch) * 1e9 + nanoseconds;
	}
}

/**
 * A copy of bytes, for whoever keeps some of a batch: what these lie in is used again for the next reads. (`slice` on a
 * Node Buffer copies nothing.)
 */
export function copyBytes(data: Uint8Array, start: number, end: number): Uint8Array {
	return new Uint8Array(data.subarray(start, end));
}
