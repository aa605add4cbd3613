import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MediaDescription } from "../../../src/protocol/sdp.ts";
import { type Announcement, MediaTable } from "../../../src/session/media/media.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { analyse, datagram } from "../../support/analyse.ts";

const HOST = "10.0.0.1";
const media = (payloadType: number, rate: number): MediaDescription => ({
	address: HOST,
	port: 5004,
	protocol: "rtp",
	media: "audio",
	direction: "sendrecv",
	srtp: false,
	codecs: [{ payloadType, name: "x", rate }],
	ptime: 0,
	others: [],
});
const said = (time: number, call = 1, more: Partial<Announcement> = {}): Announcement => ({
	protocol: "rtp",
	call,
	party: 0,
	time,
	media: null,
	...more,
});
const metIn = (overflow: Overflow) => [...overflow.entries()].reduce((sum, [, count]) => sum + count, 0);

describe("what was announced for an endpoint", () => {
	it("is the last word of each call by a time, the newest call first; the same again keeps its time", () => {
		const event = fc.record({ call: fc.nat(3), party: fc.constantFrom(0, 1), port: fc.constantFrom(5004, 5006) });
		fc.assert(
			fc.property(fc.array(event, { maxLength: 40 }), fc.nat(45), (events, time) => {
				const table = new MediaTable();
				const told = events.map(({ port, ...rest }, at) => ({ port, ...said(at, rest.call), ...rest }) as const);
				for (const { port, ...each } of told) table.announce(HOST, port, each as Announcement);
				for (const port of [5004, 5006]) {
					const mine = told.filter((each) => each.port === port);
					// Runs of the same call and party are one announcement, from the first of them on.
					const runs = mine.filter(
						(each, n) => n === 0 || each.call !== mine[n - 1]!.call || each.party !== mine[n - 1]!.party,
					);
					const byThen = runs.filter((run) => run.time <= time);
					const calls = [...new Set(byThen.map(({ call }) => call))].reverse();
					const expected = calls.map((call) => byThen.findLast((run) => run.call === call)!);
					const ids = (all: readonly { call: number; party: number; time: number }[]) =>
						all.map(({ call, party, time: at }) => `${call} ${party} ${at}`);
					// The calls are in the order in which each began.
					expect(ids(table.inForce(HOST, port, time))).toEqual(ids(expected));
					expect(table.at(HOST, port)).toBe(mine.length > 0 ? "rtp" : null);
				}
				expect(table.size).toBe(new Set(told.map(({ port }) => port)).size);
			}),
		);
	});

	it("is replaced by what the same call says later of the same, from the same time on", () => {
		const table = new MediaTable();
		table.announce(HOST, 5004, said(10, 1, { media: media(96, 8000) }));
		table.announce(HOST, 5004, said(20, 1, { media: media(97, 16_000) }));
		expect(table.inForce(HOST, 5004, 15)).toEqual([said(10, 1, { media: media(97, 16_000) })]);
		expect(table.inForce(HOST, 5004, 9)).toEqual([]);
		expect(table.inForce(HOST, 5005, 99)).toEqual([]);
		expect(table.at("10.0.0.2", 5004)).toBeNull();
	});

	it("is not hidden by the guess that RTCP's port is the next one, and is what another call says", () => {
		const rtcp = { protocol: "rtcp" } as const;
		const table = new MediaTable();
		table.announce(HOST, 5004, said(1));
		table.announce(HOST, 5004, said(2, 1, rtcp));
		expect(table.at(HOST, 5004)).toBe("rtp");
		table.announce(HOST, 5004, said(3, 2, rtcp));
		expect(table.at(HOST, 5004)).toBe("rtcp");
		table.announce(HOST, 5004, said(4, 2, rtcp));
		table.announce(HOST, 5004, said(5, 2, { protocol: "t38" }));
		expect(table.at(HOST, 5004)).toBe("t38");
		expect(table.inForce(HOST, 5004, 4).map(({ call, protocol, time }) => [call, protocol, time])).toEqual([
			[2, "rtcp", 3],
			[1, "rtp", 1],
		]);
	});

	it("is bounded for one endpoint: the oldest call's gives way", () => {
		const overflow = new Overflow();
		const table = new MediaTable(overflow);
		for (let call = 1; call <= 64; call++) table.announce(HOST, 5004, said(call, call));
		expect([table.inForce(HOST, 5004, 1000).length, metIn(overflow)]).toEqual([64, 0]);
		table.announce(HOST, 5004, said(65, 65));
		const calls = table.inForce(HOST, 5004, 1000).map(({ call }) => call);
		expect([calls.length, calls[0], calls.at(-1), metIn(overflow)]).toEqual([64, 65, 2, 1]);
	});

	it("is bounded for all endpoints: those that are known go on", () => {
		const overflow = new Overflow();
		const table = new MediaTable(overflow);
		for (let n = 0; n < 100_001; n++) table.announce(`10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`, 5004, said(n));
		expect([table.size, metIn(overflow)]).toEqual([100_000, 1]);
		table.announce("10.0.0.0", 5004, said(1, 2, { protocol: "t38" }));
		expect([table.at("10.0.0.0", 5004), table.at("10.1.134.160", 5004), metIn(overflow)]).toEqual(["t38", null, 1]);
	});

	it("is bounded for all that is said again", () => {
		const overflow = new Overflow();
		const table = new MediaTable(overflow);
		for (let port = 0; port < 5000; port++)
			for (let call = 0; call <= 60; call++) table.announce(HOST, port, said(call, call));
		expect(metIn(overflow)).toBe(0);
		table.announce(HOST, 0, said(61, 61));
		expect(metIn(overflow)).toBe(1);
		expect(table.inForce(HOST, 0, 100).map(({ call }) => call)).toEqual(Array.from({ length: 61 }, (_, n) => 61 - n));
	});
});

