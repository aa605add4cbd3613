import type { PacketView } from "../packet/view.ts";

/** Packets remembered of several places: at a million packets a second, 65 ms of traffic; at an office's rate, minutes. */
const OF_PLACES = 65_536;
/** Packets remembered of a single place: a mirrored port's copies come close together, and so few stay in the cache. */
const OF_ONE_PLACE = 1024;
/**
 * Copies of one packet pass two capture points within this time. Longer than queues delay a packet and clocks of one
 * host differ, shorter than the shortest retransmission time-out of common stacks (200 ms).
 */
const WINDOW = 100e6;
/** Bytes of transport header and payload that are compared: short enough for small snaplens. */
const COMPARED = 64;

/**
 * Recognises a packet that was captured before in another place: on another interface, in another file, or once
 * plain and once in a tunnel. Compared from the IP header on, so that link headers and VLAN tags may differ; time to
 * live, header checksum and traffic class may too, because routers change them.
 *
 * What repeats in one place is a duplicate only in the same VLAN, and where IPv4's identification is the same, too, and
 * not 0: a mirror of several ports has such copies, while whoever sends anew takes another number (RFC 6864, 4).
 */
export class DuplicateDetector {
	readonly #low: Int32Array;
	readonly #high: Int32Array;
	readonly #place: Float64Array;
	readonly #vlan: Int32Array;
	readonly #time: Float64Array;
	readonly #hasPlaces: boolean;
	readonly #mask: number;

	/** @param hasPlaces whether there is more than one place. In a single one, what lies in a tunnel is no copy of what lies outside. */
	constructor(hasPlaces: boolean) {
		const entries = hasPlaces ? OF_PLACES : OF_ONE_PLACE;
		this.#low = new Int32Array(entries);
		this.#high = new Int32Array(entries);
		this.#place = new Float64Array(entries);
		this.#vlan = new Int32Array(entries);
		this.#time = new Float64Array(entries);
		this.#hasPlaces = hasPlaces;
		this.#mask = entries - 1;
	}

	/** @param place number of the place that captured the packet. */
	isDuplicate(packet: PacketView, place: number): boolean {
		const { data, view, transportOffset } = packet;
		let low = Math.imul(packet.src3 ^ Math.imul(packet.dst3, 0x9e3779b1), 0x85ebca6b) ^ packet.ipId;
		let high = Math.imul(packet.dst3 ^ packet.protocol ^ (packet.ipVersion << 8), 0xc2b2ae35) ^ packet.payloadLength;
		// Fragments of one packet may have the same bytes.
		if (packet.fragmentOffset !== 0) low = mixed(low, packet.fragmentOffset);
		if (packet.ipVersion === 6) {
			// Once from each end: what cancels out in one order does not in the other.
			const { src0, src1, src2, dst0, dst1, dst2 } = packet;
			low = mixed(mixed(mixed(mixed(mixed(mixed(low, src0), src1), src2), dst0), dst1), dst2);
			high = mixed(mixed(mixed(mixed(mixed(mixed(high, dst2), dst1), dst0), src2), src1), src0);
		}
		const end = Math.min(packet.end, packet.payloadEnd, transportOffset + COMPARED);
		let at = transportOffset;
		for (; at + 4 <= end; at += 4) {
			const word = view.getInt32(at, true);
			low = Math.imul(low ^ word, 0x9e3779b1);
			low ^= low >>> 15;
			high = Math.imul(high + word, 0x2c1b3c6d) ^ (low >>> 3);
		}
		for (; at < end; at++) {
			low = Math.imul(low ^ data[at]!, 0x01000193);
			high = (high + Math.imul(low, 0x85ebca6b)) | 0;
		}
		const entry = (low ^ (high >>> 16)) & this.#mask;
		const since = packet.time - this.#time[entry]!;
		// An entry that nothing was written in is that of a packet whose hash is 0, in all of its 64 bits.
		const same = this.#low[entry] === low && this.#high[entry] === high;
		if (same && since <= WINDOW && since >= -WINDOW) {
			if (this.#place[entry] !== place) {
				if (this.#hasPlaces) return true;
			} else if (packet.ipVersion === 4 && packet.ipId !== 0 && this.#vlan[entry] === packet.vlan) return true;
		}
		this.#low[entry] = low;
		this.#high[entry] = high;
		this.#place[entry] = place;
		this.#vlan[entry] = packet.vlan;
		this.#time[entry] = packet.time;
		return false;
	}
}

/** One to one for each word. */
function mixed(hash: number, word: number): number {
	const product = Math.imul(hash ^ word, 0x27d4eb2f);
	return product ^ (product >>> 15);
}
