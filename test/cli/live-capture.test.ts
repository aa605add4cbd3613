import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { classify } from "../../src/classify.ts";
import type { FlowRecord } from "../../src/document/document.ts";
import { datagram } from "../support/analyse.ts";
import { pcap } from "../support/capture-file.ts";
import { capturePath } from "../support/captures.ts";
import { Started, capturing as untilCapturing } from "../support/cli.ts";
import { asNobody, isBackEndHere, isThere, tshark, Wire, whyNoWire } from "../support/wire.ts";

/** Traffic is real: on a machine that is busy with other things, packets or moments may be missed. */
const PATIENCE = 90_000;
const folder = mkdtempSync(join(tmpdir(), "flowmatrix-capture-"));
const noWire = whyNoWire();
/** Skips a test, with the reason, where this machine cannot do it. */
function needs(context: TestContext, ...backEnds: readonly string[]): void {
	if (noWire !== undefined) context.skip(`no live capture: ${noWire}`);
	for (const name of backEnds) if (!isBackEndHere[name]!()) context.skip(`no live capture: ${name} is not installed`);
}

let wire: Wire | undefined;
beforeAll(() => {
	if (noWire === undefined) wire = new Wire("fm");
});
afterAll(() => {
	wire?.cut();
	rmSync(folder, { recursive: true });
});

/** A live run that is under way: it captures from here on. */
async function capturing(args: readonly string[]): Promise<{ program: Started; stdout: Promise<string> }> {
	const program = new Started(["live", ...args]);
	const stdout = program.stdout();
	await untilCapturing(program);
	return { program, stdout };
}

/** Ends it, as Ctrl-C does. @returns what it wrote. */
async function ended({ program, stdout }: Awaited<ReturnType<typeof capturing>>): Promise<string> {
	// What is captured is handed over within a second.
	await sleep(1500);
	program.child.kill("SIGINT");
	const text = await stdout;
	expect(await program.ended, program.stderr).toEqual({ status: 0, signal: null });
	return text;
}

const labelOf = ({ transport, client, server, label }: FlowRecord) =>
	`${transport} ${client.address}:${client.port} ${server.address}:${server.port} ${label.row ?? label.status} ${label.confidence}`;

/** Packets of a burst, some of each of many flows. */
const BURST = 200_000;
const FLOWS = 2000;
let burst: string | undefined;

function burstFile(): string {
	if (burst === undefined) {
		burst = join(folder, "burst.pcap");
		const frames = Array.from(
			{ length: FLOWS },
			(_, i) => datagram(`10.1.0.${1 + (i % 250)}:${20_000 + i}`, "10.0.0.1:49152", "x".repeat(20 + (i % 300))).bytes,
		);
		const packets = Array.from({ length: BURST }, (_, i) => ({
			seconds: 1_772_442_000 + Math.floor(i / 100_000),
			fraction: (i % 100_000) * 10,
			data: frames[i % FLOWS]!,
		}));
		writeFileSync(burst, pcap(packets));
	}
	return burst;
}

