import { Protocol } from "../packet/view.ts";
import { type PortFit, portFit } from "./port-fit.ts";
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

/** Ports between two places where some row's ports begin or end: the same rows list all of them. */
interface Stretch {
	readonly rows: readonly PortMatch[];
	/** Whether a row names the ports themselves. */
	readonly isExact: boolean;
}

const PORTS = 1 << 16;

/** Look-up of rows by port. */
export class MatrixIndex {
	readonly matrix: Matrix;
	readonly #byId: ReadonlyMap<string, MatrixRow>;
	readonly #tcp: PortTable;
	readonly #udp: PortTable;

	constructor(matrix: Matrix) {
		this.matrix = matrix;
		this.#byId = new Map(matrix.rows.map((row) => [row.id, row]));
		this.#tcp = new PortTable(matrix, "tcp");
		this.#udp = new PortTable(matrix, "udp");
	}

	/** Every row that lists the port on this IP protocol, in the matrix's order. */
	rowsFor(protocol: number, port: number): readonly PortMatch[] {
		return this.#tableOf(protocol)?.at(port).rows ?? NOTHING;
	}

	/** A row by its id. */
	row(id: string): MatrixRow | undefined {
		return this.#byId.get(id);
	}

	/** Whether a row names the port itself. */
	isExactPort(protocol: number, port: number): boolean {
		return this.#tableOf(protocol)?.at(port).isExact ?? false;
	}

	#tableOf(protocol: number): PortTable | undefined {
		if (protocol === Protocol.TCP) return this.#tcp;
		return protocol === Protocol.UDP ? this.#udp : undefined;
	}
}

/** The rows of one transport by port: what is asked of every new client's port costs no walk over the rows. */
class PortTable {
	readonly #rows: readonly MatrixRow[];
	readonly #transport: MatrixTransport;
	/** By port, the number of its stretch; 0 for ports before all rows'. */
	readonly #stretchOf = new Uint16Array(PORTS);
	readonly #stretches: (Stretch | undefined)[] = [];

	constructor({ rows }: Matrix, transport: MatrixTransport) {
		this.#rows = rows.filter(({ transports }) => transports.includes(transport));
		this.#transport = transport;
		const ranges = this.#rows.flatMap(({ ports, configurable }) => [...ports, ...configurable]);
		const bounds = [...new Set(ranges.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
		for (const [at, bound] of bounds.entries()) this.#stretchOf.fill(at + 1, bound, bounds[at + 1] ?? PORTS);
	}

	at(port: number): Stretch {
		const number = this.#stretchOf[port] ?? 0;
		let stretch = this.#stretches[number];
		if (!stretch) {
			stretch = this.#stretchWith(port);
			this.#stretches[number] = stretch;
		}
		return stretch;
	}

	#stretchWith(port: number): Stretch {
		const rows = this.#rows.flatMap((row) => {
			const fit = portFit(row, this.#transport, port);
			return fit ? [{ row, fit }] : [];
		});
		return { rows, isExact: rows.some(({ fit }) => fit === "exact") };
	}
}
