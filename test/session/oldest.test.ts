import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dropOldest, Latest } from "../../src/session/oldest.ts";

describe("the latest entries", () => {
	it("are as many as there is room for, those that came first gone", () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.nat(50)), fc.integer({ min: 1, max: 5 }), (keys, max) => {
				const latest = new Latest<number, string>(max);
				const gone = keys.map((key) => latest.add(key, `value ${key}`)).filter((value) => value !== undefined);
				expect(gone).toEqual(keys.slice(0, -max).map((key) => `value ${key}`));
				const kept = keys.filter((key) => latest.get(key) === `value ${key}`);
				expect(kept).toEqual(keys.slice(-max));
			}),
		);
	});

	it("tell which goes next once there is no room", () => {
		const latest = new Latest<number, string>(2);
		const leaving = [1, 2, 3, 4].map((key) => {
			const { leaving } = latest;
			latest.add(key, `value ${key}`);
			return leaving;
		});
		expect(leaving).toEqual([undefined, undefined, "value 1", "value 2"]);
	});

	it("take a key again that had to go", () => {
		const latest = new Latest<string, number>(2);
		for (const [value, key] of ["a", "b", "c", "a"].entries()) latest.add(key, value);
		expect(["a", "b", "c"].map((key) => latest.get(key))).toEqual([3, undefined, 2]);
	});
});

describe("room in a full map", () => {
	it("is made by the oldest sixteenth, at least one, each told of before it goes", () => {
		fc.assert(
			fc.property(fc.nat(100), (size) => {
				const map = new Map(Array.from({ length: size }, (_, n) => [n, `value ${n}`]));
				const gone: unknown[] = [];
				const count = dropOldest(map, (key, value) => gone.push([key, value, map.has(key)]));
				expect(count).toBe(Math.ceil(size / 16));
				expect(gone).toEqual(Array.from({ length: count }, (_, n) => [n, `value ${n}`, true]));
				expect([...map.keys()]).toEqual(Array.from({ length: size - count }, (_, n) => count + n));
			}),
		);
		const map = new Map([[1, 1]]);
		expect([dropOldest(map), map.size]).toEqual([1, 0]);
	});
});
