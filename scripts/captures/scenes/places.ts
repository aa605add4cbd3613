/** One conversation seen from several places, or in several wrappings. */
import { hex, join, u16, u32, zeros } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { cooked, cookedV2, EtherType, erspan, ethernet, ethernetFrame, LinkType, type Path } from "../link.ts";
import { at, type Host, host } from "../network.ts";
import { IpProtocol, ipPacket, udpDatagram } from "../packets.ts";
import { httpGet, httpOk, snmp } from "../payloads/services.ts";
import { clientHello, serverHello } from "../payloads/tls.ts";
import { pcapFile } from "../pcap.ts";
import { type Frame, Recording } from "../recording.ts";
import { classic, nextGeneration, type Scene, truthOf } from "../scene.ts";
import { matched, unknown } from "../truth.ts";

const office = host("10.0.0.1", "00:e0:07:00:00:01");
const manager = host("10.0.0.2", "00:1b:21:00:00:02");
const mirror = host("192.0.2.1", "00:1b:0c:00:00:01");
const analyser = host("192.0.2.2", "00:1b:0c:00:00:02");
const HOSTS = { ipo: [office.address] };
const configuration = matched("IPO-IN-43", "Manager opens the configuration");
const management = matched("IPO-IN-8", "network management");
const carrier = unknown("the tunnel itself: neither end is a product");

function session(wire: Wire, time: number, port: number): void {
	const { random } = wire.recording;
	wire
		.tcp({ at: time, client: at(manager, port), server: at(office, 50805), verdict: configuration })
		.open()
		.client(clientHello(random))
		.server(serverHello(random))
		.close();
}

function question(wire: Wire, time: number, port: number): void {
	wire
		.udp({ at: time, client: at(manager, port), server: at(office, 161), verdict: management })
		.client(snmp(0xa0))
		.server(snmp(0xa2));
}

export const twoInterfaces: Scene = {
	name: "two-interfaces",
	shows: "The same packets captured on two interfaces: counted once in the flows",
	build() {
		const recording = new Recording(this.name, "2026-03-02T12:00:00Z");
		session(new Wire(recording, ethernet()), 0, 49800);
		const originals = recording.frames();
		for (const { time, bytes } of originals)
			recording.add(time / 1e6 - Date.parse("2026-03-02T12:00:00Z") / 1000 + 0.00002, bytes, undefined, undefined, 1);
		const interfaces = ["port1", "port2"].map((name) => ({
			name,
			linkType: LinkType.ethernet,
			resolution: 6 as const,
		}));
		return nextGeneration(this.name, recording, HOSTS, interfaces);
	},
};

export const ring: Scene = {
	name: "ring/ring",
	shows: "Three files of a ring buffer: one connection across them",
	build() {
		const recording = new Recording(this.name, "2026-03-02T12:10:00Z");
		const wire = new Wire(recording, ethernet());
		const connection = wire
			.tcp({
				at: 0,
				client: at(manager, 49810),
				server: at(office, 80),
				verdict: matched("IPO-IN-6", "a long download"),
			})
			.open();
		for (let i = 0; i < 6; i++)
			connection
				.client(httpGet(`/file${i}`, office.address, "test"))
				.server(httpOk("IPOffice/", "x".repeat(500)))
				.wait(10);
		connection.close();
		question(wire, 30, 49811);
		const frames = recording.frames();
		const third = Math.ceil(frames.length / 3);
		const names = [1, 2, 3].map((n) => `ring/ring_0000${n}.pcap`);
		const parts = names.map((_, i) => frames.slice(i * third, (i + 1) * third));
		const files = Object.fromEntries(names.map((name, i) => [name, pcapFile(parts[i]!, LinkType.ethernet)]));
		return { files, truth: { ...truthOf(names[0]!, frames, recording, HOSTS), files: names } };
	},
};

/** How a switch or hypervisor wraps the traffic that it mirrors. */
type Tunnel = (copy: Uint8Array, from: Host, to: Host) => Uint8Array;

function tunnelled(tunnel: Tunnel): Path {
	return {
		vlan: [],
		tunnelled: true,
		wrap: (packet, from, to) => ethernetFrame(analyser.mac, mirror.mac, EtherType.ipv4, tunnel(packet, from, to)),
	};
}

const inner = (packet: Uint8Array, from: Host, to: Host) => ethernet().wrap(packet, from, to);
const outer = (protocol: number, payload: Uint8Array) =>
	ipPacket(mirror.address, analyser.address, protocol, payload, { id: 1, ttl: 64 });
const outerUdp = (port: number, payload: Uint8Array) =>
	outer(IpProtocol.udp, udpDatagram(mirror.address, analyser.address, [40000, port], payload));

/** Each with the conversation that the tunnel itself is. */
const TUNNELS: readonly (readonly [string, Path, "udp" | undefined, number])[] = [
	["GRE", tunnelled((packet) => outer(IpProtocol.gre, join(u16(0), u16(0x0800), packet))), undefined, 0],
	[
		"ERSPAN I",
		tunnelled((packet, from, to) => outer(IpProtocol.gre, join(u16(0), u16(0x88be), inner(packet, from, to)))),
		undefined,
		0,
	],
	["ERSPAN II", erspan(mirror, analyser, 7, ethernet()), undefined, 0],
	[
		"ERSPAN III",
		tunnelled((packet, from, to) =>
			outer(
				IpProtocol.gre,
				join(u16(0x1000), u16(0x22eb), u32(1), u16(0x2000), u16(7), u32(0), u32(0), inner(packet, from, to)),
			),
		),
		undefined,
		0,
	],
	[
		"VXLAN",
		tunnelled((packet, from, to) => outerUdp(4789, join(0x08, zeros(3), hex("00002a"), 0, inner(packet, from, to)))),
		"udp",
		4789,
	],
	[
		"GENEVE",
		tunnelled((packet, from, to) => outerUdp(6081, join(0, 0, u16(0x6558), hex("00002a"), 0, inner(packet, from, to)))),
		"udp",
		6081,
	],
	["IP in IP", tunnelled((packet) => outer(4, packet)), undefined, 0],
];

