import { Protocol } from "./view.ts";

/** Names in the report, lower case, for the protocols that turn up as a flow's own. */
const NAMES: ReadonlyMap<number, string> = new Map([
	[Protocol.ICMP, "icmp"],
	[2, "igmp"],
	[Protocol.IPV4, "ipip"],
	[Protocol.TCP, "tcp"],
	[8, "egp"],
	[9, "igp"],
	[Protocol.UDP, "udp"],
	[Protocol.DCCP, "dccp"],
	[Protocol.IPV6, "ipv6"],
	[46, "rsvp"],
	[Protocol.GRE, "gre"],
	[Protocol.ESP, "esp"],
	[Protocol.AH, "ah"],
	[Protocol.ICMPV6, "icmpv6"],
	[88, "eigrp"],
	[89, "ospf"],
	[97, "etherip"],
	[103, "pim"],
	[112, "vrrp"],
	[115, "l2tp"],
	[Protocol.SCTP, "sctp"],
	[Protocol.UDPLITE, "udplite"],
	[137, "mpls"],
	[143, "ethernet"],
]);

/** Names of the protocols that have ports. */
const WITH_PORTS: ReadonlySet<string> = new Set(["tcp", "udp", "udplite", "dccp", "sctp"]);

/** @param name by {@link protocolName}. */
export function hasPorts(name: string): boolean {
	return WITH_PORTS.has(name);
}

/** @returns `tcp`, `udp`, … or `ip-<number>` for an IP protocol number without a name here. */
export function protocolName(protocol: number): string {
	return NAMES.get(protocol) ?? `ip-${protocol}`;
}
