import { splitEndpoint } from "./analyse.ts";
import { ethernet, icmp, ipv4, ipv6, type Part, type Payload, type TcpOptions, tcp } from "./packet-builder.ts";

export const FLAGS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/** A packet at a time in seconds. */
export function at(seconds: number, packet: Part): { packet: Part; time: number } {
	return { packet, time: seconds * 1e9 };
}

/** A TCP segment in an Ethernet frame, between endpoints written as `address:port`. */
export function segment(from: string, to: string, options: TcpOptions, payload: Payload = ""): Part {
	const source = splitEndpoint(from);
	const destination = splitEndpoint(to);
	return frame(source.address, destination.address, tcp(source.port, destination.port, options, payload));
}

/** An IP packet of either version in an Ethernet frame. */
export function frame(source: string, destination: string, payload: Part): Part {
	return ethernet(source.includes(":") ? ipv6(source, destination, payload) : ipv4(source, destination, payload));
}

const ETHERNET_HEADER = 14;
/** RFC 792 asks for 64 bits of the quoted datagram's payload; most quote more. */
const QUOTED = 28;

/** The ICMP message that `reporter` sends about a frame which could not be delivered; it quotes the frame's beginning. */
export function undeliverable(
	reporter: string,
	about: { readonly bytes: Uint8Array },
	sender: string,
	type: number,
	code: number,
	quoted = QUOTED,
): Part {
	const packet = about.bytes.subarray(ETHERNET_HEADER, ETHERNET_HEADER + quoted);
	const body = new Uint8Array(4 + packet.length);
	body.set(packet, 4);
	return frame(reporter, sender, icmp(type, code, body, reporter.includes(":") ? 58 : 1));
}