export const mirrored: Scene = {
	name: "mirrored",
	shows:
		"Mirrored traffic in GRE, ERSPAN I, II and III, VXLAN, GENEVE and IP-in-IP: inner flows are labelled, outer ones kept",
	build() {
		const recording = new Recording(this.name, "2026-03-02T12:20:00Z");
		for (const [i, [, path]] of TUNNELS.entries()) question(new Wire(recording, path), i, 49820 + i);
		const built = nextGeneration(this.name, recording, HOSTS);
		const outers = TUNNELS.flatMap(([, , transport, port], i) =>
			transport
				? [
						{
							client: `${mirror.address}:40000`,
							server: `${analyser.address}:${port}`,
							transport,
							...carrier,
							first: { file: built.truth.file, packet: 2 * i + 1 },
							packets: { client: 2, server: 0 },
						},
					]
				: [],
		);
		return {
			...built,
			truth: { ...built.truth, flows: [...built.truth.flows, ...outers], otherFlows: ["gre", "ipip"] },
		};
	},
};

export const vlans: Scene = {
	name: "vlans",
	shows: "One and two VLAN tags, the same ports in two VLANs, and a tag that only one direction carries",
	build() {
		const recording = new Recording(this.name, "2026-03-02T12:30:00Z");
		question(new Wire(recording, ethernet(42)), 0, 49830);
		question(new Wire(recording, ethernet(43)), 1, 49830);
		question(new Wire(recording, ethernet(100, 7)), 2, 49831);
		const oneWay: Path = {
			...ethernet(9),
			wrap: (packet, from, to) => ethernet(...(from === manager ? [9] : [])).wrap(packet, from, to),
		};
		question(new Wire(recording, oneWay), 3, 49832);
		return classic(this.name, recording, HOSTS);
	},
};

const raw: Path = { vlan: [], tunnelled: false, wrap: (packet) => packet };
const nullLoop: Path = { ...raw, wrap: (packet) => join(hex("02000000"), packet) };
const ppp: Path = { ...raw, wrap: (packet) => join(hex("ff030021"), packet) };
const pppoe: Path = {
	...raw,
	wrap: (packet, from, to) =>
		ethernetFrame(to.mac, from.mac, 0x8864, join(hex("1100 0001"), u16(packet.length + 2), u16(0x21), packet)),
};
const mpls: Path = {
	...raw,
	wrap: (packet, from, to) => ethernetFrame(to.mac, from.mac, 0x8847, join(hex("00064040"), hex("000c8140"), packet)),
};

function link(name: string, shows: string, path: Path, linkType: number): Scene {
	return {
		name: `links/${name}`,
		shows,
		build() {
			const recording = new Recording(this.name, "2026-03-02T12:40:00Z");
			question(new Wire(recording, path), 0, 49840);
			return classic(this.name, recording, HOSTS, linkType);
		},
	};
}

export const links: readonly Scene[] = [
	link("cooked", "Linux cooked capture v1 (an older `tcpdump -i any`)", cooked(), LinkType.cooked),
	link("cooked-v2", "Linux cooked capture v2 (`tcpdump -i any`)", cookedV2(2, [office.address]), LinkType.cookedV2),
	link("raw", "Raw IP", raw, LinkType.raw),
	link("null", "BSD loopback", nullLoop, 0),
	link("ppp", "PPP with its HDLC-like header", ppp, 9),
	link("pppoe", "PPPoE", pppoe, LinkType.ethernet),
	link("mpls", "Two MPLS labels", mpls, LinkType.ethernet),
	{
		name: "links/unsupported",
		shows: "A link type that is not decoded: said, never silent",
		build() {
			const recording = new Recording(this.name, "2026-03-02T12:50:00Z");
			for (let i = 0; i < 5; i++) recording.add(i, zeros(40));
			return classic(this.name, recording, HOSTS, LinkType.user0);
		},
	},
];

/** Frames cut to a snaplen keep their length on the wire, which `pcapFile` cannot know. */
export function cut(frames: readonly Frame[], snaplen: number): Uint8Array {
	const file = pcapFile(
		frames.map((frame) => ({ ...frame, bytes: frame.bytes.subarray(0, snaplen) })),
		LinkType.ethernet,
	);
	let position = 24;
	for (const { bytes } of frames) {
		new DataView(file.buffer, file.byteOffset).setUint32(position + 12, bytes.length, true);
		position += 16 + Math.min(snaplen, bytes.length);
	}
	return file;
}

export const snaplen: Scene = {
	name: "snaplen",
	shows: "Packets cut after 60 bytes: headers are enough for the flows, the payload's start for its protocol",
	build() {
		const recording = new Recording(this.name, "2026-03-02T13:00:00Z");
		session(new Wire(recording, ethernet()), 0, 49850);
		const frames = recording.frames();
		const file = "snaplen.pcap";
		return { files: { [file]: cut(frames, 60) }, truth: truthOf(file, frames, recording, HOSTS) };
	},
};
