import type { FindingKind } from "../../src/finding/kinds.ts";
import type { Site } from "./site.ts";

/** A finding that a capture must give. */
export interface Expected {
	readonly kind: FindingKind;
	/** The row that it is about; null where no row is. */
	readonly row: string | null;
	/** Where only this one is right: a remark must not be more. */
	readonly severity?: "info" | "warning" | "error";
	/** Why it must be there. */
	readonly why: string;
}

/** Where it is captured. */
export type Place =
	/** On the office's switch: the clients' side of the router, unless a client is beyond it. */
	| "office"
	/** Behind the router. */
	| "beyond"
	/** On all interfaces of the router: what it forwards is there twice. */
	| "router"
	/** At IP Office's port, incoming packets only: a mirror port that copies one direction. */
	| "mirror";

/** Something that goes wrong in the office, or looks as if it did. */
export interface Fault {
	readonly name: string;
	/** What happens, in a sentence. */
	readonly shows: string;
	/** Debian packages that its programs are in. */
	readonly packages: readonly string[];
	/** By default `office`. */
	readonly captured?: Place;
	/** What flowmatrix is told of who is what: nothing, or who is in the office; by default all of the site. */
	readonly hosts?: "none" | "office";
	/** All findings of the capture: there must be these, and no other. */
	readonly findings: readonly Expected[];
	/** Makes it happen. Programs that are left running are ended afterwards, with the site. */
	run(site: Site): Promise<void>;
}

export function expected(kind: FindingKind, row: string | null, why: string): Expected {
	return { kind, row, why };
}

/** What is worth a word, and no fault. */
export function remark(kind: FindingKind, row: string | null, why: string): Expected {
	return { kind, row, severity: "info", why };
}
