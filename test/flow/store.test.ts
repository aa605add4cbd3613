import { describe, expect, it } from "vitest";

import { FlowEnding, FlowStore, isGroupSide, kindOf, sideAddress, sideEndpoint, sideOf } from "../../src/flow/store.ts";
import { DEFAULT_IDLE, idleTimeout } from "../../src/flow/table.ts";
import { closedSides, haveBothSpoken, hearsPeer, isUnderWay, synAckSide, synSide } from "../../src/flow/tcp.ts";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { PacketView } from "../../src/packet/view.ts";
import { analyse, datagram, TestEngine } from "../support/analyse.ts";
import { conversation } from "../support/conversation.ts";
import { at, frame, segment, undeliverable } from "../support/frames.ts";
import {
	captureInterface,
	concat,
	ethernet,
	gre,
	icmp,
	ipv4,
	type Packet,
	tcp,
	udp,
	vlan,
	vxlan,
} from "../support/packet-builder.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";

const echo = (type: number, id: number, from = A, to = B) =>
	frame(from, to, icmp(type, 0, Uint8Array.of(id >> 8, id & 255, 0, 1), from.includes(":") ? 58 : 1));

describe("a flow's record", () => {
	const storeOf = (...packets: Packet[]) => analyse(packets).table.store;

	it("has the last ending that it was given, and keeps what is noted beside it", () => {
		const store = storeOf(datagram("10.0.0.1:40000", "10.0.0.2:53", "x"));
		store.setCarrier(0);
		for (const ending of [FlowEnding.Idle, FlowEnding.Reused, FlowEnding.Closed]) {
			store.end(0, ending);
			expect([store.ending(0), store.carrier(0), store.file(0)]).toEqual([ending, true, 0]);
		}
	});

	it("has both ends, IPv4", () => {
		const store = storeOf(datagram("224.0.0.1:40000", "192.168.255.7:53", "x"));
		expect([sideEndpoint(store, 0, 0), sideEndpoint(store, 0, 1)]).toEqual(["224.0.0.1:40000", "192.168.255.7:53"]);
		expect([store.port(0, 0), store.port(0, 1), store.protocol(0), store.ipVersion(0)]).toEqual([40000, 53, 17, 4]);
		expect([isGroupSide(store, 0, 0), isGroupSide(store, 0, 1)]).toEqual([true, false]);
	});

	it("has both ends, IPv6", () => {
		const store = storeOf(datagram("[fd00:1:2:3:4:5:6:7]:65535", "[ff02:a:b:c:d:e:f:8]:1", "x"));
		expect([sideAddress(store, 0, 0), sideAddress(store, 0, 1)]).toEqual(["fd00:1:2:3:4:5:6:7", "ff02:a:b:c:d:e:f:8"]);
		expect([store.port(0, 0), store.port(0, 1), store.protocol(0), store.ipVersion(0)]).toEqual([65535, 1, 17, 6]);
		expect([isGroupSide(store, 0, 0), isGroupSide(store, 0, 1)]).toEqual([false, true]);
		const words = ([0, 1] as const).map((side) =>
			([0, 1, 2, 3] as const).map((word) => store.addressWord(0, side, word)),
		);
		expect(words[0]).toEqual([0xfd000001 | 0, 0x00020003, 0x00040005, 0x00060007]);
		expect(words[1]).toEqual([0xff02000a | 0, 0x000b000c, 0x000d000e, 0x000f0008]);
	});

	it("tells a conversation of a host with itself", () => {
		const one = "fd00:1:2:3:4:5:6:7";
		const changed = Array.from({ length: 8 }, (_, group) =>
			one
				.split(":")
				.map((text, i) => (i === group ? "99" : text))
				.join(":"),
		);
		const store = storeOf(
			datagram("127.0.0.1:1", "127.0.0.1:2", "x"),
			datagram("127.0.0.1:1", "127.0.0.2:2", "x"),
			datagram(`[${one}]:1`, `[${one}]:2`, "x"),
			...changed.map((other) => datagram(`[${one}]:1`, `[${other}]:2`, "x")),
		);
		const same = Array.from({ length: store.size }, (_, flow) => store.sameAddress(flow));
		expect(same).toEqual([true, false, true, ...changed.map(() => false)]);
	});

	it("has the time of its packet, be it one alone", () => {
		const store = storeOf(
			at(5, datagram("10.0.0.1:1", "10.0.0.2:2", "x")),
			at(7, datagram("10.0.0.3:1", "10.0.0.2:2", "x")),
		);
		expect([0, 1].map((flow) => [store.first(flow), store.last(flow)])).toEqual([
			[5e9, 5e9],
			[7e9, 7e9],
		]);
	});

	it("has the first packet's file and number, with room for large ones", () => {
		const engine = new TestEngine(new FlowTracker({ severalFiles: true }), [captureInterface(), captureInterface()]);
		const packets = [
			{ packet: datagram("10.0.0.1:1", "10.0.0.2:2", "x"), interface: 0 },
			{ packet: datagram("10.0.0.3:1", "10.0.0.2:2", "y"), interface: 1 },
		];
		engine.observe(packets, 3_000_000_000, 300);
		const { store } = engine;
		expect([store.file(0), store.file(1)]).toEqual([300, 300]);
		expect([store.firstNumber(0), store.firstNumber(1)]).toEqual([3_000_000_001, 3_000_000_002]);
		expect([store.ending(1), store.tunnelled(1), store.carrier(1)]).toEqual([FlowEnding.Open, false, false]);
	});

	it("knows tunnels: who carries, and who is carried", () => {
		const inner = ipv4("172.16.0.1", "172.16.0.2", udp(1, 2, "x"));
		for (const outer of [gre(inner), vxlan(5, ethernet(inner)), inner]) {
			const store = storeOf(ethernet(ipv4(A, B, outer)));
			expect([store.carrier(0), store.tunnelled(0), store.carrier(1), store.tunnelled(1)]).toEqual([
				true,
				false,
				false,
				true,
			]);
			expect([sideAddress(store, 0, 0), sideAddress(store, 1, 0)]).toEqual([A, "172.16.0.1"]);
		}
	});

	it("that is carried, of TCP, ends like any other", () => {
		const [syn] = conversation(">S");
		const carried = (from: string, to: string, sequence: number, flags: number) =>
			ethernet(ipv4(A, B, gre(ipv4(from, to, tcp(1000, 80, { flags, sequence })))));
		const store = storeOf(carried("1.1.1.1", "2.2.2.2", 5, 16), carried("1.1.1.1", "2.2.2.2", 900, 2), syn!);
		expect([0, 1, 2].map((flow) => [store.ending(flow), store.tunnelled(flow), store.carrier(flow)])).toEqual([
			[FlowEnding.Open, false, true],
			[FlowEnding.Reused, true, false],
			[FlowEnding.Open, true, false],
		]);
	});
});

