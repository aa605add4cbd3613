import { createHmac } from "node:crypto";
import { addressOfBytes, parseAddress } from "../../packet/address.ts";
import { Addresses } from "./addresses.ts";
import { hideReleases, mayBeBoth, shortRelease } from "./releases.ts";

/** RFC 4648 base 32, small. */
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
/** 50 bits: among a million names one pair in a thousand runs is the same. */
const NAME_LETTERS = 10;
/** Replacements that are remembered. */
const MAX_KNOWN = 1 << 18;
/** Rounds of the Feistel network that numbers go through, as in NIST SP 800-38G's FF1. */
const ROUNDS = 10;

/** `pbx.example.com`: the last label is no number. */
const DOMAIN_NAME =
	/^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.[a-z](?:[a-z0-9-]*[a-z0-9])?\.?$/i;
const MAC_BYTES = 6;
const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;
/** Ends of file names that tell a kind of file, and nobody's name. */
const FILE_NAME =
	/^(.+)\.(bin|cfg|cnf|conf|crt|csv|dat|html?|ini|jpe?g|json|lic|log|lst|pem|png|tar|tgz|txt|wav|xml|zip)$/i;
/** `[2001:db8::1]:5060`, `192.0.2.1:5060`, `192.0.2.0/24`. */
const ENDPOINT = /^(?:\[([0-9a-f:.]+)\]|(\d+\.\d+\.\d+\.\d+))([:/]\d+)$/i;
/**
 * What may be an address inside of a longer text: IPv4, also with the dashes that names have instead of dots; MAC; IPv6.
 * By its bytes alone it is one or none: {@link Names.embedded}.
 */
const EMBEDDED =
	/((?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)|(?<![\da-f])[\da-f]{2}(?:[:-][\da-f]{2}){5}(?![\da-f])|(?<!\d|\d-)\d{1,3}(?:-\d{1,3}){3}(?!\d|-\d)|(?<![\da-f:])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?![\da-f:]))/i;

/**
 * Replaces names, numbers and addresses, the same always by the same as long as the key is. What they are of stays to be
 * seen: a number is as long as it was, a host name has as many labels, and two in one domain still are.
 */
export class Names {
	readonly addresses: Addresses;
	readonly #key: Uint8Array;
	/** Names that are public knowledge, as are IP Office's own pseudo-files and its vendor's domains: they stay, at names' ends too. */
	readonly #isPublic: (name: string) => boolean;
	readonly #known = new Map<string, string>();
	/** Labels, by the domain that each is the first one of. */
	readonly #knownDomains = new Map<string, string>();
	/** By MAC address as a number. */
	readonly #knownMacs = new Map<number, Uint8Array>();
	/** Addresses of the capture that are written as a release may be. */
	readonly #seen = new Set<string>();
	/** All originals and their replacements, where somebody wants them. */
	readonly #mapping: Map<string, string> | undefined;

	/** @param addressKey for {@link Addresses}. @param nameKey secret, of any length. */
	constructor(
		addressKey: Uint8Array,
		nameKey: Uint8Array,
		isPublic: (name: string) => boolean = () => false,
		mapping?: Map<string, string>,
	) {
		this.addresses = new Addresses(addressKey);
		this.#key = nameKey;
		this.#isPublic = isPublic;
		this.#mapping = mapping;
	}

	/** An address, with or without a port; a name otherwise. */
	address(text: string): string {
		const replaced = this.endpoint(text);
		return replaced ?? this.name(text);
	}

