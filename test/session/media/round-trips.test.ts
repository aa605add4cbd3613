import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RoundTrips } from "../../../src/session/media/round-trips.ts";
import { Overflow } from "../../../src/session/overflow.ts";

const SECOND = 1e9;
const source = "7|10.0.0.1";
const report = (lastReport: number, seconds = 0) => ({
	ssrc: 7,
	lost: 0,
	jitter: 0,
	lastReport,
	delay: Math.round(seconds * 65_536),
});
const sent = (ntp: number) => ({ ssrc: 7, ntp });

describe("a round trip by RTCP", () => {
	it("is that of RFC 3550's own example, 6.1 s", () => {
		// Figure 2: the report leaves at b44d:b705 (10 Nov 1995 11:33:25.125), its answer arrives at b710:8000, DLSR is 5.25 s.
		const trips = new RoundTrips();
		const at = (ntp: number) => (ntp / 65_536) * SECOND;
		trips.sent(source, sent(0xb7052000), at(0xb7052000));
		trips.reported(source, { ...report(0xb7052000), delay: 0x00054000 }, at(0xb7108000));
		expect(trips.of(source)! / SECOND).toBeCloseTo(6.125, 6);
	});

	it("is the mean of what the reports on the latest sender report say", () => {
		const way = fc.record({ wait: fc.nat(2000), kept: fc.nat(1000), taken: fc.nat(9000) });
		fc.assert(
			fc.property(fc.array(way, { minLength: 1, maxLength: 20 }), (ways) => {
				const trips = new RoundTrips();
				let now = 1000 * SECOND;
				for (const [n, { wait, kept, taken }] of ways.entries()) {
					now += wait * 1e6;
					trips.sent(source, sent(n + 1), now);
					now += (kept + taken) * 1e6;
					trips.reported(source, report(n + 1, kept / 1000), now);
				}
				const mean = ways.reduce((sum, { taken }) => sum + taken, 0) / ways.length;
				// Delays come in units of 15 µs.
				expect(Math.abs(trips.of(source)! / 1e6 - mean)).toBeLessThan(0.02);
			}),
		);
	});

	it("is none without a sender report that passed, or of reports on another one", () => {
		const trips = new RoundTrips();
		trips.reported(source, report(5), SECOND);
		expect(trips.of(source)).toBeUndefined();
		trips.sent(source, sent(0), SECOND);
		trips.reported(source, report(0), 2 * SECOND);
		expect(trips.of(source)).toBeUndefined();
		trips.sent(source, sent(5), SECOND);
		trips.reported(source, report(4), 2 * SECOND);
		trips.reported("8|10.0.0.1", report(5), 2 * SECOND);
		expect(trips.of(source)).toBeUndefined();
		trips.sent(source, sent(6), 3 * SECOND);
		trips.reported(source, report(5), 4 * SECOND);
		expect(trips.of(source)).toBeUndefined();
		trips.reported(source, report(6), 5 * SECOND);
		expect(trips.of(source)).toBe(2 * SECOND);
	});

	it("is none of clocks that cannot be right, and never below nothing", () => {
		const taken = (milliseconds: number, kept = 0) => {
			const trips = new RoundTrips();
			trips.sent(source, sent(1), 100 * SECOND);
			trips.reported(source, report(1, kept), 100 * SECOND + milliseconds * 1e6);
			return trips.of(source);
		};
		expect([taken(10_001), taken(10_000), taken(50_000, 45)]).toEqual([undefined, 10 * SECOND, 5 * SECOND]);
		// The receiver says that it kept the report longer than it was away.
		expect([taken(999.5, 1), taken(998, 1), taken(1000, 1)]).toEqual([0, undefined, 0]);
	});

	it("is followed for so many sources and no more; those that are known go on", () => {
		const overflow = new Overflow();
		const trips = new RoundTrips(overflow);
		for (let n = 0; n <= 50_000; n++) trips.sent(`${n}|10.0.0.1`, sent(1), 0);
		expect([...overflow.entries()].map(([, count]) => count)).toEqual([1]);
		trips.sent("0|10.0.0.1", sent(2), SECOND);
		trips.reported("0|10.0.0.1", report(2), 2 * SECOND);
		trips.reported("50000|10.0.0.1", report(1), 2 * SECOND);
		trips.reported("49999|10.0.0.1", report(1), 2 * SECOND);
		const all = [0, 49_999, 50_000].map((n) => trips.of(`${n}|10.0.0.1`));
		expect(all).toEqual([SECOND, 2 * SECOND, undefined]);
		expect([...overflow.entries()].map(([, count]) => count)).toEqual([1]);
	});
});
