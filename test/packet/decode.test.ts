import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressText, endpointText } from "../../src/packet/address.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { protocolName } from "../../src/packet/protocols.ts";
import {
	batchOf,
	captureInterface,
	concat,
	ethernet,
	gre,
	hex,
	icmp,
	ipv4,
	ipv6,
	ipv6Extension,
	mpls,
	type Packet,
	type Payload,
	tcp,
	udp,
	vlan,
	vxlan,
} from "../support/packet-builder.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";
const A6 = "2001:db8::1";
const B6 = "2001:db8::2";
const TAGGED = 0x8100;

interface Layer {
	readonly flow: string;
	readonly payload: string;
	readonly vlan: number;
}

function decoderOf(linkType: number): PacketDecoder {
	return new PacketDecoder([captureInterface({ linkType })]);
}

/** Every IP header of a packet, outermost first. */
function layers(packet: Packet, linkType = 1): { found: Layer[]; reasons: string[] } {
	const decoder = decoderOf(linkType);
	const view = decoder.packet;
	const batch = batchOf([packet]);
	const found: Layer[] = [];
	if (decoder.decode(batch, 0)) {
		do {
			const source = addressText(view.ipVersion, view.src0, view.src1, view.src2, view.src3);
			const destination = addressText(view.ipVersion, view.dst0, view.dst1, view.dst2, view.dst3);
			found.push({
				flow: `${protocolName(view.protocol)} ${endpointText(source, view.srcPort)} ${endpointText(destination, view.dstPort)}`,
				payload: Buffer.from(view.data.subarray(view.payloadStart, view.payloadEnd)).toString("latin1"),
				vlan: view.vlan,
			});
		} while (decoder.next());
	}
	return { found, reasons: decoder.notDecoded().map(({ reason }) => reason) };
}

const flows = (packet: Packet, linkType = 1) => layers(packet, linkType).found.map(({ flow }) => flow);
const question = udp(4000, 53, "question");
const UDP4 = `udp ${A}:4000 ${B}:53`;
const UDP6 = `udp [${A6}]:4000 [${B6}]:53`;

describe("headers", () => {
	it.each<[string, Packet, string]>([
		["Ethernet and IPv4", ethernet(ipv4(A, B, question)), UDP4],
		["IPv4 options", ethernet(ipv4(A, B, question, { options: hex("94040000 01010101") })), UDP4],
		["Ethernet padding", ethernet(ipv4(A, B, udp(4000, 53)), { padTo: 60 }), UDP4],
		["IPv6", ethernet(ipv6(A6, B6, question)), UDP6],
		["IPv6 extension headers", ethernet(ipv6(A6, B6, ipv6Extension(0, ipv6Extension(60, question)))), UDP6],
		["TCP with options", ethernet(ipv4(A, B, tcp(4000, 53, { options: hex("020405b4") }))), `tcp ${A}:4000 ${B}:53`],
		["two VLAN tags", ethernet(vlan(7, vlan(42, ipv4(A, B, question)), 0x88a8)), UDP4],
		["MPLS labels", ethernet(mpls([16, 17], ipv4(A, B, question))), UDP4],
	])("%s", (_, packet, flow) => {
		expect(flows(packet)).toEqual([flow]);
	});

	it("gives UDP payload as far as the UDP length says, not the frame", () => {
		const packet = ethernet(ipv4(A, B, question), { padTo: 60 });
		expect(layers(packet).found[0]!.payload).toBe("question");
	});

	it("gives VLAN ids, outer and inner", () => {
		expect(layers(ethernet(vlan(42, ipv4(A, B, question)))).found[0]!.vlan).toBe(42);
		const stacked = ethernet(vlan(7, vlan(42, ipv4(A, B, question)), 0x88a8));
		expect(layers(stacked).found[0]!.vlan).toBe((7 << 12) | 42);
		expect(layers(ethernet(vlan(0, ipv4(A, B, question), TAGGED))).found[0]!.vlan).toBe(0);
	});

	it("tells ICMP by type, code and echo identifier", () => {
		const decoder = decoderOf(1);
		expect(decoder.decode(batchOf([ethernet(ipv4(A, B, icmp(8, 0, hex("1234 0001"))))]), 0)).toBe(true);
		expect(decoder.packet).toMatchObject({ icmpType: 8, icmpCode: 0, icmpId: 0x1234 });
	});

	it.each<[string, number, Packet]>([
		["raw IP", 101, ipv4(A, B, question)],
		["IPv4", 228, ipv4(A, B, question)],
		["BSD loopback, little-endian", 0, concat(hex("02000000"), ipv4(A, B, question))],
		["BSD loopback, big-endian", 0, concat(hex("00000002"), ipv4(A, B, question))],
		["OpenBSD loop", 108, concat(hex("00000002"), ipv4(A, B, question))],
		["Linux cooked v1", 113, concat(hex("0000 0001 0006 020000000001 0000 0800"), ipv4(A, B, question))],
		["Linux cooked v2", 276, concat(hex("0800 0000 00000002 0001 00 06 020000000001 0000"), ipv4(A, B, question))],
		["PPP", 9, concat(hex("0021"), ipv4(A, B, question))],
		["PPP in HDLC framing", 50, concat(hex("ff03 0021"), ipv4(A, B, question))],
		["Cisco HDLC", 104, concat(hex("0f00 0800"), ipv4(A, B, question))],
	])("link type %s", (_, linkType, packet) => {
		expect(flows(packet, linkType)).toEqual([UDP4]);
	});
});

