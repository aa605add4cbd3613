/** Of a full map, one entry in so many goes at a time. */
const SHARE = 16;

/**
 * Makes room in a map that keeps its entries in the order in which they came: the oldest sixteenth of them goes.
 *
 * Not one at a time: V8 leaves a hole where an entry was, and steps over all holes before it finds the first
 * entry that is left. With 200,000 entries that took 0.1 ms for each new one.
 *
 * @param letGo told of each entry before it goes
 * @returns how many went
 */
export function dropOldest<Key, Value>(map: Map<Key, Value>, letGo?: (key: Key, value: Value) => void): number {
	const count = Math.ceil(map.size / SHARE);
	let left = count;
	for (const [key, value] of map) {
		if (left-- === 0) break;
		letGo?.(key, value);
		map.delete(key);
	}
	return count;
}
