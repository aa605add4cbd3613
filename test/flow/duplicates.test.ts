import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DuplicateDetector } from "../../src/flow/duplicates.ts";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { PacketView } from "../../src/packet/view.ts";
import { datagram, TestEngine } from "../support/analyse.ts";
import {
	captureInterface,
	ethernet,
	ipv4,
	ipv6,
	type Packet,
	type Part,
	udp,
	vlan,
} from "../support/packet-builder.ts";

function inTwoPlaces(): TestEngine {
	return new TestEngine(new FlowTracker({ severalFiles: false }), [captureInterface(), captureInterface()]);
}

/** Duplicates among packets of two interfaces; one place where both numbers are the same. */
function duplicatesIn(packets: readonly Packet[]): number {
	const engine = inTwoPlaces();
	for (let from = 0; from < packets.length; from += 500) engine.observe(packets.slice(from, from + 500), from);
	return engine.summary().duplicates;
}

/** Of the same packet on two interfaces, `apart` nanoseconds from one another. */
function twice(one: Part, other: Part = one, apart = 0): number {
	const time = 1e9;
	return duplicatesIn([
		{ packet: one, interface: 0, time },
		{ packet: other, interface: 1, time: time + apart },
	]);
}

const payload = new Uint8Array(80).fill(7);
const plain = (options: object = {}, body: Uint8Array = payload) =>
	ethernet(ipv4("10.0.0.1", "10.0.0.2", udp(1000, 2000, body), { id: 9, ...options }));
const six = (source = "fd00:1:2:3:4:5:6:7", destination = "fd00:a:b:c:d:e:f:8") =>
	ethernet(ipv6(source, destination, udp(1000, 2000, payload)));

