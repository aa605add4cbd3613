import { find, startsWith, textOf } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** Bytes of a payload that are searched. */
const HEAD = 1024;
const LT = 0x3c;
const GT = 0x3e;
/** RFC 6120, 4.8.2 and 5: namespaces of the two kinds of stream, and of TLS negotiation. */
const CLIENT_NAMESPACE = "jabber:client";
const SERVER_NAMESPACE = "jabber:server";
const TLS_NAMESPACE = "urn:ietf:params:xml:ns:xmpp-tls";
const STANZAS = ["<iq ", "<message ", "<presence", "<r xmlns='urn:xmpp:sm:", "<a xmlns='urn:xmpp:sm:"];

/** Where `<stream:stream` stands, behind an XML declaration too; -1 where it does not. */
function streamAt(data: Uint8Array, start: number, end: number): number {
	if (startsWith(data, start, end, "<stream:stream")) return start;
	return startsWith(data, start, end, "<?xml") ? find(data, start, Math.min(end, start + HEAD), "<stream:stream") : -1;
}

/** End of the tag that begins at `at`. */
function tagEnd(data: Uint8Array, at: number, end: number): number {
	const limit = Math.min(end, at + HEAD);
	while (at < limit && data[at] !== GT) at++;
	return at;
}

/** A stanza's tag is known by who it is from or to, or by the type that every `iq` has. */
function isStanza(data: Uint8Array, start: number, end: number): boolean {
	const stanza = STANZAS.find((text) => startsWith(data, start, end, text));
	if (stanza === undefined) return false;
	const tag = tagEnd(data, start, end);
	return [" to=", " from=", " type=", "urn:xmpp:"].some((text) => find(data, start, tag, text) > 0);
}

/** Value of an attribute in a tag; undefined where it is missing or cut off. @param name with its space and `=`. */
function attribute(data: Uint8Array, tag: number, end: number, name: string): string | undefined {
	const at = find(data, tag, end, name);
	if (at < 0) return undefined;
	const from = at + name.length + 1;
	if (from >= end) return undefined;
	let to = from;
	while (to < end && data[to] !== data[from - 1]) to++;
	return to < end ? textOf(data, from, to) : undefined;
}

/** Both sides open a stream; only the answer has an id. Clients and servers are told by the stream's namespace. */
export const xmpp: Recogniser = {
	protocol: "xmpp",
	transports: [6],
	strength: "strong",
	ports: [5222, 5269],
	firstBytes: [LT],
	source: "RFC 6120, 4 and 5",
	startsTls: true,
	recognise(data, start, end) {
		if (end - start < 4 || data[start] !== LT) return Role.No;
		const stream = streamAt(data, start, end);
		if (stream >= 0) return find(data, stream, tagEnd(data, stream, end), " id=") > 0 ? Role.Server : Role.Client;
		if (startsWith(data, start, end, "<stream:features")) return Role.Server;
		if (startsWith(data, start, end, "<starttls")) return Role.Client;
		if (startsWith(data, start, end, "<proceed") && find(data, start, tagEnd(data, start, end), TLS_NAMESPACE) > 0)
			return Role.Server;
		return isStanza(data, start, end) || startsWith(data, start, end, "</stream:stream>") ? Role.Either : Role.No;
	},
	describe(data, start, end) {
		const limit = Math.min(end, start + HEAD);
		if (startsWith(data, start, end, "<starttls")) return { tlsAsked: true };
		const fields: Fields = find(data, start, limit, TLS_NAMESPACE) >= 0 ? { tlsOffered: true } : {};
		const stream = streamAt(data, start, end);
		return stream < 0 ? fields : { ...streamFields(data, stream, tagEnd(data, stream, end)), ...fields };
	},
	leadsOn(data, start, end) {
		return !isStanza(data, start, end);
	},
};

function streamFields(data: Uint8Array, stream: number, end: number): Fields {
	const fields: Fields = {};
	if (find(data, stream, end, CLIENT_NAMESPACE) >= 0) fields.stream = "client";
	else if (find(data, stream, end, SERVER_NAMESPACE) >= 0) fields.stream = "server";
	// The answer comes from the host that was asked for.
	const isAnswer = find(data, stream, end, " id=") >= 0;
	const host = attribute(data, stream, end, isAnswer ? " from=" : " to=");
	if (host !== undefined) fields.host = host;
	return fields;
}
