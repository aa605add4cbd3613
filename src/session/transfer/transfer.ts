import type { PacketPlace } from "../../packet/view.ts";
import { Gaps } from "./gaps.ts";
import type { Steps } from "./midstream-transfers.ts";

export type TransferStyle = "ipoffice" | "rfc1350" | "single-port";

/** Who sent a packet, as the request has it: the server of IP Office's variant stays the server though it asks too. */
export type TransferEnd = "client" | "server";

/**
 * What tells who of a transfer's ends serves: its request; without that, port 69, or a write request that data follows at
 * once. Who sends data does not tell it: a client writes, too.
 */
export type Shown = "request" | "port" | "write-request" | "data";

export interface UdpEndpoint {
	readonly address: string;
	readonly port: number;
}

/** A write request by which IP Office answered. */
export interface Answer {
	/** The server's, which its data comes from. */
	readonly port: number;
	/** The flow that it came on: may be the request's own, where both ports are 69. */
	readonly flow: number;
}

/** One TFTP file exchange. Times are nanoseconds since the run's epoch. */
export interface Transfer {
	readonly id: number;
	client: UdpEndpoint;
	/** Port 69 until the server answers from another one; of several that answer, the one that the file goes on with. */
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
	errorBy: TransferEnd;
	errorAt: PacketPlace | null;
	/** The request; null where the transfer was concluded from something else. */
	requested: PacketPlace | null;
	/** How often the client asked. */
	requests: number;
	/** How often of these it asked anew, though data had come. */
	restarts: number;
	/** The client asked how long the file is (RFC 2349): it may want to know nothing more. */
	asksSize: boolean;
	/** Who sent the latest packet, and how often the same one again since the other side's last. */
	lastBy: TransferEnd;
	repeats: number;
	/** The latest packet's opcode and block number. */
	lastPacket: number;
	/** A data block was acknowledged. */
	isAcknowledged: boolean;
	/** Indices of the flows in the store, in the order in which they joined. */
	readonly flows: number[];
	/** The one of these that a request came on, -1 where none was seen. */
	askedOn: number;
	/** IP Office's, of different ports: a request that is repeated may be answered from a new one. */
	readonly answers: Answer[];
	readonly start: number;
	end: number;
	/** Negotiated options: blksize, tsize, windowsize, timeout. */
	options: Record<string, number>;
	/** Highest block, counted on where the 16-bit number wraps. */
	highest: number;
	/** Blocks below `highest` that were not seen. */
	readonly missing: Gaps;
	/** Number of the short last block, -1 while it has not come. */
	last: number;
	lastRepeated: boolean;
	lastAcknowledged: boolean;
	shownBy: Shown;
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
		errorBy: "server",
		errorAt: null,
		requested: null,
		requests: 0,
		restarts: 0,
		asksSize: false,
		lastBy: "client",
		repeats: 0,
		lastPacket: 0,
		isAcknowledged: false,
		flows: [],
		askedOn: -1,
		answers: [],
		end: start,
		options: {},
		highest: 0,
		missing: new Gaps(),
		last: -1,
		lastRepeated: false,
		lastAcknowledged: false,
		shownBy: "request",
	};
}

/** Notes whose turn it was, and whether this side has to say the same again. */
export function countTurn(transfer: Transfer, by: TransferEnd, opcode: number, block: number): void {
	const said = opcode * 0x10000 + block;
	transfer.repeats = transfer.lastBy === by && transfer.lastPacket === said ? transfer.repeats + 1 : 0;
	transfer.lastBy = by;
	transfer.lastPacket = said;
}

/** Counts what was seen of a transfer before it was known to be one; blocks before its first one in the capture are missing. */
export function countSteps(transfer: Transfer, { first, blocks, bytes, retransmits, block, length }: Steps): void {
	const before = (first - 1) & 0xffff;
	transfer.missing.add(1, before);
	transfer.highest = before + blocks;
	transfer.blocks = blocks;
	transfer.bytes = bytes;
	transfer.retransmits = retransmits;
	countBlock(transfer, block, length);
}

const DEFAULT_BLOCK_SIZE = 512; // RFC 1350, 2
/** A block that is nearer ahead than behind is new, whatever the capture lost before it. */
const HALF_OF_NUMBERS = 0x8000;

/**
 * Counts a data block. Block numbers have 16 bits and wrap to 0 (or, in some servers, to 1).
 * @returns false for one that was counted before.
 */
export function countBlock(transfer: Transfer, block: number, length: number): boolean {
	const ahead = (block - transfer.highest) & 0xffff;
	const wrapsToOne = block === 1 && (transfer.highest & 0xffff) === 0xffff;
	let number: number;
	if (wrapsToOne || (ahead > 0 && ahead < HALF_OF_NUMBERS)) {
		number = transfer.highest + (wrapsToOne ? 2 : ahead);
		if (!wrapsToOne) transfer.missing.add(transfer.highest + 1, number - 1);
		transfer.highest = number;
	} else {
		number = transfer.highest - ((transfer.highest - block) & 0xffff);
		if (!transfer.missing.take(number)) {
			transfer.retransmits++;
			if (number === transfer.last) transfer.lastRepeated = true;
			return false;
		}
	}
	transfer.blocks++;
	transfer.bytes += length;
	if (length < (transfer.options.blksize ?? DEFAULT_BLOCK_SIZE)) transfer.last = number;
	return true;
}
