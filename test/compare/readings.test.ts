import { describe, expect, it, vi } from "vitest";
import { analyse, trackingOf } from "../../src/analyse.ts";
import { readPacketLog } from "../../src/compare/packet-log.ts";
import type { Progress } from "../../src/intake/intake.ts";
import { sides } from "../../src/sides.ts";
import { withFiles } from "../support/capture-file.ts";
import { captured, datagram, passing, payload } from "../support/two-captures.ts";

/** Datagrams that pass, a millisecond apart. @param flows that they are of. */
const datagrams = (count: number, flows = count) =>
	Array.from({ length: count }, (_, i) => {
		const frame = datagram(`10.0.0.5:${1024 + (i % flows)}`, "198.51.100.9:514", payload(i, 16));
		return passing(0, i / 1000, [frame, frame]);
	}).flat();

describe("the two readings of a capture", () => {
	it("have the same packets, though the file has grown in between", async () => {
		await withFiles([captured(datagrams(20), 0)], async (paths) => {
			const { captures } = await analyse(paths, {});
			expect(captures.packets).toBe(20);
			const log = await readPacketLog(paths, { packets: 15, maxPackets: 100, tracking: trackingOf(paths, {}) });
			expect([log.count, log.store.size]).toEqual([15, 15]);
		});
	});

	it("say of what is beyond the limit that it was not compared", async () => {
		const all = datagrams(20);
		await withFiles([captured(all, 0), captured(all, 1)], async ([inside, outside]) => {
			const { counts, conversations } = await sides(inside!, outside!, { maxPackets: 15 });
			expect(counts["not compared"]).toBe(5);
			expect(conversations.at(-1)!.reasons.join()).toMatch(/or its packets are beyond those that were compared/);
			const { notes } = await sides(inside!, outside!, { maxPackets: 19 });
			expect(notes.join("\n")).toMatch(/beyond the limit: 1 packet of the inside capture\n/);
		});
	});

	it("end where reading is stopped, on both sides", async () => {
		const all = datagrams(20_000, 5);
		await withFiles([captured(all, 0), captured(all, 1)], async ([inside, outside]) => {
			const stop = new AbortController();
			// The total is known once both are being read.
			const onProgress = ({ bytesTotal, packets }: Progress) => {
				if (bytesTotal !== undefined && packets > 1000) stop.abort();
			};
			const result = await sides(inside!, outside!, { threads: 0, stop: stop.signal, onProgress });
			const read = [result.inside.packets, result.outside.packets];
			expect(read.some((packets) => packets < 20_000)).toBe(true);
			expect(result.notes.join("\n")).toMatch(/side: .*interrupted/);
			const arrived = result.conversations.reduce((sum, { client }) => sum + client.arrived, 0);
			expect(arrived).toBe(Math.min(...read));
		});
	});

	it("end where the second one is stopped, and what is left is compared", async () => {
		const all = datagrams(40_000, 500);
		await withFiles([captured(all, 0), captured(all, 1)], async ([inside, outside]) => {
			const stop = new AbortController();
			const onProgress = ({ bytesTotal, bytesRead }: Progress) => {
				if (bytesTotal !== undefined && bytesRead > 0.6 * bytesTotal) stop.abort();
			};
			const {
				inside: first,
				conversations,
				notes,
			} = await sides(inside!, outside!, {
				threads: 0,
				stop: stop.signal,
				onProgress,
			});
			expect(first.packets).toBe(40_000);
			const compared = notes.map((note) => Number(/side: interrupted: .* first (\d+) were compared/.exec(note)?.[1]));
			const least = Math.min(...compared.filter((count) => !Number.isNaN(count)));
			expect(least).toBeLessThan(40_000);
			const sum = (count: "arrived" | "lost") => conversations.reduce((all, { client }) => all + client[count], 0);
			expect([sum("arrived"), sum("lost")]).toEqual([least, 0]);
		});
	});

	it("have the same flows, however little memory there is", async () => {
		const memory = vi.spyOn(process, "constrainedMemory").mockReturnValue(200e6);
		// So little that other commands read 10,000 flows at a time; some of the first are used again after these.
		const all = datagrams(10_700, 10_500);
		await withFiles([captured(all, 0), captured(all, 1)], async ([inside, outside]) => {
			const { inside: first, counts } = await sides(inside!, outside!);
			expect([first.flows, counts.unanswered]).toEqual([10_500, 10_500]);
		});
		memory.mockRestore();
	});

	it("tell of their progress as one", async () => {
		const all = datagrams(100);
		const files = [captured(all, 0), captured(all, 1)];
		await withFiles(files, async ([inside, outside]) => {
			const onProgress = vi.fn();
			let told = 0;
			const onRead = vi.fn(() => {
				told = onProgress.mock.calls.length;
			});
			await sides(inside!, outside!, { onProgress, onRead });
			expect([onRead.mock.calls.length, told]).toEqual([1, onProgress.mock.calls.length]);
			const bytes = files[0]!.length + files[1]!.length;
			// Each is read twice.
			expect(onProgress.mock.lastCall).toMatchObject([{ bytesTotal: 2 * bytes, packets: 200 }]);
		});
	});

	it("are given up together where one capture cannot be read", async () => {
		await withFiles([captured(datagrams(30_000, 5), 0)], async ([inside]) => {
			const onProgress = vi.fn();
			await expect(sides(inside!, `${inside}.none`, { onProgress })).rejects.toThrow(/none/);
			const calls = onProgress.mock.calls.length;
			await new Promise((done) => setTimeout(done, 300));
			expect(onProgress.mock.calls.length - calls).toBeLessThanOrEqual(1);
		});
	});
});
