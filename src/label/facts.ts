import type { MatrixRow } from "../matrix/types.ts";

/** A server's name: what the client asked for (TLS SNI, HTTP Host) or the server's certificate says, or an address's name. */
export interface ServerName {
	readonly text: string;
	readonly source: "payload" | "certificate" | "dns" | "file";
}

/** What the label rules need to know of a flow. */
export interface Facts {
	/** IP protocol number. */
	readonly protocol: number;
	readonly serverPort: number;
	/** The port by which rows are looked up: another one than the server's where the site has moved a group of services. */
	readonly listedPort: number;
	/** Products at the two ends: {@link Hosts.productSet}. */
	readonly serverProducts: readonly string[];
	readonly clientProducts: readonly string[];
	/** Both ends are one host. */
	readonly sameHost: boolean;
	/** Protocol that the payload showed. */
	readonly application: string | null;
	/** Name of the server, and what gave it. */
	readonly name: ServerName | null;
	/** Subscription features that the name's domain serves (the document's Appendix A). */
	readonly feature: string | null;
	/** Protocol that a session description announced for one of the two ends; for flows whose payload showed none. */
	readonly announced: string | null;
	/** Product that the server's payload names. */
	readonly speaks: string | null;
}

/** Whether the row's product is at the end of the flow that the row is about. */
export function belongs(row: MatrixRow, facts: Facts): boolean {
	return (row.direction === "out" ? facts.clientProducts : facts.serverProducts).includes(row.product);
}
