import { textOf, u32 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

/** Versions of the client's protocol, from H2 1.0 on, with room for later ones. */
const FIRST_VERSION = 5;
const LAST_VERSION = 40;
const MAX_NAME = 1024;
/** Lowest and highest version, and the length of the database's name. */
const HEADER = 12;

/**
 * The H2 database's client: two versions, then the database's name as a count of UTF-16 characters. Known so that a Java
 * application's database is not taken for anything else.
 */
export const h2: Recogniser = {
	protocol: "h2-database",
	transports: [6],
	strength: "strong",
	ports: [9092],
	firstBytes: [0],
	source: "H2 database: org.h2.engine.SessionRemote, org.h2.value.Transfer",
	recognise(data, start, end) {
		if (end - start < HEADER + 2 || data[start] !== 0) return Role.No;
		const lowest = u32(data, start);
		const highest = u32(data, start + 4);
		const length = u32(data, start + 8);
		if (lowest < FIRST_VERSION || highest < lowest || highest > LAST_VERSION) return Role.No;
		if (length === 0 || length > MAX_NAME) return Role.No;
		const last = Math.min(end - 1, start + HEADER + 2 * length);
		for (let at = start + HEADER; at < last; at += 2) if (data[at] !== 0 || data[at + 1]! < 0x20) return Role.No;
		return Role.Client;
	},
	describe(data, start, end) {
		const name = start + HEADER;
		const last = Math.min(end, name + 2 * u32(data, start + 8));
		return { database: textOf(data, name, last).replaceAll("\0", "") };
	},
};
