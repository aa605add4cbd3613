import { parseDnsAnswers } from "../protocol/dns.ts";
import { Overflow } from "./overflow.ts";

/** Who named an address: a DNS answer in the capture, or a name record of the capture file. */
export type NameSource = "dns" | "file";

/** Addresses that are followed; a flood of answers must not fill the memory. */
const MAX_ADDRESSES = 100_000;
const BEYOND = `names of addresses beyond the first ${MAX_ADDRESSES} were not kept`;
/** Names kept for one address: beyond these it is some provider's, and a name tells nothing. */
const MAX_NAMES = 8;

const NONE: ReadonlyMap<string, NameSource> = new Map();

/**
 * Names of addresses, from the DNS answers in the capture (RFC 1035) and the name records of its files: what a flow
 * without a server name was looking for.
 */
export class NameTable {
	readonly #names = new Map<string, Map<string, NameSource>>();
	readonly #overflow: Overflow;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	/** Looks at a DNS message. */
	observe(data: Uint8Array, start: number, end: number): void {
		const answers = parseDnsAnswers(data, start, end);
		if (!answers) return;
		for (const address of answers.addresses) this.add(address, answers.name, "dns");
	}

	/** What was seen in a DNS answer stays the better source. */
	add(address: string, name: string, source: NameSource): void {
		const names = this.#names.get(address);
		if (!names) {
			if (this.#names.size < MAX_ADDRESSES) this.#names.set(address, new Map([[name, source]]));
			else this.#overflow.add(BEYOND);
		} else if (names.has(name) ? source === "dns" : names.size < MAX_NAMES) names.set(name, source);
	}

	/** All names that led to an address. */
	of(address: string): ReadonlyMap<string, NameSource> {
		return this.#names.get(address) ?? NONE;
	}

	get size(): number {
		return this.#names.size;
	}
}
