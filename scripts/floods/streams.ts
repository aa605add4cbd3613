import { text } from "../captures/bytes.ts";
import { Flag } from "../captures/packets.ts";
import type { Flood } from "./flood.ts";
import type { Recorder } from "./recorder.ts";

const CLIENT = 0x0a100000;
const SERVER = 0x0a000001;
const FIRST = 1000;

/** What fills the waiting rooms of TCP streams. */
export const STREAMS: readonly Flood[] = [
	{
		name: "tcp-holes",
		what: "connections whose second segment never comes, with 1,400 bytes behind the hole",
		write(out, count) {
			const bytes = new Uint8Array(1400).fill(0x41);
			for (let n = 0; out.packets < count; n++) {
				open(out, n, 80);
				say(out, n, 80, 0, text("GET / HTTP/1.1\r\n"));
				for (let segment = 0; segment < 10; segment++) say(out, n, 80, 2000 + 1400 * segment, bytes);
			}
		},
	},
	{
		name: "tcp-tiny",
		what: "one stream in segments of one byte, every two of them swapped",
		write(out, count) {
			const bytes = text("INVITE sip:10.0.0.1 SIP/2.0\r\n");
			open(out, 0, 5060);
			for (let n = 0; out.packets < count; n++) {
				const place = n ^ 1;
				say(out, 0, 5060, place, bytes.subarray(Math.min(place, 28), Math.min(place, 28) + 1));
			}
		},
	},
	{
		name: "tcp-tiny-many",
		what: "streams of SIP in segments of one byte, each of a message that never ends",
		write: (out, count) => endless(out, count, 5060, "INVITE sip:10.0.0.1 SIP/2.0\r\n", "X: y\r\n"),
	},
	{
		name: "tcp-endless-http",
		what: "streams of HTTP in segments of one byte, each of a head that never ends",
		write: (out, count) => endless(out, count, 80, "GET / HTTP/1.1\r\n", "X: y\r\n"),
	},
	{
		name: "tcp-endless-tls",
		what: "streams of TLS in segments of one byte, each of one record",
		write: (out, count) => endless(out, count, 443, "\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03", "abcdef"),
	},
	{
		name: "tcp-endless-lines",
		what: "streams of SMTP in segments of one byte, each of a line that never ends",
		write: (out, count) => endless(out, count, 25, "EHLO ", "abcdef"),
	},
];

/** Sixteen streams in turn, a byte at a time. */
function endless(out: Recorder, count: number, port: number, head: string, repeated: string): void {
	const bytes = text(head + repeated.repeat(3000));
	for (let round = 0; out.packets < count; round++) {
		for (let n = 0; n < 16; n++) open(out, 16 * round + n, port);
		for (let at = 0; at < 16_384 && out.packets < count; at++)
			for (let n = 0; n < 16; n++) say(out, 16 * round + n, port, at, bytes.subarray(at, at + 1));
	}
}

function open(out: Recorder, n: number, port: number): void {
	const client = CLIENT + n;
	out.send({ from: client, to: SERVER, sourcePort: 40_000, port, flags: Flag.syn, sequence: FIRST - 1 });
	const answer = { flags: Flag.syn | Flag.ack, sequence: 499, acknowledgement: FIRST };
	out.send({ from: SERVER, to: client, sourcePort: port, port: 40_000, ...answer });
}

function say(out: Recorder, n: number, port: number, place: number, bytes: Uint8Array): void {
	const numbers = { sequence: FIRST + place, acknowledgement: 500 };
	out.send({ from: CLIENT + n, to: SERVER, sourcePort: 40_000, port, flags: Flag.psh | Flag.ack, ...numbers }, bytes);
}
