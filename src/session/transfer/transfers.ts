import type { FlowStore } from "../../flow/store.ts";
import { addressText } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { identityInWhoIs } from "../../protocol/identity.ts";
import {
	parseOack,
	parseTftpError,
	parseTftpRequest,
	TFTP_HEADER,
	TFTP_PORT,
	TftpOpcode,
	type TftpRequest,
	tftpOpcode,
} from "../../protocol/tftp.ts";
import type { IdentityTable } from "../identities.ts";
import { placeOf } from "../incidents.ts";
import { Overflow } from "../overflow.ts";
import { MidstreamTransfers } from "./midstream-transfers.ts";
import { ANSWER_TIMEOUT, PendingTransfers } from "./pending-transfers.ts";
import {
	type Answer,
	type Beginning,
	countBlock,
	countSteps,
	countTurn,
	newTransfer,
	type Transfer,
	type UdpEndpoint,
} from "./transfer.ts";

/** Packets that came this near to each other may be in the wrong order in the capture. */
const OUT_OF_ORDER = 1e9;
/** Transfers that a run keeps. */
const MAX_TRANSFERS = 100_000;
const BEYOND = `TFTP requests beyond the limit of ${MAX_TRANSFERS} transfers were not followed`;
/** A transfer has three flows; a server that answers from ever new ports must not grow it without end. */
const MAX_FLOWS = 64;
/** Answers to one request that are told apart: clients repeat it a few times only. */
const MAX_ANSWERS = 8;
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
	readonly #pending: PendingTransfers;
	readonly #midstream: MidstreamTransfers;
	readonly #overflow: Overflow;
	readonly #store: FlowStore;
	readonly #identities: IdentityTable;

	constructor(store: FlowStore, identities: IdentityTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#pending = new PendingTransfers(overflow);
		this.#midstream = new MidstreamTransfers(overflow);
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
		if (opcode < TftpOpcode.DATA) return id !== 0;
		if (id !== 0) {
			this.#exchange(this.#current(this.transfers[id - 1]!, packet, opcode, flow), packet, opcode);
			return true;
		}
		const claimed = this.#pending.isEmpty ? undefined : this.#claim(packet, opcode);
		const transfer = claimed ?? this.#inMidstream(packet, flow, opcode);
		if (!transfer) return false;
		this.#join(transfer, flow);
		this.#exchange(transfer, packet, opcode);
		return true;
	}

	/**
	 * A transfer whose request the capture lacks. Port 69 tells who serves; without it, the sender of the data is taken for the
	 * server, as in nearly all.
	 */
	#inMidstream(packet: PacketView, flow: number, opcode: number): Transfer | undefined {
		const steps = this.#midstream.observe(packet, flow, opcode, blockOf(packet));
		if (!steps || this.#isFull()) return undefined;
		const [sender, taker] = [endpoint(packet, "dst"), endpoint(packet, "src")];
		const isAt69 = sender.port === TFTP_PORT || taker.port === TFTP_PORT;
		const isWrite = taker.port === TFTP_PORT && sender.port !== TFTP_PORT;
		const transfer = this.#open({
			client: isWrite ? sender : taker,
			server: isWrite ? taker : sender,
			file: "",
			mode: "octet",
			direction: isWrite ? "write" : "read",
			start: steps.start,
		});
		transfer.style = isAt69 ? "single-port" : "rfc1350";
		transfer.shownBy = sender.port !== taker.port && isAt69 ? "port" : "data";
		countSteps(transfer, steps);
		return transfer;
	}

	/** The transfer of a packet on a flow that had one: where the client asked again since, it may be the newer one's. */
	#current(before: Transfer, packet: PacketView, opcode: number, flow: number): Transfer {
		if (this.#pending.of(before.client).includes(before)) return before;
		const isNext = opcode === TftpOpcode.DATA && ((blockOf(packet) - before.highest) & 0xffff) === 1;
		if (isNext && before.blocks > 0 && isOngoing(before, packet.time)) return before;
		const newer = this.#claim(packet, opcode);
		if (!newer) return before;
		this.#join(newer, flow);
		return newer;
	}

	#request(packet: PacketView, flow: number, opcode: number): boolean {
		const request = parseTftpRequest(packet.data, packet.payloadStart, packet.payloadEnd);
		const client = endpoint(packet, "src");
		const server = endpoint(packet, "dst");
		const isWrite = opcode === TftpOpcode.WRQ;
		const waiting = isWrite
			? (this.#waitingFor(client, server.address, request.file, packet.time) ??
				this.#answerToBroadcast(client, server.address, request.file, packet.time))
			: undefined;
		if (waiting) {
			this.#answerByWrite(waiting, client, flow, packet.time);
			return true;
		}
		const before = this.#pending
			.of(client)
			.find((transfer) => isSameRequest(transfer, server, request.file, packet.time));
		const early = !isWrite ? this.#earlyAnswer(client, server, request.file, packet.time) : undefined;
		if (before) this.#repeat(before, packet.time);
		else if (early) this.#turnToRead(early, client);
		const known = before ?? early;
		if (known) {
			this.#asked(known, packet, opcode, request);
			known.askedOn = flow;
			this.#join(known, flow);
			return true;
		}
		if (this.#isFull()) return false;
		const transfer = this.#open({
			client,
			server,
			file: request.file,
			mode: request.mode,
			direction: isWrite ? "write" : "read",
			start: packet.time,
		});
		this.#asked(transfer, packet, opcode, request);
		transfer.askedOn = flow;
		this.#join(transfer, flow);
		return true;
	}

	#asked(transfer: Transfer, packet: PacketView, opcode: number, { options }: TftpRequest): void {
		transfer.requested ??= placeOf(packet);
		if (transfer.requests++ > 0 && transfer.blocks > 0) transfer.restarts++;
		if (options.tsize !== undefined) transfer.asksSize = true;
		countTurn(transfer, "client", opcode, 0);
	}

	#isFull(): boolean {
		const isFull = this.transfers.length >= MAX_TRANSFERS;
		if (isFull) this.#overflow.add(BEYOND);
		return isFull;
	}

	#open(beginning: Omit<Beginning, "id">): Transfer {
		const transfer = newTransfer({ id: this.transfers.length + 1, ...beginning });
		this.transfers.push(transfer);
		this.#pending.add(transfer);
		return transfer;
	}

	/** The client asked again; or the first time that the capture has, where its transfer was concluded from the answer. */
	#repeat(transfer: Transfer, time: number): void {
		if (transfer.shownBy === "write-request") transfer.shownBy = "request";
		else transfer.retransmits++;
		transfer.end = time;
	}

	/** A write request that came just before the read request which it answers: captures put packets out of order. */
	#earlyAnswer(client: UdpEndpoint, server: UdpEndpoint, file: string, time: number): Transfer | undefined {
		for (const transfer of this.#pending.ofHost(server.address)) {
			if (transfer.direction !== "write" || transfer.style !== undefined || transfer.file !== file) continue;
			if (transfer.server.address !== client.address) continue;
			if (time - transfer.start <= OUT_OF_ORDER) return transfer;
		}
		return undefined;
	}

	/** What looked like a client's write request was a server's answer to a read request of `client`. */
	#turnToRead(transfer: Transfer, client: UdpEndpoint): void {
		this.#pending.remove(transfer);
		transfer.server = transfer.client;
		transfer.client = client;
		transfer.asked = transfer.server.address;
		transfer.direction = "read";
		transfer.style = "ipoffice";
		transfer.requests = 0;
		transfer.answers.push({ port: transfer.server.port, flow: transfer.askedOn });
		transfer.askedOn = -1;
		this.#pending.add(transfer);
	}

	/** The read request that a write request from `server` to its client's port 69 answers (IP Office's variant). */
	#waitingFor(server: UdpEndpoint, clientAddress: string, file: string, time: number): Transfer | undefined {
		let likeliest: Transfer | undefined;
		let most = 0;
		for (const transfer of this.#pending.ofHost(clientAddress)) {
			if (!mayAnswer(transfer, server.address)) continue;
			if (transfer.direction !== "read" || time - transfer.end > ANSWER_TIMEOUT) continue;
			const likelihood = likelihoodOf(transfer, server.port, file, time);
			if (likelihood <= most) continue;
			most = likelihood;
			likeliest = transfer;
		}
		return likeliest;
	}

	/** Another server's write request after a broadcast that a first one has answered. */
	#answerToBroadcast(server: UdpEndpoint, clientAddress: string, file: string, time: number): Transfer | undefined {
		const broadcast = this.#pending
			.ofHost(clientAddress)
			.find((transfer) => transfer.file === file && this.#mayAlsoAnswer(transfer, server.address, time));
		return broadcast && this.#alsoAnswered(broadcast, server, time);
	}

	#answerByWrite(transfer: Transfer, server: UdpEndpoint, flow: number, time: number): void {
		if (transfer.style === "ipoffice") transfer.retransmits++;
		transfer.style = "ipoffice";
		if (transfer.blocks === 0) transfer.server = server;
		transfer.end = time;
		countTurn(transfer, "server", TftpOpcode.WRQ, 0);
		this.#giveAnswer(transfer, { port: server.port, flow });
	}

	/** The transfer whose expectation the first packet of a new flow fits. */
	#claim(packet: PacketView, opcode: number): Transfer | undefined {
		const source = endpoint(packet, "src");
		const destination = endpoint(packet, "dst");
		const toClient = this.#answered(packet, opcode, source, destination);
		if (toClient) return toClient;
		const fromClient = this.#pending
			.of(source)
			.find(({ server, end }) => server.address === destination.address && packet.time - end <= ANSWER_TIMEOUT);
		if (!fromClient) return undefined;
		if (opcode === TftpOpcode.DATA && fromClient.direction === "write" && fromClient.style === undefined) {
			// A client cannot send data before the server's port is known from its ACK 0, but IP Office's write request,
			// whose read request the capture missed, is followed by data at once.
			this.#turnToRead(fromClient, destination);
			fromClient.shownBy = "write-request";
			return fromClient;
		}
		const block = blockOf(packet);
		return opcode === TftpOpcode.ACK && fromClient.direction === "read" && block <= fromClient.highest + 1
			? fromClient
			: undefined;
	}

	/** The transfer of a client whose request a packet to it answers. */
	#answered(packet: PacketView, opcode: number, source: UdpEndpoint, client: UdpEndpoint): Transfer | undefined {
		const all = this.#pending.of(client);
		for (const transfer of all) {
			if (!mayAnswer(transfer, source.address) || !isAnswer(transfer, packet, opcode)) continue;
			this.#moveAnswer(source, transfer);
			if (transfer.style !== "ipoffice" || hasAnswered(transfer, source.port)) return transfer;
		}
		const isFirst = opcode === TftpOpcode.OACK || (opcode === TftpOpcode.DATA && blockOf(packet) === 1);
		if (!isFirst) return undefined;
		const broadcast = all.find((transfer) => this.#mayAlsoAnswer(transfer, source.address, packet.time));
		return broadcast && this.#alsoAnswered(broadcast, source, packet.time);
	}

	/** Whether a transfer's request went to all, and a host that has not answered it as yet may still do so. */
	#mayAlsoAnswer({ client, asked, direction, end }: Transfer, address: string, time: number): boolean {
		if (direction !== "read" || !isBroadcast(asked) || time - end > ANSWER_TIMEOUT) return false;
		return !this.#pending.of(client).some(({ server }) => server.address === address);
	}

	/** A broadcast that one server answered before is answered by another one too. */
	#alsoAnswered(broadcast: Transfer, { address }: UdpEndpoint, time: number): Transfer | undefined {
		if (this.#isFull()) return undefined;
		const { client, file, mode, direction, flows } = broadcast;
		const transfer = this.#open({ client, server: { address, port: TFTP_PORT }, file, mode, direction, start: time });
		this.#join(transfer, flows[0]!);
		return transfer;
	}

	/**
	 * Several requests for one file, from different ports of the client, were answered before the first data came: which
	 * port answered which of them is told by the ports that the data runs between.
	 */
	#moveAnswer(server: UdpEndpoint, to: Transfer): void {
		if (hasAnswered(to, server.port)) return;
		const from = this.#pending
			.ofHost(to.client.address)
			.find(
				(other) => other.file === to.file && other.server.address === server.address && hasSpare(other, server.port),
			);
		if (!from) return;
		const answer = takeAnswer(from, server.port);
		// Each had the other's: where one was answered, so was the other.
		const [other] = to.blocks === 0 ? to.answers : [];
		if (from.answers.length === 0 && other) this.#giveAnswer(from, takeAnswer(to, other.port));
		this.#giveAnswer(to, answer);
		to.style = "ipoffice";
		if (to.blocks === 0) to.server = server;
		if (from.blocks > 0) return;
		const left = from.answers.at(-1);
		from.style = left && "ipoffice";
		from.server = left ? { address: server.address, port: left.port } : { address: from.asked, port: TFTP_PORT };
	}

	#exchange(transfer: Transfer, packet: PacketView, opcode: number): void {
		const { client } = transfer;
		const fromServer = packet.srcPort !== client.port || addressOf(packet, "src") !== client.address;
		transfer.end = Math.max(transfer.end, packet.time);
		countTurn(transfer, fromServer ? "server" : "client", opcode, blockOf(packet));
		if (fromServer && transfer.style === undefined) {
			transfer.style = packet.srcPort === TFTP_PORT ? "single-port" : "rfc1350";
			transfer.server = endpoint(packet, "src");
		}
		const port = fromServer ? packet.srcPort : packet.dstPort;
		if (opcode === TftpOpcode.ERROR) {
			// What a client does not go on with, of several answers, it may refuse, and its sender gives up in the end.
			if (transfer.error === null && (transfer.blocks === 0 || port === transfer.server.port)) {
				transfer.error = parseTftpError(packet.data, packet.payloadStart, packet.payloadEnd);
				transfer.errorBy = fromServer ? "server" : "client";
				transfer.errorAt = placeOf(packet);
				transfer.server = { address: transfer.server.address, port };
			}
		} else if (opcode === TftpOpcode.OACK) {
			transfer.options = parseOack(packet.data, packet.payloadStart, packet.payloadEnd);
		} else if (opcode === TftpOpcode.DATA && fromServer === (transfer.direction === "read")) {
			if (fromServer && blockOf(packet) === 1 && WHO_IS.test(transfer.file)) this.#identify(transfer, packet);
			const isNew = countBlock(transfer, blockOf(packet), Math.max(0, packet.payloadLength - TFTP_HEADER));
			if (isNew && port !== transfer.server.port) {
				transfer.server = { address: transfer.server.address, port };
				transfer.error = null;
			}
		} else if (opcode === TftpOpcode.ACK) {
			if (transfer.last >= 0 && blockOf(packet) === (transfer.last & 0xffff)) transfer.lastAcknowledged = true;
			if (transfer.blocks > 0) transfer.isAcknowledged = true;
		}
		transfer.complete =
			transfer.last >= 0 &&
			transfer.missing.isEmpty &&
			transfer.error === null &&
			(transfer.lastAcknowledged || !transfer.lastRepeated);
	}

	/** The reply to `who_is` fits one block, and names the system that sends it. */
	#identify(transfer: Transfer, { data, payloadStart, payloadEnd }: PacketView): void {
		const text = LATIN1.decode(data.subarray(payloadStart + TFTP_HEADER, payloadEnd));
		this.#identities.add(transfer.server.address, identityInWhoIs(text));
	}

	#giveAnswer(transfer: Transfer, answer: Answer): void {
		this.#join(transfer, answer.flow);
		if (hasAnswered(transfer, answer.port)) return;
		if (transfer.answers.push(answer) > MAX_ANSWERS) transfer.answers.shift();
	}

	#join(transfer: Transfer, flow: number): void {
		if (transfer.flows.length >= MAX_FLOWS) return;
		if (!transfer.flows.includes(flow)) transfer.flows.push(flow);
		// Where ports are used again, a flow is in several transfers: its record names the one under way.
		this.#store.setTransfer(flow, transfer.id);
	}
}

