import { spawnSync } from "node:child_process";
import { marked, type Tokens } from "marked";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/document/document.ts";
import { OUTPUTS } from "../../src/report/index.ts";
import { RECORD_KINDS, type RecordKind } from "../../src/report/renderer.ts";
import { PAYLOADS } from "../report/payloads.ts";
import { CAPTURES, capturePath, reportOf } from "../support/captures.ts";
import { run } from "../support/cli.ts";

const PLAIN = { summary: false, color: false, width: 200, maxFlows: Number.POSITIVE_INFINITY };

function records(report: Report, kind: RecordKind): readonly object[] {
	return kind === "flows" ? [...report.flows()] : report[kind];
}

function csv(report: Report, kind: RecordKind): string {
	return [...OUTPUTS.csv(report, { ...PLAIN, records: kind })].join("");
}

const PYTHON = spawnSync("python3", ["--version"]).status === 0;
const READER =
	"import csv,json,sys,io; print(json.dumps(list(csv.DictReader(io.TextIOWrapper(sys.stdin.buffer,'utf-8',newline=''),strict=True))))";

/** As Python's csv module reads it: an object a line, by the names of the head. */
function byPython(text: string): Record<string, string>[] {
	const { stdout, stderr } = spawnSync("python3", ["-c", READER], {
		input: text,
		encoding: "utf8",
		maxBuffer: 1 << 28,
	});
	expect(stderr).toBe("");
	return JSON.parse(stdout);
}

describe.skipIf(!PYTHON)(`records as CSV, read by Python${PYTHON ? "" : ": python3 is not installed"}`, () => {
	it("are those of the report, each in one line with all columns", async () => {
		for (const name of ["office-day.pcapng", "calls.pcapng", "tftp-styles.pcapng", "h323-call.pcap"]) {
			const report = await reportOf(name);
			for (const kind of RECORD_KINDS) {
				const lines = byPython(csv(report, kind));
				expect(lines, `${name} ${kind}`).toHaveLength(records(report, kind).length);
				for (const line of lines) expect(Object.values(line)).not.toContain(null);
			}
		}
	});

	it("say what the report says", async () => {
		const report = await reportOf("office-day.pcapng");
		expect(
			byPython(csv(report, "findings")).map(({ severity, kind, message, row, flow_count, filter }) => [
				severity,
				kind,
				message,
				row,
				flow_count,
				filter,
			]),
		).toEqual(
			report.findings.map(({ severity, kind, message, row, flowCount, filter }) => [
				severity,
				kind,
				message,
				row ?? "",
				String(flowCount),
				(filter ?? "").replaceAll("||", "or"),
			]),
		);
		expect(
			byPython(csv(report, "rows")).map(({ row, flows, bytes, working, failing }) => [
				row,
				flows,
				bytes,
				working,
				failing,
			]),
		).toEqual(
			report.rows.map(({ row, flows, bytes, working, failing }) => [
				row,
				...[flows, bytes, working, failing].map(String),
			]),
		);
		expect(
			byPython(csv(report, "transfers")).map(({ client, server, file, bytes, complete, flows }) => [
				client,
				server,
				file,
				bytes,
				complete,
				flows,
			]),
		).toEqual(
			report.transfers.map(({ client, server, file, bytes, complete, flows }) => [
				client,
				server,
				file,
				String(bytes),
				String(complete),
				flows.join(" "),
			]),
		);
		expect(
			byPython(csv(report, "calls")).map(({ from, to, result, streams, flows }) => [from, to, result, streams, flows]),
		).toEqual(
			report.calls.map(({ from, to, result, media, flows }) => [
				from,
				to,
				result,
				String(media.length),
				flows.join(" "),
			]),
		);
	});

	it("start no formula, whatever calls and files are called", async () => {
		const report = await reportOf("calls.pcapng");
		const hostile: Report = {
			...report,
			calls: PAYLOADS.map(({ text }) => ({
				...report.calls[0]!,
				callId: text,
				from: text,
				to: text,
				fromName: text,
				result: text,
			})),
			transfers: PAYLOADS.map(({ text }) => ({ ...TRANSFER, file: text, error: text })),
			findings: PAYLOADS.map(({ text }) => ({ ...FINDING, message: text, host: text, filter: text, check: [text] })),
			rows: PAYLOADS.map(({ text }) => ({
				row: text,
				service: text,
				flows: 1,
				packets: 1,
				bytes: 1,
				working: 0,
				failing: 0,
			})),
		};
		for (const kind of RECORD_KINDS.filter((each) => each !== "flows")) {
			const lines = byPython(csv(hostile, kind));
			expect(lines, kind).toHaveLength(PAYLOADS.length);
			for (const cell of lines.flatMap((line) => Object.values(line))) {
				expect(cell).not.toMatch(/^\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/);
				expect(cell).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
			}
		}
	});
});

const TRANSFER: Report["transfers"][number] = {
	id: 1,
	client: "10.0.0.2:2421",
	server: "10.0.0.1:69",
	file: "",
	mode: "octet",
	direction: "read",
	style: "ipoffice",
	bytes: 1,
	blocks: 1,
	retransmits: 0,
	complete: true,
	error: null,
	row: "IPO-IN-5",
	flows: [1],
	start: "2026-03-02T09:00:00.000000000Z",
	end: "2026-03-02T09:00:00.000000000Z",
};

const FINDING: Report["findings"][number] = {
	kind: "unanswered",
	severity: "error",
	message: "",
	row: null,
	host: null,
	clients: [],
	servers: [],
	flows: [],
	flowCount: 0,
	count: 1,
	start: null,
	end: null,
	first: null,
	filter: null,
	check: [],
};

describe("records as Markdown, read by marked", () => {
	const tables = (text: string) =>
		marked.lexer(text, { gfm: true }).filter((token): token is Tokens.Table => token.type === "table");

	it.each(CAPTURES.filter((name) => !name.includes("/")))("are one table of those of captures/%s", async (name) => {
		const report = await reportOf(name);
		for (const kind of RECORD_KINDS) {
			const text = [...OUTPUTS.markdown(report, { ...PLAIN, records: kind })].join("");
			const found = tables(text);
			const count = records(report, kind).length;
			expect(
				found.map(({ rows }) => rows.length),
				kind,
			).toEqual(count > 0 ? [count] : []);
			if (count === 0) expect(text).toMatch(new RegExp(`^No ${kind} in `));
			else expect(text).toMatch(/^## /);
		}
	});
});

describe("--records", () => {
	const OFFICE = capturePath("office-day.pcapng");

	it("names the kind", async () => {
		const { status, stdout } = await run(["classify", OFFICE, "--format", "csv", "--records", "calls"]);
		expect(status).toBe(0);
		expect(stdout.split("\r\n")[0]).toMatch(/^id,protocol,call_id,from,/);
	});

	it("is refused where there is no such kind, and for formats that have all kinds", async () => {
		const unknown = await run(["classify", OFFICE, "--format", "csv", "--records", "packets"]);
		expect(unknown.status).toBe(2);
		expect(unknown.stderr).toMatch(/flows, rows, findings, transfers, calls/);
		for (const format of ["table", "json", "ndjson"]) {
			const { status, stderr } = await run(["classify", OFFICE, "--format", format, "--records", "rows"]);
			expect([status, stderr]).toEqual([
				2,
				`flowmatrix: --records: ${format} has all kinds of records; use it with --format csv or markdown\n`,
			]);
		}
	});
});
