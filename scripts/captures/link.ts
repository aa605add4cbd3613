import { isIPv6 } from "node:net";
import { join, u16, u32, zeros } from "./bytes.ts";
import type { Host } from "./network.ts";
import { IpProtocol, ipPacket } from "./packets.ts";

/** LINKTYPE_ numbers, see https://www.tcpdump.org/linktypes.html */
export const LinkType = { ethernet: 1, raw: 101, cooked: 113, user0: 147, cookedV2: 276 } as const;

/** Ethernet types (IEEE, and Cisco's for ERSPAN II). */
export const EtherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8, lldp: 0x88cc } as const;

/** Shortest Ethernet frame without its check sequence: what comes off a cable is padded to this. */
const SHORTEST_FRAME = 60;

/** How IP packets are wrapped where they are captured. */
export interface Path {
	/** VLAN ids that a flow on this path shows, outermost first. */
	readonly vlan: readonly number[];
	/** Whether its flows are seen inside a tunnel. */
	readonly tunnelled: boolean;
	wrap(packet: Uint8Array, from: Host, to: Host): Uint8Array;
}

/** Ethernet with up to two VLAN tags, outermost first; the outer of two is a service tag (IEEE 802.1ad). */
export function ethernet(...vlan: readonly number[]): Path {
	return {
		vlan,
		tunnelled: false,
		wrap: (packet, from, to) => ethernetFrame(to.mac, from.mac, etherType(from), packet, vlan),
	};
}

/** A frame of any Ethernet type, padded to the shortest length. */
export function ethernetFrame(
	to: Uint8Array,
	from: Uint8Array,
	type: number,
	payload: Uint8Array,
	vlan: readonly number[] = [],
): Uint8Array {
	const tags = vlan.map((id, index) => {
		const tagType = index < vlan.length - 1 ? EtherType.qinq : EtherType.vlan;
		return join(u16(tagType), u16(id));
	});
	const frame = join(to, from, ...tags, u16(type), payload);
	return frame.length < SHORTEST_FRAME ? join(frame, zeros(SHORTEST_FRAME - frame.length)) : frame;
}

/**
 * Linux cooked capture v2, as `tcpdump -i any` on one machine writes it.
 * @param own addresses of that machine: packets from there are outgoing (4), all others are for the machine (0)
 */
export function cookedV2(interfaceIndex: number, own: readonly string[]): Path {
	return {
		vlan: [],
		tunnelled: false,
		wrap: (packet, from, to) => {
			const outgoing = own.includes(from.address) && !own.includes(to.address);
			const loopback = own.includes(from.address) && own.includes(to.address);
			return join(
				u16(etherType(from)),
				u16(0),
				u32(interfaceIndex),
				u16(loopback ? 772 : 1),
				outgoing ? 4 : 0,
				6,
				loopback ? zeros(6) : from.mac,
				zeros(2),
				packet,
			);
		},
	};
}

/** Linux cooked capture v1, as an older `tcpdump -i any` writes it. */
export function cooked(): Path {
	return {
		vlan: [],
		tunnelled: false,
		wrap: (packet, from) => join(u16(0), u16(1), u16(6), from.mac, zeros(2), u16(etherType(from)), packet),
	};
}

/** A copy of Ethernet traffic that a switch sends in GRE with ERSPAN type II to an analyser. */
export function erspan(mirror: Host, analyser: Host, session: number, inner: Path): Path {
	let sequence = 0;
	return {
		vlan: inner.vlan,
		tunnelled: true,
		wrap: (packet, from, to) => {
			// GRE with a sequence number (RFC 2890), then version 1 and the session in ERSPAN's own 8 bytes.
			const gre = join(u16(0x1000), u16(0x88be), u32(sequence));
			const header = join(u16(0x1000), u16(session), u32(0));
			const copy = join(gre, header, inner.wrap(packet, from, to));
			sequence++;
			const fields = { id: sequence, ttl: 255 };
			const outer = ipPacket(mirror.address, analyser.address, IpProtocol.gre, copy, fields);
			return ethernetFrame(analyser.mac, mirror.mac, EtherType.ipv4, outer);
		},
	};
}

function etherType(from: Host): number {
	return isIPv6(from.address) ? EtherType.ipv6 : EtherType.ipv4;
}
