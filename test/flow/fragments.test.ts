import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../support/analyse.ts";
import { ethernet, ipv4, ipv6, ipv6Fragment, type Part, udp } from "../support/packet-builder.ts";

const bytes = new Uint8Array(64);
const first = (from: string, to: string, id: number): Part =>
	ethernet(ipv4(from, to, udp(1000, 2000, bytes), { id, moreFragments: true, protocol: 17 }));
const later = (from: string, to: string, id: number): Part =>
	ethernet(ipv4(from, to, bytes, { id, fragmentOffset: 72, protocol: 17 }));
const first6 = (from: string, to: string, id: number): Part =>
	ethernet(ipv6(from, to, ipv6Fragment(id, 0, true, udp(1000, 2000, bytes), 17)));
const later6 = (from: string, to: string, id: number): Part =>
	ethernet(ipv6(from, to, ipv6Fragment(id, 72, false, bytes, 17)));

describe("later fragments", () => {
	it("belong to the flow of their first one, in both directions apart", () => {
		const { store } = analyse([
			first("10.0.0.1", "10.0.0.2", 7),
			first("10.0.0.2", "10.0.0.1", 7),
			later("10.0.0.1", "10.0.0.2", 7),
			later("10.0.0.1", "10.0.0.2", 7),
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

	it("are counted once each, as a flow's or as orphans, whatever comes", () => {
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
				const { table } = analyse(packets);
				let counted = table.orphanFragments;
				for (let flow = 0; flow < table.store.size; flow++)
					counted += table.store.packets(flow, 0) + table.store.packets(flow, 1);
				expect(counted).toBe(plan.length);
			}),
		);
	});
});
