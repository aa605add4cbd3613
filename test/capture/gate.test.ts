import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { asPcapng, gate } from "../../src/capture/live/gate.ts";
import { capturePath } from "../support/captures.ts";

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
	for (let at = 0, i = 0; at < bytes.length; i++) {
		const end = at + sizes[i % sizes.length]!;
		yield bytes.subarray(at, end);
		at = end;
	}
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const all: Uint8Array[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
}

/** Bytes that were joined while something was done. */
async function bytesJoined(work: () => Promise<unknown>): Promise<number> {
	const concat = vi.spyOn(Buffer, "concat");
	await work();
	const joins = concat.mock.calls.map(([parts]) => parts.reduce((sum, part) => sum + part.length, 0));
	concat.mockRestore();
	return joins.reduce((sum, each) => sum + each, 0);
}

const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);

describe("pcapng that is handed on", () => {
	const capture = readFileSync(capturePath("office-day.pcapng"));
	const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5000 })), {
		minLength: 1,
		maxLength: 20,
	});

	it("is the same, in whatever pieces it comes", async () => {
		await fc.assert(
			fc.asyncProperty(sizes, async (pieces) => {
				expect((await joined(gate(inPieces(capture, pieces), {}))).equals(capture)).toBe(true);
			}),
			{ numRuns: 20 },
		);
	});

	it("is not joined again for each piece of a long block", async () => {
		const length = 1 << 20;
		const section = u32(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28);
		const long = Buffer.concat([section, u32(0x0bad, length), Buffer.alloc(length - 12), u32(length)]);
		const taken = await bytesJoined(async () => {
			for await (const _ of gate(inPieces(long, [1000]), {}));
		});
		expect(taken).toBeLessThan(2 * length);
	});
});

describe("pcap that is made pcapng", () => {
	const capture = readFileSync(capturePath("tcp-states.pcap"));

	it("is the same, in whatever pieces it comes", async () => {
		const whole = await joined(asPcapng(inPieces(capture, [capture.length])));
		for (const pieces of [[1], [7, 100], [16], [24], [1000]])
			expect((await joined(asPcapng(inPieces(capture, pieces)))).equals(whole), String(pieces)).toBe(true);
	});

	it("is not joined again for each piece of a long packet", async () => {
		const length = 1 << 18;
		const long = Buffer.concat([
			u32(0xa1b2c3d4, 0x00040002, 0, 0, length, 1, 1_770_000_000, 0, length, length),
			Buffer.alloc(length),
		]);
		const taken = await bytesJoined(async () => {
			for await (const _ of asPcapng(inPieces(long, [100])));
		});
		expect(taken).toBeLessThan(2 * length);
	});
});
