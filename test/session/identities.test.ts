import { describe, expect, it } from "vitest";
import type { Identity } from "../../src/protocol/identity.ts";
import { IdentityTable } from "../../src/session/identities.ts";
import { Overflow } from "../../src/session/overflow.ts";

const said = (more: object = {}) =>
	({ product: "p", model: "m", release: "r", system: "s", reason: "x", ...more }) as unknown as Identity;

describe("what a host says that it is", () => {
	it("is kept once, and anew where it differs in anything", () => {
		const table = new IdentityTable();
		const all = [{}, { product: "q" }, { model: "q" }, { release: "q" }, { system: "q" }, { reason: "q" }].map(said);
		for (const each of [...all, ...all.map((one) => ({ ...one }))]) table.add("10.0.0.1", each);
		expect(table.of("10.0.0.1")).toEqual(all);
		expect(table.of("10.0.0.2")).toEqual([]);
		expect([...table.entries()]).toEqual([["10.0.0.1", all]]);
	});

	it("is kept beside what was known, where two tables come together", () => {
		const [one, other] = [new IdentityTable(), new IdentityTable()];
		one.add("10.0.0.1", said());
		other.add("10.0.0.1", said());
		other.add("10.0.0.1", said({ release: "q" }));
		other.add("10.0.0.2", said({ model: "q" }));
		one.addAll(other);
		expect([...one.entries()]).toEqual([
			["10.0.0.1", [said(), said({ release: "q" })]],
			["10.0.0.2", [said({ model: "q" })]],
		]);
	});

	it("is 16 things at most", () => {
		const table = new IdentityTable();
		for (let n = 0; n < 20; n++) table.add("10.0.0.1", said({ release: `${n}` }));
		expect(table.of("10.0.0.1").map(({ release }) => release)).toEqual(Array.from({ length: 16 }, (_, n) => `${n}`));
	});

	it("is believed of so many hosts; those that are known go on", () => {
		const overflow = new Overflow();
		const table = new IdentityTable(overflow);
		for (let n = 0; n < 10_000; n++) table.add(`${n}`, said());
		expect([...overflow.entries()]).toEqual([]);
		table.add("10000", said());
		table.add("5", said({ model: "n" }));
		expect([table.of("10000").length, table.of("5").length]).toEqual([0, 2]);
		expect([...overflow.entries()].map(([, count]) => count)).toEqual([1]);
	});
});
