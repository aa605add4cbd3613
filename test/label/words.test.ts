import { describe, expect, it } from "vitest";
import { portText, productNames } from "../../src/label/words.ts";
import { loadMatrix } from "../../src/matrix/load.ts";

const matrix = await loadMatrix();

describe("in words", () => {
	it("a port has its protocol, and a protocol without ports has none", () => {
		expect([portText(6, 50_805), portText(17, 69), portText(1, 0)]).toEqual(["tcp/50805", "udp/69", "icmp"]);
	});

	it("products have the matrix's names; one that it does not name is its id", () => {
		expect(productNames(matrix, ["ipo", "vmpro"])).toBe("IP Office and Voicemail Pro");
		expect(productNames(matrix, ["ipo", "made-up"])).toBe("IP Office and made-up");
		expect(productNames(matrix, [])).toBe("");
	});
});