function hasAnswered({ answers }: Transfer, port: number): boolean {
	return answers.some((answer) => answer.port === port);
}

/** Whether a port answered a transfer whose data does not come from there, for all that was seen. */
function hasSpare(transfer: Transfer, port: number): boolean {
	return hasAnswered(transfer, port) && (transfer.blocks === 0 || transfer.server.port !== port);
}

/** Takes the answer of a port from a transfer, with its flow, unless the transfer's own request came on that too. */
function takeAnswer({ answers, flows, askedOn }: Transfer, port: number): Answer {
	const [answer] = answers.splice(
		answers.findIndex((each) => each.port === port),
		1,
	) as [Answer];
	const at = flows.indexOf(answer.flow);
	if (at >= 0 && answer.flow !== askedOn) flows.splice(at, 1);
	return answer;
}

/** Whether a packet is one that a server may answer a request with. */
function isAnswer(transfer: Transfer, packet: PacketView, opcode: number): boolean {
	if (packet.time - transfer.end > ANSWER_TIMEOUT) return false;
	if (opcode === TftpOpcode.ERROR || opcode === TftpOpcode.OACK) return true;
	const block = blockOf(packet);
	if (opcode === TftpOpcode.ACK) return transfer.direction === "write" && block === 0;
	return transfer.direction === "read" && block >= 1 && block <= Math.max(8, transfer.options.windowsize ?? 1);
}

