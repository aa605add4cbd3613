import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkMatrix } from "../../src/matrix/check.ts";
import type { Matrix, MatrixRow, PortRange } from "../../src/matrix/types.ts";
import { BUNDLED_MATRIX } from "../support/matrix.ts";

const matrix = JSON.parse(readFileSync(BUNDLED_MATRIX, "utf8")) as Matrix;

/** Rows of each section of the document. */
const SECTIONS: Readonly<Record<string, number>> = {
	"IPO-IN": 51,
	"IPO-OUT": 27,
	"IPO-INT": 11,
	"VMPRO-IN": 9,
	"VMPRO-OUT": 8,
	"VMPRO-INT": 1,
	"ONEX-IN": 15,
	"ONEX-OUT": 5,
	"ONEX-INT": 2,
	"MM-IN": 1,
	"MM-OUT": 2,
	"COM-IN": 1,
	"COM-OUT": 1,
};
const DIRECTIONS: Readonly<Record<string, string>> = { IN: "in", OUT: "out", INT: "intra" };

function row(id: string): MatrixRow {
	const found = matrix.rows.find((each) => each.id === id);
	if (!found) throw new Error(`no row ${id}`);
	return found;
}

/** Ports of a cell: single ones, `a-b`, `a/b`, lists. */
function portsIn(text: string): PortRange[] {
	return [...text.matchAll(/(\d+)(?:\s*[-–]\s*(\d+))?/g)].map(([, first, last]) => ({
		first: Number(first),
		last: Number(last ?? first),
	}));
}

describe("the IP Office matrix", () => {
	it("is valid", async () => {
		expect(await checkMatrix(matrix)).toEqual([]);
	});

	it("has all rows of the document, numbered through", () => {
		const ids = Object.entries(SECTIONS).flatMap(([section, rows]) =>
			Array.from({ length: rows }, (_, i) => `${section}-${i + 1}`),
		);
		expect(matrix.rows.map(({ id }) => id)).toEqual(ids);
		expect(ids).toHaveLength(134);
	});

	it.each(matrix.rows)("$id has the ports, transports and section of its own cells", (each) => {
		const [prefix, section, number] = each.id.split("-");
		expect(matrix.products.find(({ id }) => id === each.product)?.prefix).toBe(prefix);
		expect(each.direction).toBe(DIRECTIONS[section!]);
		expect(each.number).toBe(Number(number));
		const mendedPorts = (each.mended ?? []).some((note) => /port/i.test(note));
		const [own, bracket = ""] = each.source.ports.split("(");
		if (!mendedPorts) {
			expect(each.ports).toEqual(portsIn(own!));
			// The media rows' bracket tells the least bounds, not a range: see the next test.
			if (!bracket.includes("min")) expect(each.configurable).toEqual(portsIn(bracket));
		}
		expect(each.isConfigurable).toBe(/configurable/i.test(each.source.ports) || each.configurable.length > 0);
		const cell = each.source.protocol.replace("UPD", "UDP");
		for (const transport of each.transports) {
			const named = new RegExp(`\\b${transport}\\b`, "i").test(cell);
			expect(named || (each.mended ?? []).length > 0 || /TLS|SSL|HTTPS/.test(cell), cell).toBe(true);
		}
		for (const transport of ["tcp", "udp"] as const)
			if (new RegExp(`\\b${transport}\\b`, "i").test(cell)) expect(each.transports).toContain(transport);
		if (/^(TLS|SSL|HTTPS)\b/.test(cell)) expect(each.tls).toBe("always");
		if (/^yes$/i.test(each.source.optional)) expect(each.optional).toBe(true);
		if (/^no$/i.test(each.source.optional)) expect(each.optional).toBe(false);
		if (/^(open|closed|filtered)$/i.test(each.source.state)) expect(each.state).toBe(each.source.state.toLowerCase());
	});

	it("says on the row that a change table has another port", () => {
		expect(row("VMPRO-IN-8").mended?.join()).toContain("50971");
	});

	it.each(["IPO-IN-32", "IPO-OUT-23"])("%s moves to the Linux media range, and anywhere above its least port", (id) => {
		expect(row(id).configurable).toEqual([
			{ first: 32768, last: 61000 },
			{ first: 1024, last: 65535 },
		]);
	});

	it.each<[string, Partial<MatrixRow>]>([
		["IPO-OUT-16", { transports: ["udp"], protocols: ["rip"], optional: true, state: "open" }],
		["IPO-OUT-4", { ports: [{ first: 67, last: 67 }], protocols: ["dhcp"] }],
		["IPO-OUT-5", { ports: [{ first: 67, last: 67 }], protocols: ["bootp"] }],
		["VMPRO-OUT-1", { ports: [{ first: 22, last: 22 }], protocols: ["ssh"] }],
	])("%s is mended, and says so", (id, mended) => {
		expect(row(id)).toMatchObject(mended);
		expect(row(id).mended?.length).toBeGreaterThan(0);
	});

	it("tells of every release from 8.1 to 12.0, with product and section", () => {
		expect(matrix.releases.map(({ release }) => release)).toEqual([
			"9.0",
			"9.0.3",
			"9.1",
			"10.0",
			"10.1",
			"11.0",
			"11.1",
			"11.1.1",
			"11.1.2",
			"12.0",
		]);
		expect(matrix.releases[0]!.from).toBe("8.1");
		const changes = matrix.releases.flatMap((release) => release.changes);
		expect(changes.length).toBeGreaterThan(30);
		for (const change of changes) {
			expect(["added", "changed", "removed"]).toContain(change.change);
			expect(["in", "out", "intra"]).toContain(change.direction);
		}
	});

	it("has Appendix A's domains, each tied to rows", () => {
		expect(matrix.domains.map(({ domain }) => domain)).toContain("googleapis.com");
		for (const { rows } of matrix.domains) for (const id of rows) expect(row(id).id).toBe(id);
	});

	it("says which plain rows have a twin with TLS, and which ports nothing should answer on", () => {
		const twins = (id: string) => row(id).secureTwins?.map((twin) => `${twin.row} ${twin.port}`);
		expect(twins("IPO-IN-42")).toEqual(["IPO-IN-43 50805"]);
		expect(twins("IPO-IN-44")).toEqual(["IPO-IN-45 50809"]);
		expect(twins("IPO-IN-46")).toEqual(["IPO-IN-47 50813"]);
		expect(twins("IPO-IN-6")).toEqual(["IPO-IN-10 443"]);
		expect(twins("IPO-IN-16")).toEqual(["IPO-IN-12 1300"]);
		expect(twins("IPO-IN-19")).toEqual(["IPO-IN-19 5061"]);
		expect(twins("IPO-OUT-15")).toEqual(["IPO-OUT-20 6514"]);
		expect(matrix.rows.filter(({ secureTwins, tls }) => secureTwins && tls === "always")).toEqual([]);
		expect(matrix.rows.filter(({ use }) => use).map(({ id, use }) => [id, use])).toEqual([
			["IPO-IN-17", "disabled"],
			["IPO-IN-33", "not used"],
			["IPO-IN-49", "disabled"],
		]);
	});
});
