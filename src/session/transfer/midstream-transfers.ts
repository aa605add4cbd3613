import type { PacketView } from "../../packet/view.ts";
import { TftpOpcode } from "../../protocol/tftp.ts";
import { dropOldest } from "../oldest.ts";
import type { Overflow } from "../overflow.ts";

/** Who sends the data, the block that waits for its acknowledgement, and how many were acknowledged in step. */
interface Steps {
	readonly senderPort: number;
	block: number;
	steps: number;
	/** Of the latest block. */
	time: number;
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

	/** Looks at a DATA or ACK packet of a flow in no transfer. @returns whether the flow is shown to be one now. */
	observe(packet: PacketView, flow: number, opcode: number, block: number): boolean {
		if (opcode === TftpOpcode.DATA) {
			const steps = this.#flows.get(flow);
			const isNext = steps?.senderPort === packet.srcPort && ((block - steps.block) & 0xffff) <= 1;
			if (isNext) {
				steps.block = block;
				steps.time = packet.time;
			} else this.#watch(flow, { senderPort: packet.srcPort, block, steps: 0, time: packet.time });
			return false;
		}
		const steps = opcode === TftpOpcode.ACK ? this.#flows.get(flow) : undefined;
		if (!steps || steps.senderPort !== packet.dstPort || steps.block !== block) return false;
		if (++steps.steps < ENOUGH_STEPS) return false;
		this.#flows.delete(flow);
		return true;
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
