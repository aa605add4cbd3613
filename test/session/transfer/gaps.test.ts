import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gaps, MAX_GAPS } from "../../../src/session/transfer/gaps.ts";

describe("gaps", () => {
	it("are what a set of numbers would hold", () => {
		const step = fc.oneof(
			fc.record({ skip: fc.nat(40), seen: fc.integer({ min: 1, max: 5 }) }),
			fc.record({ take: fc.nat(600) }),
			// Near the latest gap, where most of what comes late belongs.
			fc.record({ back: fc.nat(12) }),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const gaps = new Gaps();
				const naive = new Set<number>();
				let next = 1;
				for (const each of steps) {
					if ("skip" in each) {
						gaps.add(next, next + each.skip - 1);
						for (let block = next; block < next + each.skip; block++) naive.add(block);
						next += each.skip + each.seen;
					} else {
						const block = "take" in each ? each.take : next - each.back;
						expect(gaps.take(block)).toBe(naive.delete(block));
					}
					expect(gaps.isEmpty).toBe(naive.size === 0);
					expect(gaps.size).toBe([...naive].filter((block) => !naive.has(block - 1)).length);
				}
			}),
			{ numRuns: 200 },
		);
	});

	/** A gap of three blocks, 10, 11 and 12, and then more of one block each: 20, 30… */
	const filled = (more: number) => {
		const gaps = new Gaps();
		gaps.add(10, 12);
		for (let n = 0; n < more; n++) gaps.add(20 + 10 * n, 20 + 10 * n);
		return gaps;
	};
	/** Whether nothing is left when every block was taken that is known to be missing. */
	const isEmptied = (gaps: Gaps) => {
		for (let block = 0; block < 10 * MAX_GAPS + 100; block++) gaps.take(block);
		return gaps.isEmpty;
	};

	it("are so many at most: that there were more is not forgotten", () => {
		expect([filled(MAX_GAPS - 1).size, isEmptied(filled(MAX_GAPS - 1))]).toEqual([MAX_GAPS, true]);
		expect([filled(MAX_GAPS).size, isEmptied(filled(MAX_GAPS))]).toEqual([MAX_GAPS, false]);
	});

	it("are so many at most where one becomes two: the oldest goes", () => {
		const fits = filled(MAX_GAPS - 2);
		expect([fits.take(11), fits.size, fits.take(10), isEmptied(fits)]).toEqual([true, MAX_GAPS, true, true]);
		const full = filled(MAX_GAPS - 1);
		expect([full.take(11), full.size]).toEqual([true, MAX_GAPS]);
		expect([full.take(10), full.take(12), isEmptied(full)]).toEqual([false, true, false]);
	});
});
