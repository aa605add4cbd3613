import { SipMessage } from "../../src/protocol/sip-message.ts";
import { datagram } from "./analyse.ts";
import type { Packet } from "./packet-builder.ts";

/** A message between a client and a server, as far as a test sets it. */
export interface Message {
	/** Start line: `REGISTER sip:h SIP/2.0`, `SIP/2.0 200 OK`. */
	readonly first: string;
	/** `1 REGISTER`. */
	readonly cseq: string;
	readonly time: number;
	readonly client?: string;
	readonly server?: string;
	readonly id?: string;
	readonly from?: string;
	readonly to?: string;
	/** Sent-by and parameters of Via; the client's end by default. */
	readonly via?: string;
	/** Further header lines. */
	readonly lines?: readonly string[];
	readonly body?: string;
	/** The server asks, or the client answers. */
	readonly reversed?: boolean;
}

/** A SIP message in a datagram; time in seconds. */
export function sip(message: Message): Packet {
	const { first, cseq, time, client = "10.0.0.2:5060", server = "10.0.0.1:5060", id = "x", reversed = false } = message;
	const {
		from = "<sip:201@h>;tag=A",
		to = "<sip:200@h>",
		via = `${client};branch=z9hG4bK${cseq.replace(" ", "")}`,
	} = message;
	const head = [first, `Via: SIP/2.0/UDP ${via}`, `From: ${from}`, `To: ${to}`, `Call-ID: ${id}`, `CSeq: ${cseq}`];
	const text = [...head, ...(message.lines ?? []), "", message.body ?? ""].join("\r\n");
	const isAnswer = first.startsWith("SIP/2.0");
	const packet = isAnswer === reversed ? datagram(client, server, text) : datagram(server, client, text);
	return { packet, time: time * 1e9 };
}

/** A SIP message by itself; null for anything that does not begin as one does. */
export function parseSip(data: Uint8Array, from: number, end: number): SipMessage | null {
	const message = new SipMessage();
	return message.read(data, from, end) ? message : null;
}
