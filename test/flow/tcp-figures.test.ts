import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TcpFigures, tcpFigures } from "../../src/flow/tcp-figures.ts";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { analyse, datagram, TestEngine } from "../support/analyse.ts";
import { conversation } from "../support/conversation.ts";
import { at, segment } from "../support/frames.ts";
import { ethernet, ipv4, type Packet, tcp } from "../support/packet-builder.ts";

const CLIENT = "10.0.0.1:1000";
const SERVER = "10.0.0.2:80";

function figuresOf(packets: readonly Packet[]): TcpFigures {
	return tcpFigures(analyse(packets).table.store, 0)!;
}

const figures = (notation: string) => figuresOf(conversation(notation));

const OPEN = ">S <SA >A";
/** A handshake after which the round trip is known, in milliseconds. */
const trip = (ms: number) => `>S <SAt${ms / 2e3} >At${ms / 1e3}`;

describe("a copy that the capture made", () => {
	const again = (ms: number, seconds: number) =>
		figures(`${trip(ms)} >PA+10t1 >PA+10@1t${1 + seconds}`).sides[0].notLoss;

	it.each([
		[20, 0.0099, 0.0101],
		[200, 0.0499, 0.0501],
		[0.4, 0.00049, 0.00051],
	])("comes within half a round trip (%d ms), half a millisecond at least, 50 ms at most", (ms, soon, later) => {
		expect([again(ms, soon), again(ms, later)]).toEqual([1, 0]);
	});

	it("may be of data that was acknowledged between", () => {
		const { sides } = figures(`${trip(20)} >PA+10t1 <At1.001 >PA+10@1t1.002`);
		expect(sides[0]).toMatchObject({ retransmissions: 1, spuriousRetransmissions: 1, notLoss: 1, firstAgain: null });
	});

	it("is none of a SYN or FIN, which tell of no loss of data at all", () => {
		expect(figures(`${OPEN} >FAt1 >FA@1t3`).sides[0]).toMatchObject({
			retransmissions: 1,
			notLoss: 1,
			firstAgain: null,
		});
	});
});

describe("a segment that is sent again", () => {
	const told = (notation: string) => figures(notation).sides[0];
	const asked = `${trip(20)} >PA+10t1 >PA+10@21t1.001 <A#11t1.002 <A#11t1.018 <A#11t1.019`;

	it("is no copy where it was asked for, however soon it comes after other data", () => {
		const { fastRetransmissions, notLoss, firstAgain } = told(`${asked} >PA+10@31t1.02 >PA+10@11t1.022`);
		expect([fastRetransmissions, notLoss, firstAgain?.number]).toEqual([1, 0, 10]);
	});

	it("is a fast one only where it is the one that was asked for", () => {
		expect(told(`${asked} >PA+10@31t1.021 >PA+10@21t1.036`)).toMatchObject({ fastRetransmissions: 0 });
		expect(told(`${asked} >PA+10@31t1.021 >PA+10@11t1.036`)).toMatchObject({ fastRetransmissions: 1 });
	});

	it("ends with its FIN: it is what was sent last, not out of order", () => {
		expect(told(`${trip(40)} >FA+10t1 >FA+10@1t1.03`)).toMatchObject({ retransmissions: 1, outOfOrder: 0 });
	});

	it("is new data where it repeats the one byte of a probe", () => {
		expect(told(`${OPEN} >PA+10t1 >PA+5@10t2`)).toMatchObject({ retransmissions: 0, outOfOrder: 0, segments: 2 });
	});

	it("was late where it fills the oldest of four holes", () => {
		const holes = ">PA+10@21t1.001 >PA+10@41t1.002 >PA+10@61t1.003 >PA+10@81t1.004";
		expect(told(`${trip(40)} >PA+10@1t1 ${holes} >PA+10@11t1.006`)).toMatchObject({ lostSegments: 4, reordered: 1 });
	});

	it.each([
		`>PA+10t1 <At1.001 >PA+10@1t1.5`,
		`>PA+10t1 >PA+10@21t1.001 <A#11t1.002 <A#11t1.018 <A#11t1.019 >PA+10@11t1.03`,
		`>PA+9t1 >PA+9@19t1.001 >PA+9@10t1.005 >PA+9@19t2 >PA+9@40t3 >PA+9@60t4 >PA+9@50t5`,
		`>PA+10t1 <Aw0t2 >PA+1@11t3 <Aw0t4 <Aw9t5 >PA+10@11t6 >PA+1@20t7 <A#99t8 >PA+1@20t9`,
	])("is told of either side in the same way: %s", (notation) => {
		const swapped = [...notation].map((letter) => ({ "<": ">", ">": "<" })[letter] ?? letter).join("");
		const [client, server] = figures(`${trip(20)} ${notation}`).sides;
		expect(figures(`${trip(20)} ${swapped}`).sides).toEqual([server, client]);
	});
});

