import { isIPv6 } from "node:net";
import { hex, join, u16 } from "./bytes.ts";

/** An address and the MAC that frames to it carry: its own, or the router's for a host far away. */
export interface Host {
	readonly address: string;
	readonly mac: Uint8Array;
}

/** One end of a conversation. */
export interface End {
	readonly host: Host;
	readonly port: number;
}

export function host(address: string, mac: string): Host {
	return { address, mac: hex(mac) };
}

export function at(host: Host, port: number): End {
	return { host, port };
}

/** The broadcast address as a destination. */
export const BROADCAST = host("255.255.255.255", "ff:ff:ff:ff:ff:ff");

/** An IPv4 multicast group as a destination (RFC 1112, 6.4). */
export function group(address: string): Host {
	const bytes = addressBytes(address);
	return { address, mac: join(hex("01005e"), (bytes[1] as number) & 0x7f, bytes.subarray(2)) };
}

/** The same machine before it has an address. */
export function unaddressed(machine: Host): Host {
	return { address: "0.0.0.0", mac: machine.mac };
}

/** `address:port`, an IPv6 address in brackets, as the report writes ends. */
export function endText(end: End): string {
	const { address } = end.host;
	return isIPv6(address) ? `[${address}]:${end.port}` : `${address}:${end.port}`;
}

/** 4 or 16 bytes, network order. */
export function addressBytes(address: string): Uint8Array {
	if (!isIPv6(address)) return Uint8Array.from(address.split("."), Number);
	const [head = "", tail = ""] = address.split("::");
	const left = words(head);
	const right = words(tail);
	const middle = address.includes("::") ? new Array<number>(8 - left.length - right.length).fill(0) : [];
	return join(...[...left, ...middle, ...right].map(u16));
}

function words(part: string): number[] {
	return part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16));
}
