import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marked } from "marked";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analysis, analyse } from "../../src/analyse.ts";
import { buildReport } from "../../src/document/build.ts";
import { buildCoverage } from "../../src/document/coverage.ts";
import type { Report } from "../../src/document/document.ts";
import { buildExplanation } from "../../src/document/explanation.ts";
import { COVERAGE_OUTPUTS } from "../../src/report/coverage.ts";
import { explanationText } from "../../src/report/explanation.ts";
import { OUTPUTS } from "../../src/report/index.ts";
import { csvLine } from "../../src/report/text/csv-cell.ts";
import { safeJson, safeText } from "../../src/report/text/safe-text.ts";
import { run } from "../support/cli.ts";
import { parseCsv } from "../support/csv.ts";
import { extracted, textsIn } from "../support/extracted.ts";
import { hostileCapture } from "../support/hostile-capture.ts";
import { PAYLOADS } from "./payloads.ts";

const TEXTS = PAYLOADS.map(({ text }) => text);
/** What acts instead of being seen; line feeds end lines, and CSV's lines end in both. */
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;
const SCREEN = { width: 200, color: false };
const ALL = { summary: false, maxFlows: Number.POSITIVE_INFINITY, ...SCREEN };

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
const file = join(folder, "hostile.pcapng");
let analysis: Analysis;
let report: Report;

beforeAll(async () => {
	writeFileSync(file, hostileCapture(TEXTS));
	analysis = await analyse([file], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
	report = buildReport(analysis);
});
afterAll(() => rmSync(folder, { recursive: true }));

function rendered(format: keyof typeof OUTPUTS): string {
	return [...OUTPUTS[format](report, ALL)].join("");
}

function expectInert(text: string): void {
	for (const line of text.split(/\r?\n/)) expect(line).not.toMatch(ACTS);
}

const WAYS = [
	"sip agent",
	"sip callId",
	"sip user",
	"sip server",
	"http host",
	"http path",
	"http agent",
	"http server",
	"tls sni",
	"tls offeredAlpn",
	"dns query",
	"dhcp hostName",
	"dhcp vendorClass",
	"smtp banner",
	"smtp client",
];

describe("the hostile capture", () => {
	it("brings its texts into the report by every way", () => {
		const fields = new Map<string, number>();
		const count = (name: string) => fields.set(name, (fields.get(name) ?? 0) + 1);
		for (const { application } of report.flows())
			for (const [name, value] of Object.entries(application ?? {}))
				if (typeof value === "string" && TEXTS.some((text) => value.includes(text)))
					count(`${application?.protocol} ${name}`);
		for (const wanted of WAYS) expect([...fields.keys()]).toContain(wanted);
		const given = (all: readonly string[]) => TEXTS.filter((text) => all.some((each) => each.includes(text))).length;
		expect(given(report.transfers.map(({ file: name }) => name))).toBeGreaterThan(TEXTS.length / 2);
		expect(given(report.findings.map(({ message }) => message))).toBeGreaterThan(TEXTS.length / 2);
		expect(given([...report.flows()].flatMap(({ label }) => label.reasons))).toBeGreaterThan(TEXTS.length / 2);
		expect(report.calls.length).toBeGreaterThan(TEXTS.length / 2);
	});
});

describe.each(Object.keys(OUTPUTS) as (keyof typeof OUTPUTS)[])("classify in %s", (format) => {
	it("moves no cursor, hides nothing and turns no text round", () => expectInert(rendered(format)));
});

describe("JSON and NDJSON", () => {
	it("are parsed as what they were made of", () => {
		const flows = JSON.parse(JSON.stringify([...report.flows()]));
		expect(JSON.parse(rendered("json")).flows).toEqual(flows);
		const lines = rendered("ndjson")
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines.filter(({ type }) => type === "flow").map(({ type: _, ...flow }) => flow)).toEqual(flows);
	});

	it("give every payload back as it was", () => {
		for (const { text } of PAYLOADS) {
			expect(JSON.parse(safeJson(text))).toBe(text);
			expectInert(safeJson(text));
		}
	});
});

