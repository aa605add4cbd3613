import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { classify } from "../../src/classify.ts";
import { pcap } from "../support/capture-file.ts";
import { ethernet, ipv4, udp } from "../support/packet-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("why a flow's record ended", () => {
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