/** Whether a host may answer a transfer's request: the one that was asked, or any where all were. */
function mayAnswer({ server }: Transfer, address: string): boolean {
	return server.address === address || isBroadcast(server.address);
}

/** How likely a write request answers a read request, or answers it once more: 0 for not at all. */
function likelihoodOf(transfer: Transfer, port: number, file: string, time: number): number {
	const { style, answers, server, complete, requests } = transfer;
	const isSame = transfer.file === file;
	if (style === undefined) return isSame ? 4 : 1;
	// A server may use its port again for the next request.
	if (hasAnswered(transfer, port)) return isSame && !complete ? 5 : 2;
	if (!isSame) return 0;
	// The data may have overtaken the write request.
	if (server.port === port) return 5;
	// No server writes the very file that its client asks it for: it has heard the request again, or believes so.
	const isRepeated = requests > Math.max(1, answers.length);
	return isOngoing(transfer, time) || isRepeated ? 3 : 0;
}

/** 255.255.255.255, and what is a subnet's broadcast address in nearly every office. */
function isBroadcast(address: string): boolean {
	return address.endsWith(".255");
}

/** Whether a request is the one of a transfer that goes on. */
function isSameRequest(transfer: Transfer, { address }: UdpEndpoint, file: string, time: number): boolean {
	return transfer.asked === address && transfer.file === file && isOngoing(transfer, time);
}

function isOngoing(transfer: Transfer, time: number): boolean {
	return !transfer.complete && transfer.error === null && time - transfer.end <= ANSWER_TIMEOUT;
}

function blockOf({ data, payloadStart }: PacketView): number {
	return (data[payloadStart + 2]! << 8) | data[payloadStart + 3]!;
}

function endpoint(packet: PacketView, end: "src" | "dst"): UdpEndpoint {
	return { address: addressOf(packet, end), port: end === "src" ? packet.srcPort : packet.dstPort };
}

function addressOf(packet: PacketView, end: "src" | "dst"): string {
	return end === "src"
		? addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3)
		: addressText(packet.ipVersion, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
}
