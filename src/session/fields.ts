import { type FlowStore, sideAddress } from "../flow/store.ts";
import { hashOfNumber, hashOfText } from "../protocol/hash.ts";
import { identityIn } from "../protocol/identity.ts";
import type { Fields } from "../protocol/recogniser.ts";
import type { IdentityTable } from "./identities.ts";
import { Overflow } from "./overflow.ts";

/**
 * Characters of fields that are kept, and what a flow's fields cost beside: half a million ordinary flows, or fewer whose
 * certificates have long names. Beyond, labels still know the protocol, and reports lack the details.
 */
const MAX_CHARACTERS = 200_000_000;
const COST_OF_FLOW = 300;
const COST_OF_FIELD = 20;
const BEYOND = "messages beyond the limits whose fields are in no flow's details";
/** Different fields that are remembered to be shared, a power of two: a site's flows say the same few things. */
const SHARED = 1 << 12;
/** Characters of a text that its hash is made of, the last ones. */
const HASHED = 16;

/** What flows' payloads said in the fields of their protocols, and who said by them what it is. */
export class FieldTable {
	readonly #store: FlowStore;
	readonly #identities: IdentityTable;
	/** By flow. Flows that said the same share an object. */
	readonly #fields: (Readonly<Fields> | undefined)[] = [];
	/** Each at the place that its hash gives. */
	readonly #shared = new Array<Readonly<Fields> | undefined>(SHARED).fill(undefined);
	/** By the fields that a flow had: what it said next, and what both are together. The same mostly follows the same. */
	readonly #followed = new Map<Readonly<Fields>, { readonly more: Readonly<Fields>; readonly all: Readonly<Fields> }>();
	readonly #overflow: Overflow;
	/** What is kept, in characters. */
	#kept = 0;

	constructor(store: FlowStore, identities: IdentityTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#store = store;
		this.#identities = identities;
	}

	/** Keeps the fields of a message; what a flow said first stays. */
	add(flow: number, side: 0 | 1, protocol: string, fields: Readonly<Fields>): void {
		const identity = identityIn(protocol, fields);
		if (identity) this.#identities.add(sideAddress(this.#store, flow, side), identity);
		if (this.#kept >= MAX_CHARACTERS) {
			this.#overflow.add(BEYOND);
			return;
		}
		const said = this.#share(fields);
		const known = this.#fields[flow];
		if (known) {
			this.#fields[flow] = this.#both(known, said);
			return;
		}
		while (this.#fields.length <= flow) this.#fields.push(undefined);
		this.#fields[flow] = said;
		if (said === fields) this.#count(said);
	}

	/** Leaves out what a flow said: it was another protocol's than it turns out to speak. */
	forget(flow: number): void {
		if (flow < this.#fields.length) this.#fields[flow] = undefined;
	}

	#both(known: Readonly<Fields>, more: Readonly<Fields>): Readonly<Fields> {
		const before = this.#followed.get(known);
		if (before?.more === more) return before.all;
		const joined = together(known, more);
		const all = joined === known ? known : this.#share(joined);
		if (all !== known && all === joined) this.#count(all);
		if (!before && this.#followed.size >= SHARED) this.#followed.clear();
		this.#followed.set(known, { more, all });
		return all;
	}

	/** @returns the same fields in the object in which they were said before. */
	#share(fields: Readonly<Fields>): Readonly<Fields> {
		const place = hashOf(fields) & (SHARED - 1);
		const before = this.#shared[place];
		if (before && isSame(before, fields)) return before;
		this.#shared[place] = fields;
		return fields;
	}

	#count(fields: Readonly<Fields>): void {
		this.#kept += COST_OF_FLOW;
		for (const name in fields) this.#kept += costOf(fields[name]!);
	}

	of(flow: number): Readonly<Fields> | undefined {
		return this.#fields[flow];
	}
}

/** @returns `known` itself where nothing is new. */
function together(known: Readonly<Fields>, more: Readonly<Fields>): Readonly<Fields> {
	let all: Fields | undefined;
	for (const name in more) {
		if (known[name] !== undefined) continue;
		all ??= copyOf(known);
		all[name] = more[name]!;
	}
	return all ?? known;
}

/** Member by member: of a copy by `...`, V8 gives each one that grows a shape of its own, 250 bytes and more. */
function copyOf(fields: Readonly<Fields>): Fields {
	const copy: Fields = {};
	for (const name in fields) copy[name] = fields[name]!;
	return copy;
}

function hashOf(fields: Readonly<Fields>): number {
	let hash = 0;
	for (const name in fields) {
		const value = fields[name]!;
		hash = hashOfNumber(name.length, hash);
		if (typeof value !== "string") hash = hashOfNumber(Number(value), hash);
		else hash = hashOfText(value.length > HASHED ? value.slice(-HASHED) : value, hashOfNumber(value.length, hash));
	}
	return hash ^ (hash >>> 15);
}

/** In the same order, too: reports keep it. */
function isSame(one: Readonly<Fields>, other: Readonly<Fields>): boolean {
	const names = Object.keys(one);
	const others = Object.keys(other);
	if (names.length !== others.length) return false;
	for (let at = 0; at < names.length; at++) {
		const name = names[at]!;
		if (name !== others[at] || one[name] !== other[name]) return false;
	}
	return true;
}

function costOf(value: Fields[string]): number {
	return COST_OF_FIELD + (typeof value === "string" ? value.length : 0);
}
