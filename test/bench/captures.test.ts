import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Capture, capture, captureOfFlows, type Kind } from "../../bench/captures.ts";
import { classify } from "../../src/index.ts";

const PACKETS = 3000;

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "flowmatrix-bench-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function digest({ files }: Capture): string {
	const hash = createHash("sha256");
	for (const file of files) {
		const bytes = readFileSync(file);
		hash.update(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
	}
	return hash.digest("hex").slice(0, 16);
}

async function flowsOf({ files }: Capture) {
	const report = await classify(files);
	expect(report.problems).toEqual([]);
	expect(report.capture.packets).toBe(PACKETS);
	return [...report.flows()];
}

/** Of the office capture, whose bytes the gzip has too. */
const OFFICE = "0f7c6e2ec6afcb97";

describe("the captures of the benchmark", () => {
	// Where a digest changes, the captures on disk are out of date: raise EDITION in bench/captures.ts.
	it.each<[Kind, number, string]>([
		["office", 1, OFFICE],
		["pcapng", 1, "e7128a4e7572150a"],
		["gzip", 1, OFFICE],
		["small", 1, "e7960319ab86cd37"],
		["scan", 1, "481aca262dcda024"],
		["ring", 20, "43973c6d15df2f4f"],
	])("%s is the same bytes in every run", async (kind, files, bytes) => {
		const made = await capture(kind, PACKETS, folder);
		expect(made.files).toHaveLength(files);
		expect(digest(made)).toBe(bytes);
	});

	it.each<Kind>(["pcapng", "gzip", "ring"])("%s holds the flows of office", async (kind) => {
		const strip = ({ first, ...flow }: Awaited<ReturnType<typeof flowsOf>>[number]) => flow;
		const office = await flowsOf(await capture("office", PACKETS, folder));
		expect(office.length).toBeGreaterThan(1500);
		const flows = await flowsOf(await capture(kind, PACKETS, folder));
		expect(flows.map(strip)).toEqual(office.map(strip));
	});

	it("small has frames of 64 bytes only, over TCP and UDP", async () => {
		const made = await capture("small", PACKETS, folder);
		expect(made.size).toBe(24 + PACKETS * (16 + 64));
		const flows = await flowsOf(made);
		expect(new Set(flows.map((flow) => flow.transport))).toEqual(new Set(["tcp", "udp"]));
	});

	it("scan has three packets a flow", async () => {
		const flows = await flowsOf(await capture("scan", PACKETS, folder));
		expect(flows).toHaveLength(PACKETS / 3);
	});

	it.each([1, 10, 1500])("a capture of %i flows has so many", async (count) => {
		const flows = await flowsOf(await captureOfFlows(count, PACKETS, folder));
		expect(flows).toHaveLength(count);
	});
});
