import { type PacketView, Protocol } from "../packet/view.ts";
import { RECOGNISERS } from "../protocol/index.ts";
import type { Recogniser } from "../protocol/recogniser.ts";
import type { DhcpTracker } from "./dhcp.ts";
import type { H323Tracker } from "./h323.ts";
import type { NameTable } from "./names.ts";
import type { RasTracker } from "./ras.ts";
import type { RtpTracker } from "./rtp.ts";
import type { SipTracker } from "./sip.ts";

/**
 * Reads every message of the flows of one protocol: a datagram, or what {@link Recogniser.messageLength} cut out of a
 * TCP stream. `packet` is the one that brought the message's end; the bytes may be elsewhere than in it.
 */
export type Follower = (
	data: Uint8Array,
	start: number,
	end: number,
	packet: PacketView,
	flow: number,
	side: 0 | 1,
) => void;

/** What follows flows to their end. */
export interface Trackers {
	readonly dhcp: DhcpTracker;
	readonly names: NameTable;
	readonly sip: SipTracker;
	readonly ras: RasTracker;
	readonly h323: H323Tracker;
	readonly rtp: RtpTracker;
}

/** Over TCP a DNS message has its length in front (RFC 1035, 4.2.2). */
const DNS_LENGTH = 2;

/** By recogniser; undefined for those whose flows are done with after their first messages. */
export function followersOf(trackers: Trackers): readonly (Follower | undefined)[] {
	return RECOGNISERS.map((recogniser) => followerOf(recogniser, trackers));
}

function followerOf({ protocol, transports }: Recogniser, trackers: Trackers): Follower | undefined {
	const { dhcp, names, sip, ras, h323, rtp } = trackers;
	switch (protocol) {
		case "dhcp":
		case "bootp":
			return (data, start, end, packet, flow) => dhcp.observe(data, start, end, packet, flow);
		case "dns":
			return transports.includes(Protocol.UDP)
				? (data, start, end) => names.observe(data, start, end)
				: (data, start, end) => names.observe(data, start + DNS_LENGTH, end);
		case "sip":
			return (data, start, end, packet, flow, side) => sip.observe(data, start, end, packet, flow, side);
		case "h225-ras":
			return (data, start, end, packet, flow, side) => ras.observe(data, start, end, packet, flow, side);
		case "rtcp":
			return (_data, _start, _end, packet) => rtp.control(packet);
		case "h225":
			return (data, start, end, packet, flow, side) => h323.observeCall(data, start, end, packet, flow, side);
		case "h245":
			return (data, start, end, packet, flow) => h323.observeControl(data, start, end, packet, flow);
		default:
			return undefined;
	}
}
