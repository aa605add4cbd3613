import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedLines, isAsciiLocale } from "../../src/screen/terminal.ts";

/** A terminal that knows what the screen sends: erasing, the cursor's place, text. */
function shows(screen: readonly string[], text: string, columns: number): string[] {
	const lines = [...screen];
	let row = 0;
	let column = 0;
	for (const piece of text.split("\x1b[").slice(1)) {
		const [, number, final, letters = ""] = /^(\d*)(?:;1)?([A-Za-z])(.*)$/.exec(piece)!;
		if (final === "J") lines.fill("".padEnd(columns));
		if (final === "H") [row, column] = [Number(number) - 1, 0];
		if (final === "K") lines[row] = lines[row]!.slice(0, column).padEnd(columns);
		lines[row] = lines[row]!.slice(0, column) + letters + lines[row]!.slice(column + letters.length);
		column += letters.length;
	}
	return lines;
}

const COLUMNS = 12;
const screenOf = fc.array(fc.stringMatching(/^[a-z ]{0,12}$/), { minLength: 5, maxLength: 5 });

describe("drawing", () => {
	it("shows the new lines, whatever was there before", () => {
		fc.assert(
			fc.property(screenOf, screenOf, (before, lines) => {
				const blank = Array<string>(5).fill("#".repeat(COLUMNS));
				const first = shows(blank, changedLines([], before, COLUMNS), COLUMNS);
				expect(first).toEqual(before.map((line) => line.padEnd(COLUMNS)));
				const second = shows(first, changedLines(before, lines, COLUMNS), COLUMNS);
				expect(second).toEqual(lines.map((line) => line.padEnd(COLUMNS)));
			}),
		);
	});

	it("sends nothing where nothing has changed, and one line where one has", () => {
		expect(changedLines(["a", "b"], ["a", "b"], 80)).toBe("");
		expect(changedLines(["a", "b"], ["a", "c"], 80)).toBe("\x1b[2;1Hc\x1b[K");
	});

	it("erases nothing behind the last column", () => {
		expect(changedLines(["a"], ["abc"], 3)).toBe("\x1b[1;1Habc");
	});
});

describe("a locale", () => {
	it.each([
		[{}, false],
		[{ LANG: "C" }, true],
		[{ LANG: "de_DE.ISO-8859-1" }, true],
		[{ LANG: "de_DE.UTF-8" }, false],
		[{ LANG: "C", LC_ALL: "C.utf8" }, false],
		[{ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }, true],
		[{ LANG: "en_US.UTF-8", LC_CTYPE: "C" }, true],
	])("%j says that only ASCII is shown: %j", (env, expected) => {
		expect(isAsciiLocale(env)).toBe(expected);
	});
});