describe("a copy of a packet", () => {
	it("is what another interface captured within 100 ms, by whichever clock is ahead", () => {
		const apart = [0, 100e6, -100e6, 100e6 + 1e3, -100e6 - 1e3];
		expect(apart.map((time) => twice(plain(), plain(), time))).toEqual([1, 1, 1, 0, 0]);
	});

	it("on the interface that captured the packet is one with the same identification, as a mirror of two ports makes it", () => {
		const again = (packet: Part, time = 0) => ({ packet, interface: 0, time });
		expect(duplicatesIn([again(plain()), again(plain())])).toBe(1);
		expect(duplicatesIn([again(plain()), again(plain({ ttl: 63 }), 12e6)])).toBe(1);
		expect(duplicatesIn([again(plain()), again(plain(), 101e6)])).toBe(0);
		expect(duplicatesIn([again(plain()), again(plain({ id: 10 }))])).toBe(0);
		expect(duplicatesIn([again(plain({ id: 0 })), again(plain({ id: 0 }))])).toBe(0);
		expect(duplicatesIn([again(six()), again(six())])).toBe(0);
		expect(
			duplicatesIn([again(plain({ id: 0 })), again(plain({ id: 0 })), { packet: plain({ id: 0 }), interface: 1 }]),
		).toBe(1);
	});

	it("is none of another fragment of the same packet, whatever its bytes", () => {
		const fragment = (fragmentOffset: number) =>
			ethernet(ipv4("10.0.0.1", "10.0.0.2", payload, { id: 9, protocol: 17, moreFragments: true, fragmentOffset }));
		const duplicates = (...offsets: readonly number[]) =>
			duplicatesIn(offsets.map((each) => ({ packet: fragment(each), interface: 0, time: 0 })));
		expect([duplicates(0, 80, 160), duplicates(0, 80, 80)]).toEqual([0, 1]);
	});

	it.each([1, 2])("in a capture of %i interfaces is none in another VLAN of the same interface", (interfaces) => {
		const places = Array.from({ length: interfaces }, () => captureInterface());
		const tagged = (id: number) =>
			ethernet(vlan(id, ipv4("10.0.0.1", "10.0.0.2", udp(1000, 2000, payload), { id: 9 })));
		const duplicates = (...ids: readonly number[]) => {
			const engine = new TestEngine(new FlowTracker({ severalFiles: false }), places);
			engine.observe(ids.map((id) => ({ packet: tagged(id), interface: 0, time: 0 })));
			return engine.summary().duplicates;
		};
		expect([duplicates(10, 10), duplicates(10, 20)]).toEqual([1, 0]);
	});

	it("is counted in no flow", () => {
		const engine = inTwoPlaces();
		engine.observe([0, 1].map((place) => ({ packet: plain(), interface: place })));
		const { packets, duplicates } = engine.summary();
		expect([packets, duplicates, engine.table.store.packets(0, 0)]).toEqual([2, 1, 1]);
	});

	it("may differ in what routers and switches change", () => {
		expect(twice(plain(), plain({ ttl: 3, tos: 8 }))).toBe(1);
		expect(twice(plain(), ethernet(vlan(10, ipv4("10.0.0.1", "10.0.0.2", udp(1000, 2000, payload), { id: 9 }))))).toBe(
			1,
		);
		expect(
			twice(
				six(),
				ethernet(ipv6("fd00:1:2:3:4:5:6:7", "fd00:a:b:c:d:e:f:8", udp(1000, 2000, payload), { hopLimit: 2 })),
			),
		).toBe(1);
	});

	it("may be cut by another snaplen beyond the transport header's first 64 bytes, or differ there", () => {
		const [one, other] = [plain(), plain()];
		other.bytes[14 + 20 + 64] = 1;
		expect(twice(one, other)).toBe(1);
		const [short, cut] = [one, { bytes: one.bytes.subarray(0, 14 + 20 + 64) }].map((packet, place) => ({
			packet,
			interface: place,
			time: 0,
			wireLength: one.bytes.length,
		}));
		expect(duplicatesIn([short!, cut!])).toBe(1);
	});

	it("differs in no byte before", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
				const other = plain();
				other.bytes[14 + 20 + at]! ^= change;
				expect(twice(plain(), other)).toBe(0);
			}),
		);
	});

	it("differs in no odd byte at the end of a short payload", () => {
		const short = (length: number, change: number) => {
			const packet = plain(
				{},
				Uint8Array.from({ length }, (_, i) => i),
			);
			packet.bytes[packet.bytes.length - 1]! ^= change;
			return packet;
		};
		for (const length of [1, 2, 3, 4, 5]) {
			expect(twice(short(length, 1), short(length, 1))).toBe(1);
			expect(twice(short(length, 1), short(length, 2))).toBe(0);
		}
	});

	it("has the packet's addresses, identification, protocol and length", () => {
		const of = (source: string, destination: string, id = 9, protocol = 17, body = payload) =>
			ethernet(ipv4(source, destination, { bytes: udp(1000, 2000, body).bytes }, { id, protocol }));
		const one = of("10.0.0.1", "10.0.0.2");
		expect(twice(one, of("10.0.0.1", "10.0.0.2"))).toBe(1);
		expect(twice(one, of("10.0.0.3", "10.0.0.2"))).toBe(0);
		expect(twice(one, of("10.0.0.1", "10.0.0.3"))).toBe(0);
		expect(twice(one, of("10.0.0.2", "10.0.0.1"))).toBe(0);
		expect(twice(one, of("10.0.0.1", "10.0.0.2", 10))).toBe(0);
		expect(twice(one, of("10.0.0.1", "10.0.0.2", 9, 200))).toBe(0);
		const longer = ethernet(
			ipv4("10.0.0.1", "10.0.0.2", { bytes: one.bytes.subarray(34) }, { id: 9, protocol: 17, totalLength: 200 }),
		);
		expect(twice(one, longer)).toBe(0);
	});

	it("has each bit of the packet's IPv6 addresses", () => {
		expect(twice(six(), six())).toBe(1);
		for (let at = 0; at < 32; at++) {
			const other = six();
			other.bytes[14 + 8 + at]! ^= 1 << (at & 7);
			expect(twice(six(), other)).toBe(0);
		}
	});

	it("is none of a packet that differs in two words of its IPv6 addresses, whatever the two changes have in common", () => {
		const word = fc.integer({ min: 0, max: 7 });
		const bit = fc.integer({ min: 0, max: 31 });
		const changed = (changes: readonly (readonly [word: number, bit: number])[]) => {
			const packet = six();
			for (const [at, n] of changes) packet.bytes[14 + 8 + 4 * at + (n >> 3)]! ^= 1 << (n & 7);
			return packet;
		};
		// The same bit in each two words.
		for (let one = 0; one < 8; one++)
			for (let other = 0; other < one; other++)
				expect(
					twice(
						six(),
						changed([
							[one, 4],
							[other, 4],
						]),
					),
				).toBe(0);
		fc.assert(
			fc.property(word, bit, word, bit, (one, first, other, second) => {
				fc.pre(one !== other);
				const changes = [
					[one, first],
					[other, second],
				] as const;
				expect(twice(six(), changed(changes))).toBe(0);
			}),
		);
	});

	it("is none of a packet that only shares its place in the memory", () => {
		const packets = Array.from({ length: 6000 }, (_, i) => ({
			packet: datagram(`10.0.${i >> 8}.${i & 255}:1000`, "10.1.0.1:2000", `${i} of many`),
			interface: i & 1,
			time: 0,
		}));
		expect(duplicatesIn(packets)).toBe(0);
	});

	/** Copies found of packets that all pass before the first copy comes. */
	function foundLater(packets: readonly PacketView[]): number {
		const detector = new DuplicateDetector(true);
		expect(packets.filter((packet) => detector.isDuplicate(packet, 0))).toEqual([]);
		return packets.filter((packet) => detector.isDuplicate(packet, 1)).length;
	}

	const MANY = 4000;
	const many = (change: (packet: PacketView, data: DataView, n: number) => void, length = 40) =>
		Array.from({ length: MANY }, (_, n) => {
			const data = new Uint8Array(length).fill(0x55);
			const payloadLength = length - 8;
			const ends = { end: length, payloadEnd: length, payloadLength, src3: 0x0a000001, dst3: 0x0a000002, protocol: 17 };
			const view = new DataView(data.buffer);
			const packet = Object.assign(new PacketView(), { data, view, ...ends, time: 1e9 });
			change(packet, view, n);
			return packet;
		});

	it.each([
		["identification", many((packet, _, n) => Object.assign(packet, { ipId: n }))],
		["source", many((packet, _, n) => Object.assign(packet, { src3: 0x0a010000 + n }))],
		["destination", many((packet, _, n) => Object.assign(packet, { dst3: 0x0a010000 + n }))],
		["IPv6 source", many((packet, _, n) => Object.assign(packet, { ipVersion: 6, src3: n }))],
		["IPv6 subnet", many((packet, _, n) => Object.assign(packet, { ipVersion: 6, dst1: n }))],
		["port", many((_, data, n) => data.setUint16(0, 1000 + n))],
		["RTP sequence number and time", many((_, data, n) => [data.setUint16(10, n), data.setUint32(12, 160 * n)])],
		["last bytes", many((_, data, n) => data.setUint16(39, n), 41)],
	])("is found among 4,000 packets that differ in %s only", (_, packets) => {
		// Each packet has one of 65,536 places: chance lets 6 of 100 lose theirs to a later one.
		expect(foundLater(packets)).toBeGreaterThan(0.9 * MANY);
	});
});
