/**
 * What an X.509 certificate says of its holder (RFC 5280, 4.1), read from DER. Read here and not by node:crypto, whose
 * X509Certificate takes twenty times as long (170 µs against 9 µs for one certificate, on a busy machine), keeps memory
 * outside the heap until it is collected, and refuses a certificate of which the capture has only the beginning.
 */
import { formatIPv4, formatIPv6 } from "../../packet/address.ts";
import { i32, startsWith } from "../bytes.ts";
import { Memo } from "../memo.ts";
import type { Fields } from "../recogniser.ts";
import { stringOf, Tag, timeOf, type Value, valueAt, valuesIn } from "./der.ts";

/** Names of a certificate that a report lists: some have hundreds. */
const MAX_NAMES = 16;
/** Different certificates that are remembered, and the bytes of one: 2 MB at most, in practice 500 kB. */
const MAX_KEPT = 256;
const MAX_KEPT_BYTES = 8192;

const COMMON_NAME = "\x55\x04\x03";
const ORGANISATION = "\x55\x04\x0a";
const SUBJECT_ALT_NAME = "\x55\x1d\x11";
/** Context tags of a GeneralName that hold a host's name or address. */
const GeneralName = { Dns: 0x82, Address: 0x87 } as const;
/** Context tags in the signed part. */
const Context = { Version: 0xa0, Extensions: 0xa3 } as const;

const fieldsOf = new Memo<Readonly<Fields>>(MAX_KEPT, MAX_KEPT_BYTES, readCertificate);

/** @returns shared: not to be changed. Without the fields that cannot be read. */
export function certificateFields(data: Uint8Array, start: number, end: number): Readonly<Fields> {
	return fieldsOf.get(data, start, end);
}

function readCertificate(data: Uint8Array, start: number, end: number): Fields {
	const certificate = valueAt(data, start, end);
	const signed = certificate && valueAt(data, certificate.start, certificate.end);
	if (certificate?.tag !== Tag.Sequence || signed?.tag !== Tag.Sequence) return {};
	const parts = valuesIn(data, signed);
	// Version (not in version 1), serial number, algorithm, issuer, validity, subject.
	const [, , issuer, validity, subject] = parts[0]?.tag === Context.Version ? parts.slice(1) : parts;
	const [from, to] = validity ? valuesIn(data, validity) : [];
	const names = parts.find(({ tag }) => tag === Context.Extensions);
	return withoutUndefined({
		certificate: subject && nameOf(data, subject),
		certificateNames: names && alternativeNames(data, names),
		issuer: issuer && nameOf(data, issuer),
		validFrom: from && timeOf(data, from),
		validTo: to && timeOf(data, to),
		// What the holder says of himself: the signature is not checked.
		selfSigned: issuer && subject && isSame(data, issuer, subject) ? true : undefined,
	});
}

function withoutUndefined(fields: Record<string, string | boolean | undefined>): Fields {
	const kept: Fields = {};
	for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
	return kept;
}

/** The last common name of a distinguished name; its organisation, as `O=…`, where it has none. */
function nameOf(data: Uint8Array, name: Value): string | undefined {
	let organisation: string | undefined;
	let common: string | undefined;
	for (const set of valuesIn(data, name)) {
		for (const attribute of valuesIn(data, set)) {
			const [type, value] = valuesIn(data, attribute);
			if (!type || !value) continue;
			if (isOid(data, type, COMMON_NAME)) common = stringOf(data, value);
			else if (isOid(data, type, ORGANISATION)) organisation = `O=${stringOf(data, value)}`;
		}
	}
	return common ?? organisation;
}

/** DNS names and addresses of the subject's alternative names, joined by commas; `+3 more` stands for those left out. */
function alternativeNames(data: Uint8Array, extensions: Value): string | undefined {
	const list = valueAt(data, extensions.start, extensions.end);
	for (const extension of list ? valuesIn(data, list) : []) {
		const [type, ...rest] = valuesIn(data, extension);
		const octets = rest.at(-1);
		if (!type || !octets || !isOid(data, type, SUBJECT_ALT_NAME)) continue;
		const sequence = valueAt(data, octets.start, octets.end);
		const names = (sequence ? valuesIn(data, sequence) : []).filter(
			({ tag }) => tag === GeneralName.Dns || tag === GeneralName.Address,
		);
		const listed = names.slice(0, MAX_NAMES).map((name) => hostName(data, name));
		if (names.length > MAX_NAMES) listed.push(`+${names.length - MAX_NAMES} more`);
		return listed.length > 0 ? listed.join(",") : undefined;
	}
	return undefined;
}

function hostName(data: Uint8Array, name: Value): string {
	const { tag, start, end } = name;
	if (tag === GeneralName.Address && end - start === 4) return formatIPv4(i32(data, start));
	if (tag === GeneralName.Address && end - start === 16)
		return formatIPv6(i32(data, start), i32(data, start + 4), i32(data, start + 8), i32(data, start + 12));
	return stringOf(data, name);
}

function isOid(data: Uint8Array, { tag, start, end }: Value, oid: string): boolean {
	return tag === Tag.ObjectIdentifier && end - start === oid.length && startsWith(data, start, end, oid);
}

function isSame(data: Uint8Array, one: Value, other: Value): boolean {
	const length = one.end - one.at;
	if (length !== other.end - other.at) return false;
	for (let i = 0; i < length; i++) if (data[one.at + i] !== data[other.at + i]) return false;
	return true;
}
