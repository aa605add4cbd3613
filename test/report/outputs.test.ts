import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/document/document.ts";
import { eventText } from "../../src/report/events.ts";
import { flowText } from "../../src/report/explanation.ts";
import { OUTPUTS } from "../../src/report/index.ts";
import type { RenderOptions } from "../../src/report/renderer.ts";
import { Page } from "../../src/report/text/page.ts";
import { displayWidth, safeText } from "../../src/report/text/safe-text.ts";
import { CAPTURES, reportOf } from "../support/captures.ts";
import { parseCsv } from "../support/csv.ts";

/** Before a display filter. */
const FILTER = "  Wireshark: ";
const PLAIN: RenderOptions = { summary: false, color: false, width: 100 };
const schema = JSON.parse(readFileSync(new URL("../../schema/report.schema.json", import.meta.url), "utf8"));
const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
const isDocument = ajv.compile(schema);
const isLine = ajv.compile({ $defs: schema.$defs, $ref: "#/$defs/line" });

function render(report: Report, format: keyof typeof OUTPUTS, options: Partial<RenderOptions> = {}): string {
	return [...OUTPUTS[format](report, { ...PLAIN, ...options })].join("");
}

describe.each(CAPTURES)("captures/%s", (name) => {
	it("is a document of the schema, with and without its flows", async () => {
		const report = await reportOf(name);
		for (const summary of [false, true]) {
			const document = JSON.parse(render(report, "json", { summary }));
			isDocument(document);
			expect(isDocument.errors).toBeNull();
			expect("flows" in document).toBe(!summary);
		}
	});

	it("is the same in ndjson, one typed object a line", async () => {
		const report = await reportOf(name);
		const document = JSON.parse(render(report, "json"));
		const lines = render(report, "ndjson")
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		for (const line of lines) {
			isLine(line);
			expect(isLine.errors).toBeNull();
		}
		const ofType = (type: string) => lines.filter((line) => line.type === type).map(({ type: _, ...rest }) => rest);
		for (const [type, list] of [
			["flow", document.flows],
			["host", document.hosts],
			["transfer", document.transfers],
			["call", document.calls],
			["row", document.rows],
			["problem", document.problems],
			["finding", document.findings],
			["reason", document.reasons],
		] as const) {
			expect(ofType(type), type).toEqual(list);
		}
		expect(lines[0].type).toBe("capture");
	});

	it("is in CSV one line a flow, every line with the same columns", async () => {
		const report = await reportOf(name);
		const [head, ...lines] = parseCsv(render(report, "csv"));
		expect(lines).toHaveLength(report.labels.flows);
		for (const line of lines) expect(line).toHaveLength(head!.length);
	});

	it.each([60, 80, 100, 132, 200])("keeps within %i columns", async (width) => {
		for (const line of render(await reportOf(name), "table", { width }).split("\n"))
			if (!line.startsWith(FILTER)) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
	});

	it("has filters whole, to be copied, however narrow it is", async () => {
		const report = await reportOf(name);
		const shown = render(report, "table", { width: 60 })
			.split("\n")
			.flatMap((line) => (line.startsWith(FILTER) ? [line.slice(FILTER.length)] : []));
		const filters = report.findings.flatMap(({ severity, filter }) => (severity === "info" ? [] : (filter ?? [])));
		expect(shown).toEqual(filters.map(safeText).slice(0, shown.length));
		expect(shown.length > 0).toBe(filters.length > 0);
	});
});

