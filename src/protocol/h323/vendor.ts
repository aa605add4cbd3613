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
const AVAYA = ["60864801 86f872", "60864801 86fc0b", "2b060104 01b569"].map((contents) =>
	Buffer.from(contents.replace(" ", ""), "hex"),
);
const AVAYA_PRODUCT = /\bavaya\b|\bip ?office\b/i;

export function vendorOf(identifier: ValueFor<typeof vendorIdentifier> | undefined): Vendor | undefined {
	const product = textIn(identifier?.productId);
	const version = textIn(identifier?.versionId);
	if (product === "" && version === "") return undefined;
	return { ...(product !== "" && { product }), ...(version !== "" && { version }) };
}

/** `IP Office 12.0`. */
export function textOfVendor(vendor: Vendor | undefined): string | undefined {
	return vendor && [vendor.product, vendor.version].filter(Boolean).join(" ");
}

/** Whether a message is Avaya's own: an object identifier anywhere in it (tokens have them too), or the product's name. */
export function isAvaya(vendor: Vendor | undefined, data: Uint8Array, start: number, end: number): boolean {
	if (vendor?.product !== undefined && AVAYA_PRODUCT.test(vendor.product)) return true;
	const message = Buffer.from(data.buffer, data.byteOffset + start, Math.max(0, end - start));
	return AVAYA.some((contents) => message.includes(contents));
}

/** Without the zeros that some implementations end it with. */
function textIn(octets: Uint8Array | undefined): string {
	return octets ? textOf(octets, 0, octets.length).replace(/\0+$/, "").trim() : "";
}
