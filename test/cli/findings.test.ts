import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { KIND_NAMES } from "../../src/finding/kinds.ts";
import { run } from "../support/cli.ts";

const OFFICE = "captures/office-day.pcapng";

describe("flowmatrix findings", () => {
	it("lists every kind, and the thresholds", async () => {
		const { stdout, status } = await run(["findings"]);
		expect(status).toBe(0);
		const listed = stdout.split("\n").map((line) => line.split(" ")[0]);
		expect(listed).toEqual(expect.arrayContaining([...KIND_NAMES, "answer-time"]));
	});

	it("tells one kind in full, and those that begin alike", async () => {
		const { stdout } = await run(["findings", "unanswered"]);
		expect(stdout).toContain("a firewall on the way drops the packets silently");
		expect(stdout).toContain("capture at the server: do the requests arrive there?");
		const alike = JSON.parse((await run(["findings", "tftp", "--format", "json"])).stdout);
		expect(alike.kinds.map(({ kind }: { kind: string }) => kind)).toEqual(
			KIND_NAMES.filter((name) => name.startsWith("tftp")),
		);
	});

	it("is the documentation", async () => {
		const { stdout } = await run(["findings", "--format", "markdown"]);
		expect(readFileSync(new URL("../../docs/findings.md", import.meta.url), "utf8")).toBe(stdout);
	});

	it("is wrong usage for a kind that is none", async () => {
		const { stderr, status } = await run(["findings", "bogus"]);
		expect([status, stderr]).toEqual([2, expect.stringContaining("no kind of finding is called 'bogus'")]);
	});
});

describe("--fail-on", () => {
	it.each([
		["unanswered", "unanswered: 2"],
		["tls-alert,error", "error: 2"],
		["unknown=8", "unknown: 8"],
		["warning", "warning: "],
	])("%s: status 3, and what was met", async (list, words) => {
		const { status, stderr, stdout } = await run([OFFICE, "--summary", "--fail-on", list]);
		expect(status).toBe(3);
		expect(stderr).toContain(`--fail-on: ${words}`);
		expect(stdout).toContain("Findings");
	});

	it.each(["unknown=9", "tls-alert", "unanswered=3", "ambiguous", "problem"])("%s: status 0", async (list) => {
		const { status, stderr } = await run([OFFICE, "--summary", "--fail-on", list]);
		expect([status, stderr]).toEqual([0, ""]);
	});

	it.each(["bogus", "unanswered=0", "unanswered=x", "unanswered=1=2", ""])("'%s': wrong usage", async (list) => {
		const { status, stderr } = await run([OFFICE, "--fail-on", list]);
		expect([status, stderr]).toEqual([2, expect.stringContaining("--fail-on")]);
	});
});

describe("--threshold", () => {
	it("changes what is a finding", async () => {
		const args = ["captures/faults/media-loss.pcap", "--summary", "--format", "json"];
		const kinds = (text: string) => JSON.parse(text).findings.map(({ kind }: { kind: string }) => kind);
		expect(kinds((await run(args)).stdout)).toContain("media-loss");
		expect(kinds((await run([...args, "--threshold", "media-loss=50%"])).stdout)).not.toContain("media-loss");
	});

	it.each(["bogus=1", "answer-time", "answer-time=x", "answer-time=-1", "answer-time=Infinity"])(
		"'%s': wrong usage",
		async (text) => {
			const { status, stderr } = await run([OFFICE, "--threshold", text]);
			expect([status, stderr]).toEqual([2, expect.stringContaining("--threshold")]);
		},
	);
});
