import { bodyOf, skipEmptyLines } from "./sip.ts";

/** One end of a dialogue: a From or To header (RFC 3261, 20.20 and 20.39). */
export interface SipParty {
	/** `user@host`, without scheme, port and parameters; the number alone of a `tel:` URI; empty where unreadable. */
	readonly address: string;
	/** Display name; empty for none. */
	readonly name: string;
	/** Empty for none: a request outside a dialogue has none in To. */
	readonly tag: string;
}

/** Bytes of the headers that are read of one message; a call's take one or two thousand. */
const MAX_HEAD = 16_384;
/** Characters of one header that are kept. */
const MAX_VALUE = 512;
const MAX_NAME = 24;
/** Header lines that are read of one message; a call's has a dozen or two. */
const MAX_LINES = 256;

/** Wanted headers by their names as they are commonly written, and by their short ones (RFC 3261, 7.3.3). */
const NAMES: ReadonlyMap<string, string> = new Map(
	(
		[
			["Content-Type", "c"],
			["From", "f"],
			["Call-ID", "i"],
			["Contact", "m"],
			["To", "t"],
			["Via", "v"],
			["CSeq", ""],
			["User-Agent", ""],
			["Server", ""],
			["Expires", ""],
			["Authorization", ""],
			["Proxy-Authorization", ""],
			["WWW-Authenticate", ""],
			["Proxy-Authenticate", ""],
			["Reason", ""],
			["Warning", ""],
			["Record-Route", ""],
		] as const
	).flatMap(([name, short]) => {
		const long = name.toLowerCase();
		return [name, long, ...(short === "" ? [] : [short])].map((written) => [written, long] as const);
	}),
);
const REQUEST = /^([A-Z]{2,20}) (\S{1,400}) SIP\/2\.0$/;
const RESPONSE = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/;
const BRANCH = /;\s*branch\s*=\s*([^;\s]+)/i;
const RECEIVED = /;\s*received\s*=\s*([^;\s]+)/i;
const SCHEMES = new Set(["sip", "sips", "tel"]);

/**
 * Reads a SIP message (RFC 3261, 7), which may be cut anywhere.
 * @param end exclusive.
 * @returns null for anything that does not begin as a SIP message does.
 */
export function parseSip(data: Uint8Array, from: number, end: number): SipMessage | null {
	const start = skipEmptyLines(data, from, end);
	const body = bodyOf(data, start, end);
	const buffer = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	const head = buffer.toString("utf8", start, Math.min(body < 0 ? end : body, start + MAX_HEAD));
	const first = lineAt(head, 0);
	const request = REQUEST.exec(first);
	if (request) return new SipMessage(head, body < 0 ? end : body, request[1]!, 0, "");
	const response = RESPONSE.exec(first);
	return response && new SipMessage(head, body < 0 ? end : body, null, Number(response[1]), response[2]?.trim() ?? "");
}

/** The parts of a SIP message that calls and registrations need, read when asked for. Text is raw: outputs make it safe. */
export class SipMessage {
	/** 100–699; 0 for a request. */
	readonly status: number;
	/** Reason phrase of a response. */
	readonly reason: string;
	/** First byte of the body; equal to the message's end where there is none. */
	readonly body: number;
	readonly #head: string;
	readonly #requestMethod: string | null;
	#headers: ReadonlyMap<string, string> | undefined;
	#vias = 0;

	constructor(head: string, body: number, requestMethod: string | null, status: number, reason: string) {
		this.#head = head;
		this.body = body;
		this.#requestMethod = requestMethod;
		this.status = status;
		this.reason = reason;
	}

	/** Of a response: the method that CSeq names. Upper case. */
	get method(): string {
		return this.#requestMethod ?? (/^\d+\s+(\S+)/.exec(this.#header("cseq"))?.[1] ?? "").toUpperCase();
	}

	/** `user@host` of the Request-URI; empty for a response. */
	get uri(): string {
		return this.#requestMethod === null ? "" : uriAddress(this.#head.split(" ", 2)[1] ?? "");
	}

	get callId(): string {
		return this.#header("call-id");
	}

