import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { capturePath } from "../support/captures.ts";
import { run } from "../support/cli.ts";

const OFFICE = capturePath("office-day.pcapng");

describe("flowmatrix coverage", () => {
	it("shows failing rows first, and says what it cannot tell", async () => {
		const { status, stdout } = await run(["coverage", OFFICE]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^Rows seen\nstate +row.*\nfailing +IPO-OUT-21 /m);
		expect(stdout).toMatch(/^ *open by default: IPO-IN-2, 4, 5/m);
		expect(stdout).toMatch(/Not seen is not blocked/);
	});

	it("exits 3 where a required row was not seen working, and says which and why", async () => {
		const good = await run(["coverage", OFFICE, "--require", "IPO-IN-45,IPO-IN-19", "--format", "csv"]);
		expect([good.status, good.stderr]).toEqual([0, ""]);
		const bad = await run(["coverage", OFFICE, "--require", "ipo-in-19", "--require", "IPO-IN-43", "--format", "json"]);
		expect(bad.status).toBe(3);
		expect(bad.stderr).toMatch(/^flowmatrix: IPO-IN-43 .*10\.10\.0\.20.*unanswered/);
		expect(bad.stderr.trim().split("\n")).toHaveLength(1);
		expect(JSON.parse(bad.stdout).required).toMatchObject([{ met: true }, { met: false }]);
		const quiet = await run(["coverage", OFFICE, "--require", "IPO-IN-43", "-q"]);
		expect([quiet.status, quiet.stderr]).toEqual([3, ""]);
	});

	it.each([
		[["--require", "IPO-IN-99"], /IPO-IN-99/],
		[["--require", ""], /''/],
		[["--format", "markdown"], /markdown/],
	])("%j is wrong usage", async (options, words) => {
		const { status, stderr } = await run(["coverage", OFFICE, ...options]);
		expect(status).toBe(2);
		expect(stderr).toMatch(words);
	});

	it("names hosts as the way on where none is known", async () => {
		const { status, stdout, stderr } = await run([
			"coverage",
			capturePath("vlans.pcap"),
			"--no-infer",
			"--require",
			"IPO-IN-1",
		]);
		expect(status).toBe(3);
		expect(stdout).toContain("--host");
		expect(stderr).toMatch(/no host that runs IP Office is known/);
	});

	it("writes to a pipe by its name, and leaves it there", async () => {
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		try {
			const pipe = join(folder, "pipe");
			execFileSync("mkfifo", [pipe]);
			const [written, { status }] = await Promise.all([
				readFile(pipe, "utf8"),
				run(["coverage", OFFICE, "-o", pipe, "--format", "csv"]),
			]);
			expect(status).toBe(0);
			expect(written).toMatch(/^row,service,/);
			expect(lstatSync(pipe).isFIFO()).toBe(true);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
