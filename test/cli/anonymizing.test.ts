import { copyFileSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-test-"));
const path = (name: string) => join(folder, name);
const CAPTURE = path("case.pcap");

beforeAll(() => {
	copyFileSync("captures/tftp-ipoffice.pcap", CAPTURE);
	writeFileSync(path("good.key"), "0123456789abcdef0123456789abcdef");
	symlinkSync(CAPTURE, path("link.pcap"));
	linkSync(CAPTURE, path("hard.pcap"));
	symlinkSync(folder, path("same-folder"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("report --summary", () => {
	const page = async (capture: string, ...options: string[]) => (await run(["report", capture, ...options])).stdout;

	it("leaves the table of flows out, and nothing that is known by the flows", async () => {
		const whole = await page("captures/office-day.pcapng");
		const summary = await page("captures/office-day.pcapng", "--summary");
		expect(summary.length).toBeLessThan(whole.length);
		const [told] = /\d+ flows? whose client and server[^<]*|[^<>]*direction[^<>]*/.exec(whole)!;
		expect(summary).toContain(told);
		expect(summary).not.toContain("No traffic of this capture is on a row");
	});

	it("replaces the same names of an anonymized page", async () => {
		const [capture, key] = ["captures/faults/tls-expired-checked.pcap", path("good.key")];
		const named = async (...options: string[]) =>
			new Set((await page(capture, "--anonymize", "--key", key, ...options)).match(/certificate for [^<,;:]+/g));
		expect((await named()).size).toBeGreaterThan(0);
		expect(await named("--summary")).toEqual(await named());
	});
});

describe("--anonymize", () => {
	it.each([
		[["--mapping", "case.pcap"], "is one of the captures"],
		[["--mapping", "link.pcap"], "is one of the captures"],
		[["--mapping", "hard.pcap"], "is one of the captures"],
		[["--key", "case.pcap"], "is one of the captures"],
		[["--mapping", "out.json"], "--mapping and --output name the same file"],
		[["--mapping", "same-folder/out.json"], "--mapping and --output name the same file"],
		[["--key", "out.json"], "--key and --output name the same file"],
		[["--key", "new.key", "--mapping", "new.key"], "--mapping and --key name the same file"],
		[["--key", "good.key", "--mapping", "good.key"], "--mapping and --key name the same file"],
		[["--mapping", "-"], "--mapping: name a file"],
		[["--mapping", "nowhere/map.csv"], "there is no such folder"],
	])("writes over nothing that another option or argument names: %j", async (options, message) => {
		const before = ["case.pcap", "good.key"].map((name) => readFileSync(path(name)));
		const files = options.map((option) => (/^-/.test(option) ? option : path(option)));
		for (const command of [["--format", "json"], ["extract"], ["report"]]) {
			const [first = "", ...more] = command;
			const args = first.startsWith("-") ? [CAPTURE, ...command] : [first, CAPTURE, ...more];
			const outcome = await run([...args, "-o", path("out.json"), "--anonymize", ...files]);
			expect(outcome.status).toBeGreaterThan(0);
			expect(outcome.stderr).toContain(message);
		}
		expect(["case.pcap", "good.key"].map((name) => readFileSync(path(name)))).toEqual(before);
	});

	it("takes no key that repeats a few bytes", async () => {
		writeFileSync(path("zero.key"), Buffer.alloc(16));
		writeFileSync(path("abc.key"), "abcabcabcabcabcabcabc");
		for (const [key, message] of [
			["zero.key", "repeats one byte, which is no secret"],
			["abc.key", "repeats 3 bytes, which is no secret"],
		] as const) {
			const { status, stderr } = await run([CAPTURE, "--anonymize", "--key", path(key)]);
			expect(status).toBe(2);
			expect(stderr).toContain(message);
		}
	});

	it("has one key in two runs that make it at the same time", async () => {
		for (let round = 0; round < 3; round++) {
			const key = path(`race-${round}.key`);
			const args = [CAPTURE, "--anonymize", "--key", key, "--format", "json", "-q"];
			const outcomes = await Promise.all([run(args), run(args), run(args)]);
			const whole = outcomes.filter(({ status }) => status === 0);
			expect(new Set(whole.map(({ stdout }) => stdout)).size).toBe(1);
			expect((await run(args)).stdout).toBe(whole[0]!.stdout);
		}
	});
});
