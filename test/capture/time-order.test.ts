import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pcap, read } from "../support/capture-file.ts";

const BEGIN = 1_772_442_000;

function at(seconds: readonly number[]): Buffer {
	return pcap(
		seconds.map((each) => ({
			seconds: BEGIN + Math.floor(each),
			fraction: Math.round((each % 1) * 1e6),
			data: Buffer.from("packet"),
		})),
	);
}

async function told(...files: readonly number[][]): Promise<string[]> {
	const { problems } = await read(...files.map(at));
	return problems.map(({ kind, message }) => `${kind}: ${message}`);
}

describe("packets out of the order of time", () => {
	it("are told with the first of them and the longest step", async () => {
		expect(await told([10, 20, 5, 6, 2.5, 30])).toEqual([
			expect.stringMatching(
				/^time-order: 2 packets, the first of them 3, were captured up to 15 s before the packet that each follows: .*reordercap/,
			),
		]);
		expect(await told([10, 20, 12.5])).toEqual([
			expect.stringMatching(/^time-order: packet 3 was captured 7 s before the packet that it follows: /),
		]);
	});

	it("of less than a second are what several queues bring", async () => {
		expect(await told([10, 9.1, 10, 9.5])).toEqual([]);
	});

	it("are those of one file: several are put in order", async () => {
		expect(await told([10, 20], [5, 15], [1, 30])).toEqual([]);
		expect(await told([10, 20, 5], [5, 15])).toHaveLength(1);
	});

	it("are told once of each file, however many packets it has, and not of one in order", async () => {
		const times = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 1500 });
		await fc.assert(
			fc.asyncProperty(times, async (seconds) => {
				const steps = seconds.slice(1).filter((each, i) => each < seconds[i]!).length;
				expect(await told(seconds)).toHaveLength(steps > 0 ? 1 : 0);
				expect(await told(seconds.toSorted((a, b) => a - b))).toEqual([]);
			}),
			{ numRuns: 20 },
		);
	});
});
