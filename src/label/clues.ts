import type { Matrix, MatrixRow } from "../matrix/types.ts";
import { Protocol } from "../packet/view.ts";
import { Evidence, evidenceFor } from "./fit.ts";
import { FIRST_DYNAMIC_PORT, isServicePort } from "./services.ts";
import { portText } from "./words.ts";

/** One piece of evidence that a host runs a product. */
export interface Clue {
	readonly product: string;
	/** Clues with the same key count once. */
	readonly key: string;
	readonly points: number;
	readonly reason: string;
	/** A port of the dynamic range in plain text: on a host that serves such ports at large it says nothing. */
	readonly isPlainDynamic?: true;
}

/**
 * Points that make a host a product: two ports in the dynamic range that only the product serves, one such port that
 * also speaks TLS as its row asks, or one thing that only the product says.
 */
export const ENOUGH = 3;
const DYNAMIC_PORT = 2;
const REGISTERED_PORT = 1;
const TLS = 1;
/** Both ends on one port that nobody else uses: no ephemeral port did that by chance. */
const SAME_PORT = 3;

interface Distinctive {
	readonly row: MatrixRow;
	readonly product: string;
	/** What it says, once it was said: alike for all flows with or without TLS, and with or without one port at both ends. */
	readonly clues: Clue[];
}

/**
 * What ports say of the hosts at both ends, by the matrix: ports that one product's ingress rows name and nobody else
 * serves. Where the products themselves look for other servers, such as a WebLM server, a port says nothing.
 */
export class PortClues {
	/** By {@link keyOf}. */
	readonly #server = new Map<number, Distinctive>();
	readonly #client = new Map<number, Distinctive>();

	constructor(matrix: Matrix) {
		const shared = new Set<number>();
		for (const row of matrix.rows) {
			const isElsewhere = row.direction === "out" && !row.peerProducts;
			for (const protocol of isElsewhere ? protocolsOf(row) : [])
				for (const { first } of row.ports) shared.add(keyOf(protocol, first));
			if (row.direction !== "in") continue;
			for (const protocol of protocolsOf(row)) {
				for (const { first, last } of row.ports) {
					if (first !== last || isServicePort(first)) continue;
					// An answer over UDP is easily had: only ports that nothing is registered for count.
					if (protocol === Protocol.UDP && first < FIRST_DYNAMIC_PORT) continue;
					const key = keyOf(protocol, first);
					const known = this.#server.get(key);
					if (known && known.product !== row.product) shared.add(key);
					this.#server.set(key, { row, product: row.product, clues: [] });
					const [peer, ...others] = row.peerProducts ?? [];
					if (peer !== undefined && others.length === 0) this.#client.set(key, { row, product: peer, clues: [] });
				}
			}
		}
		for (const key of shared) this.#server.delete(key);
	}

	/** What an answer from a port says of the server. @param application what the payload showed; null for nothing. */
	ofServer(protocol: number, serverPort: number, clientPort: number, application: string | null): Clue | undefined {
		const found = this.#server.get(keyOf(protocol, serverPort));
		if (!found || evidenceFor(found.row, application) === Evidence.Contradicts) return undefined;
		const tls = application === "tls";
		return remembered(found, tls, serverPort === clientPort, () => {
			const { row, product } = found;
			const port = portText(protocol, serverPort);
			const spoken = tls ? " with TLS" : "";
			return {
				product,
				key: port,
				points: this.#points(row, protocol, serverPort, clientPort, tls),
				reason: `answers on ${port}${spoken} (${row.id})`,
				...(protocol === Protocol.TCP && !tls && serverPort >= FIRST_DYNAMIC_PORT ? { isPlainDynamic: true } : {}),
			};
		});
	}

	/** What it says of the client, where the row names the one product that connects there. */
	ofClient(protocol: number, serverPort: number, clientPort: number, application: string | null): Clue | undefined {
		const found = this.#client.get(keyOf(protocol, serverPort));
		if (!found || evidenceFor(found.row, application) === Evidence.Contradicts) return undefined;
		const tls = application === "tls";
		return remembered(found, tls, serverPort === clientPort, () => {
			const { row, product } = found;
			const port = portText(protocol, serverPort);
			return {
				product,
				key: `to ${port}`,
				points: this.#points(row, protocol, serverPort, clientPort, tls),
				reason: `is answered on ${port}, where only this product connects (${row.id})`,
			};
		});
	}

	#points(row: MatrixRow, protocol: number, serverPort: number, clientPort: number, tls: boolean): number {
		if (protocol === Protocol.UDP && serverPort === clientPort) return SAME_PORT;
		const port = serverPort >= FIRST_DYNAMIC_PORT ? DYNAMIC_PORT : REGISTERED_PORT;
		return port + (tls && row.tls === "always" ? TLS : 0);
	}
}

function remembered({ clues }: Distinctive, tls: boolean, isSamePort: boolean, make: () => Clue): Clue {
	const at = (tls ? 1 : 0) | (isSamePort ? 2 : 0);
	let clue = clues[at];
	if (!clue) {
		clue = make();
		clues[at] = clue;
	}
	return clue;
}

function keyOf(protocol: number, port: number): number {
	return (protocol << 16) | port;
}

function protocolsOf(row: MatrixRow): number[] {
	return row.transports.map((transport) => (transport === "tcp" ? Protocol.TCP : Protocol.UDP));
}
