import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRows } from "../../src/matrix/find.ts";
import { MatrixIndex } from "../../src/matrix/index.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { portFit } from "../../src/matrix/port-fit.ts";

const matrix = await loadMatrix();
const ids = (query: string) => findRows(matrix, query).map(({ row }) => row.id);

describe("findRows", () => {
	it("finds a port: the rows that name it, then default ranges, then configurable ones", () => {
		const found = findRows(matrix, "50805");
		expect(found[0]).toMatchObject({ fit: "exact", row: { id: "IPO-IN-43" } });
		const fits = found.map(({ fit }) => fit);
		expect(fits).toEqual([...fits].sort((a, b) => order(a!) - order(b!)));
		expect(fits).toContain("configurable");
	});

	it("keeps to a transport", () => {
		expect(ids("udp/50791")).toContain("VMPRO-IN-7");
		expect(ids("tcp/50791")).not.toContain("VMPRO-IN-7");
		expect(ids("50791/udp")).toEqual(ids("udp 50791"));
		expect(ids("udp port 50791")).toEqual(ids("udp 50791"));
		expect(ids("port 50791")).toEqual(ids("50791"));
	});

	it("finds words, all of them, in any case", () => {
		expect(ids("sip")).toContain("IPO-IN-19");
		expect(ids("SIP trunk")).toContain("IPO-OUT-18");
		expect(ids("sip trunk").length).toBeLessThan(ids("sip").length);
		expect(ids("sip ipo-in-1")).toEqual([]);
		expect(ids("sip ipo-in-19")).toEqual(["IPO-IN-19"]);
	});

	it("finds ids and sections", () => {
		expect(ids("ipo-in-19")).toEqual(["IPO-IN-19"]);
		expect(ids("ONEX-INT")).toEqual(["ONEX-INT-1", "ONEX-INT-2"]);
		expect(ids("ipo-in")).toHaveLength(51);
	});

	it("finds nothing for what is not there", () => {
		expect(ids("gopher")).toEqual([]);
		expect(ids("0")).toEqual([]);
	});
});

function order(fit: string): number {
	return ["exact", "range", "configurable"].indexOf(fit);
}

describe("MatrixIndex", () => {
	const index = new MatrixIndex(matrix);
	const port = fc.integer({ min: 0, max: 65_535 });
	const transport = fc.constantFrom([6, "tcp"] as const, [17, "udp"] as const);

	it("has for every port what a walk over all rows finds", () => {
		fc.assert(
			fc.property(port, transport, (number, [protocol, name]) => {
				const walked = matrix.rows.flatMap((row) => {
					const fit = portFit(row, name, number);
					return fit ? [{ row, fit }] : [];
				});
				expect(index.rowsFor(protocol, number)).toEqual(walked);
				expect(index.isExactPort(protocol, number)).toBe(walked.some(({ fit }) => fit === "exact"));
			}),
			{ numRuns: 2000 },
		);
	});

	it("has nothing for transports without rows", () => {
		expect(index.rowsFor(132, 5060)).toEqual([]);
		expect(index.isExactPort(132, 5060)).toBe(false);
	});
});
