import type { Expected, Fault } from "./fault.ts";

/** What is kept beside a fault's capture. */
export interface FaultTruth {
	readonly shows: string;
	/** Addresses by product, given with `--host`; empty where flowmatrix has to find them. */
	readonly hosts: Readonly<Record<string, readonly string[]>>;
	readonly findings: readonly Expected[];
}

export function truthOf({ shows, hosts, findings }: Fault, known: FaultTruth["hosts"]): FaultTruth {
	return { shows, hosts: hosts === "none" ? {} : known, findings };
}

/** As flowmatrix takes them. */
export function hostsOf({ hosts }: FaultTruth): { product: string; address: string }[] {
	return Object.entries(hosts).flatMap(([product, addresses]) => addresses.map((address) => ({ product, address })));
}
