import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FragmentTable } from "../../src/flow/fragments.ts";
import { FlowTable } from "../../src/flow/table.ts";
import { PacketView } from "../../src/packet/view.ts";
import { analyse } from "../support/analyse.ts";
import { ethernet, type IPv4Options, ipv4, ipv6, ipv6Fragment, type Part, udp } from "../support/packet-builder.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";
/** A datagram of 48 bytes with its header, in pieces of 24. */
const whole = udp(1000, 2000, new Uint8Array(40).fill(1)).bytes;

const at = (seconds: number, packet: Part) => ({ packet, time: seconds * 1e9 });
const head = (from = A, to = B, id = 7) =>
	ethernet(ipv4(from, to, whole.subarray(0, 24), { id, protocol: 17, moreFragments: true }));
const tail = (from = A, to = B, id = 7, options: IPv4Options = {}) =>
	ethernet(ipv4(from, to, whole.subarray(24), { id, protocol: 17, fragmentOffset: 24, ...options }));
const LENGTH = 14 + 20 + 24;

/** Packets of each flow, by side, and fragments in none. */
function counted(packets: Parameters<typeof analyse>[0]): { flows: number[][]; orphans: number } {
	const { store, orphanFragments } = analyse(packets).table;
	const flows = Array.from({ length: store.size }, (_, flow) => [store.packets(flow, 0), store.packets(flow, 1)]);
	return { flows, orphans: orphanFragments };
}

