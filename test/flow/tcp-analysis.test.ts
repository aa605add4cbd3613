import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SideFigures, type TcpFigures, tcpFigures } from "../../src/flow/tcp-figures.ts";
import { analyse } from "../support/analyse.ts";
import { at, FLAGS, segment } from "../support/frames.ts";
import type { TcpOptions } from "../support/packet-builder.ts";

const CLIENT = "10.0.0.1:1000";
const SERVER = "10.0.0.2:80";
const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = FLAGS;

type Segment = readonly [seconds: number, sender: "c" | "s", options: TcpOptions, bytes?: number];

/** Sequence numbers begin at 100 for the client and at 500 for the server. */
const HANDSHAKE: readonly Segment[] = [
	[0, "c", { flags: SYN, sequence: 99 }],
	[0.02, "s", { flags: SYN | ACK, sequence: 499, acknowledgement: 100 }],
	[0.021, "c", { flags: ACK, sequence: 100, acknowledgement: 500 }],
];

function frames(segments: readonly Segment[]) {
	return segments.map(([seconds, sender, options, bytes = 0]) => {
		const [from, to] = sender === "c" ? [CLIENT, SERVER] : [SERVER, CLIENT];
		return at(seconds, segment(from, to, { flags: ACK, window: 1000, ...options }, "x".repeat(bytes)));
	});
}

function figures(...segments: readonly Segment[]): TcpFigures {
	return tcpFigures(analyse(frames(segments)).table.store, 0)!;
}

/** What both sides did besides sending data, counts of 0 and places left out. */
function counts(...segments: readonly Segment[]): Partial<SideFigures>[] {
	return figures(...segments).sides.map(({ segments: _, ...side }) =>
		Object.fromEntries(Object.entries(side).filter(([, count]) => typeof count === "number" && count > 0)),
	);
}

const data = (seconds: number, sequence: number, bytes: number, acknowledgement = 500): Segment => [
	seconds,
	"c",
	{ sequence, acknowledgement },
	bytes,
];
const ack = (seconds: number, acknowledgement: number, options: TcpOptions = {}): Segment => [
	seconds,
	"s",
	{ sequence: 500, acknowledgement, ...options },
];

