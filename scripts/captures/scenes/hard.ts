/** Files that are hard to read: damaged, cut, fragmented, hostile. */
import { join, text } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet, LinkType } from "../link.ts";
import { at, BROADCAST, endText, host, unaddressed } from "../network.ts";
import { IpProtocol, ipv4Fragments, ipv6Fragments, udpDatagram } from "../packets.ts";
import { dhcp, httpGet, httpOk, snmp, syslog } from "../payloads/services.ts";
import { sipRequest, sipResponse } from "../payloads/sip.ts";
import { ack, data, request } from "../payloads/tftp.ts";
import { clientHello, serverHello } from "../payloads/tls.ts";
import { pcapFile } from "../pcap.ts";
import { damagedPacketBlock, interfaceBlock, packetBlock, sectionHeader } from "../pcapng.ts";
import { Recording } from "../recording.ts";
import { classic, type Scene, truthOf } from "../scene.ts";
import { matched } from "../truth.ts";

const office = host("10.0.0.1", "00:e0:07:00:00:01");
const office6 = host("2001:db8::1", "00:e0:07:00:00:01");
const manager = host("10.0.0.2", "00:1b:21:00:00:02");
const manager6 = host("2001:db8::2", "00:1b:21:00:00:02");
const HOSTS = { ipo: [office.address] };
const management = matched("IPO-IN-8", "network management");

function questions(name: string, count: number): Recording {
	const recording = new Recording(name, "2026-03-02T14:00:00Z");
	const wire = new Wire(recording, ethernet());
	for (let i = 0; i < count; i++)
		wire
			.udp({ at: i, client: at(manager, 49900 + i), server: at(office, 161), verdict: management })
			.client(snmp(0xa0))
			.server(snmp(0xa2));
	return recording;
}

export const cutOff: Scene = {
	name: "cut-off",
	shows: "A file that ends inside its last packet",
	build() {
		const frames = questions(this.name, 3).frames();
		const whole = pcapFile(frames, LinkType.ethernet);
		const file = "cut-off.pcap";
		// The last packet is lost, so the last conversation has one side only.
		const truth = truthOf(file, frames.slice(0, -1), new Recording(this.name, "2026-03-02T14:00:00Z"), HOSTS);
		return { files: { [file]: whole.subarray(0, whole.length - 20) }, truth: { ...truth, problems: ["truncated"] } };
	},
};

export const damaged: Scene = {
	name: "damaged",
	shows: "A pcapng file with a packet whose length cannot be: said, and reading goes on behind it",
	build() {
		const frames = questions(this.name, 3).frames();
		const file = "damaged.pcapng";
		const blocks = frames.map((frame, i) => (i === 2 ? damagedPacketBlock(frame) : packetBlock(frame)));
		const head = join(
			sectionHeader("flowmatrix npm run captures"),
			interfaceBlock({ name: "eth0", linkType: LinkType.ethernet, resolution: 6 }),
		);
		const kept = frames.filter((_, i) => i !== 2);
		const truth = truthOf(file, kept, new Recording(this.name, "2026-03-02T14:00:00Z"), HOSTS);
		return { files: { [file]: join(head, ...blocks) }, truth: { ...truth, problems: ["corrupt"] } };
	},
};

export const nanoseconds: Scene = {
	name: "nanoseconds",
	shows: "A classic capture in big-endian byte order with nanoseconds",
	build() {
		const recording = questions(this.name, 1);
		const file = "nanoseconds.pcap";
		const frames = recording.frames();
		const swapped = new Uint8Array(pcapFile(frames, LinkType.ethernet));
		swap(swapped, 0, 4);
		swapped.set([0xa1, 0xb2, 0x3c, 0x4d], 0);
		for (const [place, size] of [
			[4, 2],
			[6, 2],
			[8, 4],
			[12, 4],
			[16, 4],
			[20, 4],
		] as const)
			swap(swapped, place, size);
		let position = 24;
		for (const { bytes } of frames) {
			const view = new DataView(swapped.buffer, position);
			view.setUint32(4, view.getUint32(4, true) * 1000 + 123, true);
			for (const place of [0, 4, 8, 12]) swap(swapped, position + place, 4);
			position += 16 + bytes.length;
		}
		return { files: { [file]: swapped }, truth: truthOf(file, frames, recording, HOSTS) };
	},
};

function swap(bytes: Uint8Array, place: number, size: number): void {
	bytes.subarray(place, place + size).reverse();
}

