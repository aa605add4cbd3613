/** Certificates for tests, made by hand (RFC 5280, 4.1) and signed with a key of their own, so that real stacks take them. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
	const body = Buffer.concat(contents);
	const { length } = body;
	const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
	return Buffer.concat([Uint8Array.of(tag, ...size), body]);
}

const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const oid = (...octets: readonly number[]) => der(0x06, Uint8Array.from(octets));
const text = (value: string, tag = 0x0c) => der(tag, Buffer.from(value, tag === 0x0c ? "utf8" : "latin1"));

/** One attribute of a name: the last octet of its OID under 2.5.4, its value, the string's tag (UTF-8 if none). */
export type Attribute = readonly [type: number, value: string | Uint8Array, tag?: number];

export interface CertificateOptions {
	readonly subject: readonly Attribute[];
	readonly issuer?: readonly Attribute[];
	readonly names?: readonly (string | Uint8Array)[];
	/** `260101000000Z`, or with four digits of the year. */
	readonly from?: string;
	readonly to?: string;
}

export interface TestCertificate {
	readonly der: Buffer;
	readonly pem: string;
	readonly key: string;
}

/** @param options subject and issuer: the issuer is the subject if none is given; names: DNS names and addresses */
export function makeCertificate({
	subject,
	issuer = subject,
	names = [],
	from = "260101000000Z",
	to = "360101000000Z",
}: CertificateOptions): TestCertificate {
	const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const algorithm = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)); // ecdsa-with-SHA256
	const signed = sequence(
		der(0xa0, der(0x02, Uint8Array.of(2))),
		der(0x02, Uint8Array.of(0x11)),
		algorithm,
		nameOf(issuer),
		sequence(timeOf(from), timeOf(to)),
		nameOf(subject),
		publicKey.export({ type: "spki", format: "der" }),
		...(names.length > 0 ? [der(0xa3, sequence(alternativeNames(names)))] : []),
	);
	return withSignature(signed, algorithm, privateKey);
}

function withSignature(signed: Buffer, algorithm: Buffer, privateKey: KeyObject): TestCertificate {
	const signature = sign("sha256", signed, privateKey);
	const whole = sequence(signed, algorithm, der(0x03, Uint8Array.of(0), signature));
	const lines = whole.toString("base64").replace(/.{1,64}/g, "$&\n");
	return {
		der: whole,
		pem: `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`,
		key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
	};
}

function nameOf(attributes: readonly Attribute[]): Buffer {
	return sequence(
		...attributes.map(([type, value, tag]) =>
			der(
				0x31,
				sequence(oid(0x55, 0x04, type), typeof value === "string" ? text(value, tag) : der(tag ?? 0x0c, value)),
			),
		),
	);
}

function timeOf(time: string): Buffer {
	return text(time, time.length > 13 ? 0x18 : 0x17);
}

function alternativeNames(names: readonly (string | Uint8Array)[]): Buffer {
	const list = names.map((name) => (typeof name === "string" ? text(name, 0x82) : der(0x87, name)));
	return sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...list)));
}
