/** Captures of what goes wrong on purpose, made by `npm run faults`, each with all that must be found in it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compareFindings } from "../scripts/faults/compare.ts";
import { FAULTS } from "../scripts/faults/subjects/index.ts";
import { type FaultTruth, hostsOf } from "../scripts/faults/truth.ts";
import { classify } from "../src/classify.ts";
import { KIND_NAMES } from "../src/finding/kinds.ts";

const FOLDER = fileURLToPath(new URL("../captures/faults/", import.meta.url));
/** A repository is no place for large captures. */
const MOST_BYTES = 200_000;

describe("captures/faults", () => {
	it("holds each fault's capture and what it must give, and nothing else", () => {
		const files = FAULTS.flatMap(({ name }) => [`${name}.pcap`, `${name}.truth.json`]);
		expect(readdirSync(FOLDER).sort()).toEqual(files.sort());
		for (const file of files) expect(statSync(join(FOLDER, file)).size, file).toBeLessThan(MOST_BYTES);
	});

	it.each(FAULTS)("$name: $shows", async ({ name, findings, hosts }) => {
		const truth = JSON.parse(readFileSync(join(FOLDER, `${name}.truth.json`), "utf8")) as FaultTruth;
		expect(truth.findings).toEqual(findings);
		expect(Object.keys(truth.hosts).length === 0).toBe(hosts === "none");
		const report = await classify([join(FOLDER, `${name}.pcap`)], { hosts: hostsOf(truth) });
		expect(compareFindings(report, findings)).toEqual({ missing: [], unexpected: [] });
	});

	it("shows every kind but one, and those that have tests of their own alone", () => {
		const shown = new Set(FAULTS.flatMap(({ findings }) => findings.map(({ kind }) => kind)));
		expect(KIND_NAMES.filter((kind) => !shown.has(kind))).toEqual(["one-way", "port-scan", "no-ack", "media-stopped"]);
	});
});

describe("the comparison", () => {
	const row = "IPO-IN-43";
	const found = { kind: "refused", severity: "warning", row, message: "refused" } as const;
	const wanted = { kind: "refused", row, why: "it was" } as const;
	const differences = (...args: Parameters<typeof compareFindings>) => {
		const { missing, unexpected } = compareFindings(...args);
		return [missing.length, unexpected.length];
	};
	const report = (...findings: unknown[]) => ({ findings }) as unknown as Parameters<typeof compareFindings>[0];

	it("takes each finding once, by kind and row, and by severity where one is asked for", () => {
		expect(differences(report(found), [wanted])).toEqual([0, 0]);
		expect(differences(report(found, found), [wanted])).toEqual([0, 1]);
		expect(differences(report(found), [wanted, wanted])).toEqual([1, 0]);
		expect(differences(report({ ...found, row: null }), [wanted])).toEqual([1, 1]);
		expect(differences(report({ ...found, kind: "reset" }), [wanted])).toEqual([1, 1]);
		expect(differences(report(found), [{ ...wanted, severity: "warning" }])).toEqual([0, 0]);
		expect(differences(report(found), [{ ...wanted, severity: "info" }])).toEqual([1, 1]);
	});
});