describe("places", () => {
	it("are those of the first packet of each kind, of each side", () => {
		const both = `${trip(20)} >PA+10t1 >PA+10@1t2 >PA+10@1t3 <PA+10t4 <PA+10@1t5 <PA+10@1t6`;
		const [client, server] = figures(both).sides;
		expect([client.firstAgain, server.firstAgain]).toMatchObject([
			{ number: 5, time: 2e9, file: 0 },
			{ number: 8, time: 5e9, file: 0 },
		]);
		const late = `${trip(20)} >PA+9@1t1 >PA+9@19t1.001 >PA+9@10t1.005 <PA+9@1t2 <PA+9@19t2.001 <PA+8@10t2.005`;
		const [one, other] = figures(late).sides;
		expect([one, other]).toMatchObject([
			{ reordered: 1, firstReordered: { number: 6 }, firstAgain: null },
			{ reordered: 1, firstReordered: { number: 9 }, firstAgain: null },
		]);
		const full = figures(`${OPEN} >Aw0 <Aw0 >Aw0 <Aw0`).sides;
		expect(full.map(({ firstZeroWindow }) => firstZeroWindow?.number)).toEqual([4, 5]);
	});

	it("have the file and the time", () => {
		expect(figures(OPEN).firstSynAck).toMatchObject({ file: 0, number: 2, time: 10e6 });
	});

	it("of the SYN-ACK is that of the first one", () => {
		expect(figures(">S >S@0t1 <SAt2 <SA@0t3 >At4").firstSynAck).toMatchObject({ number: 3, time: 2e9 });
		expect(figures(">S <S").firstSynAck).toBeNull();
	});
});

describe("the handshake", () => {
	it("is timed whichever side sent its first packet first", () => {
		const told = ({ serverTime, clientTime, syns }: TcpFigures) => [serverTime, clientTime, syns];
		expect(told(figures(">S <SAt0.25 >At1"))).toEqual([250e6, 750e6, 1]);
		expect(told(figures("<SA >At0.5"))).toEqual([null, 500e6, 0]);
		expect(told(figures("<SA <At0.5 >At1"))).toEqual([null, null, 0]);
		expect(told(figures(">S <S"))).toEqual([null, null, 2]);
		expect(told(figures(">S <SAt0.25 >At1 >S@0t2"))).toEqual([250e6, 750e6, 2]);
		expect(told(figures(">S <SAt0.25 >S@0t1 <SA@0t1.1 >At1.3"))).toEqual([100e6, 200e6, 2]);
	});

	it("is half open where only SYNs came back", () => {
		const told = ({ halfOpen, established }: TcpFigures) => [halfOpen, established];
		expect(told(figures(">S <SA"))).toEqual([true, false]);
		expect(told(figures(">S <SA >S@0"))).toEqual([true, false]);
		expect(told(figures(">S <SA <A"))).toEqual([true, false]);
		expect(told(figures(">S <SA >A"))).toEqual([false, true]);
		expect(told(figures(">S"))).toEqual([false, false]);
	});
});

