import { Flag } from "../captures/packets.ts";
import { Random } from "../captures/random.ts";
import type { Flood } from "./flood.ts";
import { address6, type Fragment, type Headers, type Recorder } from "./recorder.ts";

const HOST = 0x0a000001;
const ATTACKER = 0x0a000909;

/** What fills the flow table, and what the table's hash must stand. */
export const NETWORK: readonly Flood[] = [
	{
		name: "syn-spoofed",
		what: "SYNs of ever new sources to one port",
		write(out, count) {
			const random = new Random("syn");
			for (let n = 0; n < count; n++)
				out.send({
					from: random.next(),
					to: HOST,
					sourcePort: random.between(1024, 65_535),
					port: 443,
					flags: Flag.syn,
				});
		},
	},
	{
		name: "syn-answered",
		what: "SYNs of ever new sources, each answered by a SYN-ACK",
		write(out, count) {
			const random = new Random("syn");
			for (let n = 0; n < count; n += 2) {
				const [client, port] = [random.next(), random.between(1024, 65_535)];
				out.send({ from: client, to: HOST, sourcePort: port, port: 443, flags: Flag.syn, sequence: n });
				const acknowledgement = n + 1;
				out.send({ from: HOST, to: client, sourcePort: 443, port, flags: Flag.syn | Flag.ack, acknowledgement });
			}
		},
	},
	{
		name: "scan-vertical",
		what: "a scan of all TCP ports of one host after the other, half of them refused",
		write: (out, count) => scan(out, count, (n) => [HOST + Math.floor(n / 65_535), 1 + (n % 65_535)]),
	},
	{
		name: "scan-horizontal",
		what: "a scan of one TCP port of many hosts, half of them refuse",
		write: (out, count) => scan(out, count, (n) => [0x0b000000 + n, 443]),
	},
	{
		name: "scan-udp",
		what: "a scan of the UDP ports of one host after the other",
		write(out, count) {
			for (let n = 0; n < count; n++)
				out.send({ from: ATTACKER, to: HOST + Math.floor(n / 65_535), sourcePort: 40_000, port: 1 + (n % 65_535) });
		},
	},
	{
		name: "collide-6",
		what: "IPv6 sources that differ in the upper bits of their words",
		write(out, count) {
			const to = address6(0x20010db8, 0, 0, 1);
			for (let n = 0; n < count; n++) {
				const from = address6(nibble(n), nibble(n >> 4), nibble(n >> 8), nibble(n >> 12) | (n >> 16));
				out.send({ from, to, sourcePort: 1000, port: 443, flags: Flag.syn });
			}
		},
	},
	{
		name: "collide-4",
		what: "IPv4 ends that differ in the upper bits of their addresses",
		write(out, count) {
			for (let n = 0; n < count; n++) {
				const [from, to] = [((n & 0xff) << 24) | 0x10101, ((n & 0xff00) << 16) | 0x20202];
				out.send({ from, to, sourcePort: 1000 + (n >> 16), port: 443, flags: Flag.syn });
			}
		},
	},
	{
		name: "collide-sum",
		what: "ends of which one's port grows as the other's falls",
		write(out, count) {
			for (let n = 0; n < count; n++)
				out.send({
					from: HOST + (n >> 15),
					to: HOST,
					sourcePort: n & 0x7fff,
					port: 0xffff - (n & 0x7fff),
					flags: Flag.syn,
				});
		},
	},
	{
		name: "collide-vlans",
		what: "one conversation on ever new pairs of VLAN tags",
		write(out, count) {
			for (let n = 0; n < count; n++) out.send({ from: HOST + 1, to: HOST, sourcePort: 1000, port: 5060, vlans: n });
		},
	},
	{
		name: "fragments-first",
		what: "first IPv4 fragments whose others never come",
		write: (out, count) => fragments(out, count, (n) => [v4(n), { id: n, offset: 0, more: true }]),
	},
	{
		name: "fragments-later",
		what: "later IPv4 fragments whose first one never comes",
		write: (out, count) => fragments(out, count, (n) => [v4(n), { id: n, offset: 185, more: true }]),
	},
	{
		name: "fragments-6",
		what: "IPv6 fragments, first and later ones, none complete",
		write: (out, count) => fragments(out, count, (n) => [v6(n), { id: n >> 1, offset: (n & 1) * 185, more: true }]),
	},
	{
		name: "fragments-overlap",
		what: "overlapping fragments under one identification, from one source",
		write: (out, count) => fragments(out, count, (n) => [v4(0), { id: 7, offset: n % 185, more: true }]),
	},
];

function nibble(n: number): number {
	return (n & 0xf) << 28;
}

function v4(n: number): Headers {
	return { from: 0x0a100000 + (n & 0xffff), to: HOST, sourcePort: 1024 + (n >> 16), port: 5060 };
}

function v6(n: number): Headers {
	return {
		from: address6(0x20010db8, 0, n >> 17, n >> 1),
		to: address6(0x20010db8, 0, 0, 1),
		sourcePort: 1024,
		port: 5060,
	};
}

function fragments(out: Recorder, count: number, of: (n: number) => [Headers, Fragment]): void {
	for (let n = 0; n < count; n++) out.fragment(...of(n), 64);
}

function scan(out: Recorder, count: number, target: (n: number) => [address: number, port: number]): void {
	for (let n = 0; out.packets < count; n++) {
		const [to, port] = target(n);
		out.send({ from: ATTACKER, to, sourcePort: 40_000, port, flags: Flag.syn, sequence: 1 });
		if (n % 2 === 0)
			out.send({
				from: to,
				to: ATTACKER,
				sourcePort: port,
				port: 40_000,
				flags: Flag.rst | Flag.ack,
				acknowledgement: 2,
			});
	}
}
