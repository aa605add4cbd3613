import { describe, expect, it } from "vitest";
import { Overflow } from "../../src/session/overflow.ts";

describe("what was not kept", () => {
	it("is counted by limit, in the order in which they were met", () => {
		const overflow = new Overflow();
		overflow.add("names");
		overflow.add("flows", 3);
		overflow.add("names", 2);
		expect([...overflow.entries()]).toEqual([
			["names", 3],
			["flows", 3],
		]);
	});

	it("is taken back where it was only supposed, and only that", () => {
		const overflow = new Overflow();
		overflow.add("names");
		const takeBack = overflow.suppose();
		overflow.add("names");
		overflow.add("flows");
		takeBack();
		expect([...overflow.entries()]).toEqual([["names", 1]]);
		overflow.add("names");
		expect([...overflow.entries()]).toEqual([["names", 2]]);
	});
});