describe("tunnels", () => {
	const inner = ipv4("192.168.1.1", "192.168.1.2", question);
	const INNER = "udp 192.168.1.1:4000 192.168.1.2:53";

	it.each<[string, Packet, string]>([
		["GRE", ethernet(ipv4(A, B, gre(inner))), `gre ${A}:0 ${B}:0`],
		[
			"GRE with key and sequence number",
			ethernet(ipv4(A, B, gre(inner, 0x3000, hex("00000001 00000002")))),
			`gre ${A}:0 ${B}:0`,
		],
		["Ethernet in GRE", ethernet(ipv4(A, B, gre(ethernet(inner)))), `gre ${A}:0 ${B}:0`],
		["VXLAN", ethernet(ipv4(A, B, vxlan(5, ethernet(inner)))), `udp ${A}:49152 ${B}:4789`],
		["IP in IP", ethernet(ipv4(A, B, inner)), `ip-in-ip ${A}:0 ${B}:0`],
	])("%s is opened; the outer flow stays", (_, packet, outer) => {
		const [first, second, ...rest] = flows(packet);
		expect([second, ...rest]).toEqual([INNER]);
		expect(first!.split(" ").slice(1)).toEqual(outer.split(" ").slice(1));
	});

	it.each<[string, Payload & { bytes: Uint8Array }, number]>([
		["VXLAN", vxlan(5, ethernet(ipv4("192.168.1.1", "192.168.1.2", udp(4000, 53, "x".repeat(1400))))), 17],
		["GRE", gre(ipv4("192.168.1.1", "192.168.1.2", udp(4000, 53, "x".repeat(1400)))), 47],
		[
			"GTP-U",
			udp(
				2152,
				2152,
				concat(hex("30 ff 05ac 00000001"), ipv4("192.168.1.1", "192.168.1.2", udp(4000, 53, "x".repeat(1424)))),
			),
			17,
		],
	])("%s is opened in a first fragment, as mirrored full-size packets need", (_, tunnel, protocol) => {
		const first = ipv4(A, B, tunnel.bytes.subarray(0, 1200), { protocol, moreFragments: true, id: 7 });
		expect(flows(ethernet(first))[1]).toBe(INNER);
		const later = ipv4(A, B, tunnel.bytes.subarray(1200), { protocol, fragmentOffset: 1200, id: 7 });
		expect(flows(ethernet(later))).toHaveLength(1);
	});

	it("are opened no deeper than a bound, which is said", () => {
		let packet = ipv4(A, B, question);
		for (let i = 0; i < 12; i++) packet = ipv4(A, B, packet);
		const { found, reasons } = layers(ethernet(packet));
		expect(found.length).toBeLessThan(12);
		expect(reasons.join()).toMatch(/tunnels in one another/);
	});
});

