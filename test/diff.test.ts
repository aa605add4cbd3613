import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import { classify } from "../src/classify.ts";
import { diff } from "../src/diff.ts";
import { diffReports, type ReportSummary } from "../src/document/diff.ts";
import { looksLikeReport, readReport } from "../src/document/read.ts";
import { DIFF_OUTPUTS } from "../src/report/diff.ts";
import { OUTPUTS } from "../src/report/index.ts";
import { CAPTURES, capturePath } from "./support/captures.ts";
import { run } from "./support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-diff-"));
afterAll(() => rmSync(folder, { recursive: true }));

const OFFICE = capturePath("office-day.pcapng");
/** Hosts of the captures of faults. */
const GIVEN = { hosts: [10, 20, 30].map((last) => ({ product: "ipo", address: `10.77.0.${last}` })) };
const HOST = ["--host", "ipo=10.77.0.10,10.77.0.20,10.77.0.30"];

async function saved(capture: string, summary: boolean): Promise<string> {
	const path = join(folder, `${summary}.json`);
	const options = { summary, color: false, width: 80 };
	writeFileSync(path, [...OUTPUTS.json(await classify([capture]), options)].join(""));
	return path;
}

describe("a diff", () => {
	it("finds nothing between a capture and itself, or its report", async () => {
		for (const same of [OFFICE, await saved(OFFICE, true), await saved(OFFICE, false)]) {
			const { rows, hosts, findings, transfers, calls, unknowns, notes } = await diff(OFFICE, same);
			expect({ rows, hosts, findings, transfers, calls, unknowns, notes }).toEqual({
				rows: [],
				hosts: [],
				findings: [],
				transfers: [],
				calls: [],
				unknowns: [],
				notes: [],
			});
		}
	});

	it("tells rows that stopped working, and why", async () => {
		const healthy = capturePath("faults/tftp-healthy.pcap");
		const silent = capturePath("faults/tftp-silent.pcap");
		const { rows, findings, notes } = await diff(healthy, silent, GIVEN);
		expect(notes).toContain("what was not seen again may just not have been used");
		expect(rows).toMatchObject([
			{ row: "IPO-OUT-6", change: "worse", before: "working", after: "failing" },
			{ row: "IPO-IN-5", change: "different", what: "worked, and was not seen again" },
		]);
		expect(findings[0]).toMatchObject({ change: "worse", what: "is new", row: "IPO-OUT-6", severity: "error" });
		const back = await diff(silent, healthy, GIVEN);
		expect(back.rows[0]).toMatchObject({ row: "IPO-OUT-6", change: "better", what: "started working" });
		expect(back.findings[0]).toMatchObject({ change: "better", what: "is gone" });
	});

	it("says where the captures have no product host in common, and not where they have one", async () => {
		const note = expect.stringMatching(/^no product host of one capture is one in the other/);
		expect((await diff(OFFICE, capturePath("calls.pcapng"))).notes[0]).toEqual(note);
		const healthy = capturePath("faults/tftp-healthy.pcap");
		expect((await diff(healthy, capturePath("faults/tftp-silent.pcap"), GIVEN)).notes).not.toContainEqual(note);
	});

	it("tells calls and transfers that fail now", async () => {
		const calls = await diff(capturePath("faults/media-healthy.pcap"), capturePath("faults/call-declined.pcap"), GIVEN);
		expect(calls.before.calls.failed).toBe(0);
		expect(calls.after.calls.failed).toBeGreaterThan(0);
		expect(calls.calls[0]).toMatchObject({ change: "worse" });
		const transfers = await diff(capturePath("faults/tftp-healthy.pcap"), capturePath("faults/tftp-file-missing.pcap"));
		expect(transfers.transfers.some(({ change }) => change === "worse")).toBe(true);
	});

	it.each([
		["tftp-begins-anew", 5],
		["tftp-silent", 1],
		["tftp-server-dies", 1],
		["tftp-off", 1],
		["tftp-no-data", 1],
	])(
		"counts the transfers of %s as failed, as its findings do, though its capture ends with them",
		async (name, failed) => {
			const { after } = await diff(capturePath("faults/tftp-healthy.pcap"), capturePath(`faults/${name}.pcap`));
			expect(after.transfers).toEqual({ count: failed, failed });
		},
	);

	it("does not judge a transfer that the capture's end cuts", async () => {
		const report = await classify([capturePath("tftp-styles.pcapng")]);
		const { capture, transfers } = report;
		const good = transfers.find(({ complete, error }) => complete && error === null)!;
		/** The report with one transfer, unfinished, of so many seconds before the capture's end. */
		const unfinished = (silence: number): ReportSummary => {
			const end = new Date(Date.parse(capture.end!) - silence * 1000).toISOString();
			return { ...report, transfers: [{ ...good, complete: false, end }] };
		};
		const whole = { ...report, transfers: [good] };
		for (const { transfers, before, after } of [
			diffReports(whole, unfinished(2)),
			diffReports(unfinished(2), whole),
			diffReports({ ...report, transfers: [] }, unfinished(2)),
		])
			expect({ transfers, failed: before.transfers.failed + after.transfers.failed }).toEqual({
				transfers: [],
				failed: 0,
			});
		const { transfers: worse, after } = diffReports(unfinished(2), unfinished(30));
		expect(worse).toMatchObject([
			{ change: "worse", before: "under way when the capture ended", after: "1 of 1 failed (incomplete)" },
		]);
		expect(after.transfers).toEqual({ count: 1, failed: 1 });
		// What failed before, and is under way now, does not work yet.
		expect(diffReports(unfinished(30), unfinished(2)).transfers).toEqual([]);
	});

	it("tells hosts and unknowns that are new", async () => {
		const { hosts, unknowns } = await diff(capturePath("tftp-ipoffice.pcap"), OFFICE);
		expect(hosts.some(({ what }) => what.startsWith("is new"))).toBe(true);
		expect(unknowns.some(({ what }) => what === "is new")).toBe(true);
	});

	it("takes a host's new release for a change, and one it did not tell for none", async () => {
		const report = await classify([OFFICE]);
		const host = report.hosts.find(({ release }) => release !== undefined)!;
		const other = (change: object): ReportSummary => ({
			...report,
			hosts: report.hosts.map((each) => (each === host ? { ...each, ...change } : each)),
		});
		expect(diffReports(report, other({ release: "11.1.3" })).hosts).toMatchObject([
			{ address: host.address, what: `its release was ${host.release} and is 11.1.3` },
		]);
		expect(diffReports(report, other({ release: undefined })).hosts).toEqual([]);
	});

	it("is the reverse the other way round, whatever is compared", async () => {
		const names = CAPTURES.filter((name) => name.startsWith("faults/")).slice(0, 24);
		const reports = await Promise.all(names.map((name) => classify([capturePath(name)])));
		for (const [i, before] of reports.entries()) {
			const after = reports[(i + 7) % reports.length]!;
			const [there, back] = [diffReports(before, after), diffReports(after, before)];
			for (const list of ["rows", "findings", "unknowns"] as const) expect(there[list].length).toBe(back[list].length);
			const having = (word: "worse" | "better", { findings }: typeof there) =>
				findings.filter(({ change }) => change === word).length;
			const unused = back.findings.filter(({ what, severity }) => what.includes("not seen") && severity !== "info");
			expect(having("better", back) + unused.length).toBe(having("worse", there));
		}
	});
});