describe("a reset", () => {
	it("waits from the last new data, else from the last packet", () => {
		const wait = (notation: string) => Math.round(figures(notation).reset!.wait / 1e6);
		expect(wait(`${OPEN} <At1 >At3 <RAt4`)).toBe(1000);
		expect(wait(`${OPEN} >At1 <At3 <RAt4`)).toBe(1000);
		expect(wait(`${OPEN} >PA+9t1 <At2 >At3 <RAt4`)).toBe(3000);
		expect(wait(`${OPEN} <PA+9t2 >At3 <RAt4`)).toBe(2000);
	});

	it("is told with who spoke last, and whether all was acknowledged, for both sides", () => {
		const told = (notation: string) => {
			const { side, afterPeersData, unacknowledged, afterFin } = figures(notation).reset!;
			return { side, afterPeersData, unacknowledged, afterFin };
		};
		const none = { afterPeersData: false, unacknowledged: false, afterFin: false };
		expect(told(`${OPEN} >PA+9 <A <RA`)).toEqual({ ...none, side: 1, afterPeersData: true });
		expect(told(`${OPEN} <PA+9 >A >RA`)).toEqual({ ...none, side: 0, afterPeersData: true });
		expect(told(`${OPEN} <PA+9 <RA`)).toEqual({ ...none, side: 1, unacknowledged: true });
		expect(told(`${OPEN} >PA+9 >RA`)).toEqual({ ...none, side: 0, unacknowledged: true });
		expect(told(`${OPEN} <FA >A <R`)).toEqual({ ...none, side: 1, afterFin: true });
	});

	it("that another side's packet follows stays; what the host itself sends after it shows that it was not its own", () => {
		const by = (notation: string) => figures(notation).reset?.side ?? null;
		expect(by(`${OPEN} <RA >A`)).toBe(1);
		expect(by(`${OPEN} <RA <RA`)).toBe(1);
		expect(by(`${OPEN} <RA <A`)).toBeNull();
		expect(by(`${OPEN} >R <A`)).toBe(0);
		expect(by(`${OPEN} >R >A`)).toBeNull();
		expect(by(`${OPEN} >R >A <R`)).toBe(1);
	});

	it("by both sides is the first one's", () => {
		expect([figures(`${OPEN} >R <R`).resetBy, figures(`${OPEN} <R >R`).resetBy]).toEqual([0, 1]);
		expect([figures(">S <R").resetBy, figures(">S <R >R").resetBy, figures(">S >R").resetBy]).toEqual([1, 1, 0]);
		expect(figures(">S <R")).toMatchObject({ established: false, halfOpen: false, reset: null });
	});

	it("is known to follow a TLS alert by the alert's looks", () => {
		const isAfterAlert = (payload: Uint8Array) => {
			const say = at(2, segment(CLIENT, SERVER, { flags: 16, sequence: 1001, acknowledgement: 5001 }, payload));
			const reset = at(3, segment(CLIENT, SERVER, { flags: 4, sequence: 1001 + payload.length }));
			return figuresOf([...conversation(OPEN), say, reset]).reset!.afterAlert;
		};
		const record = (type: number, length: number) => Uint8Array.from({ length }, (_, i) => (i === 0 ? type : 3));
		expect([7, 31, 85, 86].map((length) => isAfterAlert(record(21, length)))).toEqual([true, true, true, false]);
		expect([23, 24, 25].map((length) => isAfterAlert(record(23, length)))).toEqual([false, true, false]);
		expect(isAfterAlert(record(22, 24))).toBe(false);
	});
});

describe("the longest stall", () => {
	it("is the longest of several, of each side", () => {
		const told = (notation: string) => figures(notation).sides.map(({ longestStall }) => longestStall);
		expect(told(">A <Aw0t1 <At3 <Aw0t4 <At5")).toEqual([0, 2000]);
		expect(told(">A <Aw0t1 <At2 <Aw0t4 <At7")).toEqual([0, 3000]);
		expect(told(">A <A >Aw0t1 >At2 >Aw0t4 >At7 >Aw0t8 >At9")).toEqual([3000, 0]);
	});
});

