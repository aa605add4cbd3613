import { describe, expect, it } from "vitest";
import { datagram, passing, payload, type Sighting, sidesOf } from "../support/two-captures.ts";

const [CLIENT, SERVER] = ["10.0.0.5:5000", "198.51.100.9:6000"];
/** Seconds on the way. */
const WAY = 0.06;

/** A datagram past four routers. @param from 0 for the client's. */
function passes(from: 0 | 1, at: number, seed: number, routes = true): readonly Sighting[] {
	const [source, destination] = from === 0 ? [CLIENT, SERVER] : [SERVER, CLIENT];
	const frame = (ttl: number) => datagram(source, destination, payload(seed), { ttl, id: (seed % 65_535) + 1 });
	const ttls = !routes ? [64, 64] : from === 0 ? [64, 60] : [60, 64];
	return passing(from, at, [frame(ttls[0]!), frame(ttls[1]!)], WAY);
}

/** Most of it goes out for 100 s, and then most of it comes in. */
const turning = (routes: boolean): Sighting[] =>
	Array.from({ length: 400 }, (_, i) => {
		const at = i / 2;
		const main = i < 200 ? 0 : 1;
		const rare = i % 10 === 0 ? passes((1 - main) as 0 | 1, at + 0.2, 1000 + i, routes) : [];
		return [...passes(main, at, i, routes), ...rare];
	}).flat();

/** The outside's clock as it is if it gains. @param ppm parts per million. */
const drifting = (sightings: readonly Sighting[], ppm: number): Sighting[] =>
	sightings.map((each) => (each.capture === 1 ? { ...each, at: 2 + each.at * (1 + ppm / 1e6) } : each));

describe("the clocks of two captures", () => {
	it.each([true, false])("do not drift for a traffic that turns round (past routers: %s)", async (routes) => {
		const { clock } = await sidesOf(turning(routes));
		expect(clock).toMatchObject({ driftPpm: 0, bothDirections: true, transitMs: 60 });
		expect(clock!.aheadSeconds).toBeCloseTo(0, 6);
	});

	it.each([true, false])("drift where they do (past routers: %s)", async (routes) => {
		const { clock, counts } = await sidesOf(drifting(turning(routes), 250));
		expect(clock!.driftPpm).toBeCloseTo(250, 0);
		expect(clock!.aheadSeconds).toBeCloseTo(2, 3);
		expect(clock!.transitMs).toBeCloseTo(60, 0);
		expect(counts.passes).toBe(1);
	});

	it("are not known to drift by a few packets", async () => {
		const few = [0, 1, 2, 3].flatMap((i) => passes((i % 2) as 0 | 1, i * 50, i));
		expect((await sidesOf(few)).clock!.driftPpm).toBeNull();
	});
});

describe("the ends of two captures", () => {
	it("show no loss of what was under way, or came after the other one's end", async () => {
		const all = Array.from({ length: 100 }, (_, i) => passes((i % 2) as 0 | 1, i / 50, i)).flat();
		// The outside capture begins late, and ends early: what it lacks was not lost.
		const kept = all.filter(({ capture, at }) => capture === 0 || (at > 0.5 && at < 1.5));
		const { conversations } = await sidesOf(kept);
		expect(conversations).toMatchObject([{ verdict: "passes", client: { lost: 0 }, server: { lost: 0, made: 0 } }]);
		expect(conversations[0]!.client.arrived).toBe(kept.filter(({ capture }) => capture === 1).length / 2);
	});

	it("show no loss of packets that are alike", async () => {
		const alike = Array.from({ length: 12 }, (_, i) => {
			const frame = (ttl: number) => datagram(CLIENT, SERVER, payload(7, 20), { ttl });
			return passing(0, 1 + i / 100, [frame(64), frame(60)], 0.0003);
		});
		const known = [0, 1, 2].flatMap((i) => {
			const frame = (ttl: number) => datagram(CLIENT, SERVER, payload(50 + i), { ttl });
			return passing(0, 2 + i, [frame(64), frame(60)], 0.0003);
		});
		// The outside capture begins after the second of them.
		const kept = alike.flatMap((pair, i) => (i < 2 ? [pair[0]] : pair));
		const { conversations } = await sidesOf([...kept, ...known]);
		expect(conversations[0]!.client).toMatchObject({ sent: 13, arrived: 13, lost: 0, made: 0 });
	});
});

describe("captures whose clocks nothing ties", () => {
	it("are not said to have lost anything", async () => {
		// So little payload is nobody's alone, and the clocks are some seconds apart.
		const all = Array.from({ length: 20 }, (_, i) => {
			const frame = datagram(CLIENT, SERVER, payload(i, 6));
			return passing(0, i / 4, [frame, frame]);
		}).flat();
		const apart = all.map((each) => (each.capture === 1 ? { ...each, at: each.at + 2.6 } : each));
		const { clock, counts } = await sidesOf(apart);
		expect(clock).toBeNull();
		expect(counts).toMatchObject({ blocked: 0, "requests lost": 0, "not compared": 1 });
	});
});
