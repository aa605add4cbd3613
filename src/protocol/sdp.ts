import { addressText, parseAddress } from "../packet/address.ts";
import { lineEnd, nextLine, startsWith, textOf } from "./bytes.ts";
import { type Codec, FIRST_DYNAMIC_TYPE, registeredName, staticCodec } from "./codecs.ts";

/** An endpoint that signalling announces: where its sender wants to receive media. `t38` is UDPTL. */
export interface AnnouncedMedia {
	readonly address: string;
	readonly port: number;
	/** By the names of `application.protocol`. */
	readonly protocol: "rtp" | "rtcp" | "t38";
}

export type MediaDirection = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** One stream of a session description (an `m=` line and what follows it). */
export interface MediaDescription extends AnnouncedMedia {
	/** `audio`, `video`, `image`, … */
	readonly media: string;
	/** As its sender sees it; a stream at address 0.0.0.0 is `inactive` (RFC 2543's hold). */
	readonly direction: MediaDirection;
	/** Whether it asks for SRTP, by `a=crypto` (RFC 4568) or DTLS (RFC 5764). */
	readonly srtp: boolean;
	/** In the order of preference. */
	readonly codecs: readonly Codec[];
	/** Milliseconds of media in a packet; 0 where not said. */
	readonly ptime: number;
	/** Where its RTCP (RFC 3605, RFC 5761) and its ICE candidates (RFC 8839) are, and RTP once more at these. */
	readonly others: readonly AnnouncedMedia[];
}

/** Media lines of one description that are read. */
const MAX_MEDIA = 16;
/** Attribute lines of one stream that are read: a browser's offer has some forty candidates and as many codecs. */
const MAX_ATTRIBUTES = 256;
const MAX_CODECS = 32;
const MAX_CANDIDATES = 32;
/** Port of a stream whose candidates come later (RFC 8840, 4.1.1). */
const DISCARD_PORT = 9;
const LF = 10;
const CR = 13;
/** First letters of the lines that are read: connection, media, attribute. */
const READ = new Set([0x63, 0x6d, 0x61]);
const UNSPECIFIED = new Set(["0.0.0.0", "::"]);

/** A stream while its lines are read. */
interface Draft {
	readonly media: string;
	readonly port: number;
	readonly transport: string;
	readonly types: readonly number[];
	readonly codecs: Map<number, Codec>;
	readonly candidates: AnnouncedMedia[];
	attributes: number;
	address: string;
	direction: MediaDirection;
	crypto: boolean;
	mux: boolean;
	rtcp: { address: string; port: number } | null;
	ptime: number;
}

const ATTRIBUTE = /^a=([a-z0-9-]+)(?::\s*(.*))?$/i;
const DIRECTIONS = new Set<string>(["sendrecv", "sendonly", "recvonly", "inactive"]);

/**
 * The streams of an SDP body (RFC 8866): of a whole SIP message, whose body may be in several parts, or alone.
 * Streams with port 0 were declined and are left out.
 */
export function parseSdp(data: Uint8Array, start: number, end: number): MediaDescription[] {
	const drafts: Draft[] = [];
	const session = { address: "", direction: "sendrecv" as MediaDirection, crypto: false };
	let current: Draft | undefined;
	for (let at = bodyOf(data, start, end); at < end; at = nextLine(data, at, end)) {
		if (startsWith(data, at, end, "--")) break;
		if (!READ.has(data[at]!)) continue;
		const line = textOf(data, at, lineEnd(data, at, end));
		if (line.startsWith("c=IN IP")) {
			(current ?? session).address = addressOf(line.slice("c=IN IP4 ".length));
		} else if (line.startsWith("m=")) {
			if (drafts.length >= MAX_MEDIA) break;
			current = draftOf(line, session);
			drafts.push(current);
		} else if (line.startsWith("a=")) {
			const [, name = "", value = ""] = ATTRIBUTE.exec(line) ?? [];
			if (current) attribute(current, name.toLowerCase(), value);
			else if (DIRECTIONS.has(name)) session.direction = name as MediaDirection;
			else if (name === "fingerprint") session.crypto = true;
		}
	}
	return drafts.flatMap((draft) => descriptionOf(draft) ?? []);
}

/** All endpoints that a stream announces. */
export function endpointsOf(stream: MediaDescription): AnnouncedMedia[] {
	const { address, port, protocol, others } = stream;
	return isReachable(address, port) ? [{ address, port, protocol }, ...others] : [...others];
}

/** The codec that a payload type means in a stream; undefined where neither the description nor RFC 3551 says. */
export function codecOf(codecs: readonly Codec[], payloadType: number): Codec | undefined {
	return codecs.find((codec) => codec.payloadType === payloadType) ?? staticCodec(payloadType);
}