describe("a later fragment", () => {
	it("is counted in the flow of its packet's first one, with its direction", () => {
		const other = ethernet(ipv4(A, "10.0.0.9", udp(1000, 2000, "x")));
		const response = udp(2000, 1000, new Uint8Array(40)).bytes;
		const answer = ethernet(ipv4(B, A, response.subarray(0, 24), { id: 5, protocol: 17, moreFragments: true }));
		const { table } = analyse([
			at(0, other),
			at(1, head()),
			at(2, tail()),
			at(3, answer),
			at(4, tail(B, A, 5)),
			at(5, tail(B, A, 5)),
		]);
		const { store } = table;
		expect([store.packets(0, 0), store.packets(1, 0), store.packets(1, 1), table.orphanFragments]).toEqual([
			1, 2, 3, 0,
		]);
		expect([store.bytes(1, 0), store.bytes(1, 1), store.first(1), store.last(1)]).toEqual([
			2 * LENGTH,
			3 * LENGTH,
			1e9,
			5e9,
		]);
		expect(table.side).toBe(1);
	});

	it("waits for the first one, and is then counted with it", () => {
		const { table } = analyse([at(1, tail()), at(3, tail()), at(2, head())]);
		const { store } = table;
		expect([store.size, store.packets(0, 0), store.bytes(0, 0), table.orphanFragments]).toEqual([1, 3, 3 * LENGTH, 0]);
		expect([store.first(0), store.last(0)]).toEqual([1e9, 3e9]);
	});

	it("that waited is counted once, though the first one is repeated", () => {
		const { store } = analyse([tail(), head(), head(), tail()].map((packet, n) => at(n, packet))).table;
		expect([store.packets(0, 0), store.bytes(0, 0)]).toEqual([4, 4 * LENGTH]);
	});

	it("that never comes is told, once for each packet, whichever came first", () => {
		const lone = (...packets: readonly Part[]) =>
			analyse(packets.map((packet, n) => at(n, packet))).table.loneFragments;
		expect(lone(head())).toBe(1);
		expect(lone(head(), head(A, B, 8), tail(A, B, 8))).toBe(1);
		expect([lone(head(), tail()), lone(tail(), head()), lone(tail()), lone(head(), head())]).toEqual([0, 0, 0, 1]);
		const ids = [...Array(8193).keys()];
		expect(analyse(ids.map((id) => head(A, B, id))).table.loneFragments).toBe(8193);
	});

	it("is in no flow where its first one never comes", () => {
		expect(counted([at(0, tail()), at(1, tail()), at(2, tail(A, B, 8))])).toEqual({ flows: [], orphans: 3 });
		expect(counted([head(), tail(), tail(A, B, 8)])).toEqual({ flows: [[2, 0]], orphans: 1 });
	});

	it("is none of a whole packet with its identification", () => {
		const unbroken = ethernet(ipv4(A, B, udp(1000, 2000, "x"), { id: 7 }));
		expect(counted([unbroken, tail()])).toEqual({ flows: [[1, 0]], orphans: 1 });
		expect(counted([tail(), unbroken])).toEqual({ flows: [[1, 0]], orphans: 1 });
	});

	it("belongs to no flow before its first one came, even where several flows are known", () => {
		const table = new FlowTable();
		const known = { protocol: 17, src3: 1, dst3: 2 };
		for (const srcPort of [1, 2, 3]) table.update(Object.assign(new PacketView(), known, { srcPort }));
		expect(table.update(Object.assign(new PacketView(), known, { ipId: 7, fragment: true, laterFragment: true }))).toBe(
			-1,
		);
	});

	it("belongs to a first one 30 s away at most, before or after it", () => {
		expect(counted([at(0, head()), at(30, tail())])).toEqual({ flows: [[2, 0]], orphans: 0 });
		expect(counted([at(0, head()), at(30.001, tail())])).toEqual({ flows: [[1, 0]], orphans: 1 });
		expect(counted([at(40, head()), at(10, tail())])).toEqual({ flows: [[2, 0]], orphans: 0 });
		expect(counted([at(40, head()), at(9.999, tail())])).toEqual({ flows: [[1, 0]], orphans: 1 });
		// Each fragment's time counts, not only the first one's.
		expect(counted([at(0, tail()), at(29, tail()), at(58, head())])).toEqual({ flows: [[3, 0]], orphans: 0 });
	});

	it("that was given up is told beside those that wait", () => {
		expect(counted([at(0, tail()), at(1, tail()), at(100, tail())])).toEqual({ flows: [], orphans: 3 });
		expect(counted([at(0, tail()), at(100, tail()), at(101, head())])).toEqual({ flows: [[2, 0]], orphans: 1 });
		expect(counted([at(0, tail()), at(100, head()), at(101, tail())])).toEqual({ flows: [[2, 0]], orphans: 1 });
		expect(counted([at(0, tail()), at(1, head()), at(100, tail()), at(101, head())])).toEqual({
			flows: [[4, 0]],
			orphans: 0,
		});
	});

	it("is found among 8,192 packets, of which the oldest gives way: the same ones in each run", () => {
		const ids = [...Array(8193).keys()];
		const heads = ids.map((id) => head(A, B, id));
		const tails = ids.map((id) => tail(A, B, id));
		expect(counted([...heads, ...tails.slice(1)])).toEqual({ flows: [[8193 + 8192, 0]], orphans: 0 });
		expect(counted([...heads, tails[0]!])).toEqual({ flows: [[8193, 0]], orphans: 1 });
		expect(counted([...tails, heads[0]!, heads[2]!])).toEqual({ flows: [[3, 0]], orphans: 8192 });
	});

	it.each([
		["identification", tail(A, B, 8)],
		["source", tail("10.0.0.3", B)],
		["destination", tail(A, "10.0.0.3")],
		["protocol", tail(A, B, 7, { protocol: 6 })],
		["direction", tail(B, A)],
	])("of another %s is of another packet", (_, other) => {
		expect(counted([head(), other])).toEqual({ flows: [[1, 0]], orphans: 1 });
		expect(counted([other, head()])).toEqual({ flows: [[1, 0]], orphans: 1 });
	});

	it("over IPv6 is found by the whole addresses", () => {
		const six = (more: boolean, source = "fd00:1:2:3:4:5:6:7", id = 0x12345678) =>
			ethernet(
				ipv6(
					source,
					"fd00:a:b:c:d:e:f:8",
					ipv6Fragment(id, more ? 0 : 24, more, whole.subarray(more ? 0 : 24).subarray(0, 24), 17),
				),
			);
		expect(counted([six(true), six(false)])).toEqual({ flows: [[2, 0]], orphans: 0 });
		expect(counted([six(false), six(true)])).toEqual({ flows: [[2, 0]], orphans: 0 });
		for (let byte = 0; byte < 32; byte++) {
			const other = six(false);
			other.bytes[14 + 8 + byte]! ^= 1;
			expect(counted([six(true), other])).toEqual({ flows: [[1, 0]], orphans: 1 });
		}
		expect(counted([six(true), six(false, undefined, 0x12340000)])).toEqual({ flows: [[1, 0]], orphans: 1 });
	});

	it("of many packets at a time finds its own, or none: a newer packet may take an older one's place", () => {
		for (const id of [undefined, 7]) {
			const sources = Array.from({ length: 1000 }, (_, i) => [`10.0.${i >> 8}.${i & 255}`, id ?? i] as const);
			const heads = sources.map(([source, its]) => head(source, B, its));
			const tails = sources.map(([source, its]) => tail(source, B, its));
			const { flows, orphans } = counted([...heads, ...tails]);
			const packets = flows.map(([there]) => there!);
			expect(packets.reduce((sum, count) => sum + count, 0) + orphans).toBe(2000);
			expect(Math.max(...packets)).toBe(2);
			expect(orphans).toBeLessThan(200);
		}
	});
});

