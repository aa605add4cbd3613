import { text } from "../bytes.ts";
import type { UdpConversation } from "../conversation.ts";
import { endText } from "../network.ts";
import { rtpPacket } from "../payloads/media.ts";
import { type SipParty, type SipRequest, sipRequest, sipResponse } from "../payloads/sip.ts";
import type { Random } from "../random.ts";
import type { Side } from "../recording.ts";
import type { StreamTruth } from "../truth.ts";

/** What can send a message from either side and move its clock: a UDP conversation or a TCP connection. */
export interface Carrier {
	client(data: Uint8Array): unknown;
	server(data: Uint8Array): unknown;
}

/** A SIP dialogue whose caller is the client of its conversation. */
export class Dialogue {
	readonly #carrier: Carrier;
	readonly #request: SipRequest;
	readonly #tag: string;
	/** What the called side names itself. */
	readonly #server: string;
	#sequence = 0;

	constructor(
		carrier: Carrier,
		from: SipParty,
		to: SipParty,
		callId: string,
		transport: SipRequest["transport"] = "UDP",
		server = "IP Office 12.0.0.0.0 build 56",
	) {
		this.#carrier = carrier;
		this.#server = server;
		this.#tag = `${callId.slice(0, 4)}9f`;
		this.#request = { method: "INVITE", from, to, callId, transport };
	}

	/** What the caller asks; `change` is asked within the dialogue. */
	ask(method: string, body?: Uint8Array, detail: Partial<SipRequest> = {}): this {
		if (method !== "ACK" && method !== "CANCEL") this.#sequence++;
		this.#carrier.client(sipRequest(this.#message(method, body, detail)));
		return this;
	}

	/** The same request once more, as after a time-out. */
	again(method: string, body?: Uint8Array): this {
		this.#carrier.client(sipRequest(this.#message(method, body, {})));
		return this;
	}

	/** What the called side answers. */
	answer(status: string, body?: Uint8Array, method = "INVITE"): this {
		const request = this.#message(method, undefined, status.startsWith("100") ? {} : { toTag: this.#tag });
		this.#carrier.server(sipResponse(status, request, this.#server, body));
		return this;
	}

	/** Set-up of a call that is answered at once: INVITE, 100, 180, 200, ACK. */
	setUp(offer: Uint8Array, answer: Uint8Array): this {
		this.ask("INVITE", offer).answer("100 Trying").answer("180 Ringing").answer("200 OK", answer);
		return this.inside("ACK");
	}

	/** A request of the caller inside the dialogue. */
	inside(method: string, body?: Uint8Array): this {
		return this.ask(method, body, { toTag: this.#tag });
	}

	/** What the called side asks inside the dialogue, and the caller's answer. */
	calledAsks(method: string, body?: Uint8Array, answer?: Uint8Array): this {
		const { from, to, callId, transport = "UDP" } = this.#request;
		const tags = { fromTag: this.#tag, toTag: callId.slice(0, 6) };
		const request = { method, from: to, to: from, callId, transport, sequence: 100, ...tags };
		this.#carrier.server(sipRequest(body ? { ...request, body } : request));
		this.#carrier.client(sipResponse("200 OK", request, undefined, answer));
		if (method === "INVITE") this.#carrier.server(sipRequest({ ...request, method: "ACK" }));
		return this;
	}

	hangUp(): this {
		return this.inside("BYE").answer("200 OK", undefined, "BYE");
	}

	#message(method: string, body: Uint8Array | undefined, detail: Partial<SipRequest>): SipRequest {
		return { ...this.#request, method, sequence: this.#sequence, ...(body ? { body } : {}), ...detail };
	}
}

/** How one side's voice goes over the wire. */
export interface Voice {
	readonly side: Side;
	readonly source: number;
	/** Payload type, G.729 by default. */
	readonly type?: number;
	/** Seconds since the recording's start. */
	readonly at: number;
	readonly packets: number;
	/** First sequence number. */
	readonly sequence?: number;
	/** Places (from 0) of packets that are lost, sent twice, or come after the next one. */
	readonly lost?: readonly number[];
	readonly twice?: readonly number[];
	readonly late?: readonly number[];
	/** Digits sent as events after the voice; each takes three packets. */
	readonly digits?: number;
}

const PACKET = 0.02;
/** Time stamp units of a packet: 20 ms at 8000 Hz. */
const UNITS = 160;
const DIGIT_TYPE = 101;

/** Sends voice, 50 packets a second; returns what is to be found of it. */
export function speak(media: UdpConversation, random: Random, voice: Voice): Omit<StreamTruth, "codec" | "srtp"> {
	const { side, source, type = 18, at, packets, sequence = 1000, lost = [], twice = [], late = [], digits = 0 } = voice;
	const payload = () => random.bytes(type === 18 ? 20 : 40);
	let sent = 0;
	const send = (place: number, n: number, data: { type: number; timestamp: number; payload: Uint8Array }) => {
		media.sendAt(
			at + place * PACKET,
			side,
			rtpPacket({ sequence: sequence + n, source, marker: n === 0, ...data }),
			0xb8,
		);
		sent++;
	};
	for (let n = 0; n < packets; n++) {
		if (lost.includes(n)) continue;
		const data = { type, timestamp: (sequence + n) * UNITS, payload: payload() };
		send(late.includes(n) ? n + 1.5 : n, n, data);
		if (twice.includes(n)) send(n + 0.01, n, data);
	}
	for (let digit = 0; digit < digits; digit++) {
		const timestamp = (sequence + packets + 8 * digit) * UNITS;
		for (let n = 0; n < 3; n++) {
			const place = packets + 3 * digit + n;
			const event = Uint8Array.of(digit + 1, n === 2 ? 0x8a : 0x0a, 0, 160 * (n + 1));
			send(place, place, { type: DIGIT_TYPE, timestamp, payload: event });
		}
	}
	const [from, to] =
		side === "client" ? [media.flow.client, media.flow.server] : [media.flow.server, media.flow.client];
	return {
		from: endText(from),
		to: endText(to),
		packets: sent,
		lost: lost.length,
		duplicates: twice.length,
		reordered: late.length,
	};
}

/** A body in two parts (RFC 2046, 5.1), the session description second. */
export function multipart(description: Uint8Array): { body: Uint8Array; contentType: string } {
	const boundary = "unique-boundary-1";
	const head = `--${boundary}\r\nContent-Type: text/plain\r\n\r\nfirst part\r\n--${boundary}\r\nContent-Type: application/sdp\r\n\r\n`;
	const body = Buffer.concat([text(head), description, text(`--${boundary}--\r\n`)]);
	return { body, contentType: `multipart/mixed;boundary=${boundary}` };
}
