import { addressText } from "../packet/address.ts";
import { IcmpType } from "../packet/icmp.ts";
import { type PacketView, Protocol } from "../packet/view.ts";
import type { IncidentKind, IncidentTable } from "./incidents.ts";

interface Meaning {
	readonly kind: IncidentKind;
	readonly detail: string;
}

const unreachable = (detail: string): Meaning => ({ kind: "unreachable", detail });
const prohibited = (detail: string): Meaning => ({ kind: "prohibited", detail });
const TOO_LARGE: Meaning = { kind: "fragmentation-needed", detail: "packet too large" };

/** Codes of ICMP type 3 (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1). */
const V4_CODES: readonly Meaning[] = [
	unreachable("network unreachable"),
	unreachable("host unreachable"),
	unreachable("protocol unreachable"),
	unreachable("port unreachable"),
	TOO_LARGE,
	unreachable("source route failed"),
	unreachable("network unknown"),
	unreachable("host unknown"),
	unreachable("source host isolated"),
	prohibited("network administratively prohibited"),
	prohibited("host administratively prohibited"),
	unreachable("network unreachable for this type of service"),
	unreachable("host unreachable for this type of service"),
	prohibited("communication administratively prohibited"),
	prohibited("host precedence violation"),
	prohibited("precedence cut-off in effect"),
];

/** Codes of ICMPv6 type 1 (RFC 4443, 3.1). */
const V6_CODES: readonly Meaning[] = [
	unreachable("no route to destination"),
	prohibited("communication administratively prohibited"),
	unreachable("beyond scope of source address"),
	unreachable("address unreachable"),
	unreachable("port unreachable"),
	prohibited("source address failed ingress or egress policy"),
	prohibited("reject route to destination"),
];

/** Ties ICMP messages about packets that could not be delivered to the flows of these packets. */
export class Reachability {
	readonly #incidents: IncidentTable;

	constructor(incidents: IncidentTable) {
		this.#incidents = incidents;
	}

	/** Takes a message that quotes a packet of a flow. What it quotes is in none where an address was translated. */
	observe(packet: PacketView): void {
		const meaning = meaningOf(packet);
		if (!meaning) return;
		const flow = packet.quoted >>> 1;
		const side = (packet.quoted & 1) as 0 | 1;
		const subject = addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3);
		this.#incidents.note(flow, packet, { ...meaning, side, subject });
	}
}

function meaningOf({ protocol, icmpType, icmpCode }: PacketView): Meaning | undefined {
	if (protocol === Protocol.ICMP) return V4_CODES[icmpCode];
	return icmpType === IcmpType.tooBig6 ? TOO_LARGE : V6_CODES[icmpCode];
}
