import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { analyse } from "../../src/analyse.ts";
import { classify } from "../../src/classify.ts";
import { buildReport } from "../../src/document/build.ts";
import { pcap } from "../support/capture-file.ts";
import { ethernet, ipv4, tcp, udp } from "../support/packet-builder.ts";
import { filesByIpOffice } from "../support/tftp.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("why a flow's record ended", () => {
	it("is FIN, though its ports are used again after a long silence", async () => {
		const [FIN, SYN, ACK] = [1, 2, 16];
		const there = (flags: number) => ethernet(ipv4("10.0.0.1", "10.0.0.2", tcp(40_000, 80, { flags }))).bytes;
		const back = (flags: number) => ethernet(ipv4("10.0.0.2", "10.0.0.1", tcp(80, 40_000, { flags }))).bytes;
		const connection = [there(SYN), back(SYN | ACK), there(ACK), there(FIN | ACK), back(FIN | ACK), there(ACK)];
		const path = join(folder, "again.pcap");
		const at = (seconds: number) => (data: Uint8Array, fraction: number) => ({
			seconds: 1_770_000_000 + seconds,
			fraction,
			data,
		});
		writeFileSync(path, pcap([...connection.map(at(0)), ...connection.slice(0, 3).map(at(8000))]));
		const flows = [...(await classify([path], { threads: 0 })).flows()];
		expect(flows.map(({ ended, tcp }) => `${ended} ${tcp!.state}`)).toEqual(["closed SF", "end-of-capture S1"]);
	});

	it.each([
		["idle", 181],
		["end-of-capture", 179],
	])("is %s after %d s of silence on UDP, though the same ports say nothing more", async (ended, silence) => {
		const path = join(folder, `${ended}.pcap`);
		const [early, late] = [0, silence].map((seconds, i) => ({
			seconds: 1_770_000_000 + seconds,
			fraction: 0,
			data: ethernet(ipv4("10.0.0.1", "10.0.0.2", udp(40_000 + i, 123, Uint8Array.of(0)))).bytes,
		}));
		writeFileSync(path, pcap([early!, late!]));
		const flows = [...(await classify([path], { threads: 0 })).flows()];
		expect(flows.map((flow) => flow.ended)).toEqual([ended, "end-of-capture"]);
	});
});

describe("a flow of several TFTP transfers", () => {
	const path = join(folder, "polled.pcap");
	writeFileSync(path, pcap(filesByIpOffice(5).map((data, i) => ({ seconds: 1_770_000_000 + i, fraction: 0, data }))));

	it("names all of them, and the latest; its reasons tell of the first three", async () => {
		const [asked, answer, data, third] = [...(await classify([path], { threads: 0 })).flows()];
		expect(asked).toMatchObject({ transfer: 5, transfers: [1, 2, 3, 4, 5] });
		expect(asked!.label.reasons.slice(-4)).toEqual([
			"part of TFTP transfer 1 of file1, with flows 1, 2, 3",
			"part of TFTP transfer 2 of file2, with flows 1, 2, 3",
			"part of TFTP transfer 3 of file3, with flows 1, 4, 5",
			"part of 2 more TFTP transfers",
		]);
		expect(answer).toMatchObject({ transfer: 2, transfers: [1, 2] });
		expect(answer!.label.reasons.slice(-2)).toEqual(asked!.label.reasons.slice(-4, -2));
		expect(data!.transfers).toEqual([1, 2]);
		expect(third!.transfer).toBe(3);
		expect(third).not.toHaveProperty("transfers");
	});

	it("has them by their numbers in all of the run, where that is read in pieces", async () => {
		const analysis = await analyse([path], { threads: 0 });
		const report = buildReport({ ...analysis, before: { flows: 100, transfers: 10, calls: 0 } });
		const [asked] = report.flows();
		expect(asked).toMatchObject({ id: 101, transfer: 15, transfers: [11, 12, 13, 14, 15] });
		expect(asked!.label.reasons.at(-2)).toBe("part of TFTP transfer 13 of file3, with flows 101, 104, 105");
	});
});
