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
	/** Tags of From and To; From's follows from the Call-ID where none is given, To has none. */
	readonly fromTag?: string;
	readonly toTag?: string;
	/** `Content-Type` of the body. */
	readonly contentType?: string;
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
	fromTag,
	toTag,
	contentType,
}: SipRequest): Uint8Array {
	return join(
		lines(
			`${method} sip:${to.user}@${hostText(to.address)}:${to.port} SIP/2.0`,
			`Via: SIP/2.0/${transport} ${hostText(from.address)}:${from.port};branch=z9hG4bK${callId.slice(0, 8)}${sequence}`,
			"Max-Forwards: 70",
			...common(method, from, to, callId, sequence, fromTag, toTag),
			`Contact: <sip:${from.user}@${hostText(from.address)}:${from.port}>`,
			...(agent ? [`User-Agent: ${agent}`] : []),
			...bodyHeaders(body, contentType),
		),
		body ?? text(""),
	);
}

/** The answer to a request. */
export function sipResponse(status: string, request: SipRequest, server?: string, body?: Uint8Array): Uint8Array {
	const { method, from, to, callId, transport = "UDP", sequence = 1, fromTag, toTag } = request;
	return join(
		lines(
			`SIP/2.0 ${status}`,
			`Via: SIP/2.0/${transport} ${hostText(from.address)}:${from.port};branch=z9hG4bK${callId.slice(0, 8)}${sequence}`,
			...common(method, from, to, callId, sequence, fromTag, toTag),
			...(server ? [`Server: ${server}`] : []),
			...bodyHeaders(body),
		),
		body ?? text(""),
	);
}

/** What a session description offers beside PCMA and PCMU at an address and port. */
export interface SdpOptions {
	/** `RTP/AVP` by default. */
	readonly transport?: string;
	/** Payload types, in the order of preference; `8 0 101` by default. */
	readonly types?: string;
	/** Attribute lines of the stream, without `a=`. */
	readonly attributes?: readonly string[];
	/** `audio` by default. */
	readonly media?: string;
}

/** A session description that offers one stream (RFC 8866): audio, unless said otherwise. */
export function sdp(address: string, port: number, options: SdpOptions = {}): Uint8Array {
	const { transport = "RTP/AVP", types = "8 0 101", media = "audio", attributes } = options;
	const kind = address.includes(":") ? "IP6" : "IP4";
	return lines(
		"v=0",
		`o=- 1 1 IN ${kind} ${address}`,
		"s=-",
		`c=IN ${kind} ${address}`,
		"t=0 0",
		`m=${media} ${port} ${transport} ${types}`,
		...(attributes ?? ["rtpmap:8 PCMA/8000", "rtpmap:101 telephone-event/8000"]).map((line) => `a=${line}`),
	);
}

function common(
	method: string,
	from: SipParty,
	to: SipParty,
	callId: string,
	sequence: number,
	fromTag = callId.slice(0, 6),
	toTag = "",
): string[] {
	return [
		`From: <sip:${from.user}@${hostText(from.address)}>;tag=${fromTag}`,
		`To: <sip:${to.user}@${hostText(to.address)}>${toTag === "" ? "" : `;tag=${toTag}`}`,
		`Call-ID: ${callId}`,
		`CSeq: ${sequence} ${method}`,
	];
}

/** An address as URIs write it: IPv6 in brackets. */
function hostText(address: string): string {
	return address.includes(":") ? `[${address}]` : address;
}

function bodyHeaders(body: Uint8Array | undefined, type = "application/sdp"): string[] {
	return [...(body ? [`Content-Type: ${type}`] : []), `Content-Length: ${body?.length ?? 0}`, ""];
}
