import { afterEach, describe, expect, it, vi } from "vitest";
import { screen } from "../../src/cli/screen.ts";
import { run } from "../support/cli.ts";

describe("the screen", () => {
	afterEach(() => vi.restoreAllMocks());

	it.each([
		[132, 132],
		[0, 80],
		[undefined, 80],
	])("of a terminal that tells %s columns has %i", (columns, width) => {
		vi.spyOn(process, "stdout", "get").mockReturnValue({ ...process.stdout, columns } as typeof process.stdout);
		expect(screen(true).width).toBe(width);
	});

	it("may be too narrow for anything: all is written", async () => {
		for (const args of [["findings", "unanswered"], ["findings"], ["filter", "@ipo"], ["matrix", "IPO-IN-19"]]) {
			const { status, stdout } = await run(args, { env: { COLUMNS: "1" } });
			expect([args, status, stdout.length > 100]).toEqual([args, 0, true]);
		}
	});
});
