import { type FlowStore, sideAddress } from "../flow/store.ts";
import { identityIn } from "../protocol/identity.ts";
import type { Fields } from "../protocol/recogniser.ts";
import type { IdentityTable } from "./identities.ts";

/** Flows whose fields are kept; beyond it labels still know the protocol, reports lack the details. */
const MAX_FIELDS = 500_000;

/** What flows' payloads said in the fields of their protocols, and who said by them what it is. */
export class FieldTable {
	readonly #store: FlowStore;
	readonly #identities: IdentityTable;
	/** By flow. */
	readonly #fields: (Fields | undefined)[] = [];
	#kept = 0;

	constructor(store: FlowStore, identities: IdentityTable) {
		this.#store = store;
		this.#identities = identities;
	}

	/** Keeps the fields of a message; what a flow said first stays. */
	add(flow: number, side: 0 | 1, protocol: string, fields: Fields): void {
		const identity = identityIn(protocol, fields);
		if (identity) this.#identities.add(sideAddress(this.#store, flow, side), identity);
		const known = this.#fields[flow];
		if (known) {
			for (const name in fields) known[name] ??= fields[name]!;
		} else if (this.#kept < MAX_FIELDS) {
			while (this.#fields.length <= flow) this.#fields.push(undefined);
			this.#fields[flow] = fields;
			this.#kept++;
		}
	}

	of(flow: number): Readonly<Fields> | undefined {
		return this.#fields[flow];
	}
}