	/** Number in CSeq; -1 where there is none. */
	get sequence(): number {
		return Number(/^\d{1,10}/.exec(this.#header("cseq"))?.[0] ?? -1);
	}

	get from(): SipParty {
		return partyOf(this.#header("from"));
	}

	get to(): SipParty {
		return partyOf(this.#header("to"));
	}

	/** `user@host` of the first Contact; empty for none. */
	get contact(): string {
		return partyOf(this.#header("contact")).address;
	}

	/** Sent-by of the topmost Via: `host` or `host:port`; empty for none. */
	get via(): string {
		return /^SIP\s*\/\s*2\.0\s*\/\s*\S+\s+([^;,\s]+)/i.exec(this.#header("via"))?.[1] ?? "";
	}

	/** What tells the transaction (RFC 3261, 8.1.1.7); empty for none. */
	get branch(): string {
		return parameterOf(this.#header("via"), BRANCH);
	}

	/** Address that the receiver saw the request come from, where it is not that of the topmost Via (RFC 3261, 18.2.1). */
	get received(): string {
		return parameterOf(this.#header("via"), RECEIVED);
	}

	/** Whether its sender began it: no proxy has put a Via or a Record-Route to it. */
	get isOriginal(): boolean {
		return this.#header("record-route") === "" && this.#vias === 1 && !this.#header("via").includes(",");
	}

	/** `host` or `host:port` of the first Contact's SIP URI; empty for none. */
	get contactPlace(): string {
		return /sips?:(?:[^@<>,\s]*@)?(\[[^\]]*\](?::\d+)?|[^;?>,\s]+)/i.exec(this.#header("contact"))?.[1] ?? "";
	}

	/** Whether it answers a challenge (RFC 3261, 22). */
	get hasCredentials(): boolean {
		return this.#header("authorization") !== "" || this.#header("proxy-authorization") !== "";
	}

	/** Whether a challenge only says that the nonce has become old (RFC 7616, 3.3). */
	get isStale(): boolean {
		const challenge = this.#header("www-authenticate") || this.#header("proxy-authenticate");
		return /[\s,]stale\s*=\s*"?true/i.test(challenge);
	}

	/** What Warning (RFC 3261, 20.43) or Reason (RFC 3326) say in words; empty for none. */
	get explanation(): string {
		const warning = /^\s*\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"/.exec(this.#header("warning"))?.[1] ?? "";
		return warning || (/;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(this.#header("reason"))?.[1] ?? "");
	}

	/** Cause of Q.850 that Reason names; 0 for none. */
	get cause(): number {
		return Number(/^\s*Q\.850\s*;(?:.*;)?\s*cause\s*=\s*(\d{1,3})/i.exec(this.#header("reason"))?.[1] ?? 0);
	}

	get userAgent(): string {
		return this.#header("user-agent");
	}

	get server(): string {
		return this.#header("server");
	}

	/** Lower case, without parameters; empty for none. */
	get contentType(): string {
		return this.#header("content-type").split(";")[0]!.trim().toLowerCase();
	}

	/** Seconds, from Expires or the first Contact's parameter; -1 for none. */
	get expires(): number {
		const header = /^\d{1,10}$/.exec(this.#header("expires"))?.[0];
		const value = header ?? /;\s*expires\s*=\s*"?(\d{1,10})/i.exec(this.#header("contact"))?.[1];
		return value === undefined ? -1 : Number(value);
	}

	/** Value of the first header of a name (long form, lower case); empty for none. */
	#header(name: string): string {
		this.#headers ??= headersOf(this.#head, () => this.#vias++);
		return this.#headers.get(name) ?? "";
	}
}

/**
 * The wanted headers by their long names in lower case; the first of each counts, continuation lines are joined (7.3.1).
 * @param onVia called for each Via.
 */
function headersOf(head: string, onVia: () => void): Map<string, string> {
	const headers = new Map<string, string>();
	let lines = 0;
	for (let at = nextLineOf(head, 0); at > 0 && lines++ < MAX_LINES; at = nextLineOf(head, at)) {
		const colon = head.indexOf(":", at);
		if (colon < 0) break;
		if (colon - at > MAX_NAME) continue;
		const written = head.slice(at, colon).trimEnd();
		const name = NAMES.get(written) ?? NAMES.get(written.toLowerCase());
		if (name === "via") onVia();
		if (name === undefined || headers.has(name)) continue;
		let value = lineAt(head, colon + 1).trim();
		for (
			let next = nextLineOf(head, at);
			isFolded(head, next) && value.length < MAX_VALUE;
			next = nextLineOf(head, next)
		)
			value += ` ${lineAt(head, next).trim()}`;
		headers.set(name, value.slice(0, MAX_VALUE));
	}
	return headers;
}

/** The rest of the line that `at` is in, without its end. */
function lineAt(head: string, at: number): string {
	const end = head.indexOf("\n", at);
	if (end < 0) return head.slice(at);
	return head.slice(at, head[end - 1] === "\r" ? end - 1 : end);
}

/** First character of the next line; 0 where there is none. */
function nextLineOf(head: string, at: number): number {
	return head.indexOf("\n", at) + 1;
}

function isFolded(head: string, at: number): boolean {
	return at > 0 && (head[at] === " " || head[at] === "\t");
}

/** `"Ann" <sip:201@10.0.0.1:5060>;tag=1`, `sip:201@10.0.0.1;tag=1`. */
function partyOf(value: string): SipParty {
	const quoted = /^"((?:[^"\\]|\\.)*)"\s*/.exec(value);
	const rest = quoted ? value.slice(quoted[0].length) : value;
	const open = rest.indexOf("<");
	const close = open < 0 ? -1 : rest.indexOf(">", open);
	const uri = open < 0 ? rest.split(";")[0]! : rest.slice(open + 1, close < 0 ? undefined : close);
	const parameters = open < 0 ? rest : close < 0 ? "" : rest.slice(close + 1);
	const name = quoted ? quoted[1]!.replace(/\\(.)/g, "$1") : open > 0 ? rest.slice(0, open) : "";
	return {
		address: uriAddress(uri.trim()),
		name: name.trim(),
		tag: /;\s*tag\s*=\s*([^;,\s]+)/i.exec(parameters)?.[1] ?? "",
	};
}

/** A parameter of the first of several values. */
function parameterOf(values: string, parameter: RegExp): string {
	return parameter.exec(values.split(",", 1)[0]!)?.[1] ?? "";
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
