import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveImpairment, meanOpinion, qualityOf, rating } from "../../../src/session/media/quality.ts";

describe("the E-model", () => {
	it("gives G.107's own result for its default values: R = 93.2, MOS = 4.41", () => {
		expect(rating(0)).toBeCloseTo(93.2, 1);
		expect(meanOpinion(93.2)).toBeCloseTo(4.41, 2);
	});

	// Computed from the text of G.107, 06/2015, 7.1 to 7.3, by a program of its own (Python), the values in table 3 put in.
	it.each([
		[0, 93.206208],
		[1, 93.262727],
		[2, 93.207137],
		[5, 93.039279],
		[20, 92.531344],
		[50, 91.756161],
		[100, 90.66373],
		[101, 90.643367],
		[150, 89.539132],
		[200, 85.804718],
		[250, 79.177101],
		[400, 62.246827],
		[1000, 39.076542],
	])("gives at %d ms what another program of it gives: R = %d", (delay, r) => {
		expect(rating(delay)).toBeCloseTo(r, 5);
	});

	it("keeps to the line that Cole and Rosenbluth (2001) drew through its delays, as far as theirs goes", () => {
		for (let delay = 0; delay <= 300; delay += 5) {
			const line = 93.2 - 0.024 * delay - (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
			expect(Math.abs(rating(delay) - line), `${delay} ms`).toBeLessThan(1);
		}
	});

	it("has a score for every rating, 1 to 4.5, that never falls where the rating rises", () => {
		expect([-20, 0, 3, 6.5, 100, 130].map(meanOpinion)).toEqual([1, 1, 1, expect.closeTo(1, 2), 4.5, 4.5]);
		for (let r = -10; r < 120; r++) expect(meanOpinion(r + 1)).toBeGreaterThanOrEqual(meanOpinion(r));
	});

	it("is an upper bound where packets come too late for it, or most losses are of one gap", () => {
		const whole = { lost: 0, expected: 500 };
		const plain = qualityOf(["PCMA"], whole, undefined)!;
		expect(plain.atMost).toBeUndefined();
		const uneven = qualityOf(["PCMA"], whole, undefined, { isBurst: false, isUneven: true })!;
		expect([uneven.mos, uneven.atMost]).toEqual([plain.mos, true]);
		expect(uneven.assumed).toContain("no packet too late for the jitter buffer, which the jitter belies");
		const burst = qualityOf(["PCMA"], whole, undefined, { isBurst: true, isUneven: false })!;
		expect(burst.atMost).toBe(true);
		expect(burst.assumed).toContain("losses at random, though most of them are of one gap");
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

	it("takes off what the codec costs, and what loss does to it, in percent of what was sent", () => {
		const r = (codec: string, lost: number, expected = 400) => qualityOf([codec], { lost, expected }, undefined)!.r;
		const none = rating(100);
		// G.113, appendix I: Ie of each codec; and Ie,eff = Ie + (95 - Ie) * Ppl / (Ppl + Bpl).
		for (const [codec, ie, bpl] of [
			["PCMU", 0, 25.1],
			["PCMA", 0, 25.1],
			["G729", 11, 19],
			["G723", 15, 16.1],
			["GSM-EFR", 5, 10],
		] as const) {
			expect(r(codec, 0), codec).toBeCloseTo(none - ie, 0);
			expect(Math.abs(r(codec, 20) - (none - ie - ((95 - ie) * 5) / (5 + bpl))), codec).toBeLessThanOrEqual(0.051);
		}
		expect(r("G729", 400)).toBeLessThan(r("G729", 200));
		expect(r("G729", 50, 50)).toBeGreaterThanOrEqual(0);
	});

	it("names what it supposes of the codec, if it does", () => {
		const assumed = (codec: string) => qualityOf([codec], whole, undefined)!.assumed;
		expect(assumed("PCMA")).toHaveLength(5);
		expect(assumed("PCMA")[1]).toMatch(/^loss concealment/);
		expect(assumed("gsm-efr")).toEqual([assumed("PCMA")[0], ...assumed("PCMA").slice(2)]);
	});

	it("is told from 50 packets on", () => {
		expect(qualityOf(["PCMA"], { lost: 0, expected: 50 }, undefined)).not.toBeNull();
	});

	it("is none of codecs without published figures, of several codecs, and of a moment", () => {
		for (const codecs of [["opus"], ["G722"], ["iLBC"], [""], [], ["PCMA", "G729"]])
			expect(qualityOf(codecs, whole, undefined), codecs.join()).toBeNull();
		expect(qualityOf(["PCMA"], { lost: 0, expected: 49 }, undefined)).toBeNull();
		expect(qualityOf(["pcma", "PCMA"], whole, undefined)).not.toBeNull();
	});
});
