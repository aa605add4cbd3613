import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../src/classify.ts";
import type { CallRecord, FlowRecord, Report } from "../../src/document/document.ts";
import { AT } from "../../src/report/html/data-format.ts";
import { escapeHtml, html as markup } from "../../src/report/html/markup.ts";
import { html, type PageOptions } from "../../src/report/html.ts";
import { CAPTURES, capturePath, reportOf } from "../support/captures.ts";
import { run } from "../support/cli.ts";
import { hostileCapture } from "../support/hostile-capture.ts";
import { manyFlows } from "../support/many-flows.ts";
import { PAYLOADS } from "./payloads.ts";

const page = (report: Report, options?: PageOptions) => [...html(report, options)].join("");

/** Text of the elements of one kind, as a browser cuts them: an element ends at the first end tag. */
function elements(text: string, name: string): { readonly open: string; readonly body: string }[] {
	return [...text.matchAll(new RegExp(`<${name}([^>]*)>([\\s\\S]*?)</${name}`, "gi"))].map(([, open, body]) => ({
		open: open!,
		body: body!,
	}));
}

function data<T>(text: string, id: string): T {
	return JSON.parse(elements(text, "script").find(({ open }) => open.includes(`id="${id}"`))!.body) as T;
}

describe.each(CAPTURES)("the page of captures/%s", (name) => {
	it("allows its own style and script, and holds every flow", async () => {
		const report = await reportOf(name);
		const text = page(report);
		const [policy] = /Content-Security-Policy" content="([^"]*)"/.exec(text)!.slice(1);
		const hash = (body: string) => `'sha256-${createHash("sha256").update(body).digest("base64")}'`;
		const code = elements(text, "script").filter(({ open }) => open === "");
		expect(code).toHaveLength(1);
		expect(policy).toContain(`script-src ${hash(code[0]!.body)}`);
		const styles = elements(text, "style");
		expect(styles).toHaveLength(1);
		expect(policy).toContain(`style-src ${hash(styles[0]!.body)}`);
		expect(policy).toMatch(/^default-src 'none'/);
		if (report.labels.flows === 0) return;
		const lines = data<number[][]>(text, "flow-data");
		const words = data<{ texts: string[]; labels: { reasons: string[] }[] }>(text, "word-data");
		const flows = [...report.flows()];
		expect(lines.map((line) => line[AT.id])).toEqual(flows.map(({ id }) => id));
		const back = (line: number[]) => ({
			client: words.texts[line[AT.client]!],
			server: words.texts[line[AT.server]!],
			ports: [line[AT.clientPort], line[AT.serverPort]],
			bytes: [line[AT.clientBytes], line[AT.serverBytes]],
			reasons: words.labels[line[AT.label] ?? 0]!.reasons.length,
		});
		const told = ({ client, server, label }: FlowRecord) => ({
			client: client.address,
			server: server.address,
			ports: [client.port, server.port],
			bytes: [client.bytes, server.bytes],
			reasons: label.reasons.length,
		});
		expect(lines.map(back)).toEqual(flows.map(told));
	});

	it("has links to what is there", async () => {
		const report = await reportOf(name);
		for (const summary of [false, true]) {
			const text = page(report, { summary });
			const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!));
			expect(ids.size).toBe([...text.matchAll(/ id="([^"]+)"/g)].length);
			if (!summary) for (const { id } of report.flows()) ids.add(`flow-${id}`);
			for (const [, target] of text.matchAll(/href="#([^"]+)"/g)) expect([...ids]).toContain(target);
		}
	});

	it("names nothing outside", async () => {
		const text = page(await reportOf(name));
		const outside = [...text.matchAll(/(?:src|href|action|url)\s*[=(]\s*["']?([^"'\s>)]+)/gi)].map(
			([, target]) => target!,
		);
		expect(outside.filter((target) => !target.startsWith("#") && !target.startsWith("data:image/svg+xml,"))).toEqual(
			[],
		);
	});
});

describe("the page", () => {
	it("shows the flows that matter where it holds few", async () => {
		const report = await reportOf("office-day.pcapng");
		const text = page(report, { maxFlows: 6 });
		const held = data<number[][]>(text, "flow-data").map((line) => line[AT.id]!);
		const troubled = [...report.flows()].filter(({ findings }) => findings.some(({ severity }) => severity !== "info"));
		expect(held).toHaveLength(6);
		for (const { id } of troubled.slice(0, 6)) expect(held).toContain(id);
		expect(text).toContain("The 6 flows that matter most, of 50.");
	});

	it("leaves the flows out with --summary", async () => {
		const report = manyFlows(await reportOf("office-day.pcapng"), 20_000);
		const text = page(report, { summary: true });
		expect(text).not.toContain('id="flow-data"');
		expect(text).not.toContain('id="flows"');
		expect(text.length).toBeLessThan(400_000);
	});

	it("has the title that it is given", async () => {
		const text = page(await reportOf("office-day.pcapng"), { title: "Case <1-23>" });
		expect(text).toContain("<h1>Case &lt;1-23&gt;</h1>");
		expect(text).toMatch(/<title>Case &lt;1-23&gt; – /);
	});

	it("holds hostile text in elements that it cannot end or leave", async () => {
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		try {
			const path = join(folder, "hostile.pcapng");
			const texts = [...PAYLOADS.map(({ text }) => text), "</script><script>hit()</script>", "<!--<script>", "]]>"];
			writeFileSync(path, hostileCapture(texts));
			const report = await classify([path], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
			const text = page(report, { title: texts.join(" ") });
			expect(elements(text, "script")).toHaveLength(3);
			expect(data<number[][]>(text, "flow-data")).toHaveLength(report.labels.flows);
			const { texts: words } = data<{ texts: string[] }>(text, "word-data");
			expect(words.join()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
			const outside = text.replaceAll(/<script[\s\S]*?<\/script>/g, "").replaceAll(/<style[\s\S]*?<\/style>/g, "");
			const tags = new Set([...outside.matchAll(/<([a-z!][^\s>/]*)/gi)].map(([, tag]) => tag!.toLowerCase()));
			for (const tag of ["img", "iframe", "object", "embed", "math", "base", "video", "a-", "!--"])
				expect([...tags]).not.toContain(tag);
			expect(outside.replaceAll(/"[^"]*"/g, "")).not.toMatch(/<[^>]*\son\w+=/i);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it("is one file that appears when it is whole, by the command", async () => {
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		try {
			const file = join(folder, "case.html");
			const { status, stdout, stderr } = await run([
				"report",
				capturePath("office-day.pcapng"),
				"-o",
				file,
				"--title",
				"Case 7",
			]);
			expect([status, stdout, stderr]).toEqual([0, "", ""]);
			const printed = await run(["report", capturePath("office-day.pcapng"), "--title", "Case 7"]);

			expect(readFileSync(file, "utf8")).toBe(printed.stdout);
			expect(printed.stdout).toMatch(/^<!DOCTYPE html>[\s\S]*<\/html>\n$/);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

describe("what the page says", () => {
	const textOf = (part: string) =>
		part
			.replaceAll(/<[^>]*>/g, " ")
			.replaceAll(/\s+/g, " ")
			.trim();
	const sectionOf = (text: string, id: string) => new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(text)![0];

	it("calls a row by one name, and tells beside it what a server's name shows", async () => {
		const text = page(await reportOf("office-day.pcapng"));
		const outside = text.replaceAll(/<script[\s\S]*?<\/script>/g, "");
		expect(textOf(outside)).toContain("IPO-OUT-13 Google cloud storage");
		expect(outside).not.toContain("Upgrades, backup, restore");
		const { labels } = data<{ labels: { text: string; service: string }[] }>(text, "word-data");
		expect(labels.find(({ text: row }) => row === "IPO-OUT-13")!.service).toBe(
			"Google cloud storage: Upgrades, backup, restore",
		);
		expect(labels.find(({ text: row }) => row === "IPO-IN-19")!.service).toBe("SIP");
	});

	it("takes no broadcast address for a host", async () => {
		const hosts = sectionOf(page(await reportOf("office-day.pcapng")), "hosts");
		const boxes = [...hosts.matchAll(/<g class="box([^"]*)"><title>([^<]*)</g)].map(([, kind, title]) => kind + title!);
		expect(boxes).toContain("no address yet");
		expect(boxes).toContain(" is-groupbroadcast: 255.255.255.255");
		expect(boxes.filter((box) => /^(?:255|0\.0)/.test(box))).toEqual([]);
	});

	it("tells of a finding its flow, time and packet once", async () => {
		for (const name of ["office-day.pcapng", "calls.pcapng", "every-row.pcapng"]) {
			const report = await reportOf(name);
			const shown = sectionOf(page(report), "findings");
			const all = [...shown.matchAll(/<li id="finding-\d+"[\s\S]*?<\/dl>/g)].map(([one]) => textOf(one));
			const troubles = report.findings.filter(({ severity }) => severity !== "info");
			expect(all).toHaveLength(troubles.length);
			troubles.forEach(({ first, message, start }, i) => {
				expect(all[i]).not.toMatch(/; packet \d+\)/);
				expect(all[i]!.match(/\bpacket [\d,]+ /g)).toHaveLength(1);
				expect(all[i]).toContain(`Seen ${start!.slice(11, 19)}`);
				expect(all[i]).toContain(`First packet ${first!.packet}`);
				expect(all[i]).toContain(textOf(escapeHtml(message.slice(0, 40))));
			});
		}
	});

	it("names the rows that were not seen, and says what is unclear where something is", async () => {
		const report = await reportOf("office-day.pcapng");
		const text = textOf(sectionOf(page(report), "coverage"));
		const missing = report.coverage().filter(({ state }) => state === "not seen");
		expect(text).toContain(`The names of the ${missing.length} rows not seen`);
		for (const { row, service } of missing) expect(text).toContain(`${row} ${textOf(escapeHtml(service))}`);
		expect(text).toContain("Unclear: ");
		const clear = { ...report, coverage: () => report.coverage().filter(({ state }) => state !== "unclear") };
		expect(textOf(sectionOf(page(clear), "coverage"))).not.toContain("Unclear: ");
	});

	it("says why streams have no estimate of their quality", async () => {
		const report = await reportOf("calls.pcapng");
		expect(textOf(sectionOf(page(report), "calls"))).toContain(
			"19 streams have no estimate: 17 with too few packets (a second of voice is needed), 2 with more than one codec.",
		);
		const codecs = ["G722", "opus", null, "type 97"];
		const calls = report.calls
			.filter(({ media }) => media.length > 0)
			.slice(0, 1)
			.map((call) => ({
				...call,
				media: codecs.map((codec) => ({ ...call.media[0]!, codec, quality: null })),
			}));
		expect(textOf(sectionOf(page({ ...report, calls }), "calls"))).toContain(
			"4 streams have no estimate: 2 of codecs for which no figures are published (G722 and opus), 2 of a codec that nothing names.",
		);
	});
});

describe("the ladder of a call", () => {
	/** Text of the rungs of the first call on a page whose only call has these messages. */
	async function ladderOf(change: (call: CallRecord) => Partial<CallRecord>, id = 11): Promise<string> {
		const report = await reportOf("calls.pcapng");
		const call = report.calls.find((each) => each.id === id)!;
		const text = page({ ...report, calls: [{ ...call, ...change(call) }] });
		return /<div class="ladder[\s\S]*?<\/div>(?:<p class="more">.*?<\/p>)?/.exec(text)![0];
	}
	const rungs = (ladder: string) =>
		[...ladder.matchAll(/<li class="rung is-([^"]+)">([\s\S]*?)<\/li>/g)].map(
			([, kind, body]) =>
				`${kind}: ${body!.replaceAll(/<\/span><span(?! class="(?:hidden|arrow))/g, "</span> <span").replaceAll(/<[^>]*>/g, "")}`,
		);
	const between = (from: string, to: string) => ({ from: `${from}:5060`, to: `${to}:5060` });

	it("tells each message, its time, its ends and its packet, and its kind in words or signs", async () => {
		expect(rungs(await ladderOf(() => ({})))).toEqual([
			"request: 0.000 INVITE SDP, 10.20.0.111 to 10.20.0.10 packet 846",
			"provisional: 0.000 100 Trying, 10.20.0.10 to 10.20.0.111 packet 847",
			"refusal: 0.001 ✕ 403 Forbidden, 10.20.0.10 to 10.20.0.111 packet 848",
			"request: 0.001 ACK, 10.20.0.111 to 10.20.0.10 packet 849",
		]);
	});

	it("takes a demand for credentials for no refusal", async () => {
		expect(rungs(await ladderOf(() => ({}), 14)).map((rung) => rung.slice(0, rung.indexOf(",")))).toEqual([
			"request: 0.000 INVITE SDP",
			"provisional: 0.000 407 Proxy Authentication Required",
			"request: 0.001 ACK",
			"request: 0.001 INVITE SDP",
			"provisional: 0.002 100 Trying",
			"refusal: 0.003 ✕ 486 Busy Here",
			"request: 0.004 ACK",
		]);
	});

	it("has a line for each address, up to four, and is a list beyond", async () => {
		const chain = (count: number) => (call: CallRecord) => ({
			messages: Array.from({ length: count - 1 }, (_, i) => ({
				...call.messages[0]!,
				...between(`10.0.0.${i + 1}`, `10.0.0.${i + 2}`),
			})),
		});
		const four = await ladderOf(chain(4));
		expect(four).toContain('class="ladder spans-3"');
		expect([...four.matchAll(/class="lanes ([^"]+)"/g)].map(([, where]) => where)).toEqual([
			"at-1 over-1 is-right",
			"at-2 over-1 is-right",
			"at-3 over-1 is-right",
		]);
		const five = await ladderOf(chain(5));
		expect(five).toContain('class="ladder is-list"');
		expect(rungs(five)[3]).toBe("request: 0.000 10.0.0.4 to 10.0.0.5: INVITE SDP packet 846");
	});

	it("tells programs of one machine apart by their ports", async () => {
		const loopback = (call: CallRecord) => ({
			messages: call.messages.map((message) => ({ ...message, from: "127.0.0.1:5060", to: "127.0.0.1:5062" })),
		});
		expect(rungs(await ladderOf(loopback))[0]).toBe(
			"request: 0.000 INVITE SDP, 127.0.0.1:5060 to 127.0.0.1:5062 packet 846",
		);
		const self = (call: CallRecord) => ({
			messages: call.messages.map((message) => ({ ...message, ...between("::1", "::1") })),
		});
		expect(await ladderOf(self)).toContain("is-list");
	});

	it("says how many messages it leaves out, and of which file a packet is where there are several", async () => {
		const many = await ladderOf(({ messages }) => ({
			messages: Array.from({ length: 60 }, (_, i) => ({
				...messages[0]!,
				packet: { file: i < 2 ? "<a>.pcap" : "b.pcap", packet: i },
			})),
			messagesBeyond: 7,
		}));
		expect(rungs(many)).toHaveLength(50);
		expect(many).toContain("17 messages more.");
		expect(rungs(many)[1]).not.toContain("of");
		expect(rungs(many)[2]).toMatch(/packet 2 of b\.pcap$/);
	});

	it("knows H.323's messages", async () => {
		const report = await reportOf("h323-call.pcap");
		expect(rungs(page(report)).map((rung) => rung.replace(/,.*/, ""))).toEqual([
			"request: 0.000 setup",
			"provisional: 0.000 callProceeding",
			"provisional: 0.001 alerting",
			"final: 1.003 connect",
			"request: 6.004 releaseComplete",
		]);
	});
});

describe("a page of very many hosts and rows", () => {
	it("says of each list how much it leaves out", async () => {
		const report = await reportOf("office-day.pcapng");
		const [host] = report.hosts;
		const working = report.coverage().find(({ state }) => state === "working")!;
		const many = Array.from({ length: 1201 }, (_, i) => ({ ...working, host: `10.1.${i >> 8}.${i & 255}` }));
		const text = page({
			...report,
			hosts: many.map(({ host: address }) => ({ ...host!, address })),
			coverage: () => [...many, ...many.map((row) => ({ ...row, state: "failing" as const }))],
		});
		const behind = (caption: string) => {
			const table = text.slice(text.indexOf(`<caption class="hidden">${caption}`));
			return /<\/table><\/div>(<p class="more">.*?<\/p>)?/.exec(table)![1];
		};
		expect(behind("Rows seen working")).toBe(
			'<p class="more">201 rows more: <code>flowmatrix coverage</code> has them.</p>',
		);
		expect(behind("Rows that fail")).toBe(
			'<p class="more">201 rows more: <code>flowmatrix coverage</code> has them.</p>',
		);
		expect(behind("Product hosts")).toBe(
			'<p class="more">1,001 product hosts more: <code>flowmatrix classify --format json</code> has all.</p>',
		);
		expect(page(report)).not.toMatch(/(?:rows|product hosts) more/);
	});
});

describe("markup", () => {
	it("keeps any text within its element and its attribute", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				const { text: made } = markup`<p title="${text}">${text}</p>`;
				expect(made).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/);
				expect(made).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
			}),
		);
	});

	it("escapes once, lists join, and nothing leaves no trace", () => {
		expect(markup`${[markup`<b>${"<"}</b>`, "&", 3, null, undefined, false]}`.text).toBe("<b>&lt;</b>&amp;3");
		expect(escapeHtml(`'"`)).toBe("&#39;&quot;");
	});
});
