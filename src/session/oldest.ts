/** Makes room in a map that keeps its entries in the order in which they came: the oldest goes. */
export function dropOldest<Key>(map: Map<Key, unknown>): void {
	for (const key of map.keys()) {
		map.delete(key);
		return;
	}
}

/**
 * The entries that came last, of which none is removed by itself. A map's first key is slow to find where those before it
 * were removed, so the order is kept beside it.
 */
export class Latest<Key, Value> {
	readonly #values = new Map<Key, Value>();
	/** In the order in which they came, from {@link #oldest} on and around. */
	readonly #keys: Key[] = [];
	readonly #max: number;
	#oldest = 0;

	/** @param max entries kept. */
	constructor(max: number) {
		this.#max = max;
	}

	get(key: Key): Value | undefined {
		return this.#values.get(key);
	}

	/** Adds an entry with a key that there is none of; the oldest one gives way. */
	add(key: Key, value: Value): void {
		this.#values.set(key, value);
		if (this.#keys.length < this.#max) {
			this.#keys.push(key);
			return;
		}
		this.#values.delete(this.#keys[this.#oldest]!);
		this.#keys[this.#oldest] = key;
		this.#oldest = (this.#oldest + 1) % this.#max;
	}
}
