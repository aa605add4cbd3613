/** One conversation, as {@link displayFilter} needs it. */
export interface Conversation {
	readonly transport: string;
	readonly client: { readonly address: string; readonly port: number };
	readonly server: { readonly address: string; readonly port: number };
}

/** Transports that Wireshark has a field for ports of, by their names in the report. */
const PORT_FIELDS: Readonly<Record<string, string>> = { tcp: "tcp", udp: "udp", udplite: "udp", sctp: "sctp" };
const PLAIN_FIELDS = ["icmp", "icmpv6", "gre", "esp", "ah", "ospf", "igmp", "vrrp", "pim"];

/** Wireshark display filter for a flow's packets; packets of an earlier or later flow with the same ends pass it too. */
export function displayFilter({ transport, client, server }: Conversation): string {
	const addresses = [...new Set([client.address, server.address])].map(
		(address) => `${address.includes(":") ? "ipv6" : "ip"}.addr == ${address}`,
	);
	const field = PORT_FIELDS[transport];
	const ports = [...new Set([client.port, server.port])].map((port) => `${field}.port == ${port}`);
	if (field) return [...addresses, ...ports].join(" && ");
	return [...addresses, ...protocolFilter(transport, client.address.includes(":"))].join(" && ");
}

function protocolFilter(transport: string, isIpv6: boolean): string[] {
	if (PLAIN_FIELDS.includes(transport)) return [transport];
	const [, number] = /^ip-(\d+)$/.exec(transport) ?? [];
	return number === undefined ? [] : [`${isIpv6 ? "ipv6.nxt" : "ip.proto"} == ${number}`];
}
