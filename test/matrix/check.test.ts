import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkMatrix } from "../../src/matrix/check.ts";
import { loadMatrix, MatrixError } from "../../src/matrix/load.ts";
import { BUNDLED_MATRIX } from "../support/matrix.ts";

type Json = { rows: Record<string, unknown>[]; releases: unknown[]; domains: unknown[] };
const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

function broken(change: (matrix: Json) => void): Json {
	const matrix = JSON.parse(readFileSync(BUNDLED_MATRIX, "utf8")) as Json;
	change(matrix);
	return matrix;
}

/** Gives the row of plain HTTP another secure twin. */
function twin(matrix: Json, row: string, port: number): void {
	matrix.rows[5]!.secureTwins = [{ row, port }];
}

describe("a matrix that breaks the schema", () => {
	it.each<[string, (matrix: Json) => void, RegExp]>([
		["a port out of range", (m) => (m.rows[2]!.ports = [{ first: 1, last: 70000 }]), /row IPO-IN-3: ports\[0\]\.last/],
		["ports upside down", (m) => (m.rows[2]!.ports = [{ first: 9, last: 8 }]), /row IPO-IN-3: ports\[0\].*above/],
		["a missing field", (m) => delete m.rows[18]!.transports, /row IPO-IN-19: .*transports/],
		["a misspelt field", (m) => (m.rows[18]!.transprots = []), /row IPO-IN-19: .*'transprots'/],
		["an unknown transport", (m) => (m.rows[0]!.transports = ["sctp"]), /row IPO-IN-1: transports\[0\].*tcp, udp/],
		["an id twice", (m) => (m.rows[1]!.id = "IPO-IN-1"), /row IPO-IN-1: id: is used twice/],
		["an unknown product", (m) => (m.rows[0]!.product = "cm"), /row IPO-IN-1: product: 'cm'/],
		[
			"a twin that is not there",
			(m) => twin(m, "IPO-IN-99", 1),
			/row IPO-IN-6: secureTwins: there is no row IPO-IN-99/,
		],
		["a twin without TLS", (m) => twin(m, "IPO-IN-27", 8411), /row IPO-IN-6: secureTwins: IPO-IN-27 has no TLS/],
		["a twin on another port", (m) => twin(m, "IPO-IN-10", 444), /IPO-IN-6: secureTwins: .*tcp\/444/],
		["a twin of another product", (m) => twin(m, "ONEX-IN-8", 8443), /IPO-IN-6: secureTwins: .*another product/],
		["a row without an id", (m) => delete m.rows[4]!.id, /row number 5: .*id/],
	])("%s is named with its row and field", async (_, change, words) => {
		const faults = await checkMatrix(broken(change));
		expect(faults.join("\n")).toMatch(words);
	});

	it.each<[string, unknown]>([
		["null", null],
		["a list", []],
		["a text", "matrix"],
		["an empty object", {}],
	])("%s is refused", async (_, value) => {
		expect((await checkMatrix(value)).length).toBeGreaterThan(0);
	});

	it("does not tell of thousands of faults", async () => {
		const faults = await checkMatrix(
			broken((m) => {
				for (const row of m.rows) for (const field of Object.keys(row)) delete row[field];
			}),
		);
		expect(faults.length).toBeLessThanOrEqual(20);
	});
});

describe("loadMatrix", () => {
	it("reads another matrix", async () => {
		const path = join(folder, "own.json");
		const own = broken((m) => {
			m.rows = m.rows.slice(0, 1);
			m.releases = [];
			m.domains = [];
		});
		writeFileSync(path, JSON.stringify(own));
		expect((await loadMatrix(path)).rows).toHaveLength(1);
	});

	it("names the file that breaks the schema, is no JSON, or is not there", async () => {
		const path = join(folder, "broken.json");
		writeFileSync(path, JSON.stringify(broken((m) => delete m.rows[18]!.service)));
		await expect(loadMatrix(path)).rejects.toThrow(MatrixError);
		await expect(loadMatrix(path)).rejects.toThrow(/broken\.json: row IPO-IN-19: .*service/);
		writeFileSync(path, "{");
		await expect(loadMatrix(path)).rejects.toThrow(/broken\.json/);
		await expect(loadMatrix(join(folder, "none.json"))).rejects.toThrow(/none\.json: no such file/);
	});
});
