/** Four 32-bit words (signed), most significant first; IPv4 uses only the last, the others are 0. */
export type AddressWords = readonly [number, number, number, number];

export interface ParsedAddress {
	readonly version: 4 | 6;
	readonly words: AddressWords;
}

/** Texts of the last few addresses, each at the place that its hash gives: one text, hashed once, for all flows of a host. */
const KNOWN_BITS = 12;
const knownIPv4 = new Int32Array(1 << KNOWN_BITS);
const knownIPv4Texts = new Array<string>(1 << KNOWN_BITS).fill("0.0.0.0");
const knownIPv6 = new Int32Array(4 << KNOWN_BITS);
const knownIPv6Texts = new Array<string>(1 << KNOWN_BITS).fill("::");
/** Fibonacci hashing: 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b1;

/** Dotted decimal. @param word network order, signed or unsigned. */
export function formatIPv4(word: number): string {
	const place = Math.imul(word, GOLDEN) >>> (32 - KNOWN_BITS);
	if (knownIPv4[place] !== (word | 0)) {
		knownIPv4[place] = word;
		knownIPv4Texts[place] = decimalText(word);
	}
	return knownIPv4Texts[place]!;
}

function decimalText(word: number): string {
	return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/**
 * Canonical text of an IPv6 address (RFC 5952): lower case, no leading zeros, the first longest run of two or more zero
 * groups as `::`, an IPv4-mapped address as `::ffff:192.0.2.1`.
 */
export function formatIPv6(w0: number, w1: number, w2: number, w3: number): string {
	const mixed = Math.imul(Math.imul(Math.imul(w0, GOLDEN) ^ w1, GOLDEN) ^ w2, GOLDEN) ^ w3;
	const place = Math.imul(mixed, GOLDEN) >>> (32 - KNOWN_BITS);
	const at = 4 * place;
	if (
		knownIPv6[at] !== (w0 | 0) ||
		knownIPv6[at + 1] !== (w1 | 0) ||
		knownIPv6[at + 2] !== (w2 | 0) ||
		knownIPv6[at + 3] !== (w3 | 0)
	) {
		knownIPv6[at] = w0;
		knownIPv6[at + 1] = w1;
		knownIPv6[at + 2] = w2;
		knownIPv6[at + 3] = w3;
		knownIPv6Texts[place] = colonText(w0, w1, w2, w3);
	}
	return knownIPv6Texts[place]!;
}

function colonText(w0: number, w1: number, w2: number, w3: number): string {
	if (w0 === 0 && w1 === 0 && w2 === MAPPED) return `::ffff:${formatIPv4(w3)}`;
	const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
	const [start, length] = longestZeroRun(groups);
	if (length < 2) return hexGroups(groups);
	return `${hexGroups(groups.slice(0, start))}::${hexGroups(groups.slice(start + length))}`;
}

/** @param version 4 or 6; words as in {@link AddressWords}. */
export function addressText(version: number, w0: number, w1: number, w2: number, w3: number): string {
	return version === 4 ? formatIPv4(w3) : formatIPv6(w0, w1, w2, w3);
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function endpointText(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The address of an {@link endpointText}, without brackets. */
export function hostOf(endpoint: string): string {
	return endpoint.slice(0, endpoint.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

/** The port of an {@link endpointText}. */
export function portOf(endpoint: string): number {
	return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}

/**
 * An address as people write it: dotted decimal of four parts without leading zeros, or any of the forms of RFC 4291,
 * 2.2. No zone (`%eth0`), prefix length, brackets or blanks.
 * @returns undefined for anything else.
 */
export function parseAddress(text: string): ParsedAddress | undefined {
	if (!text.includes(":")) {
		const word = parseIPv4(text);
		return word === undefined ? undefined : { version: 4, words: [0, 0, 0, word] };
	}
	const words = parseIPv6(text);
	return words && { version: 6, words };
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(version: number, w0: number, w1: number, w2: number, w3: number): boolean {
	return version === 4 ? w3 >>> 24 === 127 : w0 === 0 && w1 === 0 && w2 === 0 && w3 === 1;
}

/** First bytes of IPv4 multicast groups (RFC 5771), and the last one of what is a subnet's broadcast address in most offices. */
const Group = { first: 224, last: 239, broadcast: 255 } as const;

/** Whether an address is no host's: a multicast group, or a broadcast address as far as that shows without its mask. */
export function isGroupAddress(version: number, w0: number, w3: number): boolean {
	if (version === 6) return w0 >>> 24 === 0xff;
	const first = w3 >>> 24;
	return (first >= Group.first && first <= Group.last) || (w3 & 0xff) === Group.broadcast;
}

/**
 * What an address is to the internet: `private` (RFC 1918, RFC 4193, and RFC 6598, which providers use), `public`, or
 * `other` (loopback, link-local, unspecified, multicast and reserved ones).
 */
export function scopeOf({ version, words }: ParsedAddress): "private" | "public" | "other" {
	const [w0, w1, w2, w3] = words;
	if (version === 6) {
		if (w0 >>> 25 === 0xfc >>> 1) return "private";
		return w0 >>> 29 === 1 ? "public" : w0 === 0 && w1 === 0 && w2 === MAPPED ? scopeOfIPv4(w3) : "other";
	}
	return scopeOfIPv4(w3);
}

function scopeOfIPv4(word: number): "private" | "public" | "other" {
	const first = word >>> 24;
	const two = word >>> 16;
	if (first === 10 || two >>> 4 === 0xac1 || two === 0xc0a8 || word >>> 22 === 0x191) return "private";
	return first === 0 || first === 127 || two === 0xa9fe || first >= 0xe0 ? "other" : "public";
}

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** Third word of ::ffff:0:0/96. */
const MAPPED = 0xffff;

function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
	let best = 0;
	let bestLength = 0;
	let length = 0;
	for (const [index, group] of groups.entries()) {
		length = group === 0 ? length + 1 : 0;
		if (length > bestLength) {
			bestLength = length;
			best = index + 1 - length;
		}
	}
	return [best, bestLength];
}

function hexGroups(groups: readonly number[]): string {
	return groups.map((group) => group.toString(16)).join(":");
}

/** Four decimal numbers without leading zeros. */
function parseIPv4(text: string): number | undefined {
	let word = 0;
	let octet = 0;
	let digits = 0;
	let dots = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === DOT && digits > 0) {
			word = (word << 8) | octet;
			octet = 0;
			digits = 0;
			dots++;
		} else if (code >= ZERO && code <= NINE && !(digits > 0 && octet === 0)) {
			octet = octet * 10 + code - ZERO;
			digits++;
			if (octet > 255) return undefined;
		} else return undefined;
	}
	return dots === 3 && digits > 0 ? (word << 8) | octet : undefined;
}

function parseIPv6(text: string): AddressWords | undefined {
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const [headText = "", tailText] = halves;
	const head = parseGroups(headText, tailText === undefined);
	const tail = parseGroups(tailText ?? "", true);
	if (!head || !tail) return undefined;
	const zeros = 8 - head.length - tail.length;
	// "::" stands for at least one group (RFC 4291, 2.2).
	if (tailText === undefined ? zeros !== 0 : zeros < 1) return undefined;
	const groups = [...head, ...new Array<number>(zeros).fill(0), ...tail];
	const word = (index: number) => ((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0);
	return [word(0), word(2), word(4), word(6)];
}

/** @param last whether the address ends here, so that its last 32 bits may be written as an IPv4 address. */
function parseGroups(text: string, last: boolean): number[] | undefined {
	if (text === "") return [];
	const groups: number[] = [];
	const parts = text.split(":");
	for (const [index, part] of parts.entries()) {
		if (last && index === parts.length - 1 && part.includes(".")) {
			const word = parseIPv4(part);
			if (word === undefined) return undefined;
			groups.push(word >>> 16, word & 0xffff);
		} else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
			groups.push(Number.parseInt(part, 16));
		} else {
			return undefined;
		}
	}
	return groups;
}

/** Text of an address of 4 or 16 bytes in network order. */
export function addressOfBytes(bytes: Uint8Array): string {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length === 4) return formatIPv4(view.getInt32(0));
	return formatIPv6(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12));
}

/** 4 or 16 bytes in network order. @throws where the text is no address. */
export function bytesOfAddress(text: string): Uint8Array {
	const parsed = parseAddress(text);
	if (!parsed) throw new Error(`'${text}' is no address`);
	const view = new DataView(new ArrayBuffer(parsed.version === 4 ? 4 : 16));
	if (parsed.version === 4) view.setInt32(0, parsed.words[3]);
	else for (const [i, word] of parsed.words.entries()) view.setInt32(4 * i, word);
	return new Uint8Array(view.buffer);
}