describe("the analysis of a segment", () => {
	it("finds nothing in a connection that goes well", () => {
		const well = [...HANDSHAKE, data(1, 100, 10), ack(1.01, 110), data(2, 110, 10), ack(2.01, 120)];
		expect(counts(...well)).toEqual([{}, {}]);
		expect(figures(...well).sides.map(({ segments }) => segments)).toEqual([2, 0]);
	});

	it("tells a retransmission: seen before, and later than the round trip", () => {
		expect(counts(...HANDSHAKE, data(1, 100, 10), data(1.2, 100, 10))).toEqual([{ retransmissions: 1 }, {}]);
		expect(counts(...HANDSHAKE, data(1, 100, 10), data(1.001, 110, 10), data(1.2, 100, 10))).toEqual([
			{ retransmissions: 1 },
			{},
		]);
	});

	it("tells a fast one: asked for by two duplicate acknowledgements at least, 20 ms ago at most", () => {
		const lost = [...HANDSHAKE, data(1, 100, 10), ack(1.01, 110), data(1.02, 120, 10), ack(1.03, 110), ack(1.04, 110)];
		const counted = { lostSegments: 1, retransmissions: 1 };
		expect(counts(...lost, data(1.059, 110, 10))).toEqual([
			{ ...counted, fastRetransmissions: 1 },
			{ duplicateAcks: 2 },
		]);
		expect(counts(...lost, data(1.061, 110, 10))).toEqual([counted, { duplicateAcks: 2 }]);
		expect(counts(...lost.slice(0, -1), data(1.049, 110, 9))).toEqual([counted, { duplicateAcks: 1 }]);
	});

	it("tells a spurious one: acknowledged before", () => {
		expect(counts(...HANDSHAKE, data(1, 100, 10), ack(1.01, 110), data(1.2, 100, 10))).toEqual([
			{ retransmissions: 1, spuriousRetransmissions: 1 },
			{},
		]);
	});

	it("tells what is out of order: late by less than the round trip, or 3 ms where that is not known", () => {
		const swapped = (late: number) => [data(1, 100, 10), data(1.001, 120, 10), data(1.001 + late, 110, 9)];
		const reordered = { lostSegments: 1, outOfOrder: 1, reordered: 1 };
		expect(counts(...HANDSHAKE, ...swapped(0.01))).toEqual([reordered, {}]);
		expect(counts(...HANDSHAKE, ...swapped(0.02))).toEqual([{ lostSegments: 1, outOfOrder: 1 }, {}]);
		expect(counts(...HANDSHAKE, ...swapped(0.022))).toEqual([{ lostSegments: 1, retransmissions: 1 }, {}]);
		expect(counts(...swapped(0.0029))).toEqual([reordered, {}]);
		expect(counts(...swapped(0.0031))).toEqual([{ lostSegments: 1, retransmissions: 1 }, {}]);
	});

	it("tells what came late only by the age of its own hole", () => {
		const two = [data(1, 100, 10), data(1.001, 120, 10), data(1.004, 140, 10)];
		const late = (seconds: number, sequence: number) => counts(...HANDSHAKE, ...two, data(seconds, sequence, 10))[0];
		expect(late(1.011, 110)).toEqual({ lostSegments: 2, outOfOrder: 1, reordered: 1 });
		expect(late(1.013, 110)).toEqual({ lostSegments: 2, outOfOrder: 1 });
		expect(late(1.013, 130)).toEqual({ lostSegments: 2, outOfOrder: 1, reordered: 1 });
	});

	it("tells copies that a mirror port made", () => {
		const twice = [
			data(1, 100, 10),
			data(1.0002, 100, 10),
			ack(1.01, 110),
			data(1.0101, 110, 10),
			data(1.0103, 110, 10),
		];
		expect(counts(...HANDSHAKE, ...twice)).toEqual([{ retransmissions: 2, notLoss: 2 }, {}]);
	});

	it("counts duplicate acknowledgements only where number and window stay and nothing is sent", () => {
		const start = [...HANDSHAKE, data(1, 100, 10), ack(1.01, 110)];
		expect(counts(...start, ack(1.02, 110), ack(1.03, 110))).toEqual([{}, { duplicateAcks: 2 }]);
		expect(
			counts(...start, ack(1.02, 110, { window: 900 }), [1.03, "s", { sequence: 500, acknowledgement: 110 }, 5]),
		).toEqual([{}, {}]);
	});

	it("counts keep-alives, which are no retransmissions, and whose answers are no duplicates", () => {
		const start = [...HANDSHAKE, data(1, 100, 10), ack(1.01, 110)];
		expect(counts(...start, data(60, 109, 0), ack(60.02, 110), data(120, 109, 1), ack(120.02, 110))).toEqual([
			{ keepAlives: 2 },
			{},
		]);
	});

	it("counts zero windows, but not what probes them", () => {
		const full = ack(1.01, 110, { window: 0 });
		const probed = [data(1.5, 110, 1), ack(1.51, 110, { window: 0 }), ack(3.01, 110), data(3.1, 110, 20)];
		expect(counts(...HANDSHAKE, data(1, 100, 10), full, ...probed)).toEqual([
			{},
			{ zeroWindows: 2, longestStall: 2000 },
		]);
		expect(counts(...HANDSHAKE, data(1, 100, 10), full)[1]).toEqual({ zeroWindows: 1 });
		expect(counts(...HANDSHAKE, data(1, 100, 10), full, data(5, 110, 1))[1]).toEqual({
			zeroWindows: 1,
			longestStall: 3990,
		});
	});

	it("tells what the capture lacks once for each place", () => {
		const lacking = [data(1, 100, 10), data(1.01, 130, 10), ack(1.02, 140), ack(1.03, 200), ack(1.04, 300)];
		expect(counts(...HANDSHAKE, ...lacking)).toEqual([{ lostSegments: 1 }, { ackedLostSegments: 2 }]);
	});

	it("compares numbers round the end of their space", () => {
		const start = 0xfffffffa;
		const turn = [data(1, start, 10), data(1.1, 4, 10), data(1.3, start, 10), data(1.4, 14, 10)];
		expect(counts(...turn)).toEqual([{ retransmissions: 1 }, {}]);
	});

	it("does not judge by the numbers of a reset, nor by those of a SYN that another one replaces", () => {
		const stray: Segment = [0.03, "c", { flags: RST, sequence: 0x7000_0000 }];
		expect(counts(...HANDSHAKE, stray, data(1, 100, 10), data(2, 110, 10))).toEqual([{}, {}]);
		const [first, ...rest] = HANDSHAKE;
		const old: Segment = [0.01, "s", { flags: ACK, sequence: 0x7000_0000, acknowledgement: 7 }];
		expect(counts(first!, old, ...rest, [1, "s", { sequence: 500, acknowledgement: 100 }, 10])[1]).toEqual({
			retransmissions: 1,
			notLoss: 1,
		});
	});
});

