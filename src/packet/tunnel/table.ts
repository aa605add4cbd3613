import { Carried, type HeaderReader } from "../cursor.ts";
import { skip } from "../link/skip.ts";
import { type PacketView, Protocol } from "../view.ts";
import { gre } from "./gre.ts";
import { geneve, gtpUser, l2tp, teredo, vxlan } from "./udp.ts";

/** IP protocols that carry packets or frames. */
const BY_PROTOCOL: ReadonlyMap<number, HeaderReader> = new Map([
	[Protocol.IPV4, skip(0, Carried.IPV4)],
	[Protocol.IPV6, skip(0, Carried.IPV6)],
	[Protocol.GRE, gre],
	// EtherIP (RFC 3378): version and reserved bits; MPLS in IP (RFC 4023); Ethernet (RFC 8986).
	[97, skip(2, Carried.ETHERNET)],
	[137, skip(0, Carried.MPLS)],
	[143, skip(0, Carried.ETHERNET)],
]);

/** @returns the reader of the tunnel header that the packet's payload begins with, if it may be one. */
export function tunnelReader(packet: PacketView): HeaderReader | undefined {
	if (packet.laterFragment) return undefined;
	if (packet.protocol !== Protocol.UDP) return BY_PROTOCOL.get(packet.protocol);
	return byPort(packet.dstPort) ?? byPort(packet.srcPort);
}

/** UDP ports of tunnels. A switch, for every UDP packet is asked about both its ports. */
function byPort(port: number): HeaderReader | undefined {
	switch (port) {
		case 1701:
			return l2tp;
		case 2152:
			return gtpUser;
		case 3544:
			return teredo;
		case 4789:
		// VXLAN of Linux before a port was assigned, and its default still.
		case 8472:
			return vxlan;
		case 6081:
			return geneve;
		default:
			return undefined;
	}
}
