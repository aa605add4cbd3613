import { describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";
import { parseCsv } from "../support/csv.ts";

describe("flowmatrix matrix", () => {
	it("prints all rows as JSON", async () => {
		const { status, stdout } = await run(["matrix", "--format", "json"]);
		expect(status).toBe(0);
		const rows = JSON.parse(stdout) as { id: string; ports: unknown; transports: unknown; product: string }[];
		expect(rows).toHaveLength(134);
		expect(rows.find(({ id }) => id === "IPO-IN-43")).toMatchObject({
			product: "ipo",
			direction: "in",
			ports: [{ first: 50805, last: 50805 }],
			transports: ["tcp"],
		});
	});

	it("finds rows by port, word and id", async () => {
		expect((await run(["matrix", "50805"])).stdout).toMatch(/^row +fit.*\nIPO-IN-43 +exact/);
		expect((await run(["matrix", "sip", "trunk"])).stdout).toContain("IPO-OUT-18");
		const { stdout } = await run(["matrix", "IPO-IN-19"]);
		expect(stdout).toMatch(/^IPO-IN-19 {2}SIP\n/);
		expect(stdout).toMatch(/^document +5060-5061 \(Configurable 1024-64510\) \| UDP\+TCP\+TLS\/SIP \| Yes \| Closed$/m);
	});

	it.each(["gopher", "99999", "IPO-IN-999"])(
		"says so, and by status 1 as grep does, where nothing is found: %s",
		async (query) => {
			const { status, stdout, stderr } = await run(["matrix", query]);
			expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
			expect(stderr).toContain(`'${query}'`);
			expect(await run(["matrix", query, "--format", "json"])).toMatchObject({ status: 1, stdout: "[]\n" });
		},
	);

	it("shows an earlier release, and what changed since", async () => {
		expect((await run(["matrix", "vnc", "--release", "9.1"])).stdout).toContain("5807");
		expect((await run(["matrix", "vnc"])).stdout).toBe("");
		const { stdout } = await run(["matrix", "diff", "10.1", "12.0", "--format", "json"]);
		const changes = JSON.parse(stdout) as { release: string; change: string; product: string; direction: string }[];
		expect(changes.some((each) => each.release === "11.0" && each.change === "removed")).toBe(true);
		for (const change of changes) expect(change.release.localeCompare("10.1", "en", { numeric: true })).toBe(1);
	});

	it("is CSV with the same columns in every line", async () => {
		const lines = parseCsv((await run(["matrix", "--format", "csv"])).stdout);
		expect(lines).toHaveLength(135);
		expect(new Set(lines.map((cells) => cells.length)).size).toBe(1);
	});

	it.each<[string[], RegExp]>([
		[["matrix", "diff", "10.1"], /two releases/],
		[["matrix", "diff", "10.1", "12.0", "--release", "9.1"], /--release/],
		[["matrix", "--release", "6"], /8\.1/],
		[["matrix", "--matrix", "none.json"], /no such file/],
	])("%j is wrong usage", async (args, words) => {
		const { status, stderr } = await run(args);
		expect(status).toBe(2);
		expect(stderr).toMatch(words);
	});

	it.each([40, 80, 120, 200])("fits %i columns", async (columns) => {
		const { stdout } = await run(["matrix"], { env: { COLUMNS: String(columns) } });
		for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
	});
});
