import { BY_SNAPLEN, type Reason, ReasonTally } from "./reasons.ts";
import { PacketView } from "./view.ts";

/**
 * Reads one header below IP (link layer, tag, tunnel) that starts at `at`, an offset into `cursor.packet.data`.
 * @returns the offset of what the header carries, having set {@link Cursor.carried}; or -1 where nothing that can be
 * decoded follows. Then it has called {@link Cursor.stop}, except where the bytes are no such header after all (a UDP
 * port that some other program uses). It reads only below `packet.end`.
 */
export type HeaderReader = (cursor: Cursor, at: number) => number;

/**
 * What a header carries: an EtherType (IEEE 802), or one of these numbers below 0x600 where there is no EtherType. A
 * header of a link type is {@link LINK} plus its number.
 */
export const Carried = {
	/** IPv4 or IPv6, told apart by the first four bits. */
	IP: 1,
	/** IEEE 802.2 LLC header. */
	LLC: 2,
	/** A whole Ethernet frame from its destination address on: Transparent Ethernet Bridging (RFC 1701). */
	ETHERNET: 0x6558,
	IPV4: 0x0800,
	IPV6: 0x86dd,
	VLAN: 0x8100,
	MPLS: 0x8847,
	PPP: 0x880b,
} as const;

/** Added to a LINKTYPE_ number: beyond all EtherTypes. See {@link Carried}. */
export const LINK = 0x10000;

/** Where the decoder stands in a packet: the view that it fills, and what only the header readers need. */
export class Cursor {
	readonly packet = new PacketView();
	readonly tally = new ReasonTally();
	/** What the last header carries: {@link Carried}. */
	carried = 0;
	/**
	 * Where the frame, or the IP packet being read, ends on the wire: an offset into `packet.data` and beyond it where
	 * the capture holds only the beginning. Never less than `packet.end`.
	 */
	wireEnd = 0;
	/** Whether the snaplen cut the frame. */
	snapped = false;

	/** Counts the packet under `reason`. @returns -1, for the reader to return. */
	stop(reason: Reason, detail = 0): -1 {
		this.tally.count(reason, detail, this.packet.depth > 0);
		return -1;
	}

	/** Counts the packet under `reason`, made by {@link cutOff}, for a header at `at` that is not all there. */
	cut(reason: Reason, at: number): -1 {
		const { end } = this.packet;
		return this.stop(reason, this.snapped && end < this.wireEnd ? BY_SNAPLEN : Math.max(0, end - at));
	}
}