describe("packets that cannot be decoded", () => {
	it.each<[string, Packet, number, RegExp]>([
		["a link type that is not known", hex("00"), 250, /link type 250 not supported/],
		["ARP", ethernet("", { etherType: 0x0806 }), 1, /ARP/],
		["an unknown EtherType", ethernet("", { etherType: 0x1234 }), 1, /EtherType 0x1234/],
		["IP of another version", concat(hex("70"), new Uint8Array(40)), 101, /version 7/],
	])("%s is counted with its reason", (_, packet, linkType, words) => {
		const { found, reasons } = layers(packet, linkType);
		expect(found).toEqual([]);
		expect(reasons.join()).toMatch(words);
	});

	it("are cut by the snaplen and still give what is there", () => {
		const whole = ethernet(ipv4(A, B, question)).bytes;
		const cut = layers({ packet: whole.subarray(0, 14 + 20 + 8 + 3), wireLength: whole.length });
		expect(cut.found).toEqual([{ flow: UDP4, payload: "que", vlan: 0 }]);
		const addressesOnly = layers({ packet: whole.subarray(0, 14 + 20 + 2), wireLength: whole.length });
		expect(addressesOnly.found[0]!.flow).toBe(`udp ${A}:0 ${B}:0`);
	});
});

describe("any bytes", () => {
	const linkTypes = [
		0, 1, 9, 10, 50, 51, 100, 101, 104, 105, 107, 108, 113, 127, 226, 228, 229, 239, 242, 258, 276, 999,
	];
	const frames = [
		ethernet(vlan(7, vlan(42, ipv4(A, B, vxlan(5, ethernet(ipv6(A6, B6, question)))), 0x88a8))),
		ethernet(ipv6(A6, B6, ipv6Extension(0, ipv6Extension(43, ipv6Extension(60, tcp(1, 2)))))),
		ethernet(ipv4(A, B, gre(ethernet(mpls([1, 2, 3], ipv4(A, B, tcp(1, 2, {}, "x"))))))),
	].map(({ bytes }) => bytes);
	const bytes = fc.oneof(
		fc.uint8Array({ maxLength: 200 }),
		fc
			.tuple(fc.constantFrom(...frames), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
			.map(([frame, changes, cut]) => {
				const changed = Uint8Array.from(frame);
				for (const [at, value] of changes) changed[at % changed.length] = value;
				return changed.subarray(0, cut % (changed.length + 1));
			}),
	);

	it("never throw, never lead beyond the packet, and end", () => {
		fc.assert(
			fc.property(bytes, fc.constantFrom(...linkTypes), fc.nat(400), (frame, linkType, more) => {
				const decoder = decoderOf(linkType);
				const view = decoder.packet;
				// The packet's neighbours in the buffer are no part of it.
				const batch = batchOf([
					new Uint8Array(64).fill(0x45),
					{ packet: frame, wireLength: frame.length + more },
					new Uint8Array(64).fill(0x45),
				]);
				const start = batch.offset[1]!;
				const end = start + frame.length;
				let headers = 0;
				let standing = decoder.decode(batch, 1);
				while (standing) {
					expect(++headers).toBeLessThanOrEqual(10);
					expect(view.ipOffset).toBeGreaterThanOrEqual(start);
					expect(view.payloadStart).toBeGreaterThanOrEqual(start);
					expect(view.payloadEnd).toBeLessThanOrEqual(end);
					expect(view.payloadEnd).toBeGreaterThanOrEqual(view.payloadStart);
					expect(view.payloadLength).toBeGreaterThanOrEqual(0);
					expect(view.srcPort | view.dstPort).toBeLessThanOrEqual(0xffff);
					standing = decoder.next();
				}
			}),
			{ numRuns: 5000 },
		);
	});
});