export const fragments: Scene = {
	name: "fragments",
	shows: "IPv4 and IPv6 fragments, one set out of order: later fragments count for the flow of the first",
	build() {
		const recording = new Recording(this.name, "2026-03-02T14:10:00Z");
		const wire = new Wire(recording, ethernet());
		const logs = matched("IPO-OUT-15", "a log message larger than a packet");
		const message = text(new TextDecoder().decode(syslog("x".repeat(3000))));
		const four = wire.flow({ at: 0, client: at(office, 49300), server: at(manager, 514), verdict: logs }, "udp");
		const datagram = udpDatagram(office.address, manager.address, [49300, 514], message);
		const inOrder = ipv4Fragments(office.address, manager.address, IpProtocol.udp, datagram, { id: 77, ttl: 64 }, 1480);
		for (const [i, packet] of inOrder.entries()) recording.addPacket(i * 0.001, four, "client", packet);
		// The last fragment overtakes the first.
		const late = wire.flow({ at: 1, client: at(office, 49301), server: at(manager, 514), verdict: logs }, "udp");
		const second = udpDatagram(office.address, manager.address, [49301, 514], message);
		const overtaken = ipv4Fragments(office.address, manager.address, IpProtocol.udp, second, { id: 78, ttl: 64 }, 1480);
		for (const [i, packet] of overtaken.reverse().entries()) recording.addPacket(1 + i * 0.001, late, "client", packet);
		const six = wire.flow({ at: 2, client: at(office6, 49302), server: at(manager6, 514), verdict: logs }, "udp");
		const third = udpDatagram(office6.address, manager6.address, [49302, 514], message);
		const sixth = ipv6Fragments(office6.address, manager6.address, IpProtocol.udp, third, { id: 79, ttl: 64 }, 1448);
		for (const [i, packet] of sixth.entries()) recording.addPacket(2 + i * 0.001, six, "client", packet);
		return classic(this.name, recording, { ipo: [office.address, office6.address] });
	},
};

/** What would act on a terminal, in a spreadsheet, in a browser or in Markdown. */
const HOSTILE = [
	"\x1b[31mred\x1b[0m",
	'=HYPERLINK("http://198.51.100.66/")',
	"<script>alert(1)</script>",
	"|evil|`x`|",
	"\u0085\u009b31m",
	"@SUM(A1)",
];

export const hostileNames: Scene = {
	name: "hostile-names",
	shows: "Terminal escapes, spreadsheet formulas and HTML in file names, hosts, server names and SIP agents",
	build() {
		const recording = new Recording(this.name, "2026-03-02T14:20:00Z");
		const wire = new Wire(recording, ethernet());
		const { random } = recording;
		HOSTILE.forEach((name, i) => {
			const verdict = matched("IPO-IN-5", "a TFTP file with a hostile name");
			const client = at(manager, 2800 + i);
			const answers = at(office, 4800 + i);
			const file = name.replaceAll(/\p{Cc}/gu, "");
			wire.udp({ at: i, client, server: at(office, 69), verdict }).client(request(1, file));
			wire
				.udp({ at: i + 0.01, client, server: answers, verdict })
				.server(data(1, text("x")))
				.client(ack(1));
			recording.transfers.push({
				client: endText(client),
				server: endText(answers),
				file,
				style: "rfc1350",
				direction: "read",
				bytes: 1,
				complete: true,
				row: "IPO-IN-5",
				retransmits: 0,
				error: null,
			});
			wire
				.tcp({
					at: i + 0.1,
					client: at(manager, 49700 + i),
					server: at(office, 80),
					verdict: matched("IPO-IN-6", "a hostile Host header"),
				})
				.open()
				.client(httpGet("/", name, name))
				.server(httpOk(name, "x"))
				.close();
			wire
				.tcp({
					at: i + 0.2,
					client: at(manager, 49800 + i),
					server: at(office, 443),
					verdict: matched("IPO-IN-10", "a hostile server name"),
				})
				.open()
				.client(clientHello(random, name))
				.server(serverHello(random))
				.close();
			const register = {
				method: "REGISTER",
				from: { user: "x", address: manager.address, port: 5070 + i },
				to: { user: "x", address: office.address, port: 5060 },
				callId: `h${i}abcdef`,
				agent: name,
			};
			wire
				.udp({
					at: i + 0.3,
					client: at(manager, 5070 + i),
					server: at(office, 5060),
					verdict: matched("IPO-IN-19", "a hostile user agent"),
				})
				.client(sipRequest(register))
				.server(sipResponse("200 OK", register, name));
		});
		return classic(this.name, recording, HOSTS);
	},
};

export const addresses: Scene = {
	name: "dhcp-bootp",
	shows: "DHCP by broadcast and through a relay, and BOOTP: told apart by option 53, tied to the host that answers",
	build() {
		const recording = new Recording(this.name, "2026-03-02T14:30:00Z");
		const wire = new Wire(recording, ethernet());
		const phone = host("10.0.0.103", "00:04:0d:00:01:03");
		const unit = host("10.0.0.200", "00:e0:07:00:02:00");
		const lease = matched("IPO-IN-3", "IP Office is the DHCP server");
		wire
			.udp({ at: 0, client: at(unaddressed(phone), 68), server: at(BROADCAST, 67), verdict: lease })
			.client(dhcp(1, phone.mac, 1))
			.wait(0.5)
			.client(dhcp(1, phone.mac, 3));
		wire
			.udp({ at: 0.2, client: at(BROADCAST, 68), server: at(office, 67), verdict: lease })
			.server(dhcp(2, phone.mac, 2, phone.address, office.address))
			.wait(0.5)
			.server(dhcp(2, phone.mac, 5, phone.address, office.address));
		wire
			.udp({
				at: 2,
				client: at(unit, 68),
				server: at(office, 67),
				verdict: matched("IPO-IN-4", "BOOTP has no option 53"),
			})
			.client(dhcp(1, unit.mac, undefined))
			.server(dhcp(2, unit.mac, undefined, unit.address));
		return classic(this.name, recording, HOSTS);
	},
};