describe("the handshake", () => {
	it("is timed on both ways from the last request", () => {
		const { serverTime, clientTime, syns, established, halfOpen } = figures(
			[0, "c", { flags: SYN, sequence: 99 }],
			[1, "c", { flags: SYN, sequence: 99 }],
			[1.02, "s", { flags: SYN | ACK, sequence: 499, acknowledgement: 100 }],
			[2.02, "s", { flags: SYN | ACK, sequence: 499, acknowledgement: 100 }],
			[2.07, "c", { flags: ACK, sequence: 100, acknowledgement: 500 }],
			data(9, 100, 10),
		);
		expect([serverTime, clientTime].map((time) => Math.round(time! / 1e6))).toEqual([20, 50]);
		expect([syns, established, halfOpen]).toEqual([2, true, false]);
	});

	it("is half open until the client answers anything", () => {
		expect(figures(...HANDSHAKE.slice(0, 2))).toMatchObject({ halfOpen: true, established: false, clientTime: null });
		expect(figures(...HANDSHAKE.slice(0, 2), [1, "c", { flags: RST, sequence: 100 }])).toMatchObject({
			halfOpen: false,
			established: false,
			clientTime: null,
			resetBy: 0,
		});
		expect(figures(...HANDSHAKE.slice(1, 2)).halfOpen).toBe(false);
	});

	it("counts requests alone without a record of their own", () => {
		const scan = Array.from({ length: 3 }, (_, i): Segment => [i, "c", { flags: SYN, sequence: 99 }]);
		const { store } = analyse(frames(scan)).table;
		expect(store.analysisHandle(0)).toBe(-3);
		expect(tcpFigures(store, 0)).toMatchObject({
			syns: 3,
			resetBy: null,
			sides: [{ retransmissions: 2, notLoss: 2 }, {}],
		});
		expect(figures(...scan, [3, "s", { flags: RST | ACK, acknowledgement: 100 }])).toMatchObject({
			syns: 3,
			resetBy: 1,
		});
		expect(counts(...scan, ...HANDSHAKE.slice(1).map(([t, ...rest]): Segment => [t + 3, ...rest]))).toEqual([
			{ retransmissions: 2, notLoss: 2 },
			{},
		]);
	});
});

describe("a reset", () => {
	const start = [...HANDSHAKE, data(1, 100, 10), ack(1.01, 110)];

	it("is told with the situation in which it came", () => {
		const reset = (...segments: readonly Segment[]) => figures(...start, ...segments).reset;
		const byServer: Segment = [4, "s", { flags: RST | ACK, sequence: 500, acknowledgement: 110 }];
		expect(reset(byServer)).toEqual({
			side: 1,
			afterFin: false,
			afterAlert: false,
			afterPeersData: true,
			unacknowledged: false,
			wait: 3e9,
			place: { file: 0, number: 6, time: 4e9 },
		});
		expect(reset([2, "c", { flags: FIN | ACK, sequence: 110, acknowledgement: 500 }], byServer)?.afterFin).toBe(true);
		expect(reset(data(2, 110, 10), [3, "c", { flags: RST, sequence: 120 }])).toMatchObject({
			side: 0,
			afterPeersData: false,
			unacknowledged: true,
		});
	});

	it("after a TLS alert is known", () => {
		const alert = at(
			2,
			segment(CLIENT, SERVER, { flags: ACK, sequence: 100, acknowledgement: 500 }, "\x15\x03\x03\0\x02\x01\0"),
		);
		const reset = at(3, segment(CLIENT, SERVER, { flags: RST, sequence: 107 }));
		const { store } = analyse([...frames(HANDSHAKE), alert, reset]).table;
		expect(tcpFigures(store, 0)?.reset?.afterAlert).toBe(true);
	});

	it("was not the host's own where the host goes on", () => {
		const injected: Segment = [2, "s", { flags: RST, sequence: 500 }];
		expect(figures(...start, injected).reset?.side).toBe(1);
		expect(figures(...start, injected, [3, "s", { sequence: 500, acknowledgement: 110 }, 5]).reset).toBeNull();
	});
});

describe("any packets", () => {
	it("make no count larger than the packets of its side", () => {
		const number = fc.oneof(
			fc.integer({ min: 90, max: 130 }),
			fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
		);
		const any = fc.tuple(
			fc.constantFrom("c", "s"),
			fc.integer({ min: 0, max: 63 }),
			number,
			number,
			fc.constantFrom(0, 0, 1, 2, 30),
			fc.constantFrom(0, 1000),
			fc.constantFrom(0, 1e-4, 0.01, 1),
		);
		fc.assert(
			fc.property(fc.array(any, { maxLength: 40 }), (packets) => {
				let time = 0;
				const segments = packets.map(([sender, flags, sequence, acknowledgement, bytes, window, later]): Segment => {
					time += later;
					return [time, sender as "c" | "s", { flags, sequence, acknowledgement, window }, bytes];
				});
				const { store } = analyse(frames(segments)).table;
				for (let flow = 0; flow < store.size; flow++) {
					const { sides, syns } = tcpFigures(store, flow)!;
					for (const side of [0, 1] as const) {
						const { longestStall, firstAgain, firstReordered, firstZeroWindow, ...others } = sides[side];
						const again = others.retransmissions - others.notLoss + others.outOfOrder - others.reordered;
						expect(firstAgain === null).toBe(again === 0);
						expect(firstReordered === null).toBe(others.reordered === 0);
						expect(firstZeroWindow === null).toBe(others.zeroWindows === 0);
						for (const count of Object.values(others)) expect(count).toBeLessThanOrEqual(store.packets(flow, side));
						expect(longestStall).toBeLessThanOrEqual(Math.ceil((store.last(flow) - store.first(flow)) / 1e6));
						expect(others.fastRetransmissions + others.spuriousRetransmissions).toBeLessThanOrEqual(
							others.retransmissions,
						);
						expect(others.notLoss).toBeLessThanOrEqual(others.retransmissions);
						expect(others.reordered).toBeLessThanOrEqual(others.outOfOrder);
					}
					expect(syns).toBeLessThanOrEqual(store.packets(flow, 0) + store.packets(flow, 1));
				}
			}),
		);
	});
});
