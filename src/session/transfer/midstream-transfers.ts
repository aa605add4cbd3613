import type { PacketView } from "../../packet/view.ts";
import { TFTP_HEADER, TftpOpcode } from "../../protocol/tftp.ts";
import { dropOldest } from "../oldest.ts";
import type { Overflow } from "../overflow.ts";

/** What was seen of data blocks in their turn, before they were known to be a transfer's. */
export interface Steps {
	readonly senderPort: number;
	/** Number of the first block, and its time. */
	readonly first: number;
	readonly start: number;
	/** Of blocks before the latest. */
	blocks: number;
	bytes: number;
	retransmits: number;
	/** The latest block, which waits for its acknowledgement: its number, bytes of data and time. */
	block: number;
	length: number;
	time: number;
	/** How many were acknowledged in step. */
	steps: number;
}

/** Blocks that are acknowledged one by one, each number in its turn: no other protocol does that by chance. */
const ENOUGH_STEPS = 3;
/** Flows watched at a time; the oldest gives way. */
const MAX_FLOWS = 4096;
/** A sender repeats its block sooner than that. Nanoseconds. */
const GONE_AFTER = 60e9;
const BEYOND = `flows beyond ${MAX_FLOWS} at a time in which TFTP without its request was not looked for`;

/**
 * Finds TFTP whose request the capture lacks: data blocks of rising numbers that the other side acknowledges one by one
 * (RFC 1350, 2).
 */
export class MidstreamTransfers {
	readonly #flows = new Map<number, Steps>();
	readonly #overflow: Overflow;

	constructor(overflow: Overflow) {
		this.#overflow = overflow;
	}

	/** Looks at a DATA or ACK packet of a flow in no transfer. @returns what was seen of the flow once it is shown to be one. */
	observe(packet: PacketView, flow: number, opcode: number, block: number): Steps | undefined {
		const steps = this.#flows.get(flow);
		if (opcode === TftpOpcode.DATA) {
			const { srcPort: senderPort, time, payloadLength } = packet;
			const length = Math.max(0, payloadLength - TFTP_HEADER);
			const ahead = steps?.senderPort === senderPort ? (block - steps.block) & 0xffff : -1;
			if (steps && ahead === 1) {
				steps.blocks++;
				steps.bytes += steps.length;
				steps.block = block;
				steps.length = length;
				steps.time = time;
			} else if (steps && ahead === 0) {
				steps.retransmits++;
				steps.time = time;
			} else {
				this.#watch(flow, {
					senderPort,
					first: block,
					start: time,
					blocks: 0,
					bytes: 0,
					retransmits: 0,
					block,
					length,
					time,
					steps: 0,
				});
			}
			return undefined;
		}
		if (opcode !== TftpOpcode.ACK || steps?.senderPort !== packet.dstPort || steps.block !== block) return undefined;
		if (++steps.steps < ENOUGH_STEPS) return undefined;
		this.#flows.delete(flow);
		return steps;
	}

	#watch(flow: number, steps: Steps): void {
		this.#flows.delete(flow);
		this.#flows.set(flow, steps);
		if (this.#flows.size <= MAX_FLOWS) return;
		dropOldest(this.#flows, (_, { time }) => {
			if (steps.time - time < GONE_AFTER) this.#overflow.add(BEYOND);
		});
	}
}
