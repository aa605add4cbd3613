import { parseDnsAnswers } from "../protocol/dns.ts";

/** Addresses that are followed; a flood of answers must not fill the memory. */
const MAX_ADDRESSES = 100_000;
/** Names kept for one address: beyond these it is some provider's, and a name tells nothing. */
const MAX_NAMES = 8;

const NONE: ReadonlySet<string> = new Set();

/** Names of addresses, from the DNS answers in the capture (RFC 1035): what a flow without a server name was looking for. */
export class NameTable {
	readonly #names = new Map<string, Set<string>>();

	/** Looks at a DNS message. */
	observe(data: Uint8Array, start: number, end: number): void {
		const answers = parseDnsAnswers(data, start, end);
		if (!answers) return;
		for (const address of answers.addresses) {
			const names = this.#names.get(address);
			if (names) {
				if (names.size < MAX_NAMES) names.add(answers.name);
			} else if (this.#names.size < MAX_ADDRESSES) this.#names.set(address, new Set([answers.name]));
		}
	}

	/** All names that led to an address. */
	of(address: string): ReadonlySet<string> {
		return this.#names.get(address) ?? NONE;
	}

	get size(): number {
		return this.#names.size;
	}
}
