import { describe, expect, it } from "vitest";
import { type Column, textTable } from "../../src/report/text-table.ts";

const columns: Column<readonly [string, string]>[] = [
	{ head: "name", value: ([name]) => name, shrink: 4, paint: (text) => `\x1b[31m${text}\x1b[0m` },
	{ head: "count", value: ([, count]) => count, right: true },
];

describe("a table", () => {
	it("fills cells to the width that their characters take on a terminal, colours not counted", () => {
		const rows = [
			["日本", "1"],
			["e\u0301te\u0301", "22"],
			["plain", "333333"],
		] as const;
		expect(textTable(columns, rows, 40).split("\n")).toEqual([
			"name    count",
			"\x1b[31m日本\x1b[0m        1",
			"\x1b[31me\u0301te\u0301\x1b[0m        22",
			"\x1b[31mplain\x1b[0m  333333",
		]);
	});

	it("cuts a cell that is wider than its column, and leaves no blanks at the end of a line", () => {
		const swapped = [columns[1]!, { ...columns[0]!, paint: (text: string) => text }];
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
