import { describe, expect, it } from "vitest";
import { classify } from "../../src/classify.ts";
import { explain } from "../../src/explain.ts";
import { pcap, withFiles } from "../support/capture-file.ts";
import { ethernet, ipv4, type Part, tcp, udp } from "../support/packet-builder.ts";

const CLIENT = "10.0.0.2";
const SERVER = "10.0.0.1";
const ACK = 16;

const segment = (sequence: number, payload: string, flags = ACK) =>
	ethernet(ipv4(CLIENT, SERVER, tcp(40_000, 80, { flags, sequence }, payload)));
/** More than the reader's two buffers hold: bytes that were not copied are others' by its end. */
const filler = (): Part[] =>
	Array.from({ length: 3000 }, (_, i) =>
		ethernet(ipv4("10.0.0.3", "10.0.0.4", udp(5000 + (i % 9), 6000, `filler ${i} `.repeat(80)))),
	);

describe("bytes that are kept from packet to packet", () => {
	const [head, tail] = ["GET /kept HTTP/1.1\r\n", "Host: kept.example\r\n\r\n"];

	function file(...frames: readonly Part[]): Uint8Array {
		return pcap(frames.map(({ bytes }, i) => ({ seconds: 1, fraction: i, data: bytes })));
	}

	it.each([
		["a segment beyond a hole", [segment(1 + head.length, tail)], [segment(1, head)]],
		["the beginning of a message", [segment(1, head)], [segment(1 + head.length, tail)]],
	])("are copies: %s", async (_, before, after) => {
		const capture = file(segment(0, "", 2), ...before, ...filler(), ...after);
		await withFiles([capture], async (paths) => {
			const [flow] = (await classify(paths)).flows();
			expect(flow!.application).toMatchObject({ protocol: "http", path: "/kept", host: "kept.example" });
		});
	});

	it("are copies: what explain shows", async () => {
		const capture = file(segment(0, "", 2), segment(1, head + tail), ...filler());
		await withFiles([capture], async (paths) => {
			const explanation = await explain(paths, 1);
			expect(Buffer.from(explanation!.payload.client, "hex").toString()).toBe(head + tail);
		});
	});
});
