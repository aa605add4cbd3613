import { describe, expect, it } from "vitest";
import { loadMatrix, MatrixError } from "../../src/matrix/load.ts";
import { diffReleases, matrixOfRelease, releasesOf } from "../../src/matrix/release.ts";
import type { Matrix } from "../../src/matrix/types.ts";

const matrix = await loadMatrix();
const has = (of: Matrix, id: string) => of.rows.some((row) => row.id === id);
const rowOf = (of: Matrix, id: string) => of.rows.find((row) => row.id === id);

describe("matrixOfRelease", () => {
	it("is the matrix itself for its own release", () => {
		expect(matrixOfRelease(matrix, "12.0").rows).toEqual(matrix.rows);
	});

	it("takes out what came later", () => {
		expect(has(matrixOfRelease(matrix, "11.1"), "IPO-OUT-27")).toBe(false);
		expect(has(matrixOfRelease(matrix, "11.1.1"), "IPO-OUT-27")).toBe(true);
		expect(has(matrixOfRelease(matrix, "10.1"), "COM-IN-1")).toBe(false);
		expect(matrixOfRelease(matrix, "10.1").products.map(({ id }) => id)).not.toContain("com");
	});

	it("puts back what was removed", () => {
		const vnc = matrixOfRelease(matrix, "9.1").rows.filter(({ ports }) => ports.some(({ first }) => first === 5807));
		expect(vnc).toHaveLength(1);
		expect(vnc[0]).toMatchObject({ product: "ipo", direction: "in", service: "VNC" });
		expect(matrix.rows.some(({ ports }) => ports.some(({ first }) => first === 5807))).toBe(false);
	});

	it("undoes changes as far as the document tells them", () => {
		expect(rowOf(matrix, "IPO-IN-26")?.state).toBe("closed");
		expect(rowOf(matrixOfRelease(matrix, "11.1.1"), "IPO-IN-26")?.state).toBe("open");
		expect(rowOf(matrixOfRelease(matrix, "11.1"), "VMPRO-IN-8")?.tls).toBe("never");
	});

	it.each([
		["IPO-IN-24", "9.0", { optional: false, state: "open" }],
		["IPO-IN-24", "11.1.2", { optional: false, state: "open" }],
		["IPO-IN-51", "9.1", { optional: false, state: "open" }],
		["IPO-OUT-27", "11.1.1", { optional: false, state: "open" }],
		["IPO-OUT-13", "11.1.1", { optional: true, state: "n/a" }],
	])("%s of %s is as the change table has it, which the current row contradicts", (id, release, cells) => {
		const now = rowOf(matrix, id)!;
		const then = rowOf(matrixOfRelease(matrix, release), id)!;
		expect(then).toMatchObject(cells);
		expect(then.source).not.toEqual(now.source);
		expect(then.source.ports).toBe(now.source.ports);
		expect(then.mended?.at(-1)).toMatch(/the current row "(Yes|No) \/ .*"; no table tells when that changed\.$/);
		expect(now.mended ?? []).not.toContain(then.mended?.at(-1));
	});

	it("notes nothing of rows whose tables say what they are now", () => {
		for (const release of releasesOf(matrix)) {
			const noted = matrixOfRelease(matrix, release).rows.filter(({ mended = [] }) =>
				mended.some((note) => note.includes("no table tells")),
			);
			expect(["IPO-IN-24", "IPO-IN-51", "IPO-OUT-13", "IPO-OUT-27"]).toEqual(
				expect.arrayContaining(noted.map(({ id }) => id)),
			);
		}
	});

	it("keeps a defect of a cell that it takes from a table on the row", () => {
		const { mended } = rowOf(matrixOfRelease(matrix, "11.1.1"), "IPO-OUT-13")!;
		expect(mended).toContain('"-" in the state cell is N/A.');
	});

	it.each(["R9.1", "r9.1", "9.1.0", " 9.1 "])("takes %j for 9.1", (text) => {
		expect(matrixOfRelease(matrix, text).release).toBe("9.1");
	});

	it.each(["7.0", "", "9.2", "ten"])("refuses %j, and says what there is", (text) => {
		expect(() => matrixOfRelease(matrix, text)).toThrow(MatrixError);
		expect(() => matrixOfRelease(matrix, text)).toThrow(/8\.1, 9\.0/);
	});

	it("never has an id twice", () => {
		for (const release of releasesOf(matrix)) {
			const ids = matrixOfRelease(matrix, release).rows.map(({ id }) => id);
			expect(new Set(ids).size, release).toBe(ids.length);
		}
	});
});

describe("diffReleases", () => {
	it("is what lies between two releases, oldest first", () => {
		const all = diffReleases(matrix, "8.1", "12.0");
		expect(all).toHaveLength(matrix.releases.reduce((sum, { changes }) => sum + changes.length, 0));
		const parts = ["8.1", "10.1", "11.1", "12.0"];
		const joined = parts.slice(1).flatMap((to, i) => diffReleases(matrix, parts[i]!, to));
		expect(joined).toEqual(all);
	});

	it("goes forward only, and is nothing between equals", () => {
		expect(() => diffReleases(matrix, "12.0", "10.1")).toThrow(/name the earlier release first/);
		expect(diffReleases(matrix, "11.1", "11.1")).toEqual([]);
	});

	it("accounts for every row that two releases do not share", () => {
		for (const release of releasesOf(matrix)) {
			const then = new Set(matrixOfRelease(matrix, release).rows.map(({ id }) => id));
			const added = diffReleases(matrix, release, "12.0").flatMap(({ change }) => change.rows);
			for (const { id } of matrix.rows) if (!then.has(id)) expect(added, `${id} since ${release}`).toContain(id);
		}
	});
});
