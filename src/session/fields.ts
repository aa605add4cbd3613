import { type FlowStore, sideAddress } from "../flow/store.ts";
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

/** What flows' payloads said in the fields of their protocols, and who said by them what it is. */
export class FieldTable {
	readonly #store: FlowStore;
	readonly #identities: IdentityTable;
	/** By flow. */
	readonly #fields: (Fields | undefined)[] = [];
	readonly #overflow: Overflow;
	/** What is kept, in characters. */
	#kept = 0;

	constructor(store: FlowStore, identities: IdentityTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#store = store;
		this.#identities = identities;
	}

	/** Keeps the fields of a message; what a flow said first stays. */
	add(flow: number, side: 0 | 1, protocol: string, fields: Fields): void {
		const identity = identityIn(protocol, fields);
		if (identity) this.#identities.add(sideAddress(this.#store, flow, side), identity);
		if (this.#kept >= MAX_CHARACTERS) {
			this.#overflow.add(BEYOND);
			return;
		}
		const known = this.#fields[flow];
		if (known) {
			for (const name in fields) {
				if (known[name] !== undefined) continue;
				known[name] = fields[name]!;
				this.#kept += costOf(fields[name]!);
			}
			return;
		}
		while (this.#fields.length <= flow) this.#fields.push(undefined);
		this.#fields[flow] = fields;
		this.#kept += COST_OF_FLOW;
		for (const name in fields) this.#kept += costOf(fields[name]!);
	}

	of(flow: number): Readonly<Fields> | undefined {
		return this.#fields[flow];
	}
}

function costOf(value: Fields[string]): number {
	return COST_OF_FIELD + (typeof value === "string" ? value.length : 0);
}
