import { describe, expect, it } from "vitest";
import { Memo } from "../../src/protocol/memo.ts";

describe("Memo", () => {
	const bytes = (text: string) => Buffer.from(text);

	function counting(maxEntries: number, maxBytes: number) {
		const made: string[] = [];
		const memo = new Memo(maxEntries, maxBytes, (data, start, end) => {
			made.push(Buffer.from(data.subarray(start, end)).toString());
			return made.length;
		});
		return { made, get: (text: string) => memo.get(bytes(`<${text}>`), 1, 1 + text.length) };
	}

	it("makes a thing once", () => {
		const { made, get } = counting(8, 100);
		expect([get("a"), get("b"), get("a"), get("")]).toEqual([1, 2, 1, 3]);
		expect(made).toEqual(["a", "b", ""]);
	});

	it("tells apart what has the same hash, since only the last bytes are hashed", () => {
		const { get } = counting(8, 1000);
		const tail = "x".repeat(300);
		expect([get(`a${tail}`), get(`b${tail}`), get(`a${tail}`)]).toEqual([1, 2, 3]);
	});

	it("keeps a copy: the bytes may change afterwards", () => {
		const memo = new Memo(8, 100, (data, start) => data[start]);
		const data = bytes("ab");
		memo.get(data, 0, 2);
		data[0] = 0x7a;
		expect(memo.get(data, 0, 2)).toBe(0x7a);
		expect(memo.get(bytes("ab"), 0, 2)).toBe(0x61);
	});

	it("has room for so many, and does not keep what is too long", () => {
		const { made, get } = counting(1, 3);
		for (const text of ["a", "a", "b", "b", "a", "long", "long"]) get(text);
		expect(made).toEqual(["a", "b", "a", "long", "long"]);
	});

	it("compares long runs too", () => {
		const { get } = counting(1, 1000);
		const text = "x".repeat(200);
		expect([get(text), get(`y${text.slice(1)}`), get(text), get(text)]).toEqual([1, 2, 3, 3]);
	});
});
