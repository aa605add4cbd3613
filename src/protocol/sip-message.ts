import { detached, i32, startsWith, startsWithAnyCase } from "./bytes.ts";
import { hashOfBytes, hashOfNumber, hashOfText } from "./hash.ts";
import { Memo } from "./memo.ts";
import { type MediaDescription, parseSdp } from "./sdp.ts";
import { bodyOf, skipEmptyLines } from "./sip.ts";

/** One end of a dialogue: a From or To header (RFC 3261, 20.20 and 20.39). */
export interface SipParty {
	/** `user@host`, without scheme, port and parameters; the number alone of a `tel:` URI; empty where unreadable. */
	readonly address: string;
	/** Display name; empty for none. */
	readonly name: string;
}

/** Bytes of the headers that are read of one message; a call's take one or two thousand. */
const MAX_HEAD = 16_384;
/** Bytes of one header that are kept. */
const MAX_VALUE = 512;
const MAX_NAME = 24;
/** Header lines that are read of one message; a call's has a dozen or two. */
const MAX_LINES = 256;
const MAX_METHOD = 20;
const MAX_URI = 400;

/** Wanted headers by their places in {@link NAMES}. */
const Header = {
	ContentType: 0,
	From: 1,
	CallId: 2,
	Contact: 3,
	To: 4,
	Via: 5,
	CSeq: 6,
	UserAgent: 7,
	Server: 8,
	Expires: 9,
	Authorization: 10,
	ProxyAuthorization: 11,
	WwwAuthenticate: 12,
	ProxyAuthenticate: 13,
	Reason: 14,
	Warning: 15,
	RecordRoute: 16,
} as const;
type Header = (typeof Header)[keyof typeof Header];

/** Lower case, with short forms (RFC 3261, 7.3.3). */
const NAMES: readonly (readonly [long: string, short?: string])[] = [
	["content-type", "c"],
	["from", "f"],
	["call-id", "i"],
	["contact", "m"],
	["to", "t"],
	["via", "v"],
	["cseq"],
	["user-agent"],
	["server"],
	["expires"],
	["authorization"],
	["proxy-authorization"],
	["www-authenticate"],
	["proxy-authenticate"],
	["reason"],
	["warning"],
	["record-route"],
];
interface Wanted {
	readonly name: string;
	readonly header: number;
}
const NOT_WANTED: readonly Wanted[] = [];
const NAME_BITS = 5;
/** By first letter and length, see {@link placeOfName}. */
const WANTED = wantedByName();

const SPACE = 0x20;
const TAB = 9;
const LF = 10;
const CR = 13;
const QUOTE = 0x22;
const ZERO = 0x30;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const BACKSLASH = 0x5c;
const VERSION = "SIP/2.0 ";
const NOTHING = new Uint8Array(0);
const SCHEMES = new Set(["sip", "sips", "tel"]);

/** What a site says again and again: its methods, users, hosts. Call-IDs, tags and branches are not among them. */
const KEPT = 4096;
const KEPT_BYTES = 128;
const textAt = new Memo(KEPT, KEPT_BYTES, utf8);
const upperTextAt = new Memo(64, KEPT_BYTES, (data, start, end) => utf8(data, start, end).toUpperCase());
const typeAt = new Memo(64, KEPT_BYTES, (data, start, end) => mediaType(utf8(data, start, end)));
const addressAt = new Memo(KEPT, KEPT_BYTES, (data, start, end) => detached(uriAddress(utf8(data, start, end))));
const nameAndAddressAt = new Memo(KEPT, KEPT_BYTES, (data, start, end) => nameAndAddress(utf8(data, start, end)));
const placeAt = new Memo(KEPT, MAX_VALUE, (data, start, end) => detached(contactPlace(utf8(data, start, end))));
const sentByAt = new Memo(KEPT, KEPT_BYTES, (data, start, end) => detached(sentBy(utf8(data, start, end))));

/**
 * The parts of a SIP message that calls and registrations need, read when asked for: {@link read} only notes where they
 * are, so that they die with the message's bytes; what they gave lives on. Text is raw: outputs make it safe.
 */
