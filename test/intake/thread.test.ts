import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { pcap } from "../support/capture-file.ts";
import { CAPTURES, capturePath } from "../support/captures.ts";
import { ethernet, ipv4, type Part, udp } from "../support/packet-builder.ts";

// A worker is a file that Node runs as it is: the one that was built.
const { CaptureError, classify, OUTPUTS } = (await import(
	new URL("../../dist/index.js", import.meta.url).href
)) as typeof import("../../src/index.ts");

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function jsonOf(paths: readonly string[], threads: number, options = {}): Promise<string> {
	const report = await classify(paths, { ...options, threads });
	return [...OUTPUTS.json(report, { summary: false, color: false, width: 80 })].join("");
}

function pcapOf(packets: readonly Part[]): Buffer {
	return pcap(packets.map(({ bytes }, i) => ({ data: bytes, seconds: 1_770_000_000 + i, fraction: 0 })));
}

/** A capture of so many packets, 8 to a flow. */
function manyPackets(name: string, count: number): string {
	const path = join(folder, name);
	const packets = Array.from({ length: count }, (_, i) => {
		const port = 10_000 + (i >> 3);
		return ethernet(ipv4("10.0.0.2", "10.0.0.1", udp(port, 50_795, Uint8Array.of(i, i >> 8))));
	});
	writeFileSync(path, pcapOf(packets));
	return path;
}

describe("a second thread", () => {
	it.each(CAPTURES.filter((name) => !name.startsWith("faults/")))("finds in %s what one thread finds", async (name) => {
		const paths = [capturePath(name)];
		expect(await jsonOf(paths, 1)).toBe(await jsonOf(paths, 0));
	});

	it("leaves out the same packets outside a window", async () => {
		const paths = [capturePath("office-day.pcapng")];
		const window = { from: "09:00:18", to: "+40" };
		const result = await jsonOf(paths, 1, window);
		expect(result).toBe(await jsonOf(paths, 0, window));
		expect(JSON.parse(result).capture).toMatchObject({
			window: { from: "2026-03-02T09:00:18.000000000Z", to: "2026-03-02T09:00:38.999999999Z", all: { packets: 402 } },
			start: "2026-03-02T09:00:18.000000000Z",
		});
	});

	it("merges files as one thread does", async () => {
		const paths = CAPTURES.slice(0, 30).map(capturePath);
		expect(await jsonOf(paths, 1)).toBe(await jsonOf(paths, 0));
	});

	it("finds the same in many batches, packed or not", async () => {
		const path = manyPackets("many.pcap", 20_000);
		const expected = await jsonOf([path], 0);
		expect(JSON.parse(expected).capture.packets).toBe(20_000);
		expect(await jsonOf([path], 1)).toBe(expected);
	});

	it("says of a file that is no capture what one thread says", async () => {
		const path = join(folder, "text.pcap");
		writeFileSync(path, "no capture");
		for (const threads of [0, 1]) {
			const error = await classify([path, join(folder, "missing.pcap")], { threads }).catch(
				(thrown: unknown) => thrown,
			);
			expect(error).toBeInstanceOf(CaptureError);
			expect((error as Error).message).toMatch(/looks like text[\s\S]*no such file/);
		}
	});

	it("reads a damaged, packed file as far as one thread does", async () => {
		const whole = gzipSync(pcapOf([ethernet(ipv4("10.0.0.2", "10.0.0.1", udp(1, 2, new Uint8Array(900))))]));
		const path = join(folder, "cut.pcap.gz");
		writeFileSync(path, whole.subarray(0, whole.length - 12));
		expect(await jsonOf([path], 1)).toBe(await jsonOf([path], 0));
	});

	it("stops where it is told to, and reports what was read until then", async () => {
		const path = manyPackets("stop.pcap", 400_000);
		for (const threads of [0, 1]) {
			const stop = new AbortController();
			const report = await classify([path], { threads, stop: stop.signal, onProgress: () => stop.abort() });
			const { packets } = report.capture;
			expect(packets).toBeGreaterThan(0);
			const counted = [...report.flows()].reduce((sum, { client, server }) => sum + client.packets + server.packets, 0);
			expect(counted).toBe(packets);
			const interrupted = report.problems.filter(({ kind }) => kind === "interrupted");
			expect(interrupted).toHaveLength(packets < 400_000 ? 1 : 0);
			for (const { offset } of interrupted) expect(offset).toBeGreaterThan(0);
		}
	});

	it("gives up where it is told to", async () => {
		const path = manyPackets("abort.pcap", 20_000);
		for (const threads of [0, 1]) {
			const abort = new AbortController();
			const run = classify([path], { threads, signal: abort.signal, onProgress: () => abort.abort() });
			await expect(run).rejects.toThrow("aborted");
		}
	});
});
