import type { TcpSide } from "../../src/document/document.ts";

/** What is counted of a TCP connection's side, and the field of tshark's `tcp.analysis` that it answers to. */
export const TCP_COUNTS = [
	["retransmissions", "retransmission"],
	["fastRetransmissions", "fast_retransmission"],
	["spuriousRetransmissions", "spurious_retransmission"],
	["outOfOrder", "out_of_order"],
	["duplicateAcks", "duplicate_ack"],
	["zeroWindows", "zero_window"],
	["keepAlives", "keep_alive"],
	["lostSegments", "lost_segment"],
	["ackedLostSegments", "ack_lost_segment"],
] as const satisfies readonly (readonly [keyof TcpSide, string])[];
