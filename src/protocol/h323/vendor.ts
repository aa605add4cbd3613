import { textOf } from "../bytes.ts";
import type { ValueFor } from "./asn1.ts";
import type { vendorIdentifier } from "./h225-types.ts";

/** What an endpoint says of itself. */
export interface Vendor {
	readonly product?: string;
	readonly version?: string;
}

/**
 * Contents of object identifiers that are Avaya's: {joint-iso-itu-t(2) country(16) us(840) organization(1)} 113778 and
 * 114187, and its private enterprise number, 6889.
 */
const AVAYA: readonly (readonly number[])[] = [
	[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x72],
	[0x60, 0x86, 0x48, 0x01, 0x86, 0xfc, 0x0b],
	[0x2b, 0x06, 0x01, 0x04, 0x01, 0xb5, 0x69],
];
const AVAYA_PRODUCT = /\bavaya\b|\bip ?office\b/i;

export function vendorOf(identifier: ValueFor<typeof vendorIdentifier> | undefined): Vendor | undefined {
	const product = textIn(identifier?.productId);
	const version = textIn(identifier?.versionId);
	if (product === "" && version === "") return undefined;
	return { ...(product !== "" && { product }), ...(version !== "" && { version }) };
}

/** Whether a message is Avaya's own: an object identifier anywhere in it (tokens have them too), or the product's name. */
export function isAvaya(vendor: Vendor | undefined, data: Uint8Array, start: number, end: number): boolean {
	if (vendor?.product !== undefined && AVAYA_PRODUCT.test(vendor.product)) return true;
	for (let at = start; at < end; at++) {
		for (const oid of AVAYA) {
			let i = 0;
			while (i < oid.length && at + i < end && data[at + i] === oid[i]) i++;
			if (i === oid.length) return true;
		}
	}
	return false;
}

/** Without the zeros that some implementations end it with. */
function textIn(octets: Uint8Array | undefined): string {
	return octets ? textOf(octets, 0, octets.length).replace(/\0+$/, "").trim() : "";
}