describe("CSV", () => {
	/** Whether a spreadsheet may calculate with a cell, whichever separator it is set to. */
	const calculates = (cell: string) =>
		cell
			.split(/[;,\t|"]/)
			.some((part) => /^[\s"']*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(part) && !/^[\s"]*'/.test(part));

	it("starts no formula, and has the columns of its head in every line", () => {
		const [head, ...lines] = parseCsv(rendered("csv"));
		expect(lines).toHaveLength(report.labels.flows);
		for (const line of lines) {
			expect(line).toHaveLength(head!.length);
			expect(line.filter(calculates)).toEqual([]);
		}
	});

	it.each(["+4930123456", "+4930123456@203.0.113.5", "+49301@[2001:db8::1]:5061"])(
		"has the telephone number %s as it is",
		(number) => {
			const [[cell] = []] = parseCsv(`${csvLine([number])}\r\n`);
			expect(cell).toBe(number);
		},
	);

	it.each([
		"+1+cmd|' /C calc'!A0",
		"+49(1)",
		"+49301@SUM(A1)",
		"+A1",
		"+1-1",
		"+49301*2",
		"+4930123456;=1+1",
		"+49 (flow 1)",
		"+49301 cmd|A!B",
	])("guards %s, which begins like one", (text) => {
		const [[cell] = []] = parseCsv(`${csvLine([text])}\r\n`);
		expect(cell).toContain("'");
	});

	it.each(PAYLOADS)("holds $text in one cell, inert ($source)", ({ text }) => {
		const [cells] = parseCsv(`${csvLine([1, text, "end"])}\r\n`);
		expect(cells).toHaveLength(3);
		expect(cells!.filter(calculates)).toEqual([]);
		expectInert(cells![1]!);
	});
});

/** Start tags of HTML, with their attributes. */
function tagsOf(html: string): string[] {
	return [...html.matchAll(/<[^/>][^>]*>/g)].map(([tag]) => tag);
}

/** What the report's own Markdown makes. */
const OWN_TAGS = new Set(
	["h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code"].map((name) => `<${name}>`),
);

describe("Markdown", () => {
	it("is shown with the report's own elements, and no others", () => {
		const markdown = rendered("markdown");
		const html = marked.parse(markdown, { async: false, gfm: true });
		const tags = tagsOf(html);
		expect(tags.filter((tag) => !OWN_TAGS.has(tag))).toEqual([]);
		const count = (name: string) => tags.filter((tag) => tag === `<${name}>`).length;
		const lines = markdown.split("\n");
		expect(count("h1")).toBe(1);
		expect(count("h2")).toBe(lines.filter((line) => line.startsWith("## ")).length);
		expect(count("li")).toBe(lines.filter((line) => line.startsWith("- ")).length);
		expect(count("tr")).toBe(lines.filter((line) => /^\| (?!---)/.test(line)).length);
		expect(count("table")).toBe(lines.filter((line) => /^\|( --- \|)+$/.test(line)).length);
	});

	it.each(PAYLOADS)("holds $text in one cell, and says it ($source)", ({ text }) => {
		const hostile = {
			...report,
			capture: { ...report.capture, files: [text] },
			problems: [{ file: text, offset: 0, kind: "limit" as const, message: text }],
			matrix: { ...report.matrix, release: text },
			hosts: [{ address: text, products: [text], source: "given" as const, reasons: [text], flows: 0, findings: [] }],
			reasons: [],
			findings: [],
			rows: [],
			transfers: [],
			calls: [],
		};
		const html = marked.parse([...OUTPUTS.markdown(hostile, { ...ALL, summary: true })].join(""), {
			async: false,
			gfm: true,
		});
		const shape = html.replaceAll(/<\/?code>/g, "").replaceAll(/>[^<]+</g, "><");
		expect(shape.replaceAll(/\s/g, "")).toBe(SHAPE);
		const said = unescapeHtml(html.replaceAll(/<[^>]*>/g, ""));
		const squeezed = (words: string) => words.replace(/\s+/g, " ").trim();
		expect(squeezed(said)).toContain(squeezed(safeText(text)));
		// What sites look for in the finished page stands in code.
		const outside = unescapeHtml(html.replaceAll(/<code>[^<]*<\/code>/g, "\u0001").replaceAll(/<[^>]*>/g, "\n"));
		expect(outside).not.toMatch(/@\w|#\d|:\/\/|\bwww\.\S|:[a-z]\w*:|(?<!\w)[!~%$^]\w/);
	});
});

const SHAPE =
	"<h1></h1><p></p><h2></h2><ul><li></li></ul><h2></h2><table><thead><tr><th></th><th></th><th></th><th></th><th></th></tr></thead><tbody><tr><td></td><td></td><td></td><td></td><td></td></tr></tbody></table>";

function unescapeHtml(html: string): string {
	const names: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
	return html.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
		code === undefined ? (names[name] ?? whole) : String.fromCodePoint(Number(code)),
	);
}

describe("explain", () => {
	it("is inert for every flow that shows a payload", () => {
		for (let id = 1; id <= report.labels.flows; id += 7) {
			const explanation = buildExplanation(analysis, id)!;
			expectInert([...explanationText(explanation, SCREEN)].join(""));
			expectInert(safeJson(explanation));
		}
	});
});

describe("coverage", () => {
	it.each(Object.keys(COVERAGE_OUTPUTS) as (keyof typeof COVERAGE_OUTPUTS)[])("is inert in %s", (format) => {
		expectInert([...COVERAGE_OUTPUTS[format](buildCoverage(analysis, []), SCREEN)].join(""));
	});
});

describe("extract", () => {
	it("has comments and names in which nothing acts, of what the capture says and of files' names", async () => {
		const copy = join(folder, "\u001b[2J\u202e.pcapng");
		copyFileSync(file, copy);
		const { bytes } = await extracted([file, copy], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
		const texts = textsIn(bytes);
		expect(TEXTS.filter((text) => texts.some((each) => each.includes(safeText(text)))).length).toBeGreaterThan(
			TEXTS.length / 2,
		);
		expect(texts.filter((each) => each.includes("\\x1b[2J\\u202e.pcapng"))).toHaveLength(2);
		for (const text of texts) for (const line of text.split("\n")) expect(line).not.toMatch(ACTS);
	});
});

describe("names of files, and arguments", () => {
	const NAME = "\u001b]0;x\u0007\u202e=1+1@u <img src=x onerror=hit()> `x`|y.pcap";

	it.each(["table", "json", "ndjson", "csv", "markdown"])(
		"are inert in %s and in the messages about them",
		async (format) => {
			const path = join(folder, NAME);
			writeFileSync(path, hostileCapture(["x"]).subarray(0, -3));
			const { status, stdout, stderr } = await run(["classify", path, "--format", format]);
			expect(status).toBe(0);
			expectInert(stdout);
			expectInert(stderr);
			expect(stderr).toContain("\\x1b]0;x\\x07\\u202e=1+1@u");
			if (format === "markdown")
				expect(tagsOf(marked.parse(stdout, { async: false })).filter((tag) => !OWN_TAGS.has(tag))).toEqual([]);
		},
	);

	it.each([
		["explain", [NAME, "1"]],
		["coverage", [NAME]],
		["coverage", ["captures/tftp-ipoffice.pcap", "--require", NAME]],
		["classify", [NAME]],
		["classify", ["x", "--host", `ipo=${NAME}`]],
		["classify", ["x", "--host", NAME]],
		["classify", ["x", `--${NAME}`]],
		["classify", ["x", "--format", NAME]],
		["classify", ["x", "--matrix", NAME]],
		["classify", ["x", "-o", `none/${NAME}`]],
		["classify", ["x", "--fail-on", NAME]],
		["findings", [NAME]],
		["matrix", [NAME]],
		["matrix", ["diff", NAME, "9.1"]],
	])("are inert in what %s says of %j", async (command, args) => {
		const { stdout, stderr } = await run([command, ...args]);
		expectInert(stdout);
		expectInert(stderr);
		expect(stderr).toMatch(/onerror=hit|u202e/i);
	});
});
