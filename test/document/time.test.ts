import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isoTime } from "../../src/document/time.ts";

describe("isoTime", () => {
	it("is a date with nanoseconds", () => {
		expect(isoTime(1_770_000_000, 1_500_000_001)).toBe("2026-02-02T02:40:01.500000001Z");
		expect(isoTime(1_770_000_000, -1)).toBe("2026-02-02T02:39:59.999999999Z");
	});

	it("is a date that others can read, whatever a damaged capture says", () => {
		const moments = fc.oneof(fc.double({ noNaN: true, min: -1e23, max: 1e23 }), fc.integer());
		fc.assert(
			fc.property(moments, (nanoseconds) => {
				expect(Date.parse(isoTime(1_770_000_000, nanoseconds))).not.toBeNaN();
			}),
		);
		expect(Date.parse(isoTime(0, 8.64e21 + 5e8))).toBe(8.64e15);
	});
});
