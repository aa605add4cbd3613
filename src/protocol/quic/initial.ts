/**
 * What a client's first packet carries. Its keys follow from what it says in clear (RFC 9001, 5.2; RFC 9369, 3.3): the
 * encryption keeps nothing secret, it only proves that the packet is one.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { afterIds, isDraft, VERSION_1, VERSION_2, versionAt } from "./header.ts";

interface Secrets {
	readonly salt: Buffer;
	/** Begins the labels of the keys. */
	readonly label: string;
}

const SECRETS_1: Secrets = { salt: Buffer.from("38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "hex"), label: "quic" };
const SECRETS_2: Secrets = { salt: Buffer.from("0dede3def700a6db819381be6e269dcbf9bd2ed9", "hex"), label: "quicv2" };
/** Drafts 29 to 32 (draft-ietf-quic-tls-29, 5.2). */
const SECRETS_29: Secrets = { salt: Buffer.from("afbfec289993d24c9e9786f19c6111e04390a899", "hex"), label: "quic" };
/** Drafts 23 to 28. */
const SECRETS_23: Secrets = { salt: Buffer.from("c3eef712c72ebb5a11a7d2432bb46365bef9f502", "hex"), label: "quic" };

const TAG = 16;
/** The sample of the header's mask is taken as if the packet number had four bytes (RFC 9001, 5.4.2). */
const SAMPLE_AT = 4;
const SAMPLE = 16;
/** A datagram brings no more; a hello of more bytes goes over several. */
const MAX_CRYPTO = 2048;

/**
 * The handshake bytes of the client's Initial packet at `start`, from the first one on as far as they are there.
 * @returns undefined where it is no packet of a client, or not its first: the keys do not fit, or of an unknown version.
 */
export function cryptoOfInitial(data: Uint8Array, start: number, end: number): Buffer | undefined {
	const secrets = secretsOf(versionAt(data, start));
	const number = packetNumberAt(data, start, end);
	if (!secrets || !number || number.end - number.at < SAMPLE_AT + SAMPLE) return undefined;
	try {
		const payload = decrypt(data, start, number.at, number.end, secrets);
		return payload && cryptoFrames(payload);
	} catch {
		return undefined;
	}
}

function secretsOf(version: number): Secrets | undefined {
	if (version === VERSION_1) return SECRETS_1;
	if (version === VERSION_2) return SECRETS_2;
	const draft = isDraft(version) ? version & 0xff : 0;
	if (draft < 23 || draft > 32) return undefined;
	return draft < 29 ? SECRETS_23 : SECRETS_29;
}

/** Where the packet number is, behind token and length, and where the packet ends. */
function packetNumberAt(data: Uint8Array, start: number, end: number): { at: number; end: number } | undefined {
	const token = varint(data, afterIds(data, start), end);
	const length = token && varint(data, token.next + token.value, end);
	return length && length.next + length.value <= end ? { at: length.next, end: length.next + length.value } : undefined;
}

/** @returns undefined, or throws, where the tag does not fit */
function decrypt(data: Uint8Array, start: number, numberAt: number, end: number, secrets: Secrets): Buffer | undefined {
	const destination = data.subarray(start + 6, start + 6 + data[start + 5]!);
	const initial = createHmac("sha256", secrets.salt).update(destination).digest();
	const client = expand(initial, "client in", 32);
	const mask = createCipheriv("aes-128-ecb", expand(client, `${secrets.label} hp`, 16), null).update(
		data.subarray(numberAt + SAMPLE_AT, numberAt + SAMPLE_AT + SAMPLE),
	);
	const header = Buffer.from(data.subarray(start, numberAt + SAMPLE_AT));
	header[0]! ^= mask[0]! & 0x0f;
	const numberLength = (header[0]! & 3) + 1;
	const nonce = expand(client, `${secrets.label} iv`, 12);
	for (let i = 0; i < numberLength; i++) {
		const at = numberAt - start + i;
		header[at]! ^= mask[1 + i]!;
		nonce[12 - numberLength + i]! ^= header[at]!;
	}
	const decipher = createDecipheriv("aes-128-gcm", expand(client, `${secrets.label} key`, 16), nonce);
	decipher.setAAD(header.subarray(0, numberAt - start + numberLength));
	decipher.setAuthTag(data.subarray(end - TAG, end));
	const payload = decipher.update(data.subarray(numberAt + numberLength, end - TAG));
	decipher.final();
	return payload;
}

/** HKDF-Expand-Label (RFC 8446, 7.1) with an empty context, for at most one block of SHA-256. */
function expand(secret: Buffer, label: string, length: number): Buffer {
	const name = `tls13 ${label}`;
	const info = Buffer.from(`\0${String.fromCharCode(length, name.length)}${name}\0\x01`, "latin1");
	return createHmac("sha256", secret).update(info).digest().subarray(0, length);
}

const Frame = { Padding: 0, Ping: 1, Ack: 2, Crypto: 6 } as const;

/** The bytes of the CRYPTO frames put in their places, up to the first that is missing: clients send them in any order. */
function cryptoFrames(payload: Buffer): Buffer {
	const bytes = Buffer.alloc(MAX_CRYPTO);
	const pieces: [from: number, to: number][] = [];
	let at = 0;
	while (at < payload.length) {
		const type = payload[at++]!;
		if (type === Frame.Padding || type === Frame.Ping) continue;
		if (type !== Frame.Crypto) break;
		const offset = varint(payload, at, payload.length);
		const length = offset && varint(payload, offset.next, payload.length);
		if (!length || length.next + length.value > payload.length) break;
		at = length.next + length.value;
		if (offset.value + length.value > MAX_CRYPTO) continue;
		payload.copy(bytes, offset.value, length.next, at);
		pieces.push([offset.value, offset.value + length.value]);
	}
	let known = 0;
	for (const [from, to] of pieces.sort(([one], [other]) => one - other)) {
		if (from > known) break;
		known = Math.max(known, to);
	}
	return bytes.subarray(0, known);
}

/** A number of 1, 2, 4 or 8 bytes (RFC 9000, 16), and the place behind it; undefined where it is cut. */
function varint(data: Uint8Array, at: number, end: number): { value: number; next: number } | undefined {
	if (at >= end) return undefined;
	const next = at + (1 << (data[at]! >>> 6));
	if (next > end) return undefined;
	let value = data[at]! & 0x3f;
	for (let i = at + 1; i < next; i++) value = value * 256 + data[i]!;
	return { value, next };
}
