import { Protocol } from "../packet/view.ts";
import { type PortFit, portFit, rangeFit } from "./find.ts";
import type { Matrix, MatrixRow, MatrixTransport } from "./types.ts";

/** A row that lists a port, and how. */
export interface PortMatch {
	readonly row: MatrixRow;
	readonly fit: PortFit;
}

const NOTHING: readonly PortMatch[] = [];

/** The matrix's name of an IP protocol; undefined where the matrix has no rows for it. */
export function matrixTransport(protocol: number): MatrixTransport | undefined {
	if (protocol === Protocol.TCP) return "tcp";
	return protocol === Protocol.UDP ? "udp" : undefined;
}

/** How the rows of a matrix list a port, configurable ranges aside. */
const Listed = { Nowhere: 0, Range: 1, Exact: 2 } as const;

function place(protocol: number, port: number): number {
	return (protocol === Protocol.TCP ? 0 : 1 << 16) | port;
}

/** Look-up of rows by port, remembered per port: a capture asks for the same few again and again. */
export class MatrixIndex {
	readonly matrix: Matrix;
	readonly #byPort = new Map<number, readonly PortMatch[]>();
	/** For each port of TCP, then of UDP: how its rows list it at best, as {@link Listed}. */
	readonly #listed = new Uint8Array(2 << 16);

	constructor(matrix: Matrix) {
		this.matrix = matrix;
		for (const row of matrix.rows) {
			for (const range of row.ports) {
				const listed = rangeFit(range) === "exact" ? Listed.Exact : Listed.Range;
				for (const protocol of [Protocol.TCP, Protocol.UDP]) {
					if (!row.transports.includes(matrixTransport(protocol)!)) continue;
					for (let port = range.first; port <= range.last; port++) {
						const at = place(protocol, port);
						if (listed > this.#listed[at]!) this.#listed[at] = listed;
					}
				}
			}
		}
	}

	/** Every row that lists the port on this IP protocol, in the matrix's order. */
	rowsFor(protocol: number, port: number): readonly PortMatch[] {
		const transport = matrixTransport(protocol);
		if (!transport) return NOTHING;
		const key = (protocol << 16) | port;
		let matches = this.#byPort.get(key);
		if (!matches) {
			matches = this.matrix.rows.flatMap((row) => {
				const fit = portFit(row, transport, port);
				return fit ? [{ row, fit }] : [];
			});
			this.#byPort.set(key, matches);
		}
		return matches;
	}

	/**
	 * How well a port fits the ingress rows of its own side's products and the egress rows of the other side's. The
	 * ranges hold many ephemeral ports: they speak only for a payload that their row names.
	 */
	bestFit(
		protocol: number,
		port: number,
		own: readonly string[],
		other: readonly string[],
		application: string | null,
	): "exact" | "own-range" | "other-range" | "own-configurable" | null {
		if (own.length === 0 && other.length === 0) return null;
		if (!matrixTransport(protocol)) return null;
		const listed = this.#listed[place(protocol, port)];
		if (listed !== Listed.Exact && application === null) return null;
		let best: "own-range" | "other-range" | "own-configurable" | null = null;
		for (const { row, fit } of this.rowsFor(protocol, port)) {
			if (!(row.direction === "out" ? other : own).includes(row.product)) continue;
			if (fit === "exact" && !speaksAgainst(row, application)) return "exact";
			if (fit === "exact" || application === null || !row.protocols.includes(application)) continue;
			if (fit === "configurable") {
				if (row.direction !== "out") best ??= "own-configurable";
			} else if (row.direction !== "out") best = "own-range";
			else if (best !== "own-range") best = "other-range";
		}
		return best;
	}

	/** Whether a row names the port itself. */
	isExactPort(protocol: number, port: number): boolean {
		return matrixTransport(protocol) !== undefined && this.#listed[place(protocol, port)] === Listed.Exact;
	}
}

/** Whether a payload is another protocol than the row's; TLS can carry them all. */
function speaksAgainst({ protocols }: MatrixRow, application: string | null): boolean {
	return application !== null && application !== "tls" && protocols.length > 0 && !protocols.includes(application);
}
