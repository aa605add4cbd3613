import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveImpairment, meanOpinion, qualityOf, rating } from "../../../src/session/media/quality.ts";

describe("the E-model", () => {
	it("gives G.107's own result for its default values: R = 93.2, MOS = 4.41", () => {
		expect(rating(0)).toBeCloseTo(93.2, 1);
		expect(meanOpinion(93.2)).toBeCloseTo(4.41, 2);
	});

	// G.107, table B.1.
	it.each([
		[90, 4.34],
		[80, 4.03],
		[70, 3.6],
		[60, 3.1],
		[50, 2.58],
	])("makes of R = %d a score of %d", (r, mos) => {
		expect(Math.abs(meanOpinion(r) - mos)).toBeLessThanOrEqual(0.01);
	});

	// What listeners judged (G.113, appendix I, tables I.3 and I.4 of 1999 to 2002): percent of random loss, and Ie.
	it.each<[string, number, number, readonly (readonly [number, number])[]]>([
		[
			"G.711 with loss concealment",
			0,
			25.1,
			[
				[0, 0],
				[1, 5],
				[2, 7],
				[3, 10],
				[5, 15],
				[7, 20],
				[10, 25],
				[15, 35],
				[20, 45],
			],
		],
		[
			"G.729A",
			11,
			19,
			[
				[0, 11],
				[0.5, 13],
				[1, 15],
				[1.5, 17],
				[2, 19],
				[3, 23],
				[4, 26],
				[8, 36],
				[16, 49],
			],
		],
		[
			"G.723.1",
			15,
			16.1,
			[
				[0, 15],
				[0.5, 17],
				[1, 19],
				[1.5, 22],
				[2, 24],
				[3, 27],
				[4, 32],
				[8, 41],
				[16, 55],
			],
		],
	])("comes close to the measured impairment of %s", (_, ie, bpl, measured) => {
		for (const [loss, impairment] of measured)
			expect(Math.abs(effectiveImpairment(ie, bpl, loss) - impairment), `${loss} %`).toBeLessThanOrEqual(3);
	});

	it("falls with delay and with loss, and stays on its scales", () => {
		fc.assert(
			fc.property(fc.nat(2000), fc.nat(1000), fc.nat(1000), (delay, lost, more) => {
				expect(rating(delay + 10)).toBeLessThanOrEqual(rating(delay));
				const [one, other] = [lost, Math.min(1000, lost + more)].map(
					(count) => qualityOf(["PCMA"], { lost: count, expected: 1000 }, delay * 1e6)!,
				);
				expect(other!.r).toBeLessThanOrEqual(one!.r);
				expect(other!.mos).toBeLessThanOrEqual(one!.mos);
				expect(other!.mos).toBeGreaterThanOrEqual(1);
				expect(one!.mos).toBeLessThanOrEqual(4.41);
			}),
		);
	});
});

describe("the quality of a stream", () => {
	const whole = { lost: 0, expected: 1000 };

	it("says what it supposes", () => {
		expect(qualityOf(["PCMU"], whole, undefined)).toMatchObject({ r: 90.7, mos: 4.35 });
		expect(qualityOf(["PCMU"], whole, undefined)!.assumed).toContain("one-way delay 100 ms");
		expect(qualityOf(["PCMU"], whole, 180e6)!.assumed[0]).toBe(
			"one-way delay 150 ms, half of the measured round trip and 60 ms more",
		);
	});

	it("is none of codecs without published figures, of several codecs, and of a moment", () => {
		for (const codecs of [["opus"], ["G722"], ["iLBC"], [""], [], ["PCMA", "G729"]])
			expect(qualityOf(codecs, whole, undefined), codecs.join()).toBeNull();
		expect(qualityOf(["PCMA"], { lost: 0, expected: 49 }, undefined)).toBeNull();
		expect(qualityOf(["pcma", "PCMA"], whole, undefined)).not.toBeNull();
	});
});
