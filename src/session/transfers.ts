import type { FlowStore } from "../flow/store.ts";
import { addressText } from "../packet/address.ts";
import type { PacketView } from "../packet/view.ts";
import { identityInWhoIs } from "../protocol/identity.ts";
import { parseOack, parseTftpError, parseTftpRequest, TFTP_PORT, TftpOpcode, tftpOpcode } from "../protocol/tftp.ts";
import type { IdentityTable } from "./identities.ts";

export type TransferStyle = "ipoffice" | "rfc1350" | "single-port";

/** One TFTP file exchange. Times are nanoseconds since the run's epoch. */
export interface Transfer {
	readonly id: number;
	client: { address: string; port: number };
	/** Port 69 until the server answers from another one. */
	server: { address: string; port: number };
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
	/** The request was not seen: who serves is concluded from a write request that data follows at once. */
	isAssumed: boolean;
}

/** An answer later than this belongs to another request (Linux conntrack's TFTP helper waits as long). */
const ANSWER_TIMEOUT = 300e9;
/** Requests that wait for an answer at a time; the oldest gives way. */
const MAX_PENDING = 4096;
/** Transfers that a run keeps; further ones are counted in `refused`. */
const MAX_TRANSFERS = 100_000;
/** A transfer has three flows; a server that answers from ever new ports must not grow it without end. */
const MAX_FLOWS = 64;
/** Gaps remembered for one transfer: the largest window (RFC 7440). */
const MAX_MISSING = 65_535;
const DEFAULT_BLOCK_SIZE = 512; // RFC 1350, 2
/** A block that is nearer ahead than behind is new, whatever the capture lost before it. */
const HALF_OF_NUMBERS = 0x8000;
const HEADER = 4; // opcode and block number
/** `nasystem/who_is`, `who_is2`, `who_is3`. */
const WHO_IS = /^nasystem\/who_is/i;
const LATIN1 = new TextDecoder("latin1");

/**
 * Ties the flows of TFTP exchanges together: RFC 1350's two (request to port 69; data between the client's port and
 * one that the server chooses), IP Office's three (the request is answered by a write request from the server's new
 * port to port 69 of the client), and the single one of servers that stay on port 69. A request leaves an expectation
 * on the client's endpoint with the server's port left open; the first plausible answer claims it.
 */
export class TransferTracker {
	readonly transfers: Transfer[] = [];
	/** Transfers beyond the limit. */
	refused = 0;
	/** The newest transfer of each client endpoint, oldest request first. */
	readonly #byClient = new Map<string, Transfer>();
	readonly #store: FlowStore;
	readonly #identities: IdentityTable;

	constructor(store: FlowStore, identities: IdentityTable) {
		this.#store = store;
		this.#identities = identities;
	}

	/**
	 * Looks at a UDP payload: every one of a flow that is in a transfer, and the first few of others.
	 * @returns whether the flow is in a transfer, so that its later packets are wanted too.
	 */
	observe(packet: PacketView, flow: number): boolean {
		const { data, payloadStart, payloadEnd } = packet;
		const opcode = tftpOpcode(data, payloadStart, payloadEnd);
		if (packet.dstPort === TFTP_PORT && (opcode === TftpOpcode.RRQ || opcode === TftpOpcode.WRQ)) {
			return this.#request(packet, flow, opcode);
		}
		const id = this.#store.transfer(flow);
		if (id !== 0) {
			if (opcode !== 0) this.#exchange(this.#current(this.transfers[id - 1]!, packet, opcode, flow), packet, opcode);
			return true;
		}
		if (opcode < TftpOpcode.DATA || this.#byClient.size === 0) return false;
		const transfer = this.#claim(packet, opcode);
		if (!transfer) return false;
		this.#join(transfer, flow);
		this.#exchange(transfer, packet, opcode);
		return true;
	}

	/** The transfer of a packet on a flow that had one: where the client asked again since, it may be the newer one's. */
	#current(before: Transfer, packet: PacketView, opcode: number, flow: number): Transfer {
		if (opcode < TftpOpcode.DATA || this.#byClient.get(keyOf(before.client)) === before) return before;
		const newer = this.#claim(packet, opcode);
		if (!newer) return before;
		this.#join(newer, flow);
		return newer;
	}

	#request(packet: PacketView, flow: number, opcode: number): boolean {
		const request = parseTftpRequest(packet.data, packet.payloadStart, packet.payloadEnd);
		if (!request) return this.#store.transfer(flow) !== 0;
		const client = endpoint(packet, "src");
		const server = endpoint(packet, "dst");
		const waiting =
			opcode === TftpOpcode.WRQ ? this.#waitingFor(client, server.address, request.file, packet.time) : undefined;
		if (waiting) {
			this.#answerByWrite(waiting, client, flow, packet.time);
			return true;
		}
		const before = this.#byClient.get(keyOf(client));
		if (
			before &&
			before.server.address === server.address &&
			before.file === request.file &&
			isOngoing(before, packet.time)
		) {
			before.retransmits++;
			before.end = packet.time;
			this.#join(before, flow);
			return true;
		}
		if (this.transfers.length >= MAX_TRANSFERS) {
			this.refused++;
			return false;
		}
		const transfer: Transfer = {
			id: this.transfers.length + 1,
			client,
			server,
			file: request.file,
			mode: request.mode,
			direction: opcode === TftpOpcode.RRQ ? "read" : "write",
			style: undefined,
			bytes: 0,
			blocks: 0,
			retransmits: 0,
			complete: false,
			error: null,
			flows: [],
			start: packet.time,
			end: packet.time,
			options: {},
			highest: 0,
			missing: new Set(),
			last: -1,
			lastRepeated: false,
			lastAcknowledged: false,
			isAssumed: false,
		};
		this.transfers.push(transfer);
		this.#expect(transfer);
		this.#join(transfer, flow);
		return true;
	}

