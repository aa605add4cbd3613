import { join, lines, text } from "../bytes.ts";

export interface SipParty {
	readonly user: string;
	readonly address: string;
	readonly port: number;
}

export interface SipRequest {
	readonly method: string;
	readonly from: SipParty;
	readonly to: SipParty;
	readonly callId: string;
	readonly transport?: "UDP" | "TCP";
	readonly agent?: string;
	readonly sequence?: number;
	readonly body?: Uint8Array;
}

/** A SIP request (RFC 3261, 7.1). */
export function sipRequest({
	method,
	from,
	to,
	callId,
	transport = "UDP",
	agent,
	sequence = 1,
	body,
}: SipRequest): Uint8Array {
	return join(
		lines(
			`${method} sip:${to.user}@${to.address}:${to.port} SIP/2.0`,
			`Via: SIP/2.0/${transport} ${from.address}:${from.port};branch=z9hG4bK${callId.slice(0, 8)}${sequence}`,
			"Max-Forwards: 70",
			...common(method, from, to, callId, sequence),
			`Contact: <sip:${from.user}@${from.address}:${from.port}>`,
			...(agent ? [`User-Agent: ${agent}`] : []),
			...bodyHeaders(body),
		),
		body ?? text(""),
	);
}

/** The answer to a request. */
export function sipResponse(status: string, request: SipRequest, server?: string, body?: Uint8Array): Uint8Array {
	const { method, from, to, callId, transport = "UDP", sequence = 1 } = request;
	return join(
		lines(
			`SIP/2.0 ${status}`,
			`Via: SIP/2.0/${transport} ${from.address}:${from.port};branch=z9hG4bK${callId.slice(0, 8)}${sequence}`,
			...common(method, from, to, callId, sequence),
			...(server ? [`Server: ${server}`] : []),
			...bodyHeaders(body),
		),
		body ?? text(""),
	);
}

/** A session description that offers one audio stream (RFC 8866). */
export function sdp(address: string, port: number): Uint8Array {
	return lines(
		"v=0",
		`o=- 1 1 IN IP4 ${address}`,
		"s=-",
		`c=IN IP4 ${address}`,
		"t=0 0",
		`m=audio ${port} RTP/AVP 8 0 101`,
		"a=rtpmap:8 PCMA/8000",
		"a=rtpmap:101 telephone-event/8000",
	);
}

function common(method: string, from: SipParty, to: SipParty, callId: string, sequence: number): string[] {
	return [
		`From: <sip:${from.user}@${from.address}>;tag=${callId.slice(0, 6)}`,
		`To: <sip:${to.user}@${to.address}>`,
		`Call-ID: ${callId}`,
		`CSeq: ${sequence} ${method}`,
	];
}

function bodyHeaders(body: Uint8Array | undefined): string[] {
	return [...(body ? ["Content-Type: application/sdp"] : []), `Content-Length: ${body?.length ?? 0}`, ""];
}