export class SipMessage {
	/** 100–699; 0 for a request. */
	status = 0;
	/** First byte of the body; equal to the message's end where there is none. */
	body = 0;
	/** Upper case; of a response the method that CSeq names. */
	method = "";
	/** Number in CSeq; -1 where there is none. */
	sequence = -1;
	/** The bytes, with folded lines (7.3.1) joined. */
	#data: Uint8Array = NOTHING;
	/** Where the headers' values begin and end, of each the first; a header that is not there begins at -1. */
	readonly #places = new Int32Array(2 * NAMES.length);
	/** Request-URI or reason phrase. */
	#firstStart = 0;
	#firstEnd = 0;
	/** What tells the transaction (RFC 3261, 8.1.1.7); -1 where it is not there. */
	#branchStart = -1;
	#branchEnd = -1;
	#vias = 0;
	/** Where the body is, whatever {@link #data} is. */
	#source: Uint8Array = NOTHING;
	#end = 0;
	#streams: readonly MediaDescription[] | undefined;

	/**
	 * Moves on to another message (RFC 3261, 7), which may be cut anywhere.
	 * @param end exclusive.
	 * @returns false for anything that does not begin as a SIP message does.
	 */
	read(data: Uint8Array, from: number, end: number): boolean {
		const start = skipEmptyLines(data, from, end);
		const line = Math.min(lineFeed(data, start, end), start + MAX_HEAD);
		if (!this.#readFirstLine(data, start, line < end && data[line - 1] === CR ? line - 1 : line)) return false;
		this.#source = data;
		this.#end = end;
		this.#streams = undefined;
		this.#data = data;
		this.#places.fill(-1);
		this.#vias = 0;
		const isFolded = this.#readHeaders(start, Math.min(line + 1, end), end);
		if (isFolded) {
			const head = unfolded(data, start, Math.min(this.body, start + MAX_HEAD));
			const { body } = this;
			this.#data = head;
			this.#places.fill(-1);
			this.#vias = 0;
			this.#readFirstLine(head, 0, line - start - (data[line - 1] === CR ? 1 : 0));
			this.#readHeaders(0, line + 1 - start, head.length);
			this.body = body;
		}
		this.#readCSeq();
		this.#branchStart = this.#parameterStart(Header.Via, "branch");
		this.#branchEnd = wordEnd(this.#data, this.#branchStart, this.#places[2 * Header.Via + 1]!);
		return true;
	}

	/** @param end of the line, exclusive. @returns whether it is a request's or a response's. */
	#readFirstLine(data: Uint8Array, start: number, end: number): boolean {
		if (startsWith(data, start, end, VERSION)) {
			const code = start + VERSION.length;
			const reason = code + 3;
			if (end < reason || !areDigits(data, code, reason) || (end > reason && data[reason] !== SPACE)) return false;
			this.status = 100 * data[code]! + 10 * data[code + 1]! + data[code + 2]! - 111 * ZERO;
			if (this.status < 100 || this.status > 699) return false;
			for (let at = reason; at < end; at++) if (data[at] === CR) return false;
			this.method = "";
			this.#firstStart = skipSpace(data, reason, end);
			this.#firstEnd = trimmedEnd(data, this.#firstStart, end);
			return true;
		}
		let at = start;
		while (at < end && data[at]! >= 0x41 && data[at]! <= 0x5a) at++;
		const version = end - VERSION.length;
		const length = version - at - 1;
		if (at - start < 2 || at - start > MAX_METHOD || data[at] !== SPACE || length < 1 || length > MAX_URI) return false;
		if (data[version] !== SPACE || !startsWith(data, version + 1, end, "SIP/2.0")) return false;
		for (let uri = at + 1; uri < version; uri++) if (isSpace(data[uri]!)) return false;
		this.status = 0;
		this.method = textAt.get(data, start, at);
		this.#firstStart = at + 1;
		this.#firstEnd = version;
		return true;
	}

