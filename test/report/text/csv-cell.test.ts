import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvLine } from "../../../src/report/text/csv-cell.ts";

/** The rule in one expression, which takes quadratic time; a cell begins as if another ended before it. */
const FORMULA = /[;,"\t\r\n|][\s"']*(?=[=+\-@\t\r|%＝＋－＠｜％])(?!\+\d{1,18}(?:@[\w.:[\]]{0,255})?(?:$|[;,"]))/g;

/** The text that a cell holds, with what safe text spells out. */
function textOf(cell: string): string {
	const text = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
	return text.replace(/\\x(09|0d|0a)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

describe("a cell", () => {
	it("has an apostrophe before whatever may be a formula", () => {
		const text = fc.string({ unit: fc.constantFrom(..."=+-@|%;,\"' \t\r\n1a＝"), maxLength: 12 });
		fc.assert(
			fc.property(text, (value) => {
				expect(textOf(csvLine([value]))).toBe(`;${value}`.replace(FORMULA, "$&'").slice(1));
			}),
			{ numRuns: 5000 },
		);
	});

	it.each([
		["+4930123456", "+4930123456"],
		["+4930123456@10.0.0.1", "+4930123456@10.0.0.1"],
		["+49+1", "'+49+1"],
		["a;=1", '"a;\'=1"'],
		[";=1", '";\'=1"'],
		["|=1", "'|'=1"],
	])("%j is %s", (value, cell) => {
		expect(csvLine([value])).toBe(cell);
	});

	it.each(['"', "'", " ", "\t", ",", "|", '" '])("of many times %j is written in time that grows with it", (text) => {
		const started = performance.now();
		csvLine([text.repeat(200_000)]);
		expect(performance.now() - started).toBeLessThan(3000);
	});
});
