/** Makes room in a map that keeps its entries in the order in which they came: the oldest goes. */
export function dropOldest<Key>(map: Map<Key, unknown>): void {
	for (const key of map.keys()) {
		map.delete(key);
		return;
	}
}