describe("reports as files", () => {
	it("are told from captures by their content", async () => {
		expect(await looksLikeReport(await saved(OFFICE, true))).toBe(true);
		for (const name of [OFFICE, "-", join(folder, "none"), folder]) expect(await looksLikeReport(name)).toBe(false);
	});

	it.each([
		["{", /JSON/],
		['{"schema": "flowmatrix/1"}', /no report of flowmatrix.*capture/],
		['{"type":"capture"}\n{"type":"flow"}\n', /ndjson/],
	])("are refused where they are none: %j", async (text, words) => {
		const path = join(folder, "broken.json");
		writeFileSync(path, text);
		await expect(readReport(path)).rejects.toThrow(words);
		expect(await run(["diff", path, OFFICE])).toMatchObject({ status: 1, stdout: "" });
	});
});

describe("the outputs of a diff", () => {
	const silent = capturePath("faults/tftp-silent.pcap");
	const healthy = capturePath("faults/tftp-healthy.pcap");

	it("are JSON by the schema", async () => {
		const schema = JSON.parse(readFileSync(new URL("../schema/diff.schema.json", import.meta.url), "utf8"));
		const validate = new Ajv2020({ allErrors: true }).compile(schema);
		for (const [before, after] of [
			[healthy, silent],
			[capturePath("calls.pcapng"), OFFICE],
			[OFFICE, OFFICE],
		] as const) {
			const document = JSON.parse(
				[...DIFF_OUTPUTS.json(await diff(before, after), { width: 80, color: false })].join(""),
			);
			expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
		}
	});

	it("are a table and Markdown; --fail-on decides the exit status", async () => {
		const { status, stdout } = await run(["diff", healthy, silent, ...HOST]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^worse +IPO-OUT-6 .*stopped working/m);
		expect((await run(["diff", healthy, silent, ...HOST, "--format", "markdown"])).stdout).toMatch(
			/^\| worse \| IPO-OUT-6 \|/m,
		);
		expect((await run(["diff", healthy, silent, ...HOST, "--fail-on", "worse"])).status).toBe(3);
		expect((await run(["diff", healthy, silent, ...HOST, "--fail-on", "rows", "-q"])).status).toBe(3);
		expect((await run(["diff", silent, healthy, ...HOST, "--fail-on", "worse"])).status).toBe(0);
		expect((await run(["diff", OFFICE, OFFICE, "--fail-on", "any"])).stdout).toMatch(/Nothing changed.*unknowns\.\n$/);
		expect((await run(["diff", OFFICE, OFFICE, "--fail-on", "speed"])).status).toBe(2);
		expect((await run(["diff", OFFICE])).status).toBe(2);
	});

	it("hold a capture's names harmless", async () => {
		const changes = await diff(OFFICE, capturePath("hostile-names.pcap"));
		for (const render of Object.values(DIFF_OUTPUTS)) {
			const text = [...render(changes, { width: 100, color: false })].join("");
			expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
		}
		expect([...DIFF_OUTPUTS.markdown(changes, { width: 100, color: false })].join("")).not.toMatch(
			/<(script|img|a)\b/i,
		);
	});
});
