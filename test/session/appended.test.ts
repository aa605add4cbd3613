import { describe, expect, it } from "vitest";
import { appended, noItems } from "../../src/session/appended.ts";

describe("a list that grows from nothing", () => {
	it("has what was added, in its order, and leaves other lists empty", () => {
		let [one, other] = [noItems<string>(), noItems<string>()];
		for (const item of ["a", "b", "c"]) one = appended(one, item);
		expect([one, other]).toEqual([["a", "b", "c"], []]);
		other = appended(other, "d");
		expect([one, other]).toEqual([["a", "b", "c"], ["d"]]);
	});

	it("cannot be added to by another way while it is empty", () => {
		expect(() => noItems<number>().push(1)).toThrow();
	});
});
