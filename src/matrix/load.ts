import { readFile } from "node:fs/promises";
import type { Matrix } from "./types.ts";

/** The bundled matrix. It lies beside `src/` and `dist/` alike. */
const BUNDLED = new URL("../../matrix/ip-office.json", import.meta.url);

/** A matrix that cannot be used. The message names the file, the row and the field. */
export class MatrixError extends Error {
	readonly code = "ERR_MATRIX";

	constructor(message: string) {
		super(message);
		this.name = "MatrixError";
	}
}

/**
 * Reads a port matrix.
 * @param path a JSON file after `schema/matrix.schema.json`; default: the bundled IP Office matrix.
 * @throws MatrixError where the file cannot be read or breaks the schema.
 */
export async function loadMatrix(path?: string): Promise<Matrix> {
	// The tests hold the bundled file against the schema; doing so at every start would cost more than reading it.
	if (path === undefined) return JSON.parse(await readFile(BUNDLED, "utf8")) as Matrix;
	const matrix = await parse(path);
	const { checkMatrix } = await import("./check.ts");
	const faults = await checkMatrix(matrix);
	if (faults.length > 0) throw new MatrixError(faults.map((fault) => `${path}: ${fault}`).join("\n"));
	return matrix as Matrix;
}

async function parse(path: string): Promise<unknown> {
	try {
		return JSON.parse(await readFile(path, "utf8"));
	} catch (error) {
		const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
		throw new MatrixError(
			`${path}: ${missing ? "no such file" : error instanceof Error ? error.message : String(error)}`,
		);
	}
}