describe("live capture on a wire", { timeout: PATIENCE, retry: 2 }, () => {
	for (const [backEnd, lab] of [
		["dumpcap", "servers"],
		["tcpdump", "calls"],
		["dumpcap", "web"],
		["cap", "servers"],
	] as const) {
		it(`by ${backEnd} labels what real servers said (${lab}) as reading the file does`, async (context) => {
			needs(context, backEnd);
			const path = capturePath(`lab/${lab}/switch.pcap`);
			const run = await capturing(["-i", wire!.near, "--backend", backEnd, "--format", "json"]);
			await wire!.replay(path, "--multiplier", "20");
			const { capture, flows } = JSON.parse(await ended(run));
			const report = await classify([path]);
			expect(capture).toMatchObject({ packets: report.capture.packets, bytes: report.capture.bytes, dropped: 0 });
			expect(flows.map(labelOf).sort()).toEqual([...report.flows()].map(labelOf).sort());
		});
	}

	for (const backEnd of ["dumpcap", "tcpdump"]) {
		it(`by ${backEnd} loses nothing of a burst of 200,000 packets, and tshark reads what was kept`, async (context) => {
			needs(context, backEnd);
			const kept = join(folder, `${backEnd}.pcapng`);
			const run = await capturing([
				"-i",
				wire!.near,
				"--backend",
				backEnd,
				"--format",
				"json",
				"--summary",
				"-w",
				kept,
			]);
			await wire!.replay(burstFile(), "--topspeed");
			const { capture, labels, problems } = JSON.parse(await ended(run));
			expect([capture.packets, capture.dropped, labels.flows, problems]).toEqual([BURST, 0, FLOWS, []]);
			const lines = tshark("-r", kept, "-T", "fields", "-e", "udp.srcport");
			if (lines === undefined) context.skip("what was kept is not read by tshark: it is not installed");
			expect(lines!.trimEnd().split("\n")).toHaveLength(BURST);
		});
	}

	it("counts what is dropped, as it is dropped and at the end", async (context) => {
		needs(context, "tcpdump");
		// A buffer for some hundred packets.
		const run = await capturing(["-i", wire!.near, "--backend", "tcpdump", "-B", "1"]);
		run.program.child.kill("SIGSTOP");
		await wire!.replay(burstFile(), "--topspeed");
		run.program.child.kill("SIGCONT");
		const lines = (await ended(run)).trimEnd().split("\n");
		const all = lines.map((line) => JSON.parse(line));
		const { packets, dropped } = all.find(({ type }) => type === "capture");
		expect(dropped).toBeGreaterThan(0);
		expect(packets + dropped).toBe(BURST);
		expect(all.filter(({ event }) => event === "dropped").at(-1).dropped).toBe(dropped);
	});

	it("by cap keeps most of a burst, and what it lost it cannot tell", async (context) => {
		needs(context, "cap");
		const run = await capturing(["-i", wire!.near, "--backend", "cap", "--format", "json", "--summary"]);
		await wire!.replay(burstFile(), "--topspeed");
		const { capture } = JSON.parse(await ended(run));
		expect(capture.packets).toBeGreaterThan(BURST / 10);
		expect(capture.packets).toBeLessThanOrEqual(BURST);
		expect(run.program.stderr).toContain("cannot tell what the kernel dropped");
	});

	it("takes several interfaces, a filter by rows, a snaplen and a count", async (context) => {
		needs(context, "dumpcap", "tcpdump");
		for (const backEnd of ["dumpcap", "tcpdump"]) {
			const kept = join(folder, `several-${backEnd}.pcapng`);
			const args = [
				"-i",
				wire!.near,
				"-i",
				"lo",
				"--backend",
				backEnd,
				"-f",
				"@IPO-IN-5 and not host 127.0.0.1",
				"-s",
				"96",
			];
			const run = await capturing([...args, "-c", "6", "-w", kept, "--format", "json"]);
			await wire!.replay(capturePath("tftp-ipoffice.pcap"), "--topspeed", "--loop", "5");
			const { capture } = JSON.parse(await run.stdout);
			expect((await run.program.ended).status, run.program.stderr).toBe(0);
			expect(capture.packets).toBe(6);
			expect((await classify([kept])).capture.packets).toBe(6);
		}
	});

	it("ends by itself after its time, and says that nothing came", async (context) => {
		needs(context, "dumpcap");
		const run = await capturing(["-i", wire!.near, "--duration", "1s", "--format", "json"]);
		const { capture } = JSON.parse(await run.stdout);
		expect(capture.packets).toBe(0);
		expect((await run.program.ended).status).toBe(0);
		expect(run.program.stderr).toMatch(/by dumpcap; Ctrl-C ends[\s\S]*no packets/);
	});
});

describe("live capture on the loopback", { timeout: PATIENCE, retry: 2 }, () => {
	it.each(["lo", "any"])("tells of a real server on %s, while it serves", async (device) => {
		if (noWire !== undefined || !isThere("dumpcap")) return expect(noWire ?? "dumpcap is not installed").toBeTruthy();
		const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
		await new Promise((resolve) => server.once("listening", resolve));
		const { port } = server.address() as AddressInfo;
		const run = await capturing(["-i", device, "-f", `tcp port ${port}`]);
		await new Promise((resolve) =>
			get({ port, host: "127.0.0.1", agent: false }, (answer) => answer.resume().on("end", resolve)),
		);
		const events = (await ended(run))
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line));
		server.close();
		const closed = events.filter(({ event }) => event === "closed").at(-1).flow;
		expect(closed).toMatchObject({
			server: { address: "127.0.0.1", port },
			application: { protocol: "http", host: "127.0.0.1" },
			tcp: { state: "SF" },
		});
	});
});

describe("without the right to capture", { timeout: PATIENCE, retry: 2 }, () => {
	it("says which command gives it", async (context) => {
		needs(context, "dumpcap", "tcpdump");
		if (!isThere("setpriv")) context.skip("setpriv is not installed");
		// What the user nobody can read: the program itself, from standard input's place.
		const { status, stderr } = asNobody(["live", "-i", "lo"]);
		expect(stderr).toMatch(/nothing here can capture/);
		expect(stderr).toMatch(/sudo setcap cap_net_raw,cap_net_admin=eip \/\S*dumpcap/);
		expect(stderr).toMatch(/sudo setcap cap_net_raw,cap_net_admin=eip \/\S*tcpdump/);
		expect(status).toBe(1);
	});
});
