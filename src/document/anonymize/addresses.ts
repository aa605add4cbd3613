import { addressOfBytes, bytesOfAddress, parseAddress } from "../../packet/address.ts";
import { CryptoPan, type KeptRange } from "./crypto-pan.ts";

function range(text: string, length: number, keeps: KeptRange["keeps"]): KeptRange {
	return { prefix: bytesOfAddress(text), length, keeps };
}

/**
 * What an address still shows when it is replaced: that it is special (IANA IPv4 and IPv6 Special-Purpose Address
 * Registries, RFC 6890), for that is what the report's sentences are about.
 */
const KEPT: readonly KeptRange[] = [
	range("0.0.0.0", 32, "whole"),
	range("127.0.0.0", 8, "whole"),
	range("224.0.0.0", 4, "whole"),
	range("255.255.255.255", 32, "whole"),
	range("10.0.0.0", 8, "prefix"),
	range("100.64.0.0", 10, "prefix"),
	range("169.254.0.0", 16, "prefix"),
	range("172.16.0.0", 12, "prefix"),
	range("192.168.0.0", 16, "prefix"),
	range("::", 128, "whole"),
	range("::1", 128, "whole"),
	// Global unicast, unique local, link-local.
	range("2000::", 3, "prefix"),
	range("fc00::", 8, "prefix"),
	range("fd00::", 8, "prefix"),
	range("fe80::", 64, "prefix"),
	// Well-known groups; but a solicited-node group has the end of an address in it (RFC 4291, 2.7.1), others may.
	range("ff00::", 8, "prefix"),
	range("ff00::", 12, "whole"),
	range("ff02::1:ff00:0", 104, "prefix"),
];

const MAPPED = bytesOfAddress("::ffff:0.0.0.0").subarray(0, 12);
/** Addresses that are remembered. */
const MAX_KNOWN = 1 << 20;

/** Replaces addresses: see {@link CryptoPan}, and {@link KEPT} for what stays. */
export class Addresses {
	readonly #pan: CryptoPan;
	readonly #known = new Map<string, string>();
	/** By IPv4 address as a number, and by IPv6 address in hexadecimal. */
	readonly #knownBytes = new Map<number | string, Uint8Array>();

	constructor(key: Uint8Array) {
		this.#pan = new CryptoPan(key, "numbered");
	}

	/** @param text as `parseAddress` reads it. @returns undefined where it is no address. */
	ofText(text: string): string | undefined {
		const known = this.#known.get(text);
		if (known !== undefined) return known;
		if (!parseAddress(text)) return undefined;
		const replaced = addressOfBytes(this.ofBytes(bytesOfAddress(text)));
		if (this.#known.size >= MAX_KNOWN) this.#known.clear();
		this.#known.set(text, replaced);
		return replaced;
	}

	/** @param address 4 or 16 bytes. @returns the replacement, of the same length; not to be changed. */
	ofBytes(address: Uint8Array): Uint8Array {
		const bytes = Buffer.from(address.buffer, address.byteOffset, address.length);
		const key = address.length === 4 ? bytes.readUInt32BE() : bytes.toString("hex");
		let replaced = this.#knownBytes.get(key);
		if (!replaced) {
			replaced = this.#replace(address);
			if (this.#knownBytes.size >= MAX_KNOWN) this.#knownBytes.clear();
			this.#knownBytes.set(key, replaced);
		}
		return replaced;
	}

	#replace(address: Uint8Array): Uint8Array {
		if (address.length === 4) return this.#pan.replace(address, [...KEPT, broadcastOf(address)]);
		if (!MAPPED.every((byte, i) => address[i] === byte)) return this.#pan.replace(address, KEPT);
		return Uint8Array.from([...MAPPED, ...this.ofBytes(address.subarray(12))]);
	}
}

/** The last address of the /24 that an address is in: most subnets' broadcast address, and it still ends in 255 when replaced. */
function broadcastOf(address: Uint8Array): KeptRange {
	const prefix = Uint8Array.from([...address.subarray(0, 3), 255]);
	return { prefix, length: 32, from: 24, keeps: "prefix" };
}
