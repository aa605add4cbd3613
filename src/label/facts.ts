import type { MatrixRow } from "../matrix/types.ts";

/** What the label rules need to know of a flow. */
export interface Facts {
	/** IP protocol number. */
	readonly protocol: number;
	readonly serverPort: number;
	/** Products at the two ends: {@link Hosts.productSet}. */
	readonly serverProducts: readonly string[];
	readonly clientProducts: readonly string[];
	/** Both ends are one host. */
	readonly sameHost: boolean;
	/** Protocol that the payload showed. */
	readonly application: string | null;
	/** Server name that the client asked for (TLS SNI, HTTP Host, or a DNS answer with the server's address). */
	readonly name: string | null;
	/** Whether the name is from DNS: then it tells rows apart, but is no payload that confirms. */
	readonly isDnsName: boolean;
	/** Protocol that a session description announced for one of the two ends; for flows whose payload showed none. */
	readonly announced: string | null;
	/** Product that the server's payload names. */
	readonly speaks: string | null;
}

/** Whether the row's product is at the end of the flow that the row is about. */
export function belongs(row: MatrixRow, facts: Facts): boolean {
	return (row.direction === "out" ? facts.clientProducts : facts.serverProducts).includes(row.product);
}
