import { addressText, parseAddress } from "../packet/address.ts";
import { lineEnd, nextLine, startsWith, textOf } from "./bytes.ts";

/** A media stream that signalling announces: where its sender wants to receive it. */
export interface AnnouncedMedia {
	readonly address: string;
	readonly port: number;
	/** By the names of `application.protocol`; `t38` is UDPTL. */
	readonly protocol: "rtp" | "rtcp" | "t38";
}

/** Media lines of one description that are read. */
const MAX_MEDIA = 16;
const LF = 10;
const CR = 13;

/**
 * The media of the SDP body (RFC 8866) of a SIP message: `m=` lines with a port, each at the address of its own `c=` line
 * or of the session's.
 */
export function parseSdp(data: Uint8Array, start: number, end: number): AnnouncedMedia[] {
	const media: { address: string; port: number; protocol: "rtp" | "t38" }[] = [];
	let session = "";
	let current: { address: string } | undefined;
	let isMedia = false;
	for (let at = bodyOf(data, start, end); at < end; at = nextLine(data, at, end)) {
		const last = lineEnd(data, at, end);
		if (startsWith(data, at, last, "c=IN IP")) {
			const address = addressOf(textOf(data, at + "c=IN IP4 ".length, last));
			if (current) current.address = address;
			else if (!isMedia) session = address;
		} else if (startsWith(data, at, last, "m=")) {
			if (media.length >= MAX_MEDIA) break;
			isMedia = true;
			const [, portText = "", transport = ""] = textOf(data, at + 2, last).split(" ");
			const port = Number(portText.split("/")[0]);
			const protocol = /udptl/i.test(transport) ? "t38" : /RTP\//.test(transport) ? "rtp" : undefined;
			current = undefined;
			if (!protocol || !(port > 0 && port <= 0xffff)) continue;
			const stream = { address: session, port, protocol } as const;
			media.push(stream);
			current = media.at(-1);
		}
	}
	return media.filter(({ address }) => address !== "");
}

/** Address of a `c=` line as flows write it, without time to live; empty where it is a name or nonsense. */
function addressOf(text: string): string {
	const parsed = parseAddress(text.trim().split("/")[0]!);
	return parsed ? addressText(parsed.version, ...parsed.words) : "";
}

/** First byte of a message's SDP body, or `end`: it follows an empty line and begins with `v=0`. */
function bodyOf(data: Uint8Array, start: number, end: number): number {
	for (let at = start; at + 4 < end; at++) {
		if (data[at] !== LF) continue;
		const body = data[at + 1] === CR && data[at + 2] === LF ? at + 3 : data[at + 1] === LF ? at + 2 : -1;
		if (body > 0) return startsWith(data, body, end, "v=0") ? body : end;
	}
	return end;
}
