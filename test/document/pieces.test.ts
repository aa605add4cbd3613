import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dns } from "../../scripts/captures/payloads/services.ts";
import type { CallRecord, CaptureFinding, Report } from "../../src/document/document.ts";
import { Pieces } from "../../src/document/pieces.ts";
import { pcap } from "../support/capture-file.ts";
import { ethernet, ipv4, udp } from "../support/packet-builder.ts";

// Threads run the files that were built.
const { classify, OUTPUTS } = (await import(
	new URL("../../dist/index.js", import.meta.url).href
)) as typeof import("../../src/index.ts");

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FLOWS = 24_000;
/** So little that a piece is as small as they get: there are three. */
const MEMORY = 150e6;
/** A conversation that goes on from the first piece to the last: a query that nobody answers. */
const LONG = ethernet(ipv4("10.0.0.9", "10.0.0.1", udp(50_000, 53, dns(7, "www.example.com"))));
const path = join(folder, "many.pcap");

async function report(options: { maxMemory?: number; threads?: number; summary?: boolean }): Promise<Report> {
	return classify([path], { hosts: [{ product: "ipo", address: "10.0.0.1" }], ...options });
}

describe("a capture that is read in pieces", () => {
	let whole: Report;
	let cut: Report;

	beforeAll(async () => {
		const packets = Array.from({ length: FLOWS }, (_, i) => {
			const client = `10.1.${(i >> 8) & 255}.${i & 255}`;
			const port = i % 3 === 0 ? 50_795 : 47_000 + (i % 3);
			return ethernet(ipv4(client, "10.0.0.1", udp(20_000 + (i % 1000), port, Uint8Array.of(i, i >> 8, 7))));
		});
		const all = packets.flatMap((packet, i) => (i % 3000 === 0 ? [LONG, packet] : [packet]));
		writeFileSync(
			path,
			pcap(all.map(({ bytes }, i) => ({ data: bytes, seconds: 1_770_000_000 + (i >> 9), fraction: i & 511 }))),
		);
		whole = await report({});
		cut = await report({ maxMemory: MEMORY });
	});

	it("says that it was, and where", () => {
		const limits = cut.problems.filter(({ kind }) => kind === "limit").map(({ message }) => message);
		expect(limits).toEqual([expect.stringMatching(/read in 3 pieces, .*--max-memory.* cut at 2026-.*Z, 2026-.*Z: /)]);
		expect(whole.problems).toEqual([]);
	});

	it("has all flows, each with an id of its own; one that went on at a cut is several", () => {
		const flows = [...cut.flows()];
		expect(flows.map(({ id }) => id)).toEqual(Array.from({ length: FLOWS + 3 }, (_, i) => i + 1));
		const long = flows.filter(({ client }) => client.address === "10.0.0.9");
		expect(long.map(({ ended }) => ended)).toEqual(["evicted", "evicted", "end-of-capture"]);
		expect(long.reduce((sum, { client }) => sum + client.packets, 0)).toBe(8);
		const ids = new Set(flows.map(({ client, server }) => `${client.address} ${client.port} ${server.port}`));
		expect(ids.size).toBe(FLOWS + 1);
	});

	it("has the same sums", () => {
		const { files, packets, bytes, start, end, linkTypes } = whole.capture;
		expect(cut.capture).toMatchObject({ files, packets, bytes, start, end, linkTypes });
		expect(cut.labels.flows).toBe(whole.labels.flows + 2);
		const sums = (report: Report) => report.rows.map(({ row, packets, bytes }) => ({ row, packets, bytes }));
		expect(sums(cut)).toEqual(sums(whole));
		expect(cut.rows.length).toBeGreaterThan(0);
		const unknown = (report: Report) =>
			report.reasons.map(({ reason, packets }) => ({ reason, packets })).sort((a, b) => (a.reason < b.reason ? -1 : 1));
		expect(unknown(cut)).toEqual(unknown(whole));
		expect(cut.hosts.map(({ address, products }) => ({ address, products }))).toEqual(
			whole.hosts.map(({ address, products }) => ({ address, products })),
		);
	});

	it("tells a finding of several pieces once, with ids that are flows'", () => {
		const flows = new Map([...cut.flows()].map((flow) => [flow.id, flow]));
		const keys = cut.findings.map(({ kind, row, host }) => `${kind} ${row} ${host}`);
		expect(new Set(keys).size).toBe(keys.length);
		expect(keys.length).toBeGreaterThan(0);
		for (const { kind, flows: ids, flowCount } of cut.findings) {
			for (const id of ids) expect(flows.get(id)!.findings.map((finding) => finding.kind)).toContain(kind);
			expect([...flows.values()].filter(({ findings }) => findings.some((each) => each.kind === kind)).length).toBe(
				flowCount,
			);
		}
	});

	it("says the same without its list of flows, and opens nothing on the disk for them", async () => {
		const open = () => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);
		const before = open();
		const summary = await report({ maxMemory: MEMORY, summary: true });
		expect(open()).toBe(before);
		expect([...summary.flows()]).toEqual([]);
		const { flows: _, coverage, quotes: __, matrixTexts: ___, ...rest } = summary;
		expect(cut).toMatchObject(rest);
		expect(coverage()).toEqual(cut.coverage());
	});

	it("covers the same rows, with the flows of all pieces", () => {
		const seen = (report: Report) => report.coverage().filter(({ flows }) => flows > 0);
		const key = ({ row, host, state }: ReturnType<typeof seen>[number]) => `${row} ${host} ${state}`;
		expect(cut.coverage().map(key)).toEqual(whole.coverage().map(key));
		expect(seen(cut).length).toBeGreaterThan(0);
		const flows = new Map([...cut.flows()].map((flow) => [flow.id, flow]));
		for (const { row, flows: count, examples } of seen(cut)) {
			const ofRow = [...flows.values()].filter(({ label }) => label.row === row || label.peerRow === row);
			expect(count).toBe(ofRow.length);
			for (const id of examples) expect([flows.get(id)!.label.row, flows.get(id)!.label.peerRow]).toContain(row);
		}
	});

	it("is the same with one thread and with two, and can be listed twice", async () => {
		const text = (of: Report) => [...OUTPUTS.json(of, { summary: false, color: false, width: 80 })].join("");
		const expected = text(cut);
		expect(text(cut)).toBe(expected);
		for (const threads of [0, 1]) expect(text(await report({ maxMemory: MEMORY, threads }))).toBe(expected);
	});

	it("lets go of what a piece was made of", async () => {
		const pieces = new Pieces();
		const made: WeakRef<object>[] = [];
		const add = () => {
			const engine = { records: new Uint8Array(1 << 20) };
			made.push(new WeakRef(engine));
			pieces.add({
				...whole,
				flows: () => (engine.records.length > 0 ? [] : []),
				coverage: () => (engine.records.length > 0 ? whole.coverage() : []),
				quotes: () => [`a quote of ${made.length} ${engine.records.length}`],
				matrixTexts: () => [],
			});
		};
		for (let i = 0; i < 5; i++) add();
		setFlagsFromString("--expose-gc");
		const collect = runInNewContext("gc") as () => void;
		await setImmediate();
		collect();
		// The stack may still hold one.
		expect(made.filter((each) => each.deref()).length).toBeLessThan(2);
		expect(new Set(pieces.conclude(whole, []).quotes!())).toContain("a quote of 5 1048576");
	});

	it("covers 1,000 hosts, those that came first, and says that there are more", () => {
		const [row, host] = [whole.coverage()[0]!, whole.hosts[0]!];
		const of = (first: number, count: number) => {
			const addresses = Array.from({ length: count }, (_, n) => `10.9.${first + n}`);
			return {
				...whole,
				hosts: addresses.map((address) => ({ ...host, address, source: "inferred" as const })),
				coverage: () => addresses.map((address) => ({ ...row, host: address, flows: 1 })),
			};
		};
		const told = ({ problems }: Report) => problems.filter(({ message }) => message.includes("1000 product hosts"));
		const pieces = new Pieces();
		pieces.add(of(0, 600));
		expect(told(pieces.conclude(of(600, 400), []))).toEqual([]);
		const all = pieces.conclude(of(599, 900), []);
		const covered = all.coverage();
		expect(covered.map((each) => each.host)).toEqual(Array.from({ length: 1000 }, (_, n) => `10.9.${n}`));
		expect([598, 599, 600].map((place) => covered[place]!.flows)).toEqual([1, 2, 1]);
		expect(told(all)).toHaveLength(1);
	});

	it("keeps the messages of the latest calls alone", () => {
		const message = { time: "", flow: 1, from: "", to: "", text: "INVITE", packet: { file: "", packet: 1 } };
		const call = (id: number) =>
			({ id, messages: Array.from({ length: 100 }, () => message) }) as unknown as CallRecord;
		const pieces = new Pieces();
		for (let piece = 0; piece < 3; piece++)
			pieces.add({ ...whole, calls: Array.from({ length: 300 }, (_, i) => call(300 * piece + i)) });
		const { calls } = pieces.conclude({ ...whole, calls: [] }, []);
		expect(calls.filter(({ messages }) => messages.length > 0).map(({ id }) => id)).toEqual(
			Array.from({ length: 500 }, (_, i) => 400 + i),
		);
		expect(calls[0]).toMatchObject({ messages: [], messagesBeyond: 100 });
	});

	it("lists grave findings though there are more of the others than are kept, and says how many are left out", async () => {
		const of = (finding: Partial<CaptureFinding>) => ({ ...cut.findings[0]!, ...finding }) as CaptureFinding;
		const many = Array.from({ length: 20_000 }, (_, i) => of({ severity: "info", host: `10.2.${i >> 8}.${i & 255}` }));
		const pieces = new Pieces();
		pieces.add({ ...whole, findings: many });
		const grave = of({ severity: "error", kind: "call-failed", host: "10.3.0.1" });
		const all = pieces.conclude({ ...whole, findings: [grave] }, []);
		expect(all.findings).toHaveLength(20_000);
		expect(all.findings[0]).toMatchObject({ severity: "error", host: "10.3.0.1" });
		expect(all.problems.map(({ message }) => message).join()).toContain("1 finding left out, the least grave");
	});

	const many = (count: number, net: number, fields: Partial<CaptureFinding>) =>
		Array.from(
			{ length: count },
			(_, i) => ({ ...cut.findings[0]!, ...fields, host: `10.${net}.${i >> 8}.${i & 255}` }) as CaptureFinding,
		);
	const leftOutOf = ({ problems }: Report) =>
		problems.map(({ message }) => message).find((message) => message.includes("left out"));

	it("lists errors though there are more warnings than are kept", () => {
		const pieces = new Pieces();
		pieces.add({ ...whole, findings: many(20_000, 2, { severity: "warning" }) });
		const more = [
			...many(2, 3, { severity: "warning" }),
			...many(3, 4, { severity: "info" }),
			...many(4, 5, { severity: "error" }),
		];
		const all = pieces.conclude({ ...whole, findings: more }, []);
		expect(all.findings.map(({ severity }) => severity).slice(0, 5)).toEqual([
			"error",
			"error",
			"error",
			"error",
			"warning",
		]);
		expect(all.findings).toHaveLength(20_000);
		expect(leftOutOf(all)).toMatch(/^9 findings left out/);
	});

	it("counts what is left out of several pieces once, and of very many says that there are at least so many", () => {
		const pieces = new Pieces();
		pieces.add({ ...whole, findings: many(20_000, 2, { severity: "warning" }) });
		for (let piece = 0; piece < 3; piece++) pieces.add({ ...whole, findings: many(5, 3, { severity: "info" }) });
		expect(leftOutOf(pieces.conclude({ ...whole, findings: [] }, []))).toMatch(/^5 findings left out/);
		const most = { ...whole, findings: many(30_000, 4, { severity: "info" }) };
		expect(leftOutOf(pieces.conclude(most, []))).toMatch(/^at least 20,?000 findings left out/);
	});

	it("tells once what several pieces left out of the same thing, with its sum", () => {
		const pieces = new Pieces();
		const piece = (...messages: readonly string[]): Report => ({
			...whole,
			problems: messages.map((message) => ({ file: "a", offset: 0, kind: "limit", message })),
		});
		pieces.add(piece("3 flows were not compared", "the flow table is full", "1 name was not kept"));
		pieces.add(piece("40 flows were not compared"));
		const { problems } = pieces.conclude(piece("500 flows were not compared", "the flow table is full"), []);
		expect(problems.map(({ message }) => message).slice(0, -1)).toEqual([
			"543 flows were not compared",
			"the flow table is full",
			"1 name was not kept",
			"the flow table is full",
		]);
	});

	it("tells of a finding in several pieces from when to when it is", () => {
		const found = (start: string, end: string): Report => ({
			...whole,
			findings: [{ ...cut.findings[0]!, message: "it fails", flowCount: 600, start, end }],
		});
		const pieces = new Pieces();
		pieces.add(found("2026-03-02T09:00:00.5Z", "2026-03-02T09:00:10Z"));
		const { findings } = pieces.conclude(found("2026-03-02T09:00:11Z", "2026-03-02T09:05:00Z"), []);
		expect(findings.map(({ message }) => message)).toEqual([
			"it fails; so in 2 pieces, 1,200 flows in all, 09:00:00 to 09:05:00 UTC",
		]);
	});

	it("does not look through all that are kept for each that is left out", () => {
		let looked = 0;
		const watched = many(20_000, 2, {});
		for (const finding of watched)
			Object.defineProperty(finding, "severity", {
				enumerable: true,
				get: () => {
					looked++;
					return "warning";
				},
			});
		const pieces = new Pieces();
		pieces.add({ ...whole, findings: watched });
		looked = 0;
		const all = pieces.conclude({ ...whole, findings: many(1000, 3, { severity: "warning" }) }, []);
		expect(leftOutOf(all)).toMatch(/^1,?000 findings/);
		// To put them in order, some 15 times each; to look for one that gives way, 20,000 for each of the thousand.
		expect(looked).toBeLessThan(50 * 20_000);
	});
});

