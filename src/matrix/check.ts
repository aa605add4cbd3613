import { readFile } from "node:fs/promises";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { portFit } from "./port-fit.ts";
import type { Matrix, MatrixRow, PortRange } from "./types.ts";

const SCHEMA = new URL("../../schema/matrix.schema.json", import.meta.url);
/** Faults told; a file of another kind altogether would have thousands. */
const MAX_FAULTS = 20;

/** What is wrong with a matrix: one line each, naming row and field; empty where nothing is. */
export async function checkMatrix(matrix: unknown): Promise<string[]> {
	const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(await readFile(SCHEMA, "utf8")) as object);
	if (!validate(matrix)) return (validate.errors ?? []).slice(0, MAX_FAULTS).map((error) => describe(matrix, error));
	return [...crossChecks(matrix as Matrix)].slice(0, MAX_FAULTS);
}

function describe(matrix: unknown, error: ErrorObject): string {
	const path = error.instancePath.split("/").slice(1);
	const extra =
		(error.params as { additionalProperty?: string; missingProperty?: string; allowedValues?: unknown[] }) ?? {};
	const allowed = extra.allowedValues ? ` (${extra.allowedValues.join(", ")})` : "";
	const named = extra.additionalProperty ? ` '${extra.additionalProperty}'` : "";
	return `${place(matrix, path)}: ${error.message ?? "is wrong"}${allowed}${named}`;
}

/** `row IPO-IN-3: ports[0].last`, where the path leads into a row that has an id. */
function place(matrix: unknown, path: readonly string[]): string {
	const [list, index, ...rest] = path;
	const items = (matrix as Record<string, unknown> | null)?.[list ?? ""];
	const item = Array.isArray(items) ? (items[Number(index)] as Record<string, unknown> | undefined) : undefined;
	if (!list || index === undefined || !item) return path.length === 0 ? "the matrix" : dotted(path);
	const id = item.id ?? item.release ?? item.domain;
	const name = typeof id === "string" ? id : `number ${Number(index) + 1}`;
	const kind = list === "rows" ? "row" : list.replace(/s$/, "");
	return `${kind} ${name}${rest.length > 0 ? `: ${dotted(rest)}` : ""}`;
}

function dotted(path: readonly string[]): string {
	return path.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join("");
}

/** What a schema cannot say. */
function* crossChecks(matrix: Matrix): Iterable<string> {
	const products = new Set([...matrix.products, ...(matrix.formerProducts ?? [])].map(({ id }) => id));
	const ids = new Set<string>();
	for (const row of matrix.rows) {
		if (ids.has(row.id)) yield `row ${row.id}: id: is used twice`;
		ids.add(row.id);
		if (!products.has(row.product)) yield `row ${row.id}: product: '${row.product}' is not in products`;
		for (const product of row.peerProducts ?? []) {
			if (!products.has(product)) yield `row ${row.id}: peerProducts: '${product}' is not in products`;
		}
		yield* ranges(`row ${row.id}: ports`, row.ports);
		yield* ranges(`row ${row.id}: configurable`, row.configurable);
		yield* twins(matrix, row);
	}
	for (const release of matrix.releases) {
		for (const [i, change] of release.changes.entries()) {
			const where = `release ${release.release}: changes[${i}]`;
			if (!products.has(change.product)) yield `${where}.product: '${change.product}' is not in products`;
			for (const id of change.rows) if (!ids.has(id)) yield `${where}.rows: there is no row ${id}`;
			yield* ranges(`${where}.ports`, change.ports);
		}
	}
	for (const { domain, rows } of matrix.domains) {
		for (const id of rows) if (!ids.has(id)) yield `domain ${domain}: rows: there is no row ${id}`;
	}
}

function* twins(matrix: Matrix, { id, product, direction, tls, secureTwins = [] }: MatrixRow): Iterable<string> {
	if (secureTwins.length > 0 && tls === "always") yield `row ${id}: secureTwins: the row itself always has TLS`;
	for (const { row, port } of secureTwins) {
		const twin = matrix.rows.find((each) => each.id === row);
		if (!twin) yield `row ${id}: secureTwins: there is no row ${row}`;
		else if (twin.product !== product || twin.direction !== direction)
			yield `row ${id}: secureTwins: ${row} is of another product or direction`;
		else if (twin.tls === "never") yield `row ${id}: secureTwins: ${row} has no TLS`;
		else if (portFit(twin, "tcp", port) !== "exact") yield `row ${id}: secureTwins: ${row} does not list tcp/${port}`;
	}
}

function* ranges(where: string, list: readonly PortRange[]): Iterable<string> {
	for (const [i, { first, last }] of list.entries()) {
		if (first > last) yield `${where}[${i}]: first (${first}) is above last (${last})`;
	}
}
