import { describe, expect, it } from "vitest";
import { readQuoted } from "../../src/packet/icmp.ts";
import { PacketView } from "../../src/packet/view.ts";
import { concat, ipv4, ipv6, ipv6Extension, ipv6Fragment, type Part, udp } from "../support/packet-builder.ts";

/** What an ICMP message that quotes a packet tells of it: its protocol and ports, or nothing. */
function quotedOf({ bytes }: Part): readonly number[] | undefined {
	const message = new PacketView();
	message.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	message.payloadStart = 0;
	message.payloadEnd = bytes.length;
	const quoted = new PacketView();
	return readQuoted(message, quoted) ? [quoted.protocol, quoted.srcPort, quoted.dstPort] : undefined;
}

/** An authentication header of 24 bytes (RFC 4302). */
const authenticated = (payload: Part): Part => ({
	bytes: concat([payload.protocol!, 4], new Uint8Array(22), payload),
	protocol: 51,
});
const question = udp(1000, 53, "what is quoted");
const v4 = (payload: Part) => ipv4("10.0.0.1", "10.0.0.2", payload);
const v6 = (payload: Part) => ipv6("fd00::1", "fd00::2", payload);
const nested = (count: number): Part => (count === 0 ? question : ipv6Extension(60, nested(count - 1)));

describe("a packet that an ICMP message quotes", () => {
	it.each<[string, Part]>([
		["alone, IPv4", v4(question)],
		["alone, IPv6", v6(question)],
		["behind an authentication header, IPv4", v4(authenticated(question))],
		["behind an authentication header, IPv6", v6(ipv6Extension(0, authenticated(question)))],
		...[0, 43, 60, 135, 139, 140].map((type): [string, Part] => [
			`behind an extension header of type ${type}`,
			v6(ipv6Extension(type, question)),
		]),
		["behind the header of a first fragment", v6(ipv6Fragment(7, 0, true, question))],
		["behind as many as are followed elsewhere", v6(nested(16))],
	])("has its ports %s", (_, packet) => {
		expect(quotedOf(packet)).toEqual([17, 1000, 53]);
	});

	it.each<[string, Part]>([
		["a later fragment", v6(ipv6Fragment(7, 8, false, question))],
		["more extension headers than are followed", v6(nested(17))],
		["an authentication header that is cut off", { bytes: v4(authenticated(question)).bytes.subarray(0, 21) }],
		["nothing behind the authentication header", { bytes: v4(authenticated(question)).bytes.subarray(0, 44) }],
		["an extension header that is cut off", { bytes: v6(ipv6Extension(0, question)).bytes.subarray(0, 44) }],
	])("tells no flow where it has %s", (_, packet) => {
		expect(quotedOf(packet)).toBeUndefined();
	});
});
