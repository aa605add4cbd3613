import { describe, expect, it } from "vitest";
import { type Column, textTable } from "../../../src/report/text/text-table.ts";

interface Item {
	readonly name: string;
	readonly count: number;
}

const NAME: Column<Item> = { head: "name", value: ({ name }) => name, shrink: 4 };
const COUNT: Column<Item> = { head: "count", value: ({ count }) => String(count), right: true };

describe("a table on the terminal", () => {
	it("aligns columns, also where characters take two places or none", () => {
		const names = ["abc", "電話機", "e\u0301te\u0301", "📞"];
		const items = names.map((name, i) => ({ name, count: 10 ** i }));
		expect(textTable([NAME, COUNT], items, 80).split("\n")).toEqual([
			"name    count",
			"abc         1",
			"電話機     10",
			"e\u0301te\u0301       100",
			"📞       1000",
		]);
	});

	it("gives colours no room, and leaves no spaces at the end of a line", () => {
		const painted = { ...NAME, paint: (text: string) => `\x1b[31m${text}\x1b[39m` };
		const items = [
			{ name: "a", count: 1 },
			{ name: "abcdef", count: 22 },
		];
		expect(textTable([painted, COUNT], items, 80)).toBe(
			"name    count\n\x1b[31ma\x1b[39m           1\n\x1b[31mabcdef\x1b[39m     22",
		);
		expect(textTable([COUNT, painted], items, 80)).toBe(
			"count  name\n    1  \x1b[31ma\x1b[39m\n   22  \x1b[31mabcdef\x1b[39m",
		);
	});

	it("cuts what is too wide by the places that it takes", () => {
		const items = [{ name: "電話機電話機", count: 1 }];
		expect(textTable([NAME, COUNT], items, 15)).toBe("name      count\n電話機…       1");
		expect(textTable([NAME, COUNT], items, 14)).toBe("name     count\n電話機…      1");
	});
});

const PAINTED: Column<readonly [string, string]>[] = [
	{ head: "name", value: ([name]) => name, shrink: 4, paint: (text) => `\x1b[31m${text}\x1b[0m` },
	{ head: "count", value: ([, count]) => count, right: true },
];

describe("a table of painted cells", () => {
	it("fills cells to the width that their characters take on a terminal, colours not counted", () => {
		const rows = [
			["日本", "1"],
			["e\u0301te\u0301", "22"],
			["plain", "333333"],
		] as const;
		expect(textTable(PAINTED, rows, 40).split("\n")).toEqual([
			"name    count",
			"\x1b[31m日本\x1b[0m        1",
			"\x1b[31me\u0301te\u0301\x1b[0m        22",
			"\x1b[31mplain\x1b[0m  333333",
		]);
	});

	it("cuts a cell that is wider than its column, and leaves no blanks at the end of a line", () => {
		const swapped = [PAINTED[1]!, { ...PAINTED[0]!, paint: (text: string) => text }];
		expect(
			textTable(
				swapped,
				[
					["a long name", "1"],
					["b", "2"],
				],
				12,
			).split("\n"),
		).toEqual(["count  name", "    1  a lo…", "    2  b"]);
	});
});
