import { describe, expect, it } from "vitest";
import { wrapText } from "../../../src/report/text/words.ts";

describe("wrapText", () => {
	const text = "  what to check, behind a firewall";

	it("breaks at blanks, and cuts what is longer than a line", () => {
		expect(wrapText(text, 16, "    ")).toEqual(["  what to check,", "    behind a", "    firewall"]);
		expect(wrapText("firewall", 6, "  ")).toEqual(["firewa", "  ll"]);
	});

	it.each([-3, 0, 1, 5, 6, 7])("comes to an end where the width, %i, leaves no room behind the indent", (width) => {
		const lines = wrapText(`${text} 防火墙`, width, "      ");
		expect(lines.join("").replaceAll(" ", "")).toBe(`${text} 防火墙`.replaceAll(" ", ""));
		for (const line of lines.slice(1)) expect(line).toMatch(/^ {6}/);
	});
});
