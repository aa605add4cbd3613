/**
 * Fingerprints of hellos: JA3 and JA3S (Salesforce, github.com/salesforce/ja3) and JA4, TLS client (FoxIO,
 * github.com/FoxIO-LLC/ja4, technical_details/JA4.md; BSD licence. The rest of JA4+ has another one and is not here).
 *
 * What a fingerprint depends on is first written down as a key; most hellos of a capture have a key that was seen
 * before, and are not hashed again. In JA4's key the extensions are in JA4's order, since browsers shuffle them.
 */
import { createHash } from "node:crypto";
import { Memo } from "../memo.ts";
import { FingerprintKey, wordsOf } from "./fingerprint-key.ts";
import { type ClientHello, highestVersion, type Span } from "./hello.ts";
import { Extension } from "./names.ts";

/** Different hellos that are remembered, and the bytes of a key: half a megabyte for each kind at most. */
const MAX_KEPT = 512;
const MAX_KEPT_BYTES = 1024;

const key = new FingerprintKey();
const ja3OfKey = new Memo(MAX_KEPT, MAX_KEPT_BYTES, (data, start, end) => md5(ja3Text(wordsOf(data, start, end))));
const ja3sOfKey = new Memo(MAX_KEPT, MAX_KEPT_BYTES, (data, start, end) => md5(ja3sText(wordsOf(data, start, end))));
const ja4OfKey = new Memo(MAX_KEPT, MAX_KEPT_BYTES, (data, start, end) => ja4Text(wordsOf(data, start, end)));

/** @returns 32 hexadecimal digits; undefined where the hello is too long, or the platform has no MD5 (FIPS). */
export function ja3(hello: ClientHello): string | undefined {
	const { data, pointFormats } = hello;
	const { words } = key;
	key.reset(5);
	words[0] = hello.legacyVersion;
	words[1] = key.putList(data, hello.ciphers);
	words[2] = key.putExtensionTypes(data, hello.extensions);
	words[3] = key.putList(data, hello.groups);
	words[4] = pointFormats.end - pointFormats.start;
	for (let at = pointFormats.start; at < pointFormats.end; at++) key.put(data[at]!);
	return key.fits ? ja3OfKey.get(key.bytes, 0, key.length * 2) : undefined;
}

function ja3Text(words: Uint16Array): string {
	let text = `${words[0]}`;
	let at = 5;
	for (let list = 1; list <= 4; list++) {
		const next = at + words[list]!;
		text += `,${words.subarray(at, next).join("-")}`;
		at = next;
	}
	return text;
}

/** @param extensions of the server hello, each with its header */
export function ja3s(data: Uint8Array, version: number, cipher: number, extensions: Span): string | undefined {
	key.reset(2);
	key.words[0] = version;
	key.words[1] = cipher;
	key.putExtensionTypes(data, extensions);
	return key.fits ? ja3sOfKey.get(key.bytes, 0, key.length * 2) : undefined;
}

function ja3sText(words: Uint16Array): string {
	return `${words[0]},${words[1]},${words.subarray(2).join("-")}`;
}

function md5(text: string): string | undefined {
	try {
		return createHash("md5").update(text).digest("hex");
	} catch {
		return undefined;
	}
}

/** Words of a JA4 key before its lists: carrier, version, name, first ALPN's two ends, lengths of the lists. */
const JA4_HEAD = 8;
/** No byte: the client offers no protocol. */
const NO_ALPN = 0xffff;

/** @returns 36 characters; undefined where the hello is too long. */
export function ja4(hello: ClientHello): string | undefined {
	const { data, alpn } = hello;
	const { words } = key;
	key.reset(JA4_HEAD);
	words[0] = hello.carrier.charCodeAt(0);
	words[1] = highestVersion(hello);
	words[2] = hello.hasName ? 1 : 0;
	const length = alpn.end > alpn.start ? Math.min(data[alpn.start]!, alpn.end - alpn.start - 1) : 0;
	words[3] = length > 0 ? data[alpn.start + 1]! : NO_ALPN;
	words[4] = length > 0 ? data[alpn.start + length]! : NO_ALPN;
	words[5] = key.putList(data, hello.ciphers);
	const types = key.length;
	words[6] = key.putExtensionTypes(data, hello.extensions);
	key.sort(types);
	words[7] = key.putList(data, hello.signatureAlgorithms);
	return key.fits ? ja4OfKey.get(key.bytes, 0, key.length * 2) : undefined;
}

const JA4_VERSIONS: Readonly<Record<number, string>> = {
	2: "s2",
	768: "s3",
	769: "10",
	770: "11",
	771: "12",
	772: "13",
	65279: "d1",
	65277: "d2",
	65276: "d3",
};

function ja4Text(words: Uint16Array): string {
	const [ciphers, types, signatures] = [words[5]!, words[6]!, words[7]!];
	const afterCiphers = JA4_HEAD + ciphers;
	const afterTypes = afterCiphers + types;
	const head = [
		String.fromCharCode(words[0]!),
		JA4_VERSIONS[words[1]!] ?? "00",
		words[2] === 1 ? "d" : "i",
		twoDigits(ciphers),
		twoDigits(types),
		alpnEnds(words[3]!, words[4]!),
	].join("");
	const sorted = hexList(words.slice(JA4_HEAD, afterCiphers).sort());
	const extensions = hexList(
		words.subarray(afterCiphers, afterTypes).filter((type) => type !== Extension.ServerName && type !== Extension.Alpn),
	);
	const algorithms = signatures > 0 ? `_${hexList(words.subarray(afterTypes))}` : "";
	return `${head}_${sha256Start(sorted)}_${extensions === "" ? NOTHING : sha256Start(extensions + algorithms)}`;
}

function twoDigits(count: number): string {
	return String(Math.min(count, 99)).padStart(2, "0");
}

/** First and last character of the first protocol offered; of its hexadecimal form where one is no letter or digit. */
function alpnEnds(first: number, last: number): string {
	if (first === NO_ALPN) return "00";
	if (isAlphanumeric(first) && isAlphanumeric(last)) return String.fromCharCode(first, last);
	return (first >>> 4).toString(16) + (last & 0xf).toString(16);
}

function isAlphanumeric(byte: number): boolean {
	return /^[0-9A-Za-z]$/.test(String.fromCharCode(byte));
}

/** Four digits for each word, joined by commas. */
function hexList(words: Uint16Array): string {
	let text = "";
	for (const word of words) text += `,${(0x10000 + word).toString(16).slice(1)}`;
	return text.slice(1);
}

/** What stands for the hash of no ciphers, or of no extensions. */
const NOTHING = "000000000000";

function sha256Start(text: string): string {
	return text === "" ? NOTHING : createHash("sha256").update(text).digest("hex").slice(0, 12);
}