const bytes = new Uint8Array(64);
const first = (from: string, to: string, id: number): Part =>
	ethernet(ipv4(from, to, udp(1000, 2000, bytes), { id, moreFragments: true, protocol: 17 }));
const later = (from: string, to: string, id: number): Part =>
	ethernet(ipv4(from, to, bytes, { id, fragmentOffset: 72, protocol: 17 }));
const first6 = (from: string, to: string, id: number): Part =>
	ethernet(ipv6(from, to, ipv6Fragment(id, 0, true, udp(1000, 2000, bytes), 17)));
const later6 = (from: string, to: string, id: number): Part =>
	ethernet(ipv6(from, to, ipv6Fragment(id, 72, false, bytes, 17)));

describe("fragments of several conversations", () => {
	it("belong to the flow of their first one, in both directions apart", () => {
		const { store } = analyse([
			first("10.0.0.1", "10.0.0.2", 7),
			first("10.0.0.2", "10.0.0.1", 7),
			later("10.0.0.1", "10.0.0.2", 7),
			at(1, later("10.0.0.1", "10.0.0.2", 7)),
			later("10.0.0.2", "10.0.0.1", 7),
		]).table;
		const packets = Array.from({ length: store.size }, (_, flow) => store.packets(flow, 0) + store.packets(flow, 1));
		expect(packets.reduce((sum, count) => sum + count)).toBe(5);
		expect(store.packets(0, 0)).toBe(3);
	});

	it("of another conversation are none of it, though the upper bits of both ends differ alike", () => {
		const { table } = analyse([first("10.0.0.1", "10.0.0.2", 7), later("138.0.0.1", "138.0.0.2", 7)]);
		expect([table.store.packets(0, 0), table.orphanFragments]).toEqual([1, 1]);
	});

	it("are counted once each, as a flow's, as orphans or as copies, whatever comes", () => {
		const host = fc.integer({ min: 1, max: 3 });
		const any = fc.tuple(fc.boolean(), fc.boolean(), host, host, fc.nat(3), fc.constantFrom(0, 1, 31));
		fc.assert(
			fc.property(fc.array(any, { maxLength: 60 }), (plan) => {
				let now = 0;
				const packets = plan.map(([isV6, isFirst, from, to, id, seconds]) => {
					now += seconds;
					const make = isV6 ? (isFirst ? first6 : later6) : isFirst ? first : later;
					const net = isV6 ? "fd00::" : "10.0.0.";
					return { packet: make(`${net}${from}`, `${net}${to}`, id), time: now * 1e9 };
				});
				const engine = analyse(packets);
				const { table } = engine;
				let counted = table.orphanFragments + engine.summary().duplicates;
				for (let flow = 0; flow < table.store.size; flow++)
					counted += table.store.packets(flow, 0) + table.store.packets(flow, 1);
				expect(counted).toBe(plan.length);
			}),
		);
	});
});

/** Multiplied by 0x9e3779b1, the n-th is such that its upper bits, shifted down, take away its lower ones. */
const hostileId = (n: number) => {
	const upper = ((n & 0x1ffff) << 15) | (((n >> 17) & 3) << 13);
	return Math.imul(upper | ((upper >>> 15) & 0x1fff), 0x0e8b2f51);
};

describe("the fragments that are remembered", () => {
	it.each([
		["in a row", (n: number) => n],
		["that a known hash puts on one chain", hostileId],
		["that differ in their upper bits alone", (n: number) => n << 13],
	])("are found at once, with identifications %s", (_, idOf) => {
		const fragments = new FragmentTable();
		const packet = new PacketView();
		packet.ipVersion = 6;
		// Each entry that is looked at is held against the packet's identification.
		let id = 0;
		let looks = 0;
		Object.defineProperty(packet, "ipId", {
			get: () => {
				looks++;
				return id;
			},
		});
		const COUNT = 20_000;
		for (let n = 0; n < COUNT; n++) {
			id = idOf(n) | 0;
			fragments.hold(packet);
		}
		// Twice for the chain and the entry, and once for each of those that share the chain: one, or a few.
		expect(looks / COUNT).toBeLessThan(20);
	});
});