describe("the side of a flow that sends a packet", () => {
	const PORTS = (1000 << 16) | 2000;
	const WORDS = ["src0", "src1", "src2", "src3", "dst0", "dst1", "dst2", "dst3"] as const;
	const packet = (ipVersion: 4 | 6, change: Partial<PacketView> = {}) =>
		Object.assign(new PacketView(), {
			ipVersion,
			protocol: 17,
			...Object.fromEntries(WORDS.map((word, n) => [word, ipVersion === 6 || word.endsWith("3") ? n + 1 : 0])),
			...change,
		});
	const swapped = (one: PacketView): PacketView => {
		const { src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = one;
		const ends = { src0: dst0, src1: dst1, src2: dst2, src3: dst3, dst0: src0, dst1: src1, dst2: src2, dst3: src3 };
		return Object.assign(new PacketView(), one, ends);
	};
	const back = (ports: number) => (ports << 16) | (ports >>> 16);
	/** Of a record that this packet opened. */
	const sideIn = (opened: PacketView, one: PacketView, ports = PORTS, kind = kindOf(17, one.ipVersion, false)) => {
		const store = new FlowStore();
		store.open(packet(4), 1, kindOf(6, 4, false), 0);
		const flow = store.open(opened, PORTS, kindOf(17, opened.ipVersion, false), 0);
		return sideOf(store.words(flow), store.base(flow), one, ports, kind);
	};

	it.each([4, 6] as const)("is told by all of both addresses and ports, IPv%i", (version) => {
		const opened = packet(version);
		expect(sideIn(opened, opened)).toBe(0);
		expect(sideIn(opened, swapped(opened), back(PORTS))).toBe(1);
		for (const word of WORDS) {
			const isTold = version === 6 || word.endsWith("3");
			const other = packet(version, { [word]: 99 });
			expect(sideIn(opened, other), word).toBe(isTold ? -1 : 0);
			expect(sideIn(opened, swapped(other), back(PORTS)), word).toBe(isTold ? -1 : 1);
		}
		for (const ports of [PORTS + 1, PORTS + 0x10000]) {
			expect(sideIn(opened, opened, ports)).toBe(-1);
			expect(sideIn(opened, swapped(opened), back(ports))).toBe(-1);
		}
		expect([sideIn(opened, swapped(opened)), sideIn(opened, opened, back(PORTS))]).toEqual([-1, -1]);
	});

	it("is told by protocol, version and kind of ICMP", () => {
		const opened = packet(4);
		for (const kind of [kindOf(6, 4, false), kindOf(17, 6, false), kindOf(17, 4, true)])
			expect(sideIn(opened, opened, PORTS, kind)).toBe(-1);
	});

	it("is the first one's where both ends are the same", () => {
		const opened = packet(4, { dst3: 4 });
		const ports = (7 << 16) | 7;
		const store = new FlowStore();
		const kind = kindOf(17, 4, false);
		const flow = store.open(opened, ports, kind, 0);
		expect(sideOf(store.words(flow), store.base(flow), opened, ports, kind)).toBe(0);
	});

	it("is told by VLAN tags only where there are two", () => {
		const side = (flow: number, vlan: number) => sideIn(packet(4, { vlan: flow }), packet(4, { vlan }));
		expect([side(0, 0), side(5, 5), side(5, 0), side(0, 5), side(5, 6)]).toEqual([0, 0, 0, 0, -1]);
	});
});

describe("what the session part writes in a record", () => {
	it("is each flow's own, wherever the record lies", () => {
		const store = new FlowStore();
		const COUNT = 5000;
		const packet = Object.assign(new PacketView(), { ipVersion: 4, protocol: 17 });
		for (let n = 0; n < COUNT; n++) store.open(packet, n, kindOf(17, 4, false), 0);
		const before = ([0, 1, 4095, 4096, 4999] as const).map((flow) => [
			store.evidence(flow),
			store.sessionHandle(flow),
			store.transfer(flow),
			store.taken(flow, 0),
			store.taken(flow, 1),
		]);
		expect(new Set(before.flat())).toEqual(new Set([0]));
		for (let flow = 0; flow < COUNT; flow++) {
			store.setEvidence(flow, flow + 1);
			store.setEvidence(flow, -flow);
			store.setSessionHandle(flow, 2 * flow);
			store.setTransfer(flow, 3 * flow);
			store.take(flow, 0, flow);
			store.take(flow, 0, 5);
			store.take(flow, 1, 4 * flow);
		}
		for (let flow = 0; flow < COUNT; flow++) {
			const all = [store.evidence(flow), store.sessionHandle(flow), store.transfer(flow)];
			const taken = [store.taken(flow, 0), store.taken(flow, 1)];
			if (all.join() !== [-flow, 2 * flow, 3 * flow].join() || taken.join() !== [flow + 5, 4 * flow].join())
				expect([flow, all, taken]).toEqual([]);
		}
		expect([store.size, store.packets(7, 0), store.first(7), store.port(7, 1)]).toEqual([COUNT, 0, 0, 7]);
	});

	it("is beside the analysis that a TCP flow gets with its first data", () => {
		const handle = (notation: string) => {
			const { store } = analyse(conversation(notation)).table;
			return store.analysisHandle(0) > 0;
		};
		expect([handle(">S"), handle(">S <SA >A >PA+5 <A")]).toEqual([false, true]);
		const { store } = analyse([datagram("10.0.0.1:1", "10.0.0.2:2", "x")]).table;
		expect(store.analysisHandle(0)).toBe(0);
	});
});

describe("ICMP", () => {
	it("flows are those of one echo identifier, both ways", () => {
		const { store } = analyse([
			echo(8, 0x1234),
			echo(0, 0x1234, B, A),
			echo(8, 0x1235),
			echo(8, 0x1234, A, "10.0.0.3"),
		]).table;
		expect([store.size, store.packets(0, 0), store.packets(0, 1)]).toEqual([3, 1, 1]);
		expect([store.icmp(0), store.icmp(1)]).toEqual([0x0800_1234, 0x0800_1235]);
	});

	it("flows are those of one type and code where there is no identifier", () => {
		const quoted = datagram("10.0.0.2:1", "10.0.0.1:2", "x");
		const message = (type: number, code: number) => undeliverable(A, quoted, B, type, code);
		const { store } = analyse([message(3, 1), message(3, 3), message(3, 1), message(11, 1)]).table;
		expect(Array.from({ length: store.size }, (_, flow) => store.packets(flow, 0))).toEqual([2, 1, 1]);
		expect([store.icmp(0) >>> 16, store.icmp(1) >>> 16, store.icmp(2) >>> 16]).toEqual([0x0301, 0x0303, 0x0b01]);
	});

	it("messages without an identifier are no echo of another number", () => {
		// Type 3, code 3 would read as ports like an echo's identifier 0x0303.
		const quoted = datagram("10.0.0.2:1", "10.0.0.1:2", "x");
		const { store } = analyse([echo(8, 0x0303), undeliverable(A, quoted, B, 3, 3)]).table;
		expect(store.size).toBe(2);
	});

	it("of IPv6 is told apart like that of IPv4", () => {
		const six = (type: number, id: number, from = "fd00::1", to = "fd00::2") => echo(type, id, from, to);
		const { store } = analyse([six(128, 7), six(129, 7, "fd00::2", "fd00::1"), six(128, 8)]).table;
		expect([store.size, store.packets(0, 1), store.icmp(0) >>> 0]).toEqual([2, 1, 0x8000_0007]);
	});

	it("tells of no flow by a ping that it quotes, which has no ports", () => {
		const { sessions } = analyse([echo(8, 9), undeliverable("10.0.0.5", echo(8, 9), A, 3, 1, 60)]);
		expect(sessions.incidents.of(0)).toEqual([]);
	});

	it("tells of the flow that it quotes, whichever side sent it", () => {
		const { table, sessions } = analyse([
			datagram("10.0.0.1:1000", "10.0.0.2:2000", "x"),
			datagram("10.0.0.9:1000", "10.0.0.2:2000", "x"),
			undeliverable("10.0.0.5", datagram("10.0.0.2:2000", "10.0.0.1:1000", "xy"), "10.0.0.2", 3, 1),
			undeliverable("10.0.0.5", datagram("10.0.0.3:2000", "10.0.0.1:1000", "xy"), "10.0.0.3", 3, 1),
		]);
		expect(table.store.size).toBe(4);
		expect([0, 1, 2, 3].map((flow) => sessions.incidents.of(flow).length)).toEqual([1, 0, 0, 0]);
	});
});

describe("silence", () => {
	const esp = () => ethernet(ipv4(A, B, concat([0, 0, 0, 1, 0, 0, 0, 1]), { protocol: 50 }));
	const udpLite = () => ethernet(ipv4(A, B, concat([0, 1, 0, 2, 0, 8, 0, 0]), { protocol: 136 }));

	it.each([
		["TCP", 7500, () => segment("10.0.0.1:1", "10.0.0.2:2", { flags: 16 })],
		["UDP", 180, () => datagram("10.0.0.1:1", "10.0.0.2:2", "x")],
		["UDP-Lite", 180, udpLite],
		["ICMP", 60, () => echo(8, 9)],
		["ICMPv6", 60, () => echo(128, 9, "fd00::1", "fd00::2")],
		["another protocol", 300, esp],
	])("of %s ends a flow after %i s", (_, limit, packet) => {
		const flows = (apart: number) => {
			const { store } = analyse([at(1, packet()), at(1 + apart, packet())]).table;
			return Array.from({ length: store.size }, (_, flow) => store.ending(flow));
		};
		expect(flows(limit)).toEqual([FlowEnding.Open]);
		expect(flows(limit + 0.001)).toEqual([FlowEnding.Idle, FlowEnding.Open]);
	});

	it("is told by protocol", () => {
		expect([6, 17, 136, 1, 58, 50].map((protocol) => idleTimeout(DEFAULT_IDLE, protocol) / 1e9)).toEqual([
			7500, 180, 180, 60, 60, 300,
		]);
	});

	it("is as long as one says", () => {
		const ends = (idle: object, packet: Packet) => {
			const of = (seconds: number) => ({ ...(packet as { packet: Uint8Array }), time: seconds * 1e9 });
			return analyse([of(0), of(11)], { idle }).table.store.size;
		};
		const of = (packet: { bytes: Uint8Array }) => ({ packet, time: 0 });
		const all: [string, Packet][] = [
			["tcp", of(segment("10.0.0.1:1", "10.0.0.2:2", { flags: 16 }))],
			["udp", of(datagram("10.0.0.1:1", "10.0.0.2:2", "x"))],
			["icmp", of(echo(8, 9))],
			["other", of(esp())],
		];
		for (const [name, packet] of all)
			for (const other of ["tcp", "udp", "icmp", "other"])
				expect(ends({ [other]: 10e9 }, packet)).toBe(name === other ? 2 : 1);
	});
});

describe("VLAN tags", () => {
	const tagged = (tag: number, from = "10.0.0.1:1", to = "10.0.0.2:2") => {
		const [[source, sport], [target, dport]] = [from.split(":"), to.split(":")];
		return ethernet(vlan(tag, ipv4(source!, target!, udp(Number(sport), Number(dport), "x"))));
	};
	const plain = datagram("10.0.0.1:1", "10.0.0.2:2", "x");
	const flows = (...packets: Packet[]) => {
		const { store } = analyse(packets).table;
		return Array.from({ length: store.size }, (_, flow) => [
			store.vlan(flow),
			store.packets(flow, 0) + store.packets(flow, 1),
		]);
	};

	it("tell conversations of the same ports apart, again and again", () => {
		expect(flows(tagged(10), tagged(20), tagged(10), tagged(20), tagged(20, "10.0.0.2:2", "10.0.0.1:1"))).toEqual([
			[10, 2],
			[20, 3],
		]);
	});

	it("stay with the flow that an untagged packet joins, and come to one that has none", () => {
		expect(flows(tagged(10), plain, tagged(10), plain)).toEqual([[10, 4]]);
		expect(flows(plain, tagged(10), plain, tagged(10), tagged(20))).toEqual([
			[10, 4],
			[20, 1],
		]);
	});
});

describe("what a TCP connection shows of its sides", () => {
	/** The first side's value, then the second's. */
	function shown(notation: string, numbers?: readonly [number, number]) {
		const { store } = analyse(conversation(notation, numbers && { numbers })).table;
		const words = store.tcpWords(0);
		const state = store.tcpBase(0);
		const both = (of: typeof hearsPeer) => [of(words, state, 0), of(words, state, 1)];
		return {
			syn: synSide(words, state),
			synAck: synAckSide(words, state),
			underWay: isUnderWay(words, state),
			bothSpoke: haveBothSpoken(words, state),
			closed: [0, 1].map((side) => (closedSides(words, state) & (1 << side)) !== 0),
			hears: both(hearsPeer),
		};
	}

	const OPEN = ">S <SA >A";
	const SHOWN: readonly (readonly [notation: string, shown: object])[] = [
		[">S", { syn: 0, synAck: -1, underWay: false, bothSpoke: false, closed: [false, false], hears: [false, false] }],
		[">S <SA", { syn: 0, synAck: 1, underWay: true, bothSpoke: false, closed: [false, false], hears: [false, false] }],
		[OPEN, { syn: 0, synAck: 1, underWay: true, bothSpoke: true, closed: [false, false], hears: [true, false] }],
		["<SA >S", { syn: -1, synAck: 0, underWay: true }],
		[">S <S", { syn: -1, synAck: -1, underWay: false, bothSpoke: false }],
		[">S <S >SA@0 <SA@0", { syn: -1, synAck: -1, underWay: true, bothSpoke: true }],
		[">S <RA", { syn: 0, synAck: -1, underWay: false, bothSpoke: false, closed: [false, true] }],
		[">S <A", { underWay: true, bothSpoke: false, closed: [false, false] }],
		[">S >A", { underWay: true, bothSpoke: false, hears: [true, false] }],
		[">S >PA+5", { underWay: true, hears: [true, false] }],
		[">S >F", { underWay: true, bothSpoke: false, closed: [true, false], hears: [true, false] }],
		[">PA+5 <A", { bothSpoke: true, hears: [false, true] }],
		[">PA+5 >PA+5#9", { bothSpoke: false, hears: [true, false] }],
		[">A#1 >A#1", { hears: [false, false] }],
		[">A#1 >A#2", { hears: [true, false] }],
		[">A#9 >A#1", { hears: [false, false] }],
		[">A#1 >RA#9", { hears: [false, false] }],
		[">A#1 >A#9 >A#1", { hears: [true, false] }],
		[">A#1 >A#2000000", { hears: [true, false] }],
		[">. >A#9", { hears: [false, false] }],
		[`${OPEN} <FA`, { closed: [false, true] }],
		[`${OPEN} >R`, { closed: [true, false] }],
		["<FA >A", { underWay: true, bothSpoke: true, closed: [true, false] }],
	];

	it.each(SHOWN)("%s", (notation, expected) => {
		expect(shown(notation)).toMatchObject(expected);
	});

	it("does not depend on where sequence numbers begin", () => {
		for (const numbers of [
			[0x9000_0000, 0xa000_0000],
			[0xffff_fffc, 0x7fff_fffc],
		] as const)
			for (const [notation] of SHOWN) expect(shown(notation, numbers), notation).toEqual(shown(notation));
	});

	it("hears the peer where its numbers run through 0, and not where a broken packet acknowledges 0", () => {
		expect(shown(">A#1 >A#16", [1000, 0xffff_fff0]).hears).toEqual([true, false]);
		expect(shown(`>A#1 >A#${-0x9000_0000}`, [1000, 0x9000_0000]).hears).toEqual([false, false]);
	});
});
