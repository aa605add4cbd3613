import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { IncidentTable } from "../../../src/session/incidents.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { Requests } from "../../../src/session/service/requests.ts";

const metIn = (overflow: Overflow) => [...overflow.entries()].map(([, count]) => count);

const view = new PacketView();
const packet = (time: number) => Object.assign(view, { time, number: time + 1 });
const unchanged = ({ what, subject }: { what: string; subject: string }) => ({ what, subject });

/** What is noted of each flow. */
function noted(requests: Requests, flows: number) {
	const incidents = new IncidentTable();
	requests.tellOpen(incidents, unchanged);
	return Array.from({ length: flows }, (_, flow) =>
		incidents.of(flow).map(({ count, first, last }) => ({ count, first: first.time, last })),
	);
}

describe("requests", () => {
	it("are what a list of those without an answer says, in any order of requests, tries and answers", () => {
		const event = fc.record({
			isAnswer: fc.boolean(),
			flow: fc.nat({ max: 2 }),
			key: fc.nat({ max: 5 }),
		});
		fc.assert(
			fc.property(fc.array(event, { maxLength: 60 }), (events) => {
				const requests = new Requests();
				const open: { flow: number; key: number; first: number; last: number; tries: number }[] = [];
				events.forEach(({ isAnswer, flow, key }, place) => {
					// So far apart that none is a repetition that crosses an answer.
					const time = place * 6e9;
					const known = open.find((each) => each.flow === flow && each.key === key);
					if (isAnswer) {
						expect(requests.close(flow, 1, key)?.tries).toBe(known?.tries);
						if (known) open.splice(open.indexOf(known), 1);
					} else {
						requests.open(flow, 0, key, packet(time), "request");
						if (known) Object.assign(known, { last: time, tries: known.tries + 1 });
						else open.push({ flow, key, first: time, last: time, tries: 1 });
					}
				});
				const expected = [0, 1, 2].map((flow) => {
					const mine = open.filter((each) => each.flow === flow);
					if (mine.length === 0) return [];
					const count = mine.reduce((sum, { tries }) => sum + tries, 0);
					return [{ count, first: mine[0]!.first, last: Math.max(...mine.map(({ last }) => last)) }];
				});
				expect(noted(requests, 3)).toEqual(expected);
			}),
		);
	});

	it("are no new ones where they only cross their answer", () => {
		const requests = new Requests();
		requests.open(0, 0, 7, packet(0), "request");
		requests.close(0, 1, 7);
		requests.open(0, 0, 7, packet(1e9), "request");
		expect(noted(requests, 1)).toEqual([[]]);
		requests.open(0, 0, 7, packet(9e9), "request");
		expect(noted(requests, 1)).toEqual([[{ count: 1, first: 9e9, last: 9e9 }]]);
	});

	it("are not answered by their own side", () => {
		const requests = new Requests();
		requests.open(0, 0, 7, packet(0), "request");
		expect(requests.close(0, 0, 7)).toBeUndefined();
		expect(noted(requests, 1)).toEqual([[{ count: 1, first: 0, last: 0 }]]);
	});

	it("of one flow have a bound: old ones count on, young ones are forgotten", () => {
		const old = new Requests();
		for (let i = 0; i < 200; i++) old.open(0, 0, i, packet(i * 1e9), "request");
		expect(noted(old, 1)).toEqual([[{ count: 200, first: 0, last: 199e9 }]]);
		const overflow = new Overflow();
		const young = new Requests(overflow);
		for (let i = 0; i < 200; i++) young.open(0, 0, i, packet(i), "request");
		expect(noted(young, 1)).toEqual([[{ count: 64, first: 136, last: 199 }]]);
		expect(metIn(overflow)).toEqual([136]);
	});

	it("of all flows have a bound: a sixteenth of the flows, the oldest, gives way", () => {
		const overflow = new Overflow();
		const requests = new Requests(overflow);
		for (let flow = 0; flow <= 200_000; flow++) requests.open(flow, 0, 1, packet(flow), "request");
		expect(metIn(overflow)).toEqual([12_500]);
		expect(noted(requests, 12_502).slice(12_498)).toEqual([
			[],
			[],
			[{ count: 1, first: 12_500, last: 12_500 }],
			[{ count: 1, first: 12_501, last: 12_501 }],
		]);
	});
});

describe("requests of many flows", () => {
	const packet = Object.assign(new PacketView(), { time: 1e9 });

	it("are bounded together: those of the oldest flows are forgotten, and room comes back with answers", () => {
		const overflow = new Overflow();
		const requests = new Requests(overflow);
		for (let flow = 0; flow < 4001; flow++)
			for (let key = 0; key < 50; key++) requests.open(flow, 0, key, packet, "query");
		expect(metIn(overflow)).toEqual([250 * 50]);
		for (let key = 0; key < 50; key++) requests.close(250, 1, key);
		requests.forget(251);
		for (let key = 0; key < 250 * 50 + 50; key++) requests.open(6000 + key, 0, key, packet, "query");
		expect(metIn(overflow)).toEqual([250 * 50]);
		const incidents = new IncidentTable();
		requests.tellOpen(incidents, ({ what, subject }) => ({ what, subject }));
		expect([0, 249, 250, 251, 252, 6000].map((flow) => incidents.of(flow)[0]?.count ?? 0)).toEqual([0, 0, 0, 0, 50, 1]);
	});
});