describe("what is not judged", () => {
	it("is a fragment, and a header that the snaplen cut", () => {
		const whole = conversation(`${OPEN} >PA+10t1`);
		const again = tcp(1000, 80, { flags: 16, sequence: 1001, acknowledgement: 5001 }, "x".repeat(12));
		const fragment = ethernet(ipv4("10.0.0.1", "10.0.0.2", again.bytes, { protocol: 6, moreFragments: true, id: 3 }));
		const cut = ethernet(ipv4("10.0.0.1", "10.0.0.2", again)).bytes.subarray(0, 14 + 20 + 16);
		const judged = (packet: Packet) => figuresOf([...whole, packet]).sides[0].retransmissions;
		expect(judged(at(2, ethernet(ipv4("10.0.0.1", "10.0.0.2", again))))).toBe(1);
		expect(judged(at(2, fragment))).toBe(0);
		expect(judged({ packet: cut, time: 2e9, wireLength: 66 })).toBe(0);
	});

	it("is another protocol", () => {
		expect(tcpFigures(analyse([datagram("10.0.0.1:1", "10.0.0.2:2", "x")]).table.store, 0)).toBeUndefined();
	});
});

it("many connections keep their figures apart", () => {
	const many = Array.from({ length: 1100 }, (_, i) =>
		conversation(`${OPEN} ${i % 3 === 0 ? ">PA+10t1 >PA+10@1t2" : "<PA+5t1"}`, { client: `10.0.0.1:${2000 + i}` }),
	);
	const { store } = analyse(many.flat()).table;
	expect(store.size).toBe(1100);
	for (let flow = 0; flow < store.size; flow++) {
		const { sides } = tcpFigures(store, flow)!;
		expect(sides.map(({ retransmissions }) => retransmissions)).toEqual(flow % 3 === 0 ? [1, 0] : [0, 0]);
		expect(sides.map(({ segments }) => segments)).toEqual(flow % 3 === 0 ? [2, 0] : [0, 1]);
	}
});

describe("the figures of a side", () => {
	it("in which nothing went wrong are its segments alone, however many", () => {
		const nothing = figures(">S <SA >A").sides[0];
		fc.assert(
			fc.property(fc.integer({ min: 100, max: 1100 }), (segments) => {
				const { sides } = figures(`${OPEN}${" >PA+1".repeat(segments)}`);
				expect(sides).toEqual([{ ...nothing, segments }, nothing]);
			}),
			{ numRuns: 5 },
		);
	});

	it("count no probe of a zero window as a keep-alive, but a byte that is sent again into an open one", () => {
		const keepAlives = (notation: string) => figures(`${OPEN} >PA+10t1 ${notation}`).sides[0].keepAlives;
		expect(keepAlives("<Aw0t2 >PA+1@11t3 <Aw0t4 >PA+1@11t5")).toBe(0);
		expect(keepAlives("<At2 >PA+1@11t3 >PA+1@11t5")).toBe(1);
		expect(keepAlives("<Aw0t2 >PA+1@10t3")).toBe(1);
	});

	it("have the longest stall, also one that lasts to the end", () => {
		expect(figures(`${OPEN} >Aw0t1 <At5`).sides[0].longestStall).toBe(4000);
		expect(figures(`${OPEN} <Aw0t1 >At5`).sides[1].longestStall).toBe(4000);
	});

	it("tell in which file of several a packet is", () => {
		const engine = new TestEngine(new FlowTracker({ severalFiles: true }));
		engine.observe(conversation(`${trip(20)} >PA+10t1 >PA+10@1t2 <Aw0t3 <Rt4`), 0, 3);
		const { firstSynAck, sides, reset } = tcpFigures(engine.table.store, 0)!;
		const places = [firstSynAck, sides[0].firstAgain, sides[1].firstZeroWindow, reset!.place];
		expect(places.map((place) => [place?.file, place?.number])).toEqual([
			[3, 2],
			[3, 5],
			[3, 6],
			[3, 7],
		]);
	});
});
