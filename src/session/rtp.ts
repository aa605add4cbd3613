import { FlowStore } from "../flow/store.ts";
import type { PacketView } from "../packet/view.ts";
import { looksLikeRtp } from "../protocol/rtp.ts";
import { DONE } from "./evidence.ts";

const RTP = 1 << 16;
/** Successive packets of one source that make a stream. RFC 3550 A.1 asks for two; chance alone passes two too often. */
const STREAM_PACKETS = 3;
/** Sequence numbers may skip packets that were lost on the way. */
const MAX_SKIP = 32;
/** Words of a flow's state region, for each side: SSRC; sequence number << 8 | packets in a row. */
const WORDS_PER_SIDE = 2;

/**
 * Finds RTP without its signalling: one packet proves nothing (12 bytes with two fixed bits), but packets of one
 * synchronisation source with rising sequence numbers do. Keeps its state in the flow's record.
 */
export class RtpWatch {
	readonly #store: FlowStore;

	constructor(store: FlowStore) {
		this.#store = store;
	}

	/** @returns the flow's evidence, with the RTP mark once a stream is found. */
	observe(packet: PacketView, flow: number, side: 0 | 1, evidence: number): number {
		const { data, payloadStart, payloadEnd } = packet;
		if (!looksLikeRtp(data, payloadStart, payloadEnd)) return evidence;
		const words = this.#store.words(flow);
		const at = this.#store.base(flow) + FlowStore.STATE + WORDS_PER_SIDE * side;
		const sequence = (data[payloadStart + 2]! << 8) | data[payloadStart + 3]!;
		const ssrc = packet.view.getInt32(payloadStart + 8);
		const before = words[at + 1]!;
		const advance = (sequence - (before >>> 8)) & 0xffff;
		// A mirror port may send every packet twice.
		if (before !== 0 && words[at] === ssrc && advance === 0) return evidence;
		const follows = before !== 0 && words[at] === ssrc && advance > 0 && advance <= MAX_SKIP;
		const inARow = follows ? Math.min(STREAM_PACKETS, (before & 0xff) + 1) : 1;
		words[at] = ssrc;
		words[at + 1] = (sequence << 8) | inARow;
		return inARow >= STREAM_PACKETS ? evidence | RTP | DONE : evidence;
	}

	isRtp(evidence: number): boolean {
		return (evidence & RTP) !== 0;
	}
}
