import { addressFilter, allOf, anyOf } from "../finding/filters.ts";
import type { FlowRecord } from "./document.ts";

/**
 * Wireshark display filter for a flow of the report. The flows of a TFTP transfer are named by the client's port or 69, as
 * findings name them: they are one exchange.
 */
export function flowFilter({ transport, client, server, transfer }: FlowRecord): string {
	const addresses = [...new Set([client.address, server.address])].map(addressFilter);
	if (transport !== "tcp" && transport !== "udp") return allOf([...addresses, protocolFilter(transport)]);
	const ports = [...new Set([client.port, server.port])].map((port) => `${transport}.port == ${port}`);
	return allOf([...addresses, ...(transfer === undefined ? ports : [anyOf(ports)])]);
}

/** Wireshark's own names of protocols; `ip-89` is told by its number. */
function protocolFilter(transport: string): string {
	const number = /^ip-(\d+)$/.exec(transport)?.[1];
	return number === undefined ? transport : `(ip.proto == ${number} || ipv6.nxt == ${number})`;
}
