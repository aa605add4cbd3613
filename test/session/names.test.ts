import { describe, expect, it } from "vitest";
import { NameTable } from "../../src/session/names.ts";
import { Overflow } from "../../src/session/overflow.ts";

const metIn = (overflow: Overflow) => [...overflow.entries()].map(([, count]) => count);

describe("names of an address", () => {
	it("are kept with their better source, each once", () => {
		const names = new NameTable();
		expect([[...names.of("10.0.0.1")], names.size]).toEqual([[], 0]);
		names.add("10.0.0.1", "a", "file");
		names.add("10.0.0.1", "b", "dns");
		names.add("10.0.0.2", "c", "dns");
		names.add("10.0.0.1", "a", "dns");
		names.add("10.0.0.1", "b", "file");
		expect([...names.of("10.0.0.1")]).toEqual([
			["a", "dns"],
			["b", "dns"],
		]);
		expect(names.size).toBe(2);
	});

	it("are eight at most; those that are known may still get a better source", () => {
		const names = new NameTable();
		for (let n = 0; n < 9; n++) names.add("10.0.0.1", `${n}`, "file");
		names.add("10.0.0.1", "3", "dns");
		expect([...names.of("10.0.0.1").keys()]).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
		expect(names.of("10.0.0.1").get("3")).toBe("dns");
	});

	it("are kept of so many addresses; those that are known go on", () => {
		const overflow = new Overflow();
		const names = new NameTable(overflow);
		for (let n = 0; n < 100_000; n++) names.add(`${n}`, "a", "dns");
		expect(metIn(overflow)).toEqual([]);
		names.add("100000", "a", "dns");
		names.add("7", "b", "dns");
		expect([names.size, names.of("100000").size, names.of("7").size, metIn(overflow)]).toEqual([100_000, 0, 2, [1]]);
	});

	it("come from the addresses of DNS answers, and from nothing else", () => {
		const answer = Buffer.from(
			"000181800001000200000000016101620000010001c00c00010001000000050004c0000201c00c00010001000000050004c0000202",
			"hex",
		);
		const names = new NameTable();
		names.observe(answer, 0, answer.length);
		names.observe(answer, 0, 11);
		expect(["192.0.2.1", "192.0.2.2"].map((address) => [...names.of(address)])).toEqual([
			[["a.b", "dns"]],
			[["a.b", "dns"]],
		]);
	});
});
