import { type FlowStore, sideAddress } from "../flow/store.ts";
import { protocolName } from "../packet/protocols.ts";
import { Protocol } from "../packet/view.ts";
import type { Call } from "../session/call/call.ts";

/** Flows that a filter names one by one; of more, it names what they have in common. */
export const MAX_NAMED = 3;

/**
 * Wireshark display filter for one conversation. A TFTP transfer is one of several flows between two hosts: it is named by
 * the client's port, which all but IP Office's write request share, and by port 69.
 */
export function conversationFilter(store: FlowStore, flow: number): string {
	const addresses = [...new Set(([0, 1] as const).map((side) => addressFilter(sideAddress(store, flow, side))))];
	const ports = [...new Set(([0, 1] as const).map((side) => portFilter(store, flow, side)))].filter(
		(text) => text !== "",
	);
	if (store.transfer(flow) !== 0 && ports.length > 0) return allOf([...addresses, anyOf(ports)]);
	return [...addresses, ...(ports.length > 0 ? ports : [protocolFilter(store, flow)])].join(" && ");
}

/** Display filter for what reaches or leaves an address. */
export function addressFilter(address: string): string {
	return `${address.includes(":") ? "ipv6" : "ip"}.addr == ${address}`;
}

/** What of a Call-ID stands in a filter as it is: printable, without quotation marks and backslashes, not overlong. */
const PLAIN_CALL_ID = /^[!#-[\]-~]{1,200}$/;

/** Display filter for a call's signalling, wherever it passes; empty for H.323, and for what no filter can quote. */
export function callFilter({ protocol, callId }: Pick<Call, "protocol" | "callId">): string {
	return protocol === "sip" && PLAIN_CALL_ID.test(callId) ? `sip.Call-ID == "${callId}"` : "";
}

/** Whether Wireshark takes what refused a call for SIP: a start line with a NUL in it is none to it. */
export function isSipToWireshark({ refusalReason }: Pick<Call, "refusalReason">): boolean {
	return !refusalReason.includes("\0");
}

/** Display filter for one side's port; empty for transports without ports that Wireshark could filter by. */
function portFilter(store: FlowStore, flow: number, side: 0 | 1): string {
	return portFilterOf(portKey(store, flow, side));
}

/** One side's port and its transport as a number. */
export function portKey(store: FlowStore, flow: number, side: 0 | 1): number {
	return (store.protocol(flow) << 16) | store.port(flow, side);
}

/** {@link portFilter} of a {@link portKey}. */
export function portFilterOf(key: number): string {
	const protocol = key >>> 16;
	if (protocol !== Protocol.TCP && protocol !== Protocol.UDP) return "";
	return `${protocolName(protocol)}.port == ${key & 0xffff}`;
}

function protocolFilter(store: FlowStore, flow: number): string {
	const field = store.ipVersion(flow) === 6 ? "ipv6.nxt" : "ip.proto";
	return `${field} == ${store.protocol(flow)}`;
}

/** Ports whose TCP Wireshark takes for HTTP, whatever it is: no field of TLS is ever found there. */
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710]);

/**
 * A filter by fields of TLS, as Wireshark names them for what is at these ports: over UDP they are DTLS's; empty where it
 * reads another protocol. @param ports as by {@link portKey}
 */
export function securityFilter(filter: string, ports: Iterable<number>): string {
	if (!/^tls\./.test(filter)) return filter;
	const all = [...ports];
	if (all.some((key) => key >>> 16 === Protocol.TCP && HTTP_PORTS.has(key & 0xffff))) return "";
	const dtls = filter.replaceAll(/\btls\./g, "dtls.");
	const isUdp = (key: number) => key >>> 16 === Protocol.UDP;
	if (all.length > 0 && all.every(isUdp)) return dtls;
	return all.some(isUdp) ? anyOf([filter, dtls]) : filter;
}

/** All of these; alternatives within one are put in brackets. */
export function allOf(parts: readonly string[]): string {
	const given = parts.filter((part) => part !== "");
	return given.map((part) => (given.length > 1 && part.includes("||") ? `(${part})` : part)).join(" && ");
}

/** Any of these. */
export function anyOf(parts: readonly string[]): string {
	const given = [...new Set(parts)].filter((part) => part !== "");
	return given.map((part) => (given.length > 1 && part.includes("&&") ? `(${part})` : part)).join(" || ");
}
