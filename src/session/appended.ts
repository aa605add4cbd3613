/** What has nothing yet; nobody may add to it. */
const NONE: readonly never[] = Object.freeze([]);

/** A list without items. */
export function noItems<T>(): T[] {
	return NONE as unknown as T[];
}

/**
 * Adds to a list, which may be {@link noItems}. V8 makes room for 17 in an empty one that grows, and of the lists that are
 * kept of each call, most never have more than an item or none.
 * @returns the list that the item is in.
 */
export function appended<T>(list: T[], item: T): T[] {
	if (list.length === 0) return [item];
	list.push(item);
	return list;
}
