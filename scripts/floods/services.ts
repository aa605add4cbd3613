import { u16 } from "../captures/bytes.ts";
import { Flag } from "../captures/packets.ts";
import { dhcp, dns } from "../captures/payloads/services.ts";
import { ack, data, request } from "../captures/payloads/tftp.ts";
import { clientHello } from "../captures/payloads/tls.ts";
import { Random } from "../captures/random.ts";
import { certificateMessage } from "./certificate.ts";
import type { Flood } from "./flood.ts";
import type { Recorder } from "./recorder.ts";

const CLIENT = 0x0a000002;
const SERVER = 0x0a000001;
const RESOLVER = 0x0a000035;
const EVERYBODY = 0xffffffff;

/** What fills the tables of services: TFTP, DNS, DHCP, TLS. */
export const SERVICES: readonly Flood[] = [
	{
		name: "tftp-silent-one",
		what: "TFTP read requests to one server that never answers",
		write: (out, count) => readRequests(out, count, () => SERVER),
	},
	{
		name: "tftp-silent-many",
		what: "TFTP read requests to ever new servers that never answer",
		write: (out, count) => readRequests(out, count, (n) => SERVER + n),
	},
	{
		name: "tftp-broadcast",
		what: "TFTP broadcasts of one host, and write requests in answer to them",
		write(out, count) {
			for (let n = 0; out.packets < count; n++) {
				const file = request(1, `file${n % 1000}`);
				out.send({ from: CLIENT, to: 0x0a0000ff, sourcePort: 1024 + (n % 60_000), port: 69 }, file);
				const answer = request(2, `file${n % 1000}`);
				out.send({ from: 0x0a010000 + n, to: CLIENT, sourcePort: 2000, port: 69 }, answer);
			}
		},
	},
	{
		name: "tftp-retransmits",
		what: "one TFTP transfer whose block 1 is sent again without end",
		write(out, count) {
			out.send({ from: CLIENT, to: SERVER, sourcePort: 3000, port: 69 }, request(1, "46xxsettings.txt"));
			const block = data(1, new Uint8Array(512));
			while (out.packets < count) {
				out.send({ from: SERVER, to: CLIENT, sourcePort: 4000, port: 3000 }, block);
				out.send({ from: CLIENT, to: SERVER, sourcePort: 3000, port: 4000 }, ack(1));
			}
		},
	},
	{
		name: "tftp-holes",
		what: "TFTP transfers whose block numbers leave out as many as they can",
		write(out, count) {
			for (let n = 0; out.packets < count; n++) {
				const port = 1024 + (n % 60_000);
				const client = CLIENT + Math.floor(n / 60_000);
				out.send({ from: client, to: SERVER, sourcePort: port, port: 69 }, request(1, "file"));
				for (const block of [1, 0x7fff, 0xfffe])
					out.send({ from: SERVER, to: client, sourcePort: 4000, port }, data(block, new Uint8Array(512)));
			}
		},
	},
	{
		name: "dns-silent",
		what: "DNS queries for random names, never answered",
		write(out, count) {
			const random = new Random("dns");
			for (let n = 0; n < count; n++) {
				const query = dns(n & 0xffff, `${random.digits(24)}.example.com`);
				out.send({ from: CLIENT + (n >> 12), to: RESOLVER, sourcePort: random.between(1024, 65_535), port: 53 }, query);
			}
		},
	},
	{
		name: "dns-answers",
		what: "DNS answers, each with a long name and an address of its own",
		write(out, count) {
			const random = new Random("dns");
			for (let n = 0; n < count; n++) {
				const name = `${random.digits(60)}.${random.digits(60)}.${random.digits(60)}.example.com`;
				const address = [10 + (n >>> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255].join(".");
				out.send(
					{ from: RESOLVER, to: CLIENT, sourcePort: 53, port: 1024 + (n % 60_000) },
					dns(n & 0xffff, name, address),
				);
			}
		},
	},
	{
		name: "dns-missing",
		what: "DNS answers that there is no such name, each to another one",
		write(out, count) {
			const random = new Random("dns");
			for (let n = 0; n < count; n++) {
				const answer = dns(n & 0xffff, `${random.digits(60)}.example.com`);
				answer.set(u16(0x8183), 2);
				out.send({ from: RESOLVER, to: CLIENT, sourcePort: 53, port: 1024 + (n % 60_000) }, answer);
			}
		},
	},
	{
		name: "dhcp-random",
		what: "DHCP discovers of random clients, each with a transaction of its own",
		write(out, count) {
			const random = new Random("dhcp");
			for (let n = 0; n < count; n++) {
				const discover = dhcp(1, random.bytes(6), 1);
				discover.set(random.bytes(4), 4);
				out.send({ from: 0, to: EVERYBODY, sourcePort: 68, port: 67 }, discover);
			}
		},
	},
	{
		name: "tls-hellos",
		what: "TLS client hellos with a random server name each, on a connection of its own",
		write(out, count) {
			const random = new Random("tls");
			for (let n = 0; out.packets < count; n++) {
				const hello = clientHello(random, `${random.digits(60)}.${random.digits(60)}.${random.digits(60)}.example.com`);
				connect(out, n, hello, undefined);
			}
		},
	},
	{
		name: "tls-certificates",
		what: "TLS servers with a random certificate each, sixteen long names in it",
		write(out, count) {
			const random = new Random("tls");
			for (let n = 0; out.packets < count; n++)
				connect(out, n, clientHello(random, `${random.digits(60)}.example.com`), certificateMessage(random));
		},
	},
];

function readRequests(out: Recorder, count: number, server: (n: number) => number): void {
	for (let n = 0; n < count; n++) {
		const from = CLIENT + Math.floor(n / 60_000);
		out.send({ from, to: server(n), sourcePort: 1024 + (n % 60_000), port: 69 }, request(1, `file-${n}.bin`));
	}
}

/** A connection of its own for each `n`: handshake, what the client says, what the server says. */
function connect(out: Recorder, n: number, hello: Uint8Array, answer: Uint8Array | undefined): void {
	const there = { from: 0x0a100000 + n, to: SERVER, sourcePort: 40_000, port: 443 };
	const back = { from: SERVER, to: 0x0a100000 + n, sourcePort: 443, port: 40_000 };
	out.send({ ...there, flags: Flag.syn, sequence: 99 });
	out.send({ ...back, flags: Flag.syn | Flag.ack, sequence: 499, acknowledgement: 100 });
	out.send({ ...there, flags: Flag.psh | Flag.ack, sequence: 100, acknowledgement: 500 }, hello);
	if (answer)
		out.send({ ...back, flags: Flag.psh | Flag.ack, sequence: 500, acknowledgement: 100 + hello.length }, answer);
}
