import { describe, expect, it } from "vitest";
import { progressText } from "../../src/cli/progress.ts";

describe("progressText", () => {
	it("shows the part read, the speed and the time left", () => {
		expect(progressText({ bytesRead: 250e6, bytesTotal: 1e9, packets: 812_345 }, 2)).toBe(
			"██████░░░░░░░░░░░░░░░░░░  25 %  125 MB/s, 812,345 packets, 6 s left",
		);
	});

	it("shows what it knows of an input without an end", () => {
		expect(progressText({ bytesRead: 5e6, bytesTotal: undefined, packets: 10 }, 1)).toBe(
			"5.0 MB read, 5.0 MB/s, 10 packets",
		);
	});

	it("stays within its bar where a file grew while it was read", () => {
		expect(progressText({ bytesRead: 20, bytesTotal: 10, packets: 1 }, 1)).toMatch(/^█{24} 100 %/);
	});
});