describe("the clock of a payload type", () => {
	const { store } = analyse([datagram("10.0.0.2:5004", "10.0.0.1:46750", new Uint8Array(20))]).table;
	const rate = (table: MediaTable, type: number, side: 0 | 1 = 0) => table.rateFor(store, 0, side, type);

	it("is that of RFC 3551, whatever was announced", () => {
		const table = new MediaTable();
		expect([0, 8, 18, 9].map((type) => rate(table, type))).toEqual([8000, 8000, 8000, 8000]);
		expect([rate(table, 31), rate(table, 96)]).toEqual([90_000, 0]);
		table.announce(HOST, 46_750, said(0, 1, { media: media(31, 8000) }));
		expect(rate(table, 31)).toBe(90_000);
	});

	it("is what the receiver announced, else the sender; the last word counts", () => {
		const table = new MediaTable();
		table.announce("10.0.0.2", 5004, said(0, 1, { media: media(96, 16_000) }));
		expect([rate(table, 96, 0), rate(table, 96, 1), rate(table, 97)]).toEqual([16_000, 16_000, 0]);
		table.announce(HOST, 46_750, said(0, 1, { media: media(96, 48_000) }));
		expect([rate(table, 96, 0), rate(table, 96, 1)]).toEqual([48_000, 16_000]);
		table.announce(HOST, 46_750, said(1, 2, { media: media(96, 32_000) }));
		expect(rate(table, 96, 0)).toBe(32_000);
		table.announce(HOST, 46_750, said(2, 3));
		expect(rate(table, 96, 0)).toBe(16_000);
	});

	it("is announced for ends of the flow: the first one that is known tells the protocol", () => {
		const table = new MediaTable();
		expect(table.announcedFor(store, 0)).toBeNull();
		table.announce(HOST, 46_750, said(0, 1, { protocol: "t38" }));
		expect(table.announcedFor(store, 0)).toBe("t38");
		table.announce("10.0.0.2", 5004, said(0));
		expect(table.announcedFor(store, 0)).toBe("rtp");
		table.announce("10.0.0.2", 5005, said(0, 1, { protocol: "rtcp" }));
		expect(table.announcedFor(store, 0)).toBe("rtp");
	});
});
