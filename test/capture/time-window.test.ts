import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeWindow } from "../../src/capture/time-window.ts";
import { pcap, readPaths, withFiles } from "../support/capture-file.ts";
import { capturePath } from "../support/captures.ts";
import { has, tshark } from "../support/tools.ts";

/** 2026-03-02T23:59:00Z */
const BEGIN = 1_772_495_940;

const FRAME = ["-T", "fields", "-e", "frame.number"];

/** A capture of one packet at each of these times, seconds after {@link BEGIN}. */
function at(...seconds: number[]): Buffer {
	return pcap(
		seconds.map((each) => ({
			seconds: BEGIN + Math.floor(each),
			fraction: Math.round((each % 1) * 1e9),
			data: Buffer.from("packet"),
		})),
		{ nanoseconds: true },
	);
}

/** Numbers in their file of the packets in a window. */
function numbers(files: readonly Buffer[], ends: { from?: string; to?: string }): Promise<number[]> {
	return withFiles(files, async (paths) => {
		const window = timeWindow(ends);
		const { packets } = await readPaths(paths, window ? { window } : {});
		return packets.map(({ number }) => number);
	});
}

describe("a time window", () => {
	it.each([
		["in UTC", { from: "2026-03-02T23:59:10Z" }, [2, 3, 4, 5]],
		["without a zone is UTC", { from: "2026-03-02 23:59:10" }, [2, 3, 4, 5]],
		["in another zone", { from: "2026-03-03T05:29:10+05:30" }, [2, 3, 4, 5]],
		["west of Greenwich", { from: "2026-03-02T18:59:10-0500" }, [2, 3, 4, 5]],
		["to the nanosecond", { from: "2026-03-02T23:59:10.250000001Z" }, [3, 4, 5]],
		["with its last second whole", { to: "2026-03-02T23:59:10Z" }, [1, 2]],
		["up to a fraction", { to: "2026-03-02T23:59:10.2Z" }, [1]],
		["up to a fraction that is a packet's", { to: "2026-03-02T23:59:10.25Z" }, [1, 2]],
		["on the day of the first packet", { from: "23:59:11" }, [3, 4, 5]],
		["to the minute", { from: "23:59", to: "23:59" }, [1]],
		["that ends after midnight", { from: "23:59:11", to: "00:00:30" }, [3, 4]],
		["that ends after midnight, and began with the capture", { to: "00:00:30" }, [1, 2, 3, 4]],
		["on the day that the first packet's zone has", { from: "01:00:20+01:00" }, [4, 5]],
		["after the first packet", { from: "+10.25", to: "+80" }, [2, 3, 4]],
		["before all packets", { to: "2026-03-02T12:00:00Z" }, []],
		["after all packets", { from: "2026-03-04T12:00:00Z" }, []],
	])("%s", async (_, ends, expected) => {
		expect(await numbers([at(0, 10.25, 11, 80, 100)], ends)).toEqual(expected);
	});

	it.each([
		["9", /'9' is no time such as/],
		["2026-02-30T10:00", /'2026-02-30T10:00' is no time/],
		["24:00", /is no time/],
		["10:60", /is no time/],
		["+-1", /is no time/],
		["", /is no time/],
	])("has no end '%s'", (text, words) => {
		expect(() => timeWindow({ from: text })).toThrow(words);
		expect(() => timeWindow({ to: text })).toThrow(words);
	});

	it("does not end before it begins", () => {
		expect(() => timeWindow({ from: "+10.5", to: "+10.4" })).toThrow(RangeError);
		expect(() => timeWindow({ from: "2026-03-02T10:00:01", to: "2026-03-02T10:00" })).toThrow(/before it begins/);
		expect(timeWindow({ from: "+10.5", to: "+10" })).toBeDefined();
	});

	it("holds the packets of its time, of several files in any order, with their numbers", async () => {
		const times = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 700 });
		const second = fc.integer({ min: 0, max: 40 });
		await fc.assert(
			fc.asyncProperty(fc.array(times, { minLength: 1, maxLength: 3 }), second, second, async (files, a, b) => {
				const first = Math.min(...files.map(([time]) => time!));
				const [from, to] = [Math.min(a, b), Math.max(a, b)];
				const window = timeWindow({ from: `+${from}`, to: `+${to}` })!;
				const bytes = files.map((each) => at(...each));
				await withFiles(bytes, async (paths) => {
					const whole = await readPaths(paths);
					const part = await readPaths(paths, { window });
					const lowest = BigInt(BEGIN + first + from) * 1_000_000_000n;
					const highest = BigInt(BEGIN + first + to + 1) * 1_000_000_000n;
					expect(part.packets).toEqual(whole.packets.filter(({ time }) => time >= lowest && time < highest));
				});
			}),
			{ numRuns: 30 },
		);
	});

	it.runIf(has("tshark")).each(["office-day.pcapng", "calls.pcapng", "tftp-styles.pcapng"])(
		"of %s holds what tshark's filter lets through",
		async (name) => {
			const path = capturePath(name);
			const window = timeWindow({ from: "+7.5", to: "+30.25" })!;
			const { packets } = await readPaths([path], { window });
			const shown = tshark(
				["-r", path, "-Y", "frame.time_relative >= 7.5 && frame.time_relative <= 30.25"].concat(FRAME),
			);
			expect(packets.map(({ number }) => String(number))).toEqual(shown.trim().split("\n"));
			expect(packets.length).toBeGreaterThan(1);
		},
	);
});