function draftOf(line: string, session: Pick<Draft, "address" | "direction" | "crypto">): Draft {
	const [media = "", portText = "", transport = "", ...formats] = line.slice(2).trim().split(/\s+/);
	const port = Number(portText.split("/")[0]);
	const types = formats.filter((format) => /^\d{1,3}$/.test(format)).map(Number);
	return {
		media: media.toLowerCase(),
		port: Number.isInteger(port) ? port : 0,
		transport: transport.toUpperCase(),
		types: types.filter((type) => type < 128).slice(0, MAX_CODECS),
		codecs: new Map(),
		candidates: [],
		attributes: 0,
		mux: false,
		rtcp: null,
		ptime: 0,
		...session,
	};
}

function attribute(draft: Draft, name: string, value: string): void {
	if (draft.attributes++ >= MAX_ATTRIBUTES) return;
	if (DIRECTIONS.has(name)) draft.direction = name as MediaDirection;
	else if (name === "rtcp-mux") draft.mux = true;
	else if (name === "crypto" || name === "fingerprint") draft.crypto = true;
	else if (name === "ptime") draft.ptime = Number(/^\d{1,4}/.exec(value)?.[0] ?? 0);
	else if (name === "rtpmap") {
		const [, type, codec, rate] = /^(\d{1,3}) +([^/\s]+)\/(\d{1,7})/.exec(value) ?? [];
		if (codec && draft.codecs.size < MAX_CODECS)
			draft.codecs.set(Number(type), { payloadType: Number(type), name: registeredName(codec), rate: Number(rate) });
	} else if (name === "rtcp") {
		const [, port, address = ""] = /^(\d{1,5})(?: +IN +IP[46] +(\S+))?/.exec(value) ?? [];
		if (port) draft.rtcp = { address: addressOf(address), port: Number(port) };
	} else if (name === "candidate" && draft.candidates.length < MAX_CANDIDATES) {
		const [, component, address = "", port] = /^\S+ +([12]) +udp +\d+ +(\S+) +(\d{1,5}) +typ +\S+/i.exec(value) ?? [];
		const parsed = addressOf(address);
		if (isReachable(parsed, Number(port)))
			draft.candidates.push({ address: parsed, port: Number(port), protocol: component === "1" ? "rtp" : "rtcp" });
	}
}

function descriptionOf(draft: Draft): MediaDescription | undefined {
	const { media, port, transport, address, candidates, ptime, crypto, types } = draft;
	const protocol = transport.includes("UDPTL") ? "t38" : transport.includes("RTP/") ? "rtp" : undefined;
	if (!protocol || !(port > 0 && port <= 0xffff) || (address === "" && candidates.length === 0)) return undefined;
	const isHeld = UNSPECIFIED.has(address) && port !== DISCARD_PORT && candidates.length === 0;
	const codecs = types.flatMap((type) => draft.codecs.get(type) ?? staticCodec(type) ?? unnamed(type));
	return {
		media,
		address,
		port,
		protocol,
		direction: isHeld ? "inactive" : draft.direction,
		srtp: protocol === "rtp" && (transport.includes("SAVP") || crypto),
		codecs: protocol === "rtp" ? codecs : [],
		ptime,
		others: protocol === "rtp" ? [...controlOf(draft), ...candidates] : candidates,
	};
}

/** RFC 3550, 11: RTCP goes to the next port, unless the description says otherwise. */
function controlOf(draft: Draft): AnnouncedMedia[] {
	const { rtcp, mux } = draft;
	const address = rtcp?.address || draft.address;
	const port = rtcp?.port ?? draft.port + 1;
	const isShared = mux && (!rtcp || rtcp.port === draft.port);
	return !isShared && isReachable(address, port) ? [{ address, port, protocol: "rtcp" }] : [];
}

function unnamed(payloadType: number): Codec[] {
	return payloadType >= FIRST_DYNAMIC_TYPE ? [{ payloadType, name: `type ${payloadType}`, rate: 0 }] : [];
}

function isReachable(address: string, port: number): boolean {
	return address !== "" && !UNSPECIFIED.has(address) && port > 0 && port <= 0xffff && port !== DISCARD_PORT;
}

/** An address as flows write it, without time to live; empty where it is a name or nonsense. */
function addressOf(text: string): string {
	const parsed = parseAddress(text.trim().split("/")[0]!);
	return parsed ? addressText(parsed.version, ...parsed.words) : "";
}

/** First byte of the SDP body, or `end`: it begins with `v=0`, at the start or behind an empty line. */
function bodyOf(data: Uint8Array, start: number, end: number): number {
	if (startsWith(data, start, end, "v=0")) return start;
	for (let at = start; at + 4 < end; at++) {
		if (data[at] !== LF) continue;
		const body = data[at + 1] === CR && data[at + 2] === LF ? at + 3 : data[at + 1] === LF ? at + 2 : -1;
		if (body > 0 && startsWith(data, body, end, "v=0")) return body;
	}
	return end;
}
