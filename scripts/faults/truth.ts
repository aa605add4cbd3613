import type { Expected, Fault } from "./fault.ts";
import type { Site } from "./site.ts";

/** What is kept beside a fault's capture. */
export interface FaultTruth {
	readonly shows: string;
	/** Addresses by product, given with `--host`; empty where flowmatrix has to find them. */
	readonly hosts: Readonly<Record<string, readonly string[]>>;
	readonly findings: readonly Expected[];
}

export function truthOf({ shows, hosts, findings }: Fault, site: Pick<Site, "hosts" | "office">): FaultTruth {
	const told = hosts === "none" ? {} : hosts === "office" ? site.office.hosts : site.hosts;
	return { shows, hosts: told, findings };
}

/** As flowmatrix takes them. */
export function hostsOf({ hosts }: FaultTruth): { product: string; address: string }[] {
	return Object.entries(hosts).flatMap(([product, addresses]) => addresses.map((address) => ({ product, address })));
}
