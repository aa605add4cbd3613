/** Pseudo-random numbers (mulberry32) from a seed: the same on every machine and in every run. */
export class Random {
	#state: number;

	constructor(seed: string) {
		this.#state = hash(seed);
	}

	/** 32 bits, unsigned. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
		return (value ^ (value >>> 14)) >>> 0;
	}

	/** A whole number, both bounds included. */
	between(first: number, last: number): number {
		return first + (this.next() % (last - first + 1));
	}

	bytes(count: number): Uint8Array {
		return Uint8Array.from({ length: count }, () => this.next() >>> 24);
	}

	/** Lower-case hexadecimal digits, for tags and Call-IDs. */
	digits(count: number): string {
		return Buffer.from(this.bytes(count)).toString("hex").slice(0, count);
	}
}

/** FNV-1a over the characters. */
function hash(seed: string): number {
	let value = 0x811c9dc5;
	for (const character of seed) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
	return value;
}