	/** The read request that a write request from `server` to its client's port 69 answers (IP Office's variant). */
	#waitingFor(
		server: { address: string; port: number },
		clientAddress: string,
		file: string,
		time: number,
	): Transfer | undefined {
		let oldest: Transfer | undefined;
		for (const transfer of this.#byClient.values()) {
			if (transfer.client.address !== clientAddress || !mayAnswer(transfer, server.address)) continue;
			if (transfer.direction !== "read" || time - transfer.end > ANSWER_TIMEOUT) continue;
			const isRepeat = transfer.style === "ipoffice" && transfer.server.port === server.port;
			if (transfer.style !== undefined && !isRepeat) continue;
			if (transfer.file === file || isRepeat) return transfer;
			oldest ??= transfer;
		}
		return oldest;
	}

	#answerByWrite(transfer: Transfer, server: { address: string; port: number }, flow: number, time: number): void {
		if (transfer.style === "ipoffice") transfer.retransmits++;
		transfer.style = "ipoffice";
		transfer.server = server;
		transfer.end = time;
		this.#join(transfer, flow);
	}

	/** The transfer whose expectation the first packet of a new flow fits. */
	#claim(packet: PacketView, opcode: number): Transfer | undefined {
		const source = endpoint(packet, "src");
		const destination = endpoint(packet, "dst");
		const toClient = this.#byClient.get(keyOf(destination));
		if (toClient && opcode === TftpOpcode.DATA) this.#exchangeAnswers(source, toClient);
		if (toClient && mayAnswer(toClient, source.address) && this.#isAnswer(toClient, packet, opcode, source.port)) {
			if (opcode === TftpOpcode.DATA && toClient.style === undefined) this.#moveAnswer(source, toClient);
			return toClient;
		}
		const fromClient = this.#byClient.get(keyOf(source));
		if (
			!fromClient ||
			fromClient.server.address !== destination.address ||
			packet.time - fromClient.end > ANSWER_TIMEOUT
		) {
			return undefined;
		}
		if (opcode === TftpOpcode.DATA && fromClient.direction === "write" && fromClient.style === undefined) {
			// A client cannot send data before the server's port is known from its ACK 0, but IP Office's write request,
			// whose read request the capture missed, is followed by data at once.
			this.#byClient.delete(keyOf(source));
			fromClient.client = destination;
			fromClient.server = source;
			fromClient.direction = "read";
			fromClient.style = "ipoffice";
			fromClient.isAssumed = true;
			this.#expect(fromClient);
			return fromClient;
		}
		const block = blockOf(packet);
		return opcode === TftpOpcode.ACK && fromClient.direction === "read" && block <= fromClient.highest + 1
			? fromClient
			: undefined;
	}

	/**
	 * Two requests for one file were waiting, from two ports of the client, when the server's write request came: the
	 * port that the data goes to tells which of them it answered.
	 */
	#moveAnswer(server: { address: string; port: number }, to: Transfer): void {
		for (const from of this.#byClient.values()) {
			if (from === to || from.style !== "ipoffice" || from.blocks > 0 || from.file !== to.file) continue;
			if (from.server.port !== server.port || from.server.address !== server.address) continue;
			if (from.client.address !== to.client.address) continue;
			from.style = undefined;
			from.server = { ...to.server };
			const flow = from.flows.pop();
			to.style = "ipoffice";
			to.server = server;
			if (flow !== undefined) this.#join(to, flow);
			return;
		}
	}

	/**
	 * Several requests for one file were answered before the first data came: who was answered by which port is told by
	 * the ports that the data runs between.
	 */
	#exchangeAnswers(server: { address: string; port: number }, to: Transfer): void {
		if (to.style !== "ipoffice" || to.blocks > 0 || to.server.port === server.port) return;
		for (const from of this.#byClient.values()) {
			if (from.style !== "ipoffice" || from.blocks > 0 || from.file !== to.file) continue;
			if (from.client.address !== to.client.address || from.server.address !== server.address) continue;
			if (from.server.port !== server.port) continue;
			[from.server, to.server] = [to.server, from.server];
			const [fromFlow, toFlow] = [from.flows.pop(), to.flows.pop()];
			if (toFlow !== undefined) this.#join(from, toFlow);
			if (fromFlow !== undefined) this.#join(to, fromFlow);
			return;
		}
	}

	#isAnswer(transfer: Transfer, packet: PacketView, opcode: number, serverPort: number): boolean {
		if (packet.time - transfer.end > ANSWER_TIMEOUT) return false;
		if (transfer.style === "ipoffice" && transfer.server.port !== serverPort) return false;
		if (opcode === TftpOpcode.ERROR || opcode === TftpOpcode.OACK) return true;
		const block = blockOf(packet);
		if (opcode === TftpOpcode.ACK) return transfer.direction === "write" && block === 0;
		return transfer.direction === "read" && block >= 1 && block <= Math.max(8, transfer.options.windowsize ?? 1);
	}

	#exchange(transfer: Transfer, packet: PacketView, opcode: number): void {
		const fromServer = !(
			packet.srcPort === transfer.client.port && sameAddress(packet, "src", transfer.client.address)
		);
		transfer.end = Math.max(transfer.end, packet.time);
		if (fromServer && transfer.style === undefined) {
			transfer.style = packet.srcPort === TFTP_PORT ? "single-port" : "rfc1350";
			transfer.server = endpoint(packet, "src");
		}
		if (opcode === TftpOpcode.ERROR) {
			transfer.error ??= parseTftpError(packet.data, packet.payloadStart, packet.payloadEnd);
		} else if (opcode === TftpOpcode.OACK) {
			transfer.options = parseOack(packet.data, packet.payloadStart, packet.payloadEnd);
		} else if (opcode === TftpOpcode.DATA && fromServer === (transfer.direction === "read")) {
			if (fromServer && blockOf(packet) === 1 && WHO_IS.test(transfer.file)) this.#identify(transfer, packet);
			data(transfer, blockOf(packet), Math.max(0, packet.payloadLength - HEADER));
		} else if (opcode === TftpOpcode.ACK && transfer.last >= 0 && blockOf(packet) === (transfer.last & 0xffff)) {
			transfer.lastAcknowledged = true;
		}
		transfer.complete =
			transfer.last >= 0 &&
			transfer.missing.size === 0 &&
			transfer.error === null &&
			(transfer.lastAcknowledged || !transfer.lastRepeated);
	}

	/** The reply to `who_is` fits one block, and names the system that sends it. */
	#identify(transfer: Transfer, { data, payloadStart, payloadEnd }: PacketView): void {
		const text = LATIN1.decode(data.subarray(payloadStart + HEADER, payloadEnd));
		this.#identities.add(transfer.server.address, identityInWhoIs(text));
	}

	#join(transfer: Transfer, flow: number): void {
		if (transfer.flows.length >= MAX_FLOWS) return;
		if (!transfer.flows.includes(flow)) transfer.flows.push(flow);
		// Where ports are used again, a flow is in several transfers: its record names the one under way.
		this.#store.setTransfer(flow, transfer.id);
	}

	#expect(transfer: Transfer): void {
		const key = keyOf(transfer.client);
		this.#byClient.delete(key);
		this.#byClient.set(key, transfer);
		if (this.#byClient.size > MAX_PENDING) this.#byClient.delete(this.#byClient.keys().next().value!);
	}
}

