import { MatrixError } from "./load.ts";
import type { Matrix, MatrixRow, MatrixTransport, Product, Release, ReleaseChange, SourceCells } from "./types.ts";

/** A line of a change table, and the release that brought it. */
export interface DatedChange {
	readonly release: string;
	readonly change: ReleaseChange;
}

/** All releases that the matrix knows, oldest first: the one that its first change table starts from, then each table's. */
export function releasesOf(matrix: Matrix): string[] {
	const first = matrix.releases[0]?.from;
	const all = [...(first === undefined ? [] : [first]), ...matrix.releases.map(({ release }) => release)];
	return all.includes(matrix.release) ? all : [...all, matrix.release];
}

/**
 * The matrix as it stood in an earlier release: later additions are taken out, later removals put back, later changes
 * undone as far as the document tells what was before, and what its tables said until then holds.
 * @param release `9.1`, also `R9.1` or `9.1.0`.
 * @throws MatrixError for a release that the matrix does not know.
 */
export function matrixOfRelease(matrix: Matrix, release: string): Matrix {
	const known = knownRelease(matrix, release);
	const rows = new Map(matrix.rows.map((row) => [row.id, row]));
	for (const { changes } of [...laterThan(matrix, known)].reverse()) {
		for (const change of [...changes].reverse()) undo(matrix, change, rows);
	}
	if (known !== matrix.release) {
		for (const { release, changes } of matrix.releases.filter((each) => !laterThan(matrix, known).includes(each))) {
			for (const change of changes) applyCells(release, change, rows);
		}
	}
	const present = new Set([...rows.values()].map(({ product }) => product));
	const former = (matrix.formerProducts ?? []).filter(({ id }) => present.has(id));
	return {
		...matrix,
		release: known,
		products: [...matrix.products.filter(({ id }) => present.has(id)), ...former],
		rows: [...rows.values()],
		releases: matrix.releases.filter((each) => !laterThan(matrix, known).includes(each)),
	};
}

/** The change tables' lines between two releases, oldest first. @throws MatrixError for an unknown release, or the later one first. */
export function diffReleases(matrix: Matrix, from: string, to: string): DatedChange[] {
	const [first, second] = [knownRelease(matrix, from), knownRelease(matrix, to)];
	const order = releasesOf(matrix);
	if (order.indexOf(first) > order.indexOf(second))
		throw new MatrixError(`${first} is later than ${second}: name the earlier release first`);
	const until = laterThan(matrix, second);
	return laterThan(matrix, first)
		.filter((each) => !until.includes(each))
		.flatMap(({ release, changes }) => changes.map((change) => ({ release, change })));
}

/** The latest change table that took a port away: it removed the port's row, or moved the row to other ports. */
export function retiredBy(matrix: Matrix, transport: MatrixTransport, port: number): DatedChange | undefined {
	for (const { release, changes } of [...matrix.releases].reverse()) {
		for (const change of changes) {
			if (!change.transports.includes(transport)) continue;
			const before = change.change === "removed" ? change.ports : (change.before?.ports ?? []);
			const has = (list: readonly { first: number; last: number }[]) =>
				list.some(({ first, last }) => port >= first && port <= last);
			if (has(before) && (change.change === "removed" || (change.change === "changed" && !has(change.ports)))) {
				return { release, change };
			}
		}
	}
	return undefined;
}

function knownRelease(matrix: Matrix, release: string): string {
	const wanted = normal(release);
	const known = releasesOf(matrix);
	const found = known.find((each) => normal(each) === wanted);
	if (found === undefined)
		throw new MatrixError(`release '${release}' is not known; the matrix tells of ${known.join(", ")}`);
	return found;
}

/** `R11.1.0.0 FP` and `11.1` are one release. */
function normal(release: string): string {
	return release
		.trim()
		.toLowerCase()
		.replace(/^r(elease)?\s*/, "")
		.replace(/\s*(fp|sp)\d*$/, "")
		.replace(/(\.0)+$/, "");
}

function laterThan(matrix: Matrix, release: string): readonly Release[] {
	const at = matrix.releases.findIndex((each) => each.release === release);
	return matrix.releases.slice(at + 1);
}

function undo(matrix: Matrix, change: ReleaseChange, rows: Map<string, MatrixRow>): void {
	if (change.change === "removed") {
		const row = formerRow(matrix, change);
		rows.set(row.id, row);
		return;
	}
	for (const id of change.rows) {
		const row = rows.get(id);
		if (!row) continue;
		if (change.before) rows.set(id, { ...row, ...change.before });
		else if (change.change === "added") rows.delete(id);
	}
}

/** What a table says of its lines' rows holds from its release on, also where the current rows say otherwise and no table why. */
function applyCells(release: string, change: ReleaseChange, rows: Map<string, MatrixRow>): void {
	const { optional, state, source, mended = [] } = change;
	for (const id of change.rows) {
		const row = rows.get(id);
		if (!row || (row.optional === optional && row.state === state)) continue;
		const cells = (of: SourceCells) => `"${of.optional} / ${of.state}"`;
		const note = `The table of release ${release} says ${cells(source)}, the current row ${cells(row.source)}; no table tells when that changed.`;
		rows.set(id, {
			...row,
			optional,
			state,
			source: { ...row.source, optional: source.optional, state: source.state },
			mended: [...(row.mended ?? []), ...mended, note],
		});
	}
}

const SECTIONS = { in: "IN", out: "OUT", intra: "INT" } as const;

/** A row that a later release removed. It has no number in the current document: its id carries its port behind an x. */
function formerRow(matrix: Matrix, change: ReleaseChange): MatrixRow {
	const {
		product,
		direction,
		ports,
		configurable,
		transports,
		protocols,
		tls,
		optional,
		state,
		service,
		description,
		source,
	} = change;
	const prefix = productOf(matrix, product)?.prefix ?? product.toUpperCase();
	return {
		id: `${prefix}-${SECTIONS[direction]}-x${ports[0]?.first ?? 0}`,
		product,
		direction,
		number: 0,
		ports,
		configurable,
		isConfigurable: configurable.length > 0,
		transports,
		protocols,
		tls,
		optional,
		state,
		service,
		peer: "",
		description,
		source,
		...(change.mended ? { mended: change.mended } : {}),
	};
}

/** A product by its id, former ones included. */
export function productOf(matrix: Matrix, id: string): Product | undefined {
	return [...matrix.products, ...(matrix.formerProducts ?? [])].find((product) => product.id === id);
}
