import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callText } from "../../src/report/call.ts";
import { Page } from "../../src/report/text/page.ts";
import { displayWidth, safeText } from "../../src/report/text/safe-text.ts";
import { asciiOnly, cutTo, filled, plain, reversed } from "../../src/screen/styled.ts";
import { reportOf } from "../support/captures.ts";

const RED = "\x1b[31m";
const END = "\x1b[0m";

/** Text of a capture, made safe, with colours between. */
const styled = fc
	.array(fc.oneof(fc.string({ unit: "binary" }).map(safeText), fc.constantFrom(RED, END, "▁█─…", "日本語")))
	.map((parts) => parts.join(""));

describe("cutting", () => {
	it.each([
		["abc", 3, "abc"],
		["abc", 2, "ab"],
		["abc", 0, ""],
		["日本", 3, "日"],
		[`${RED}abc${END}d`, 2, `${RED}ab${END}`],
		[`${RED}abc${END}d`, 4, `${RED}abc${END}d`],
		[`a${RED}b${END}`, 1, `a${RED}${END}`],
	])("of %j to %i gives %j", (line, width, expected) => {
		expect(cutTo(line, width)).toBe(expected);
	});

	it("never leaves more than there is room for, and what it leaves is the line's beginning", () => {
		fc.assert(
			fc.property(styled, fc.nat(40), (line, width) => {
				const cut = cutTo(line, width);
				expect(displayWidth(plain(cut))).toBeLessThanOrEqual(width);
				expect(plain(line).startsWith(plain(cut))).toBe(true);
			}),
		);
	});
});

describe("filling", () => {
	it("makes any line as wide as it is to be", () => {
		fc.assert(
			fc.property(styled, fc.nat(60), (line, width) => {
				expect(displayWidth(plain(filled(cutTo(line, width), width)))).toBe(width);
				expect(displayWidth(plain(reversed(line, width)))).toBe(width);
			}),
		);
	});

	it("of a line under the cursor takes its other colours away", () => {
		expect(reversed(`${RED}ab${END}c`, 5)).toBe(`\x1b[7mabc  ${END}`);
	});
});

describe("lines for terminals that show ASCII only", () => {
	it("have no other characters, and are as wide", () => {
		fc.assert(
			fc.property(styled, (line) => {
				expect(asciiOnly(line)).toMatch(/^\p{ASCII}*$/u);
				expect(displayWidth(plain(asciiOnly(line)))).toBe(displayWidth(plain(line)));
			}),
		);
	});

	it("keep the shape of a sparkline", () => {
		expect(asciiOnly("▁▂▃▄▅▆▇█")).toBe("_.:-=+*#");
	});

	it("show of a call's ladder which way each message goes", async () => {
		const report = await reportOf("calls.pcapng");
		const lines = [...callText(report.calls[0]!, new Page({ width: 100, color: false }))].join("").split("\n");
		const ladder = lines.map(asciiOnly).filter((line) => /^ +\+\d.* packet \d+$/.test(line));
		expect(ladder.length).toBeGreaterThan(5);
		for (const line of ladder) expect(line).toMatch(/\|-+ .+ -+>\||\|<-+ .+ -+\|/);
	});
});
