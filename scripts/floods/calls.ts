import { join, text, u16, u32 } from "../captures/bytes.ts";
import { receiverReport, rtcp } from "../captures/payloads/media.ts";
import { Random } from "../captures/random.ts";
import type { Flood } from "./flood.ts";

const PHONE = 0x0a000002;
const SERVER = 0x0a000001;
const SIP = 5060;
/** Codecs and candidates of a description that is as large as those that are kept. */
const CODECS = 32;

/** What fills the tables of calls and media: SIP, SDP, RTP, RTCP. */
export const CALLS: readonly Flood[] = [
	{
		name: "sip-invites",
		what: "SIP INVITEs, each of a call of its own whose media never comes",
		write: (out, count) => {
			for (let n = 0; n < count; n++) out.send(toServer(n), invite(n, audio(n)));
		},
	},
	{
		name: "sip-invites-refused",
		what: "SIP INVITEs, each of a call of its own, all refused",
		write: (out, count) => {
			for (let n = 0; out.packets < count; n++) {
				out.send(toServer(n), invite(n, audio(n)));
				out.send(toPhone(n), sip("INVITE", n, [], "SIP/2.0 403 Forbidden"));
			}
		},
	},
	{
		name: "sip-large-offers",
		what: "SIP INVITEs whose descriptions have 16 streams of 32 codecs and 32 candidates",
		write: (out, count) => {
			for (let n = 0; n < count; n++) out.send(toServer(n), invite(n, large(n)));
		},
	},
	{
		name: "sip-registers",
		what: "SIP REGISTERs of ever new users, never answered",
		write: (out, count) => {
			for (let n = 0; n < count; n++) out.send(toServer(n), sip("REGISTER", n, []));
		},
	},
	{
		name: "sip-refused",
		what: "SIP REGISTERs of ever new users, all refused",
		write: (out, count) => {
			for (let n = 0; out.packets < count; n++) {
				out.send(toServer(n), sip("REGISTER", n, []));
				out.send(toPhone(n), sip("REGISTER", n, [], "SIP/2.0 403 Forbidden"));
			}
		},
	},
	{
		name: "sip-headers",
		what: "SIP messages with 4,000 headers each",
		write: (out, count) => {
			const headers = Array.from({ length: 4000 }, (_, n) => `X-${n}: v`);
			for (let n = 0; n < count; n++) out.send(toServer(n), sip("OPTIONS", n, headers));
		},
	},
	{
		name: "sip-one-call",
		what: "INVITEs of one call, each with another media port",
		write: (out, count) => {
			for (let n = 0; n < count; n++) out.send(toServer(0), invite(0, audio(n)));
		},
	},
	{
		name: "rtp-sources",
		what: "RTP between two ports whose source changes every third packet",
		write: (out, count) => {
			const payload = new Uint8Array(160);
			for (let n = 0; n < count; n++) {
				const packet = join(0x80, 8, u16(n & 0xffff), u32(n * 160), u32(Math.floor(n / 3) * 2654435761), payload);
				out.send({ from: PHONE, to: SERVER, sourcePort: 46_750, port: 46_752 }, packet);
			}
		},
	},
	{
		name: "rtp-flows",
		what: "RTP flows of three packets each",
		write: (out, count) => {
			const payload = new Uint8Array(160);
			for (let n = 0; n < count; n++) {
				const flow = Math.floor(n / 3);
				const packet = join(0x80, 8, u16(n & 0xffff), u32(n * 160), u32(flow * 2654435761), payload);
				const to = SERVER + Math.floor(flow / 16_384);
				out.send({ from: PHONE, to, sourcePort: 46_750, port: 32_768 + 2 * (flow % 16_384) }, packet);
			}
		},
	},
	{
		name: "rtcp-noise",
		what: "RTCP reports on ever new sources",
		write: (out, count) => {
			const random = new Random("rtcp");
			for (let n = 0; n < count; n++) {
				const from = random.next();
				const packet = n % 2 === 0 ? rtcp(from) : receiverReport(from, random.next(), 1, 2, 3);
				out.send({ from: PHONE, to: SERVER, sourcePort: 46_751, port: 46_753 }, packet);
			}
		},
	},
];

function toServer(n: number) {
	return { from: PHONE + Math.floor(n / 60_000), to: SERVER, sourcePort: 1024 + (n % 60_000), port: SIP };
}

function toPhone(n: number) {
	const { from, to, sourcePort, port } = toServer(n);
	return { from: to, to: from, sourcePort: port, port: sourcePort };
}

function sip(method: string, n: number, lines: readonly string[], first = `${method} sip:10.0.0.1 SIP/2.0`, body = "") {
	const head = [
		first,
		`Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK${n}`,
		`From: <sip:user${n}@example.com>;tag=f${n}`,
		`To: <sip:${method === "REGISTER" ? `user${n}` : `called${n}`}@example.com>`,
		`Call-ID: call-${n}@10.0.0.2`,
		`CSeq: 1 ${method}`,
		"Contact: <sip:10.0.0.2:5060>",
		...lines,
		`Content-Length: ${body.length}`,
	];
	return text(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function invite(n: number, description: string): Uint8Array {
	return sip("INVITE", n, ["Content-Type: application/sdp"], undefined, description);
}

function audio(n: number): string {
	return description(n, [`m=audio ${1024 + 2 * (n % 30_000)} RTP/AVP 8 0 101`, "a=rtpmap:101 telephone-event/8000"]);
}

function large(n: number): string {
	const types = Array.from({ length: CODECS }, (_, type) => 96 + (type % 32));
	const streams = Array.from({ length: 16 }, (_, stream) => [
		`m=audio ${1024 + ((n * 16 + stream) % 60_000)} RTP/AVP ${types.join(" ")}`,
		...types.map((type) => `a=rtpmap:${type} codec-${n}-${stream}-${type}/8000`),
		...Array.from(
			{ length: CODECS },
			(_, c) => `a=candidate:1 1 udp 1 10.${c}.${(n >> 8) & 255}.${n & 255} ${5000 + stream} typ host`,
		),
	]);
	return description(n, streams.flat());
}

function description(n: number, media: readonly string[]): string {
	const address = `10.${1 + ((n >> 16) & 127)}.${(n >> 8) & 255}.${n & 255}`;
	return ["v=0", `o=- ${n} 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", ...media, ""].join("\r\n");
}