	/** A text of which nothing may stay: its words are replaced one by one. */
	name(text: string): string {
		return this.aroundReleases(text, (piece) => piece.replace(/[^\s;,"'()<>]+/g, (part) => this.identifier(part)));
	}

	/** Takes note of an address that the capture has: then no release is written so. */
	see(endpoint: string): void {
		const [address = ""] = endpoint.split(":", 1);
		if (mayBeBoth(address)) this.#seen.add(address);
	}

	/** Four numbers where a release is told, shortened; undefined where they may be an address all the same. */
	release(text: string): string | undefined {
		return this.#seen.has(text) ? undefined : shortRelease(text);
	}

	/** Replaces somebody's text, but for the releases in it, of which nothing is left ({@link hideReleases}). */
	aroundReleases(text: string, replace: (piece: string) => string): string {
		return this.#releases(text)
			.map((piece, i) => (i % 2 === 1 ? piece : replace(piece)))
			.join("");
	}

	#releases(text: string): string[] {
		return hideReleases(text, (four) => this.#seen.has(four));
	}

	/** One name without blanks: of a host, a user, a file; an address. */
	identifier(text: string): string {
		const known = this.#known.get(text);
		if (known !== undefined) return known;
		const replaced = this.#replace(text);
		if (this.#known.size >= MAX_KNOWN) this.#known.clear();
		this.#known.set(text, replaced);
		if (replaced !== text) this.#mapping?.set(text, replaced);
		return replaced;
	}

	/** Bytes of an address, 4 or 16. @returns bytes that are not to be changed. */
	addressBytes(bytes: Uint8Array): Uint8Array {
		const replaced = this.addresses.ofBytes(bytes);
		if (this.#mapping) this.note(addressOfBytes(bytes), addressOfBytes(replaced));
		return replaced;
	}

	/** Takes note of a replacement that was made elsewhere. */
	note(original: string, replacement: string): void {
		if (original !== replacement) this.#mapping?.set(original, replacement);
	}

	/** Bytes of a MAC address: groups stay groups, and those of protocols stay as they are. @returns bytes that are not to be changed. */
	mac(bytes: Uint8Array): Uint8Array {
		const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUIntBE(0, MAC_BYTES);
		let replaced = this.#knownMacs.get(key);
		if (!replaced) {
			replaced = this.#mac(bytes);
			if (this.#mapping) this.note(colonText(bytes), colonText(replaced));
			if (this.#knownMacs.size >= MAX_KNOWN) this.#knownMacs.clear();
			this.#knownMacs.set(key, replaced);
		}
		return replaced;
	}

	#mac(bytes: Uint8Array): Uint8Array {
		if (bytes.every((byte) => byte === 0xff) || bytes.every((byte) => byte === 0)) return Uint8Array.from(bytes);
		const digest = this.#digest("mac", Buffer.from(bytes).toString("hex"));
		// Group addresses of IPv4, spanning tree, LLDP and the like (IEEE 802.1Q, RFC 1112).
		if (bytes[0] === 0x01) return Uint8Array.from(bytes);
		// Of IPv6 (RFC 2464, 7): the last 32 bits of the group's address. Those of a solicited node's are the end of a host's,
		// and other long ones are somebody's own; well-known groups have short numbers (`::1`, `::fb`, `::1:2`).
		if (bytes[0] === 0x33 && bytes[1] === 0x33) {
			if (bytes[2] === 0xff) return Uint8Array.of(0x33, 0x33, 0xff, ...digest.subarray(0, 3));
			const isWellKnown = bytes[2] === 0 && bytes[3]! <= 1;
			return isWellKnown ? Uint8Array.from(bytes) : Uint8Array.of(0x33, 0x33, ...digest.subarray(0, 4));
		}
		const replaced = Uint8Array.from(digest.subarray(0, 6));
		// Locally administered, and a group where it was one.
		replaced[0] = (replaced[0]! & 0xfc) | 0x02 | (bytes[0]! & 1);
		return replaced;
	}

	#replace(text: string): string {
		const endpoint = this.endpoint(text);
		if (endpoint !== undefined) return endpoint;
		if (MAC.test(text)) return this.#macText(text);
		// A single word may be public and somebody's name all the same.
		if (/[./]/.test(text) && this.#isPublic(text)) return text;
		const at = text.lastIndexOf("@");
		if (at > 0) return `${this.identifier(text.slice(0, at))}@${this.identifier(text.slice(at + 1))}`;
		const port = /^(.+)(:\d{1,5})$/.exec(text);
		if (port && DOMAIN_NAME.test(port[1]!)) return `${this.identifier(port[1]!)}${port[2]}`;
		const file = FILE_NAME.exec(text);
		if (file) return `${this.#words(file[1]!)}.${file[2]}`;
		return DOMAIN_NAME.test(text) ? this.#host(text) : this.#words(text);
	}

	/** An address, also with a port or a prefix length; undefined where it is none. */
	endpoint(text: string): string | undefined {
		const address = this.addresses.ofText(text);
		if (address !== undefined) {
			if (address !== text) this.#mapping?.set(text, address);
			return address;
		}
		const [, bracketed, plain, rest] = ENDPOINT.exec(text) ?? [];
		const inner = bracketed ?? plain;
		const replaced = inner === undefined ? undefined : this.addresses.ofText(inner);
		if (replaced === undefined) return undefined;
		if (replaced !== inner) this.#mapping?.set(inner!, replaced);
		return bracketed === undefined ? `${replaced}${rest}` : `[${replaced}]${rest}`;
	}

	#macText(text: string): string {
		const separator = text[2]!;
		const bytes = Uint8Array.from(text.split(separator), (byte) => Number.parseInt(byte, 16));
		return colonText(this.mac(bytes), separator);
	}

	/** Label by label from the right, each by what it is a label of: names in one domain stay in one domain. */
	#host(text: string): string {
		const labels = text.toLowerCase().replace(/\.$/, "").split(".");
		let kept = labels.findIndex((_, i) => i < labels.length - 1 && this.#isPublic(labels.slice(i).join(".")));
		if (kept < 0) kept = labels.length - 1;
		const isPublic = kept < labels.length - 1;
		const replaced = labels.slice(0, kept).map((_, i) => this.#label(labels.slice(i).join("."), i > 0));
		return [...replaced, ...(isPublic ? labels.slice(kept) : ["example"])].join(".");
	}

	/** @param isDomain whether other names may be in it. */
	#label(name: string, isDomain: boolean): string {
		if (!isDomain) return this.#code("host", name);
		let replaced = this.#knownDomains.get(name);
		if (replaced === undefined) {
			replaced = this.#code("host", name);
			if (this.#knownDomains.size >= MAX_KNOWN) this.#knownDomains.clear();
			this.#knownDomains.set(name, replaced);
		}
		return replaced;
	}

	/**
	 * Replaces the addresses inside of a text: octet by octet they would be a codebook of all others.
	 * @returns texts between addresses, and at odd places replacements.
	 */
	embedded(text: string): string[] {
		const pieces = [""];
		for (const [i, part] of this.#releases(text).entries()) {
			if (i % 2 === 1) {
				pieces.push(part, "");
				continue;
			}
			for (const [j, piece] of part.split(EMBEDDED).entries()) {
				const replaced = j % 2 === 1 ? this.#embeddedAddress(piece) : undefined;
				if (replaced === undefined) pieces[pieces.length - 1] += piece;
				else pieces.push(replaced, "");
			}
		}
		return pieces;
	}

	/** @returns undefined where it only looks like one. */
	#embeddedAddress(text: string): string | undefined {
		if (MAC.test(text)) return this.#macText(text);
		const dotted = text.replaceAll("-", ".");
		if (!parseAddress(dotted)) return undefined;
		const replaced = this.endpoint(dotted)!;
		return dotted === text ? replaced : replaced.replaceAll(".", "-");
	}

	/** What stands between letters and digits stays; letters, digits and addresses go. */
	#words(text: string): string {
		return this.embedded(text)
			.map((piece, i) =>
				i % 2 === 1
					? piece
					: piece.replace(/[\p{L}\p{N}\p{M}]+/gu, (word) =>
							/^\d+$/.test(word) ? this.#number(word) : this.#code("name", word),
						),
			)
			.join("");
	}

	#code(kind: string, text: string): string {
		const digest = this.#digest(kind, text);
		return `n-${Array.from({ length: NAME_LETTERS }, (_, i) => LETTERS[digest[i]! & 31]).join("")}`;
	}

	/** Another number of as many digits; no two are replaced by one. */
	#number(digits: string): string {
		// One digit has no halves: it moves by one to nine places, so that none stays what it is.
		if (digits.length === 1) return String((Number(digits) + 1 + (this.#digest("number 1", "")[0]! % 9)) % 10);
		const half = digits.length >> 1;
		let left = digits.slice(0, half);
		let right = digits.slice(half);
		for (let round = 0; round < ROUNDS; round++) {
			const sum = this.#sum(left, this.#digest(`number ${digits.length} ${round}`, right));
			left = right;
			right = sum;
		}
		return left + right;
	}

	/** Digits plus a pseudo-random number, without what is carried out of them. */
	#sum(digits: string, digest: Buffer): string {
		if (digits === "") return "";
		const size = 10n ** BigInt(digits.length);
		const more = BigInt(`0x${digest.toString("hex")}`) % size;
		return ((BigInt(digits) + more) % size).toString().padStart(digits.length, "0");
	}

	#digest(kind: string, text: string): Buffer {
		return createHmac("sha256", this.#key).update(`${kind}\0${text}`).digest();
	}
}

function colonText(bytes: Uint8Array, separator = ":"): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(separator);
}
