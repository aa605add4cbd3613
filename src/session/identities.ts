import type { Identity } from "../protocol/identity.ts";
import { Overflow } from "./overflow.ts";

/** Hosts that are followed: a site has a few product hosts; a flood of greetings must not fill the memory. */
const MAX_HOSTS = 10_000;
const BEYOND = `times hosts beyond the first ${MAX_HOSTS} that said what they are were not believed`;
/** Different things that one host says of itself: releases, names; a hostile one could say many. */
const MAX_OF_ONE = 16;

const NONE: readonly Identity[] = [];

/** What hosts say that they are: the sender's address, and each different thing that it said, once. */
export class IdentityTable {
	readonly #byAddress = new Map<string, Identity[]>();
	readonly #overflow: Overflow;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	add(address: string, identity: Identity): void {
		const known = this.#byAddress.get(address);
		if (!known) {
			if (this.#byAddress.size < MAX_HOSTS) this.#byAddress.set(address, [identity]);
			else this.#overflow.add(BEYOND);
		} else if (known.length < MAX_OF_ONE && !known.some((other) => isSame(other, identity))) known.push(identity);
	}

	addAll(others: IdentityTable): void {
		for (const [address, identities] of others.entries())
			for (const identity of identities) this.add(address, identity);
	}

	of(address: string): readonly Identity[] {
		return this.#byAddress.get(address) ?? NONE;
	}

	/** Every host that said anything, with all that it said. */
	entries(): Iterable<[string, readonly Identity[]]> {
		return this.#byAddress;
	}
}

function isSame(a: Identity, b: Identity): boolean {
	return (
		a.product === b.product &&
		a.model === b.model &&
		a.release === b.release &&
		a.system === b.system &&
		a.reason === b.reason
	);
}
