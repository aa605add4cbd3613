import type { PacketView } from "../../packet/view.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";

/** The latest answer that accepts an INVITE of a call: it is sent again until its ACK comes (RFC 3261, 13.3.1.4). */
export interface Acceptance {
	/** Number in CSeq. */
	readonly sequence: number;
	/** Flow and side that it was first seen on: other hops have it too. */
	readonly flow: number;
	readonly side: 0 | 1;
	/** Times of the first one and of the latest. */
	readonly first: number;
	last: number;
	count: number;
	isAcknowledged: boolean;
}

/** Takes an answer. @param known the latest before. @param side its sender's. */
export function accept(
	known: Acceptance | null,
	{ sequence }: SipMessage,
	{ time }: PacketView,
	flow: number,
	side: 0 | 1,
): Acceptance {
	if (known && known.sequence === sequence && known.flow === flow && known.side === side) {
		known.last = time;
		known.count++;
		return known;
	}
	// The same on another hop says nothing new.
	if (known && known.sequence === sequence && known.flow !== flow) return known;
	return { sequence, flow, side, first: time, last: time, count: 1, isAcknowledged: false };
}

/** Takes an ACK, on whatever hop. */
export function acknowledge(known: Acceptance | null, { sequence }: SipMessage): void {
	if (known?.sequence === sequence) known.isAcknowledged = true;
}
