import { rtpPacket } from "../../scripts/captures/payloads/media.ts";
import { analyse, datagram } from "./analyse.ts";
import { findingsOf } from "./findings.ts";
import type { Packet } from "./packet-builder.ts";

export const PHONE = "10.0.0.2";
export const PBX = "10.0.0.1";
export const SECOND = 1e9;

export const sdp = (address: string, port: number, ...lines: string[]) =>
	["v=0", `c=IN IP4 ${address}`, "t=0 0", `m=audio ${port} RTP/AVP 8`, ...lines, ""].join("\r\n");

export function sip(seconds: number, first: string, cseq: string, body = "", id = "x"): Packet {
	const isResponse = first.startsWith("SIP/2.0");
	const tag = first.startsWith("INVITE") ? "" : ";tag=B";
	const head = [first, "From: <sip:201@h>;tag=A", `To: <sip:200@h>${tag}`, `Call-ID: ${id}`, `CSeq: ${cseq}`, "", ""];
	const ends = [`${PHONE}:5060`, `${PBX}:5060`] as const;
	const [from, to] = isResponse ? [ends[1], ends[0]] : ends;
	return { packet: datagram(from, to, head.join("\r\n") + body), time: seconds * SECOND };
}

/** A call that is answered after a second. */
export interface Plan {
	readonly offer?: string;
	readonly answer?: string;
	/** Seconds from the answer to the BYE; none where there is no BYE. */
	readonly lasts?: number;
	readonly media?: readonly Packet[];
}

export function call({ offer = sdp(PHONE, 5004), answer = sdp(PBX, 46750), lasts = 5, media = [] }: Plan) {
	const packets = [
		sip(0, "INVITE sip:200@h SIP/2.0", "1 INVITE", offer),
		sip(1, "SIP/2.0 200 OK", "1 INVITE", answer),
		sip(1.1, "ACK sip:200@h SIP/2.0", "1 ACK"),
		...media,
		...(lasts > 0 ? [sip(1 + lasts, "BYE sip:200@h SIP/2.0", "2 BYE")] : []),
	];
	return findingsOf(analyse(packets));
}

/** A packet and its time, nanoseconds. */
export interface Timed {
	readonly packet: ReturnType<typeof datagram>;
	readonly time: number;
}

/** PCMA, or another type, from 1.2 s on, every 20 ms. */
export function voice(from: string, to: string, count: number, source = 7, type = 8): Timed[] {
	return Array.from({ length: count }, (_, n) => ({
		packet: datagram(
			from,
			to,
			rtpPacket({ sequence: n, timestamp: n * 160, source, type, payload: new Uint8Array(160) }),
		),
		time: (1.2 + n * 0.02) * SECOND,
	}));
}

export const there = (count = 40, from = `${PHONE}:5004`) => voice(from, `${PBX}:46750`, count, 7);
export const back = (count = 40, to = `${PHONE}:5004`) => voice(`${PBX}:46750`, to, count, 8);
export const elsewhere = () => voice("10.0.0.8:4000", "10.0.0.9:4000", 10, 99);