/** Whether a host may answer a transfer's request: the one that was asked, or any where all were. */
function mayAnswer({ server, style }: Transfer, address: string): boolean {
	return server.address === address || (style === undefined && isBroadcast(server.address));
}

/** 255.255.255.255, and what is a subnet's broadcast address in nearly every office. */
function isBroadcast(address: string): boolean {
	return address.endsWith(".255");
}

function isOngoing(transfer: Transfer, time: number): boolean {
	return !transfer.complete && transfer.error === null && time - transfer.end <= ANSWER_TIMEOUT;
}

/** Counts a data block. Block numbers have 16 bits and wrap to 0 (or, in some servers, to 1). */
function data(transfer: Transfer, block: number, length: number): void {
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

function blockOf(packet: PacketView): number {
	const { data: bytes, payloadStart, payloadEnd } = packet;
	return payloadEnd - payloadStart < HEADER ? -1 : (bytes[payloadStart + 2]! << 8) | bytes[payloadStart + 3]!;
}

function endpoint(packet: PacketView, end: "src" | "dst"): { address: string; port: number } {
	return { address: addressOf(packet, end), port: end === "src" ? packet.srcPort : packet.dstPort };
}

function addressOf(packet: PacketView, end: "src" | "dst"): string {
	return end === "src"
		? addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3)
		: addressText(packet.ipVersion, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
}

function sameAddress(packet: PacketView, end: "src" | "dst", address: string): boolean {
	return addressOf(packet, end) === address;
}

function keyOf(end: { address: string; port: number }): string {
	return `${end.address}|${end.port}`;
}
