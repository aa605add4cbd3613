import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowEnding } from "../../src/flow/store.ts";
import { FlowTable } from "../../src/flow/table.ts";
import { PacketView, TcpFlag } from "../../src/packet/view.ts";
import { analyse, datagram, splitEndpoint } from "../support/analyse.ts";
import { ethernet, ipv4, type Packet, type TcpOptions, tcp, vlan } from "../support/packet-builder.ts";

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

	it("on any number of VLANs is as many, each with its own packets of both directions", () => {
		const VLANS = 3000;
		const there = ipv4("10.0.0.1", "10.0.0.2", tcp(1000, 2000, { flags: 16 }));
		const back = ipv4("10.0.0.2", "10.0.0.1", tcp(2000, 1000, { flags: 16 }));
		const numbers = Array.from({ length: VLANS }, (_, n) => n + 1);
		const { store } = analyse([
			...numbers.map((n) => ethernet(vlan(n, there))),
			...numbers.reverse().map((n) => ethernet(vlan(n, back))),
		]).table;
		expect(store.size).toBe(VLANS);
		const flows = Array.from({ length: VLANS }, (_, flow) => flow);
		expect(flows.map((flow) => [store.vlan(flow), store.packets(flow, 0), store.packets(flow, 1)])).toEqual(
			flows.map((flow) => [flow + 1, 1, 1]),
		);
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

	it("leaves a flow open where it has no room for the connection that would end it", () => {
		const from = (port: number, header: TcpOptions) => {
			const [source, target] = port === 1000 ? ["10.0.0.1", "10.0.0.2"] : ["10.0.0.2", "10.0.0.1"];
			return ethernet(ipv4(source, target, tcp(port, 3000 - port, header)));
		};
		const { SYN, ACK } = TcpFlag;
		const { table } = analyse(
			[
				from(1000, { flags: SYN, sequence: 1000 }),
				from(2000, { flags: SYN | ACK, sequence: 9000, acknowledgement: 1001 }),
				from(1000, { flags: ACK, sequence: 1001, acknowledgement: 9001 }),
				from(1000, { flags: SYN, sequence: 700_000_000 }),
				from(1000, { flags: ACK, sequence: 1001, acknowledgement: 9001 }),
			],
			{ maxFlows: 1 },
		);
		const { store } = table;
		expect([table.refused, store.ending(0), store.packets(0, 0)]).toEqual([1, FlowEnding.Open, 3]);
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

	it("finds again what it has opened, and tells whose packet it is, before and after it grows", () => {
		const { table } = analyse(
			Array.from({ length: 9000 }, (_, n) => datagram(`10.1.${n >> 8}.${n & 255}:1000`, B, "x")),
		);
		const packet = (from: number, to: number, srcPort: number, dstPort: number) =>
			Object.assign(new PacketView(), { protocol: 17, src3: from, dst3: to, srcPort, dstPort });
		const [host, other] = [(n: number) => 0x0a010000 + n, 0x0a000002];
		for (let n = 0; n < 9000; n++) {
			const there = [table.find(packet(host(n), other, 1000, 2000)), table.side];
			const back = [table.find(packet(other, host(n), 2000, 1000)), table.side];
			if (`${there} ${back}` !== `${n},0 ${n},1`) expect([there, back]).toEqual(n);
		}
		expect(table.find(packet(host(0), other, 1000, 2001))).toBe(-1);
		expect(table.find(packet(host(9000), other, 1000, 2000))).toBe(-1);
		expect(table.find(Object.assign(packet(host(0), other, 1000, 2000), { protocol: 6 }))).toBe(-1);
		expect(table.store.packets(0, 0)).toBe(1);
	});

	it("finds ICMP by identifier, or by type and code", () => {
		const icmpOf = (protocol: number, type: number, code: number, id: number) =>
			Object.assign(new PacketView(), { protocol, src3: 1, dst3: 2, icmpType: type, icmpCode: code, icmpId: id });
		const kinds = [1, 58].flatMap((protocol): [number, number, number, number][] => [
			[protocol, 8, 0, 7],
			[protocol, 8, 0, 8],
			[protocol, 3, 1, 0],
			[protocol, 3, 3, 0],
			[protocol, 0, 0, 0x0303],
		]);
		const table = new FlowTable();
		for (const [n, kind] of kinds.entries()) expect(table.update(icmpOf(...kind))).toBe(n);
		expect(kinds.map((kind) => table.find(icmpOf(...kind)))).toEqual(kinds.map((_, n) => n));
		// An answer has another type than its echo.
		expect(table.find(icmpOf(1, 0, 0, 7))).toBe(0);
		expect([table.find(icmpOf(1, 3, 2, 0)), table.find(icmpOf(1, 8, 0, 9))]).toEqual([-1, -1]);
	});

	it("finds the newest of the flows on the same ports", () => {
		const { table } = analyse([at(0, datagram(A, B, "x")), at(999, datagram(A, B, "x"))]);
		const packet = Object.assign(new PacketView(), { protocol: 17, src3: 0x0a000001, dst3: 0x0a000002 });
		expect(table.find(Object.assign(packet, { srcPort: 1000, dstPort: 2000 }))).toBe(1);
	});

	it("grows past its first size", () => {
		// More than the first slots hold at all: a table that did not grow would look for a free one for ever.
		const flows = 17_000;
		const table = new FlowTable();
		const packet = Object.assign(new PacketView(), { protocol: 17, dst3: 0x0a000002, srcPort: 1000, dstPort: 2000 });
		const of = (n: number) => table.update(Object.assign(packet, { src3: 0x0a010000 + n }));
		for (let n = 0; n < flows; n++) if (of(n) !== n) expect(n).toBeUndefined();
		for (let n = 0; n < flows; n++) if (of(n) !== n) expect(n).toBeUndefined();
		expect(table.store.size).toBe(flows);
	});

	it("tells of a packet beyond the limit of flows that it belongs to none, even where a flow has its number", () => {
		const table = new FlowTable({ maxFlows: 2 });
		const packet = (srcPort: number) => Object.assign(new PacketView(), { protocol: 17, src3: 1, dst3: 2, srcPort });
		expect([1, 2, 3, 3, 2].map((port) => table.update(packet(port)))).toEqual([0, 1, -1, -1, 1]);
		expect([table.refused, table.store.packets(1, 0)]).toEqual([2, 2]);
	});
});
