import { Protocol } from "../packet/view.ts";
import { type PortFit, portFit, rangeFit } from "./port-fit.ts";
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

/** Look-up of rows by port, remembered per port: a capture asks for the same few again and again. */
export class MatrixIndex {
	readonly matrix: Matrix;
	readonly #byPort = new Map<number, readonly PortMatch[]>();
	readonly #byId: ReadonlyMap<string, MatrixRow>;
	/** `protocol << 16 | port` of every port that a row names itself. */
	readonly #exact = new Set<number>();

	constructor(matrix: Matrix) {
		this.matrix = matrix;
		this.#byId = new Map(matrix.rows.map((row) => [row.id, row]));
		for (const row of matrix.rows) {
			for (const range of row.ports) {
				if (rangeFit(range) !== "exact") continue;
				for (const protocol of [Protocol.TCP, Protocol.UDP]) {
					if (!row.transports.includes(matrixTransport(protocol)!)) continue;
					for (let port = range.first; port <= range.last; port++) this.#exact.add((protocol << 16) | port);
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

	/** A row by its id. */
	row(id: string): MatrixRow | undefined {
		return this.#byId.get(id);
	}

	/** Whether a row names the port itself. */
	isExactPort(protocol: number, port: number): boolean {
		return this.#exact.has((protocol << 16) | port);
	}
}