describe("text from a capture", () => {
	const formats = ["table", "json", "ndjson", "csv", "markdown"] as const;

	it.each(formats)("does nothing in %s", async (format) => {
		const text = render(await reportOf("hostile-names.pcap"), format);
		expect(text.replaceAll(/[\n\r\t]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
		expect(text.length).toBeGreaterThan(1000);
	});

	it("starts no formula in a spreadsheet", async () => {
		const report = await reportOf("hostile-names.pcap");
		for (const line of parseCsv(render(report, "csv")))
			for (const cell of line) expect(cell).not.toMatch(/^\s*[=+\-@|%]/);
	});

	it("is no HTML, link or table cell in Markdown", async () => {
		const text = render(await reportOf("hostile-names.pcap"), "markdown");
		expect(text).not.toMatch(/<[a-z/!]/i);
		expect(text).not.toMatch(/\]\(/);
		const bars = text.split("\n").filter((line) => line.startsWith("|"));
		const counts = new Set(bars.map((line) => line.split("|").length));
		expect(counts.size).toBeLessThan(8);
	});

	it("is whole again in JSON", async () => {
		const report = await reportOf("hostile-names.pcap");
		const applications = [...report.flows()].map((flow) => flow.application);
		const parsed = JSON.parse(render(report, "json")).flows.map((flow: { application: unknown }) => flow.application);
		expect(parsed).toEqual(JSON.parse(JSON.stringify(applications)));
		expect(applications.flatMap((fields) => Object.values(fields ?? {})).join()).toContain("\u001b[31m");
	});
});

describe("the ends of a flow whose protocol has no ports", () => {
	it("are addresses alone, in every output; in JSON their ports are 0", async () => {
		const report = await reportOf("office-day.pcapng");
		const ping = [...report.flows()].find(({ transport }) => transport === "icmp")!;
		const { id, transport, client, server, start, label } = ping;
		expect([client.port, server.port]).toEqual([0, 0]);
		for (const format of ["table", "markdown", "csv"] as const)
			expect(render(report, format, { width: 200 })).not.toMatch(/10\.10\.0\.[0-9]+:0\b/);
		expect(render(report, "markdown")).toContain("| icmp | 10.10.0.50 | 10.10.0.10 |");
		const [head, ...lines] = parseCsv(render(report, "csv"));
		const line = lines.find((each) => each[0] === String(id))!;
		const at = (column: string) => line[head!.indexOf(column)];
		expect([at("client_address"), at("client_port"), at("server_port")]).toEqual(["10.10.0.50", "", ""]);
		const key = { time: start, flow: id, transport, client, server };
		expect(eventText({ ...key, event: "labelled", label, application: null })).toContain(
			`flow ${id}: icmp 10.10.0.50 > 10.10.0.10: `,
		);
		const [title] = flowText(new Page({ width: 100, color: false }), ping, { client: null, server: null });
		expect(title).toBe(`flow ${id}: icmp 10.10.0.50 → 10.10.0.10\n`);
	});
});

describe("table", () => {
	it("has no colour unless asked", async () => {
		const report = await reportOf("office-day.pcapng");
		expect(render(report, "table")).not.toContain("\u001b[");
		expect(render(report, "table", { color: true })).toContain("\u001b[");
	});

	it("says how many flows it leaves out", async () => {
		const report = await reportOf("office-day.pcapng");
		expect(render(report, "table", { maxFlows: 10 })).toMatch(/40 more flows/);
		expect(render(report, "markdown", { maxFlows: 10 })).toMatch(/40 more flows/);
		expect(render(report, "table", { maxFlows: 49 })).toMatch(/\n1 more flow: /);
	});

	it("says how many calls Markdown leaves out", async () => {
		const report = await reportOf("calls.pcapng");
		const shown = render(report, "markdown", { maxFlows: 5, records: "calls" });
		expect(shown.match(/^\| \d/gm)).toHaveLength(5);
		expect(shown).toContain(`\n${report.calls.length - 5} more calls: \`--all\` lists them.\n`);
		expect(render(report, "markdown", { maxFlows: 1000 })).not.toContain("--all");
	});

	it("puts flows that went wrong first", async () => {
		const lines = render(await reportOf("office-day.pcapng"), "table").split("\n");
		const first = lines.findIndex((line) => line.startsWith("Flows")) + 2;
		expect(lines[first]).toMatch(/:50805 /);
	});
});
