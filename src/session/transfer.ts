export type TransferStyle = "ipoffice" | "rfc1350" | "single-port";

export interface UdpEndpoint {
	readonly address: string;
	readonly port: number;
}

/** One TFTP file exchange. Times are nanoseconds since the run's epoch. */
export interface Transfer {
	readonly id: number;
	client: UdpEndpoint;
	/** Port 69 until the server answers from another one. */
	server: UdpEndpoint;
	/** Address that the request went to: a broadcast may be answered by several. */
	asked: string;
	readonly file: string;
	readonly mode: string;
	direction: "read" | "write";
	/** How the server answered; undefined while it has not. */
	style: TransferStyle | undefined;
	/** File data, retransmissions not counted. */
	bytes: number;
	/** Different data blocks seen. */
	blocks: number;
	/** Requests and data blocks that were sent again. */
	retransmits: number;
	/** All blocks up to a short last one were seen, and nothing says that the last one did not arrive. */
	complete: boolean;
	/** `<code> <text>` of the ERROR packet. */
	error: string | null;
	/** Indices of the flows in the store, in the order in which they joined. */
	readonly flows: number[];
	readonly start: number;
	end: number;
	/** Negotiated options: blksize, tsize, windowsize, timeout. */
	options: Record<string, number>;
	/** Highest block, counted on where the 16-bit number wraps. */
	highest: number;
	/** Blocks below `highest` that were not seen. */
	readonly missing: Set<number>;
	/** Number of the short last block, -1 while it has not come. */
	last: number;
	lastRepeated: boolean;
	lastAcknowledged: boolean;
	/** The request was not seen: who serves is concluded from a write request that data follows at once, or from who sends it. */
	isAssumed: boolean;
}

/** What a request, or data without one, tells of a transfer that begins. */
export type Beginning = Pick<Transfer, "id" | "client" | "server" | "file" | "mode" | "direction" | "start">;

export function newTransfer({ id, client, server, file, mode, direction, start }: Beginning): Transfer {
	return {
		id,
		client,
		server,
		asked: server.address,
		file,
		mode,
		direction,
		start,
		style: undefined,
		bytes: 0,
		blocks: 0,
		retransmits: 0,
		complete: false,
		error: null,
		flows: [],
		end: start,
		options: {},
		highest: 0,
		missing: new Set(),
		last: -1,
		lastRepeated: false,
		lastAcknowledged: false,
		isAssumed: false,
	};
}

/** Blocks before a transfer's first one in the capture are not there. */
export function beginAfter(transfer: Transfer, block: number): void {
	transfer.highest = block;
	for (let gap = 1; gap <= block; gap++) transfer.missing.add(gap);
}

/** Gaps remembered for one transfer: the largest window (RFC 7440). */
const MAX_MISSING = 65_535;
const DEFAULT_BLOCK_SIZE = 512; // RFC 1350, 2
/** A block that is nearer ahead than behind is new, whatever the capture lost before it. */
const HALF_OF_NUMBERS = 0x8000;

/** Counts a data block. Block numbers have 16 bits and wrap to 0 (or, in some servers, to 1). */
export function countBlock(transfer: Transfer, block: number, length: number): void {
	const ahead = (block - transfer.highest) & 0xffff;
	const wrapsToOne = block === 1 && (transfer.highest & 0xffff) === 0xffff;
	let number: number;
	if (wrapsToOne || (ahead > 0 && ahead < HALF_OF_NUMBERS)) {
		number = transfer.highest + (wrapsToOne ? 2 : ahead);
		if (!wrapsToOne) {
			for (let gap = transfer.highest + 1; gap < number && transfer.missing.size < MAX_MISSING; gap++)
				transfer.missing.add(gap);
		}
		transfer.highest = number;
	} else {
		number = transfer.highest - ((transfer.highest - block) & 0xffff);
		if (!transfer.missing.delete(number)) {
			transfer.retransmits++;
			if (number === transfer.last) transfer.lastRepeated = true;
			return;
		}
	}
	transfer.blocks++;
	transfer.bytes += length;
	if (length < (transfer.options.blksize ?? DEFAULT_BLOCK_SIZE)) transfer.last = number;
}
