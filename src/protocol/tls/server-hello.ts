/** The server hello that TLS and DTLS share (RFC 8446, 4.1.3; RFC 5246, 7.4.1.3). */
import { u16 } from "../bytes.ts";
import type { Fields } from "../recogniser.ts";
import { cipherName } from "./ciphers.ts";
import { ja3s } from "./fingerprint.ts";
import { afterVector8, list16, list16Cut, protocolNames, type Span } from "./hello.ts";
import { Extension, isDraft, TLS_1_3, versionName } from "./names.ts";

const VERSION_AND_RANDOM = 34;
const DTLS_1_3 = 0xfefc;
/** The drafts of TLS 1.3 before this one left session id and compression method out; and had a version of their own. */
const FIRST_DRAFT_WITH_SESSION_ID = 0x7f16;

/** What the server chose. */
export function serverHelloFields(data: Uint8Array, start: number, end: number, isWhole: boolean): Fields {
	if (end - start < VERSION_AND_RANDOM) return {};
	const legacyVersion = u16(data, start);
	const isOldDraft =
		legacyVersion === TLS_1_3 || (isDraft(legacyVersion) && legacyVersion < FIRST_DRAFT_WITH_SESSION_ID);
	const cipher = isOldDraft ? start + VERSION_AND_RANDOM : afterVector8(data, start + VERSION_AND_RANDOM, end);
	const after = cipher + (isOldDraft ? 2 : 3);
	const extensions = list16Cut(data, after, end);
	const fields: Fields = {};
	let version = legacyVersion;
	for (let at = extensions.start; extensions.end - at >= 4; at += 4 + u16(data, at + 2)) {
		const value = { start: at + 4, end: at + 4 + u16(data, at + 2) };
		if (value.end > extensions.end) break;
		const type = u16(data, at);
		if (type === Extension.SupportedVersions && value.end - value.start === 2) version = u16(data, value.start);
		else putExtension(fields, data, type, value);
	}
	const name = versionName(version);
	if (name) fields.version = name;
	if (after > end) return fields;
	fields.cipher = cipherName(u16(data, cipher));
	const fingerprint = isWhole ? ja3s(data, legacyVersion, u16(data, cipher), extensions) : undefined;
	if (fingerprint) fields.ja3s = fingerprint;
	return fields;
}

function putExtension(fields: Fields, data: Uint8Array, type: number, value: Span): void {
	if (type === Extension.PreSharedKey) fields.resumed = true;
	else if (type === Extension.UseSrtp) fields.srtp = true;
	else if (type === Extension.Alpn) {
		const protocol = protocolNames(data, list16(data, value.start, value.end) ?? { start: 0, end: 0 });
		if (protocol !== "") fields.alpn = protocol;
	}
}

/** Whether the rest of the handshake is in clear: what TLS 1.3 and DTLS 1.3 ended. */
export function isBeforeTls13(data: Uint8Array, start: number, end: number): boolean {
	const version = serverVersion(data, start, end);
	return version !== TLS_1_3 && version !== DTLS_1_3 && !isDraft(version);
}

function serverVersion(data: Uint8Array, start: number, end: number): number {
	if (end - start < VERSION_AND_RANDOM) return 0;
	const extensions = list16Cut(data, afterVector8(data, start + VERSION_AND_RANDOM, end) + 3, end);
	for (let at = extensions.start; extensions.end - at >= 6; at += 4 + u16(data, at + 2))
		if (u16(data, at) === Extension.SupportedVersions) return u16(data, at + 4);
	return u16(data, start);
}