	/**
	 * Notes where the wanted headers and the body are.
	 * @param start of the message. @param at first byte of its second line.
	 * @returns whether one of the headers goes on in another line.
	 */
	#readHeaders(start: number, at: number, end: number): boolean {
		const data = this.#data;
		const limit = Math.min(end, start + MAX_HEAD);
		let isFolded = false;
		for (let lines = 0; at < limit; lines++) {
			const first = data[at]!;
			if (first === LF || (first === CR && at + 1 < end && data[at + 1] === LF)) {
				this.body = at + (first === LF ? 1 : 2);
				return isFolded;
			}
			if (lines >= MAX_LINES) break;
			if (first === SPACE || first === TAB) isFolded = true;
			const nameLimit = Math.min(limit, at + MAX_NAME + 1);
			let colon = at;
			while (colon < nameLimit && data[colon] !== COLON && data[colon] !== LF) colon++;
			const next = lineFeed(data, colon, limit);
			if (colon < nameLimit && data[colon] === COLON) this.#readHeader(at, colon, next);
			at = next + 1;
		}
		const body = at < end ? bodyOf(data, Math.max(start, at - 1), end) : -1;
		this.body = body < 0 ? end : body;
		return isFolded;
	}

	#readHeader(start: number, colon: number, end: number): void {
		const data = this.#data;
		const nameEnd = trimmedEnd(data, start, colon);
		const wanted = WANTED[placeOfName(data[start]!, nameEnd - start)]!;
		for (let n = 0; n < wanted.length; n++) {
			const { name, header } = wanted[n]!;
			if (!startsWithAnyCase(data, start, nameEnd, name)) continue;
			if (header === Header.Via) this.#vias++;
			if (this.#places[2 * header]! >= 0) return;
			const value = skipSpace(data, colon + 1, end);
			this.#places[2 * header] = value;
			this.#places[2 * header + 1] = trimmedEnd(data, value, Math.min(end, value + MAX_VALUE));
			return;
		}
	}

	#readCSeq(): void {
		const data = this.#data;
		const start = this.#places[2 * Header.CSeq]!;
		const end = this.#places[2 * Header.CSeq + 1]!;
		let at = start;
		let sequence = 0;
		for (; at < end && isDigit(data[at]!); at++) if (at < start + 10) sequence = 10 * sequence + data[at]! - ZERO;
		this.sequence = at === start ? -1 : sequence;
		if (this.status === 0) return;
		const method = skipSpace(data, at, end);
		if (this.sequence < 0 || method === at) return;
		let methodEnd = method;
		while (methodEnd < end && !isSpace(data[methodEnd]!)) methodEnd++;
		this.method = upperTextAt.get(data, method, methodEnd);
	}

	/** Reason phrase of a response. */
	get reason(): string {
		return this.status === 0 ? "" : textAt.get(this.#data, this.#firstStart, this.#firstEnd);
	}

	/** `user@host` of the Request-URI; empty for a response. */
	get uri(): string {
		return this.status === 0 ? addressAt.get(this.#data, this.#firstStart, this.#firstEnd) : "";
	}

	get callId(): string {
		return this.#text(Header.CallId);
	}

	get from(): SipParty {
		return this.#nameAndAddress(Header.From);
	}

	get to(): SipParty {
		return this.#nameAndAddress(Header.To);
	}

	/** Tag of the one who asks; empty for none. */
	get fromTag(): string {
		return this.#parameter(Header.From, "tag");
	}

	/** Whether it belongs to a dialogue that there is already: a request outside of one has no tag in To. */
	get hasToTag(): boolean {
		return this.#parameterStart(Header.To, "tag") >= 0;
	}

	/** `user@host` of the first Contact; empty for none. */
	get contact(): string {
		return this.#nameAndAddress(Header.Contact).address;
	}

	/** Sent-by of the topmost Via: `host` or `host:port`; empty for none. */
	get via(): string {
		const start = this.#places[2 * Header.Via]!;
		if (start < 0) return "";
		return sentByAt.get(this.#data, start, firstOf(this.#data, start, this.#places[2 * Header.Via + 1]!, SEMICOLON));
	}

	/** Address that the receiver saw the request come from, where it is not that of the topmost Via (RFC 3261, 18.2.1). */
	get received(): string {
		return this.#parameter(Header.Via, "received");
	}

	/**
	 * A number that tells its transaction from others (RFC 3261, 17.1.3): requests, what is sent again, and answers have
	 * the same. An INVITE's branch is left out, as the ACK to an answer that accepts has one of its own (13.2.2.4).
	 */
	get transaction(): number {
		const isInvite = this.method === "INVITE" || this.method === "ACK";
		const hash = isInvite ? hashOfText("INVITE") : hashOfText(this.method, this.#hashOfBranch());
		return hashOfNumber(this.sequence, this.#hashOf(hash, Header.CallId));
	}

	/** A number of 53 bits that tells a request from others on all its way; not by its Call-ID. 0 without a branch. */
	get identity(): number {
		if (this.#branchStart < 0) return 0;
		const start = this.#parameterStart(Header.From, "tag");
		const end = this.#places[2 * Header.From + 1]!;
		const tag = start < 0 ? 0 : hashOfBytes(this.#data, start, wordEnd(this.#data, start, end));
		const request = hashOfNumber(this.sequence, hashOfText(this.method, this.#hashOfBranch()));
		return (tag >>> 11) * 2 ** 32 + (request >>> 0);
	}

	#hashOfBranch(): number {
		return hashOfBytes(this.#data, this.#branchStart, this.#branchEnd);
	}

	#hashOf(hash: number, header: Header): number {
		return hashOfBytes(this.#data, this.#places[2 * header]!, this.#places[2 * header + 1]!, hash);
	}

	/** Whether its sender began it: no proxy has put a Via or a Record-Route to it. */
	get isOriginal(): boolean {
		if (this.#vias !== 1 || this.#has(Header.RecordRoute)) return false;
		const end = this.#places[2 * Header.Via + 1]!;
		return firstOf(this.#data, this.#places[2 * Header.Via]!, end, COMMA) === end;
	}

	/** `host` or `host:port` of the first Contact's SIP URI; empty for none. */
	get contactPlace(): string {
		const start = this.#places[2 * Header.Contact]!;
		return start < 0 ? "" : placeAt.get(this.#data, start, this.#places[2 * Header.Contact + 1]!);
	}

	/** Whether it answers a challenge (RFC 3261, 22). */
	get hasCredentials(): boolean {
		return this.#has(Header.Authorization) || this.#has(Header.ProxyAuthorization);
	}

	/** Whether a challenge only says that the nonce has become old (RFC 7616, 3.3). */
	get isStale(): boolean {
		const challenge = this.#text(Header.WwwAuthenticate) || this.#text(Header.ProxyAuthenticate);
		return /[\s,]stale\s*=\s*"?true/i.test(challenge);
	}

	/** What Warning (RFC 3261, 20.43) or Reason (RFC 3326) say in words; empty for none. */
	get explanation(): string {
		const warning = /^\s*\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"/.exec(this.#text(Header.Warning))?.[1] ?? "";
		return warning || reasonText(this.#text(Header.Reason));
	}

	/** What Reason (RFC 3326) gives as status and words: `408 ACK timeout`; empty for none. */
	get endReason(): string {
		const reason = this.#text(Header.Reason);
		const status = /^\s*SIP\s*;(?:.*;)?\s*cause\s*=\s*(\d{3})/i.exec(reason)?.[1] ?? "";
		return `${status} ${reasonText(reason)}`.trim();
	}

	/** Cause of Q.850 that Reason names; 0 for none. */
	get cause(): number {
		return Number(/^\s*Q\.850\s*;(?:.*;)?\s*cause\s*=\s*(\d{1,3})/i.exec(this.#text(Header.Reason))?.[1] ?? 0);
	}

	get userAgent(): string {
		return this.#text(Header.UserAgent);
	}

	get server(): string {
		return this.#text(Header.Server);
	}

	/** Lower case, without parameters; empty for none. */
	get contentType(): string {
		const start = this.#places[2 * Header.ContentType]!;
		return start < 0 ? "" : typeAt.get(this.#data, start, this.#places[2 * Header.ContentType + 1]!);
	}

	/** Seconds, from Expires or the first Contact's parameter; -1 for none. */
	get expires(): number {
		const header = /^\d{1,10}$/.exec(this.#text(Header.Expires))?.[0];
		const value = header ?? /;\s*expires\s*=\s*"?(\d{1,10})/i.exec(this.#text(Header.Contact))?.[1];
		return value === undefined ? -1 : Number(value);
	}

	/** The streams that a session description in its body announces. */
	get streams(): readonly MediaDescription[] {
		this.#streams ??= parseSdp(this.#source, this.body, this.#end);
		return this.#streams;
	}

	#has(header: Header): boolean {
		return this.#places[2 * header + 1]! > this.#places[2 * header]!;
	}

	/** Value of the first header of a name; empty for none. */
	#text(header: Header): string {
		const start = this.#places[2 * header]!;
		return start < 0 ? "" : utf8(this.#data, start, this.#places[2 * header + 1]!);
	}

	#nameAndAddress(header: Header): SipParty {
		const start = this.#places[2 * header]!;
		return start < 0
			? NOBODY
			: nameAndAddressAt.get(this.#data, start, addressEnd(this.#data, start, this.#places[2 * header + 1]!));
	}

	#parameter(header: Header, name: string): string {
		const start = this.#parameterStart(header, name);
		return start < 0 ? "" : utf8(this.#data, start, wordEnd(this.#data, start, this.#places[2 * header + 1]!));
	}

	/** First byte of a parameter's value: of the topmost Via, or behind the address of From or To; -1 where there is none. */
	#parameterStart(header: Header, name: string): number {
		const data = this.#data;
		const start = this.#places[2 * header]!;
		const end = this.#places[2 * header + 1]!;
		if (start < 0) return -1;
		if (header === Header.Via) return parameterStart(data, start, firstOf(data, start, end, COMMA), name);
		return parameterStart(data, addressEnd(data, start, end), end, name);
	}
}

const NOBODY: SipParty = { name: "", address: "" };

function wantedByName(): readonly (readonly Wanted[])[] {
	const wanted = new Array<readonly Wanted[]>(1 << (5 + NAME_BITS)).fill(NOT_WANTED);
	for (const [header, names] of NAMES.entries()) {
		for (const name of names) {
			if (name === undefined) continue;
			const place = placeOfName(name.charCodeAt(0), name.length);
			wanted[place] = [...wanted[place]!, { name, header }];
		}
	}
	return wanted;
}

/** @param first letter of a name, in any case. @param length at most 24. */
function placeOfName(first: number, length: number): number {
	return ((first & 31) << NAME_BITS) | length;
}

/** A message's head, with lines that go on (RFC 3261, 7.3.1) in one. */
function unfolded(data: Uint8Array, start: number, end: number): Uint8Array {
	const head = Buffer.from(data.subarray(start, end)).toString("latin1");
	const line = head.indexOf("\n") + 1;
	return Buffer.from(head.slice(0, line) + head.slice(line).replace(/\r?\n[ \t]+/g, " "), "latin1");
}

/** Place of the next line feed; `end` where there is none. */
function lineFeed(data: Uint8Array, at: number, end: number): number {
	while (at < end && data[at] !== LF) at++;
	return at;
}

function firstOf(data: Uint8Array, at: number, end: number, byte: number): number {
	while (at < end && data[at] !== byte) at++;
	return at;
}

/** White space as JavaScript's `\s` has it, of ASCII. */
function isSpace(byte: number): boolean {
	return byte === SPACE || (byte >= TAB && byte <= CR);
}

function isDigit(byte: number): boolean {
	return byte >= ZERO && byte <= ZERO + 9;
}

function areDigits(data: Uint8Array, start: number, end: number): boolean {
	for (let at = start; at < end; at++) if (!isDigit(data[at]!)) return false;
	return true;
}

function skipSpace(data: Uint8Array, at: number, end: number): number {
	while (at < end && isSpace(data[at]!)) at++;
	return at;
}

function trimmedEnd(data: Uint8Array, start: number, end: number): number {
	while (end > start && isSpace(data[end - 1]!)) end--;
	return end;
}

/** End of a parameter's value. */
function wordEnd(data: Uint8Array, at: number, end: number): number {
	while (at < end && data[at] !== SEMICOLON && data[at] !== COMMA && !isSpace(data[at]!)) at++;
	return at;
}

/** Where the value of `;name=value` begins; -1 where there is none. */
function parameterStart(data: Uint8Array, start: number, end: number, name: string): number {
	for (let at = start; at < end; at++) {
		if (data[at] !== SEMICOLON) continue;
		const word = skipSpace(data, at + 1, end);
		if (!startsWithAnyCase(data, word, end, name)) continue;
		const equals = skipSpace(data, word + name.length, end);
		const value = skipSpace(data, equals + 1, end);
		if (equals < end && data[equals] === EQUALS && wordEnd(data, value, end) > value) return value;
	}
	return -1;
}

/** Behind the address of a From, To or Contact header: its `>`, or what comes before its parameters. */
function addressEnd(data: Uint8Array, start: number, end: number): number {
	const name = quotedEnd(data, start, end);
	const open = firstOf(data, name, end, LESS);
	if (open === end) return firstOf(data, name, end, SEMICOLON);
	return Math.min(end, firstOf(data, open, end, GREATER) + 1);
}

/** Behind the quoted text that begins at `start`; `start` where there is none. */
function quotedEnd(data: Uint8Array, start: number, end: number): number {
	if (start >= end || data[start] !== QUOTE) return start;
	for (let at = start + 1; at < end; at++) {
		if (data[at] === BACKSLASH) at++;
		else if (data[at] === QUOTE) return at + 1;
	}
	return start;
}

/** Bytes as UTF-8 text, by way of Latin-1 where they are ASCII: that is much faster. */
function utf8(data: Uint8Array, start: number, end: number): string {
	const buffer = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	return buffer.toString(isAscii(data, start, end) ? "latin1" : "utf8", start, end);
}

function isAscii(data: Uint8Array, start: number, end: number): boolean {
	let at = start;
	for (; at + 4 <= end; at += 4) if ((i32(data, at) & 0x80808080) !== 0) return false;
	for (; at < end; at++) if (data[at]! >= 0x80) return false;
	return true;
}

/** `"Ann" <sip:201@10.0.0.1:5060>`, `sip:201@10.0.0.1`. */
function nameAndAddress(value: string): SipParty {
	const quoted = /^"((?:[^"\\]|\\.)*)"\s*/.exec(value);
	const rest = quoted ? value.slice(quoted[0].length) : value;
	const open = rest.indexOf("<");
	const uri = open < 0 ? rest : rest.slice(open + 1).replace(/>$/, "");
	const name = quoted ? quoted[1]!.replace(/\\(.)/g, "$1") : open > 0 ? rest.slice(0, open) : "";
	return { name: detached(name.trim()), address: detached(uriAddress(uri.trim())) };
}

function reasonText(reason: string): string {
	return /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(reason)?.[1] ?? "";
}

function mediaType(value: string): string {
	return detached(value.split(";")[0]!.trim().toLowerCase());
}

/** Of `SIP/2.0/UDP 10.0.0.1:5060`. */
function sentBy(via: string): string {
	return /^SIP\s*\/\s*2\.0\s*\/\s*\S+\s+([^;,\s]+)/i.exec(via)?.[1] ?? "";
}

function contactPlace(contact: string): string {
	return /sips?:(?:[^@<>,\s]*@)?(\[[^\]]*\](?::\d+)?|[^;?>,\s]+)/i.exec(contact)?.[1] ?? "";
}

/** `user@host` of a SIP, SIPS or TEL URI (RFC 3261, 19.1; RFC 3966). */
function uriAddress(uri: string): string {
	const scheme = uri.indexOf(":");
	if (scheme < 0 || !SCHEMES.has(uri.slice(0, scheme).toLowerCase())) return "";
	const stop = uri.slice(scheme + 1).search(/[;?>\s]/);
	const address = stop < 0 ? uri.slice(scheme + 1) : uri.slice(scheme + 1, scheme + 1 + stop);
	const at = address.lastIndexOf("@");
	const host = address.slice(at + 1);
	const user = at < 0 ? "" : address.slice(0, at).split(":")[0]!;
	const withoutPort = host.startsWith("[") ? host.slice(0, host.indexOf("]") + 1) || host : host.split(":")[0]!;
	return user === "" ? withoutPort : `${user}@${withoutPort}`;
}
