import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { classify } from "../src/classify.ts";
import type { FlowRecord, Report } from "../src/document/document.ts";
import { Events } from "../src/document/events.ts";
import type { Moment } from "../src/document/moment.ts";
import { type LiveOptions, live } from "../src/live.ts";
import { eventJson, eventText } from "../src/report/events.ts";
import { OUTPUTS } from "../src/report/index.ts";
import { datagram } from "./support/analyse.ts";
import { pcap } from "./support/capture-file.ts";
import { CAPTURES, capturePath } from "./support/captures.ts";
import { FLAGS, segment } from "./support/frames.ts";
import { SlowInput } from "./support/slow-input.ts";

const schema = (name: string) =>
	JSON.parse(readFileSync(new URL(`../schema/${name}.schema.json`, import.meta.url), "utf8"));
const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
ajv.addSchema(schema("report"), "report.schema.json");
const isEvent = ajv.compile(schema("events"));

const text = (report: Report) =>
	[...OUTPUTS.json(report, { summary: false, color: false, width: 80 })].join("").replaceAll(/"[^"]*captures\//g, '"');

/** A moment after each piece, every one looked at whole: flows, reasons, findings. */
async function watch(input: SlowInput, options: LiveOptions, look: (moment: Moment) => void): Promise<Report> {
	let last: Report | undefined;
	for await (const moment of live(input, { every: 5, ...options })) {
		last = moment.report;
		look(moment);
		input.go();
	}
	return last!;
}

describe.each(CAPTURES.filter((name) => !name.startsWith("ring/")))("captures/%s, live", (name) => {
	it("tells every flow, and ends with the report that classify makes, however often it was looked at", async () => {
		const input = new SlowInput(capturePath(name), readFileSync(capturePath(name)), 5);
		const events = new Events();
		const opened: number[] = [];
		const closed = new Map<number, FlowRecord>();
		const findings = new Set<string>();
		let looks = 0;
		const report = await watch(input, {}, (moment) => {
			looks++;
			text(moment.report);
			for (const event of events.of(moment)) {
				isEvent(JSON.parse(eventJson(event)));
				expect(isEvent.errors).toBeNull();
				expect(eventText(event)?.split("\n").length ?? 2).toBe(2);
				if (event.event === "opened") opened.push(event.flow);
				if (event.event === "closed") closed.set(event.flow.id, event.flow);
				if (event.event === "finding") findings.add(`${event.finding.kind} ${event.finding.row} ${event.finding.host}`);
			}
		});
		expect(looks).toBeGreaterThan(1);
		expect(text(report)).toBe(text(await classify([capturePath(name)])));
		const flows = [...report.flows()];
		expect(opened).toEqual(flows.map(({ id }) => id));
		// What others showed later (findings, reasons, calls) is in the report alone.
		const ends = ({
			id,
			client,
			server,
			tcp,
			start,
			end,
			ended,
			label: { status, row, peerRow, confidence },
		}: FlowRecord) => ({ id, client, server, tcp, start, end, ended, status, row, peerRow, confidence });
		expect([...closed.values()].sort((a, b) => a.id - b.id).map(ends)).toEqual(flows.map(ends));
		for (const { kind, row, host } of report.findings) expect(findings).toContain(`${kind} ${row} ${host}`);
	});
});

describe("a live run", () => {
	it("gives packets of a slow pipe at once, though a batch is not full", async () => {
		const bytes = readFileSync(capturePath("office-day.pcapng"));
		const input = new SlowInput("-", bytes, 10);
		const seen: number[] = [];
		const report = await watch(input, {}, ({ report: { capture } }) => seen.push(capture.packets));
		expect(new Set(seen).size).toBeGreaterThan(8);
		expect(seen).toEqual([...seen].sort((a, b) => a - b));
		expect(report.capture.packets).toBe(402);
	});

	it("goes on in pieces where there are many flows: all are told once, silent ones too, and the sums are those of all", async () => {
		const FLOWS = 21_000;
		const capture = pcap(
			Array.from({ length: FLOWS }, (_, i) => ({
				// Twenty minutes: most are over by their silence before their piece is.
				seconds: 1_772_442_000 + (i >> 4),
				fraction: i & 15,
				data: datagram(`10.${1 + (i >> 14)}.0.1:${1024 + (i % 16_384)}`, "192.0.2.1:123", "x").bytes,
			})),
		);
		const events = new Events();
		const closed: number[] = [];
		const report = await watch(new SlowInput("-", capture, 5), { maxMemory: 1 }, (moment) => {
			for (const event of events.of(moment)) if (event.event === "closed") closed.push(event.flow.id);
		});
		expect(closed.sort((a, b) => a - b)).toEqual(Array.from({ length: FLOWS }, (_, i) => i + 1));
		expect(report.labels.flows).toBe(FLOWS);
		expect([...report.flows()].map(({ id }) => id)).toEqual(Array.from({ length: FLOWS }, (_, i) => i + 1));
		expect(report.problems).toMatchObject([{ kind: "limit", message: expect.stringContaining("3 pieces") }]);
	});

	it("knows what does not come: a request to a silent line becomes a finding while the run goes on", async () => {
		const syn = segment("10.0.0.9:40000", "10.0.0.1:50805", { flags: FLAGS.syn });
		const capture = pcap([{ seconds: 1_772_442_000, fraction: 0, data: syn.bytes }]);
		const input = new SlowInput("-", capture, 1);
		const kinds: string[][] = [];
		const began = performance.now();
		for await (const { report } of live(input, { every: 20, thresholds: { "answer-time": 0.2 }, maxMemory: 300e6 })) {
			kinds.push(report.findings.map(({ kind }) => kind));
			if (performance.now() - began > 1000) input.go();
		}
		expect(kinds[0]).toEqual([]);
		// At its end, the capture shows one packet: that says nothing by itself.
		expect(kinds.at(-1)).toEqual([]);
		expect(kinds.at(-2)).toEqual(["unanswered"]);
	});

	it("names flows of the present piece by their ids, and shows what is open", async () => {
		const input = new SlowInput("-", readFileSync(capturePath("tftp-ipoffice.pcap")), 1);
		const ends: string[][] = [];
		await watch(input, {}, ({ report, flow }) => {
			for (const each of report.flows()) expect(flow(each.id)).toEqual(each);
			expect(flow(0)).toBeUndefined();
			expect(flow(report.labels.flows + 1)).toBeUndefined();
			ends.push([...report.flows()].map(({ ended }) => ended));
		});
		expect(new Set(ends.at(-2))).toEqual(new Set(["open"]));
		expect(new Set(ends.at(-1))).toEqual(new Set(["end-of-capture"]));
	});
});