describe("a product host that shows itself in the first piece alone", () => {
	it("is one in the pieces behind it, with its release", async () => {
		const [phone, pbx, stranger] = ["10.2.0.1", "10.2.0.2", "10.2.0.3"];
		const ask = ethernet(ipv4(phone, pbx, udp(5060, 5060, sip("OPTIONS sip:pbx SIP/2.0"))));
		const answer = ethernet(
			ipv4(pbx, phone, udp(5060, 5060, sip("SIP/2.0 200 OK", "Server: IP Office 11.1.2.0.0 build 239"))),
		);
		const others = Array.from({ length: FLOWS }, (_, i) =>
			ethernet(
				ipv4(
					`10.1.${(i >> 8) & 255}.${i & 255}`,
					i % 2 === 0 ? pbx : stranger,
					udp(20_000 + (i % 1000), 50_795, Uint8Array.of(i, i >> 8, 7)),
				),
			),
		);
		const file = join(folder, "first.pcap");
		const packets = [ask, answer, ...others];
		writeFileSync(
			file,
			pcap(packets.map(({ bytes }, i) => ({ data: bytes, seconds: 1_770_000_000 + (i >> 9), fraction: i & 511 }))),
		);
		const report = await classify([file], { maxMemory: MEMORY });
		expect(report.problems.map(({ message }) => message).join()).toMatch(/read in 3 pieces/);
		expect(report.matrix).toMatchObject({ source: "traffic", release: "11.1.2" });
		expect(report.hosts).toMatchObject([
			{ address: pbx, products: ["ipo"], release: "11.1.2.0.0 build 239", flows: FLOWS / 2 + 1 },
		]);
		for (const { server, label } of report.flows()) {
			if (server.address === stranger) expect(label.status).not.toBe("matched");
			else if (server.port === 50_795) expect(label).toMatchObject({ status: "matched", row: "IPO-IN-37" });
		}
	});
});

function sip(first: string, ...more: string[]): Uint8Array {
	const lines = [
		first,
		"Via: SIP/2.0/UDP 10.2.0.1;branch=z9hG4bK1",
		"From: <sip:a@h>;tag=1",
		"To: <sip:b@h>",
		"Call-ID: 1",
		"CSeq: 1 OPTIONS",
	];
	return Buffer.from(`${[...lines, ...more].join("\r\n")}\r\n\r\n`);
}
