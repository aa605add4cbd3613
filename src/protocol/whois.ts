/** What IP Office answers to a TFTP read of `nasystem/who_is` and its kin. */
export interface WhoIs {
	readonly mac?: string;
	/** Kind of system: `IP 500 V2`. */
	readonly type?: string;
	/** Release of its software. */
	readonly version?: string;
	/** The system's own name. */
	readonly name?: string;
}

/** Longest reply that is read: the real ones are a few lines. */
const MAX_REPLY = 4096;
const PAIR = /([^"]*)"([^"]*)"/g;
/** The keys in words, and their places in the list for releases that name them otherwise. */
const WANTED = [
	{ field: "mac", key: /\bmac\b/i, place: 0 },
	{ field: "type", key: /\btype\b/i, place: 1 },
	{ field: "version", key: /\b(ver|version|release)\b/i, place: 4 },
	{ field: "name", key: /\bname\b/i, place: 5 },
] as const;

/**
 * Reads the reply's list of `key "value"` pairs. A value is taken by its key, or by its place where no key says so.
 * @param text Latin-1, as received; may be cut anywhere.
 * @returns undefined where there is no pair at all.
 */
export function parseWhoIs(text: string): WhoIs | undefined {
	const pairs = [...text.slice(0, MAX_REPLY).matchAll(PAIR)].map(([, key = "", value = ""]) => ({ key, value }));
	if (pairs.length === 0) return undefined;
	const found: Partial<Record<keyof WhoIs, string>> = {};
	for (const { field, key, place } of WANTED) {
		const named = pairs.find((pair) => key.test(pair.key));
		const placed = pairs[place];
		const isFree = placed !== undefined && !WANTED.some((other) => other.key.test(placed.key));
		const value = (named ?? (isFree ? placed : undefined))?.value.trim();
		if (value) found[field] = value;
	}
	return found;
}
