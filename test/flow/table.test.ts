import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse, datagram, splitEndpoint } from "../support/analyse.ts";
import { ethernet, ipv4, type Packet, tcp, vlan } from "../support/packet-builder.ts";

const A = "10.0.0.1:1000";
const B = "10.0.0.2:2000";
const at = (seconds: number, packet: Packet) => ({ packet: packet as { bytes: Uint8Array }, time: seconds * 1e9 });

describe("a flow", () => {
	it("takes both directions, and counts each by who sent first", () => {
		const { store } = analyse([datagram(A, B, "ab"), datagram(B, A, "abc"), datagram(A, B, "a")]).table;
		expect(store.size).toBe(1);
		expect([store.packets(0, 0), store.packets(0, 1)]).toEqual([2, 1]);
		expect([store.bytes(0, 0), store.bytes(0, 1)]).toEqual([42 + 2 + 42 + 1, 42 + 3]);
		expect([store.port(0, 0), store.port(0, 1)]).toEqual([1000, 2000]);
		expect([store.first(0), store.last(0), store.firstNumber(0)]).toEqual([0, 2e6, 1]);
	});

	it("is another one for another protocol, port or address", () => {
		const { store } = analyse([
			datagram(A, B, "x"),
			datagram(A, "10.0.0.2:2001", "x"),
			datagram("10.0.0.3:1000", B, "x"),
			ethernet(ipv4("10.0.0.1", "10.0.0.2", tcp(1000, 2000, { flags: 16 }))),
			datagram("[fd00::1]:1000", "[fd00::2]:2000", "x"),
		]).table;
		expect(store.size).toBe(5);
	});

	it("ends after silence", () => {
		const { store } = analyse([
			at(0, datagram(A, B, "x")),
			at(179, datagram(B, A, "x")),
			at(360, datagram(A, B, "x")),
		]).table;
		expect(store.size).toBe(2);
		expect(
			analyse([at(0, datagram(A, B, "x")), at(61, datagram(A, B, "x"))], { idle: { udp: 60e9 } }).table.store.size,
		).toBe(2);
	});

	it("keeps its times where packets come out of order", () => {
		const { store } = analyse([
			at(5, datagram(A, B, "x")),
			at(1, datagram(A, B, "x")),
			at(3, datagram(A, B, "x")),
		]).table;
		expect([store.first(0), store.last(0)]).toEqual([1e9, 5e9]);
	});

	it("on two VLANs is two flows, but an untagged direction belongs to the tagged one", () => {
		const ip = (from: string, to: string) =>
			ipv4(splitEndpoint(from).address, splitEndpoint(to).address, tcp(1000, 2000, { flags: 16 }));
		const tagged = analyse([ethernet(vlan(10, ip(A, B))), ethernet(vlan(20, ip(A, B)))]).table.store;
		expect([tagged.size, tagged.vlan(0), tagged.vlan(1)]).toEqual([2, 10, 20]);
		const mixed = analyse([
			ethernet(ipv4("10.0.0.1", "10.0.0.2", tcp(1000, 2000, { flags: 16 }))),
			ethernet(vlan(10, ipv4("10.0.0.2", "10.0.0.1", tcp(2000, 1000, { flags: 16 })))),
		]).table.store;
		expect([mixed.size, mixed.vlan(0), mixed.packets(0, 1)]).toEqual([1, 10, 1]);
	});
});

describe("the table", () => {
	it("refuses flows beyond its limit and counts their packets", () => {
		const { table } = analyse(
			[datagram(A, B, "x"), datagram(A, "10.0.0.9:1", "x"), datagram(A, "10.0.0.9:1", "x"), datagram(B, A, "x")],
			{ maxFlows: 1 },
		);
		expect([table.store.size, table.refused, table.store.packets(0, 1)]).toEqual([1, 2, 1]);
	});

	it("agrees with a naive one", () => {
		const address = fc.integer({ min: 1, max: 4 });
		const port = fc.integer({ min: 1, max: 3 });
		fc.assert(
			fc.property(fc.array(fc.tuple(address, port, address, port), { maxLength: 200 }), (tuples) => {
				const naive = new Map<string, number>();
				const packets = tuples.map(([a, p, b, q]) => {
					const from = `10.0.0.${a}:${p}`;
					const to = `10.0.0.${b}:${q}`;
					const key = [from, to].sort().join(" ");
					naive.set(key, (naive.get(key) ?? 0) + 1);
					return datagram(from, to, "x");
				});
				const { store } = analyse(packets).table;
				const counts = Array.from({ length: store.size }, (_, flow) => store.packets(flow, 0) + store.packets(flow, 1));
				expect(counts).toEqual([...naive.values()]);
			}),
		);
	});

	it("grows past its first size", () => {
		const flows = 9000;
		const once = Array.from({ length: flows }, (_, i) => datagram(`10.1.${i >> 8}.${i & 255}:1000`, B, "x"));
		const { store } = analyse([...once, ...once]).table;
		expect(store.size).toBe(flows);
		for (let flow = 0; flow < flows; flow++) expect(store.packets(flow, 0)).toBe(2);
	});
});
