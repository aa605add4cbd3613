import { describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";

describe("flowmatrix filter", () => {
	it("prints both filters, the rows, and what they let through", async () => {
		const { status, stdout, stderr } = await run(["filter", "@IPO-IN-43", "@IPO-IN-5", "--host", "ipo=10.0.0.1"]);
		expect([status, stderr]).toEqual([0, ""]);
		expect(stdout).toMatch(/^Capture filter .*\n {2}.*host 10\.0\.0\.1 and \(tcp port 50805 or .*and udp port 69\)/m);
		expect(stdout).toMatch(
			/^Display filter .*\n {2}.*ip\.addr == 10\.0\.0\.1 && \(tcp\.port == 50805 \|\| tftp .*&& udp\.port == 69\)/m,
		);
		expect(stdout).toMatch(/^2 rows\n {2}IPO-IN-5, 43$/m);
	});

	it("prints one filter alone for a command line, or all as JSON", async () => {
		const { stdout } = await run(["filter", "@IPO-IN-43", "--ports-only", "--format", "capture"]);
		expect(stdout).toBe("tcp port 50805\n");
		const json = JSON.parse((await run(["filter", "@IPO-IN-43", "--ports-only", "--format", "json"])).stdout);
		expect(json).toMatchObject({ rows: ["IPO-IN-43"], capture: "tcp port 50805", display: "tcp.port == 50805" });
		expect(json.notes.length).toBeGreaterThan(1);
	});

	it("knows earlier releases", async () => {
		expect((await run(["filter", "vnc", "--release", "9.1", "--format", "display"])).stdout).toContain("5807");
	});

	it.each<[string[], RegExp]>([
		[["filter"], /rows/],
		[["filter", "@IPO-IN-99"], /'@IPO-IN-99'/],
		[["filter", "@ipo", "--host", "pbx=10.0.0.1"], /unknown product 'pbx'/],
		[["filter", "@ipo", "--host", "ipo=x"], /no IPv4 or IPv6/],
	])("%j is wrong usage", async (args, words) => {
		const { status, stderr } = await run(args);
		expect(status).toBe(2);
		expect(stderr).toMatch(words);
	});
});
