import type { Facts } from "../../src/label/facts.ts";

/** Facts of a flow of which nothing is known but its server's port. @param protocol IP protocol number. */
export function facts(protocol: number, serverPort: number, more: Partial<Facts> = {}): Facts {
	return {
		protocol,
		serverPort,
		listedPort: serverPort,
		serverProducts: [],
		clientProducts: [],
		sameHost: false,
		application: null,
		name: null,
		feature: null,
		announced: null,
		speaks: null,
		...more,
	};
}
