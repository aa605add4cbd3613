/** Captures of real programs, recorded by `npm run lab`, each with what the lab knew of them. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type Comparison, compare, isWrongHost } from "../scripts/lab/compare.ts";
import { hostsOf, type LabTruth } from "../scripts/lab/truth.ts";
import { VARIANTS, writeVariant } from "../scripts/lab/worse.ts";
import { classify } from "../src/classify.ts";

const FOLDER = fileURLToPath(new URL("../captures/lab/", import.meta.url));
const TRUTH = "lab.truth.json";
/** A repository is no place for large captures. */
const MOST_BYTES = 200_000;

/** Hosts that must be found where none is given, by folder: those that do what only their product does. */
const GIVEN_AWAY: Readonly<Record<string, readonly string[]>> = {
	// By TFTP's answering write request, by a pseudo-file, by the SMTP greeting.
	servers: ["ipo 10.77.0.10", "ipo 10.77.0.20", "vmpro 10.77.0.11"],
	// By TLS on 50805, 50791 and 50815.
	calls: ["ipo 10.77.0.10", "ipo 10.77.0.20", "vmpro 10.77.0.11", "onex 10.77.0.12"],
	// By the web server's name; a Server Edition by 50791, 50805 and 50815.
	web: ["ipo 10.77.0.10", "ipo fd77::10", "ipo 10.77.0.30", "vmpro 10.77.0.30", "onex 10.77.0.30"],
};

/** Folders without TFTP: its data, without the request that names its ports, is nobody's. */
const WITHOUT_TFTP = ["calls", "web"];

/** Everything that is not as the lab knows it, with what flowmatrix says to it. */
function wrong({ outcomes, others }: Comparison): string[] {
	const flows = [...outcomes].flatMap(([flow, all]) =>
		all
			.filter(({ result }) => result === "wrong")
			.map(({ remark, got, record }) =>
				[`${flow.play}, ${flow.service}: ${remark}: ${got}`, ...(record?.label.reasons ?? [])].join("\n"),
			),
	);
	return [...flows, ...others];
}

function truthOf(folder: string): LabTruth {
	return JSON.parse(readFileSync(join(folder, TRUTH), "utf8")) as LabTruth;
}

describe.each(readdirSync(FOLDER))("captures/lab/%s", (name) => {
	const folder = join(FOLDER, name);
	const truth = truthOf(folder);
	const files = truth.files.map((file) => join(folder, file));
	const hosts = hostsOf(truth);

	it("holds what the truth is about, and nothing else", () => {
		expect(readdirSync(folder).sort()).toEqual([...truth.files, TRUTH].sort());
		for (const file of files) expect(statSync(file).size, file).toBeLessThan(MOST_BYTES);
		expect(truth.flows.length).toBeGreaterThan(0);
	});

	it("is labelled as the lab knows it, hosts given", async () => {
		const comparison = compare(await classify(files, { hosts }), truth);
		expect(wrong(comparison)).toEqual([]);
		for (const [flow, outcomes] of comparison.outcomes) {
			for (const { result, remark } of outcomes) expect([result, remark], flow.service).toEqual(["ok", ""]);
		}
	});

	it("gets no wrong label and no wrong host where none is given", async () => {
		const report = await classify(files);
		const comparison = compare(report, truth);
		expect(wrong(comparison)).toEqual([]);
		expect(comparison.hosts.filter(isWrongHost)).toEqual([]);
		const found = report.hosts.flatMap(({ address, products }) => products.map((product) => `${product} ${address}`));
		expect(found).toEqual(expect.arrayContaining([...GIVEN_AWAY[name]!]));
	});
});

describe("the comparison", () => {
	const folder = join(FOLDER, "web");
	const truth = truthOf(folder);
	const report = () =>
		classify(
			truth.files.map((file) => join(folder, file)),
			{ hosts: hostsOf(truth) },
		);
	const [first, ...rest] = truth.flows;

	it("finds a label that is not the truth", async () => {
		const flows = [{ ...first!, row: "COM-IN-1" }, ...rest];
		expect(wrong(compare(await report(), { ...truth, flows }))).toHaveLength(1);
	});

	it("finds client and server swapped", async () => {
		const flows = [{ ...first!, client: first!.server, server: first!.client }, ...rest];
		expect(wrong(compare(await report(), { ...truth, flows })).join()).toContain("client and server swapped");
	});

	it("finds a flow that nobody declared, and one that was declared and is not there", async () => {
		expect(wrong(compare(await report(), { ...truth, flows: rest })).join()).toContain("the lab did not start this");
		const absent = { ...first!, client: "10.77.1.77:*" };
		expect(wrong(compare(await report(), { ...truth, flows: [absent, ...rest] })).join()).toContain("no such flow");
	});

	it("finds a host that is none", async () => {
		const hosts = { ...truth.hosts, ipo: [] };
		expect(compare(await report(), { ...truth, hosts }).hosts.some(isWrongHost)).toBe(true);
	});
});

describe.each(WITHOUT_TFTP)("captures/lab/%s, captured worse", (name) => {
	const truth = truthOf(join(FOLDER, name));
	const copy = mkdtempSync(join(tmpdir(), "flowmatrix-worse-"));
	for (const file of truth.files) copyFileSync(join(FOLDER, name, file), join(copy, file));
	afterAll(() => rmSync(copy, { recursive: true, force: true }));

	it.each(VARIANTS.map((variant) => [variant.name, variant] as const))("%s: nothing is wrong", async (_, variant) => {
		const folder = writeVariant(copy, truth.files, variant);
		const report = await classify(
			truth.files.map((file) => join(folder, file)),
			{ hosts: hostsOf(truth) },
		);
		const comparison = compare(report, truth, true);
		expect(wrong(comparison)).toEqual([]);
		expect([...comparison.outcomes.values()].flat().filter(({ result }) => result === "ok").length).toBeGreaterThan(10);
	});
});
