import { describe, expect, it, vi } from "vitest";
import { trackingOf } from "../../src/analyse.ts";
import { readPacketLog } from "../../src/compare/packet-log.ts";
import { pairFlows } from "../../src/compare/pairs.ts";
import { TcpFlag } from "../../src/packet/view.ts";
import { withFiles } from "../support/capture-file.ts";
import { ethernet, ipv4, udp, vlan } from "../support/packet-builder.ts";
import { captured, datagram, passing, payload, type Sighting, segment, sidesOf } from "../support/two-captures.ts";

const { SYN, ACK, PSH, RST } = TcpFlag;
const SERVER = "198.51.100.53:443";
const NAT = "203.0.113.1";

/** Datagrams both ways, past a router, for 8 s. */
const talk = (): Sighting[] =>
	Array.from({ length: 9 }, (_, i) => {
		const there = (ttl: number) => datagram("10.0.0.5:5000", "198.51.100.9:6000", payload(2 * i), { ttl, id: i + 1 });
		const back = (ttl: number) =>
			datagram("198.51.100.9:6000", "10.0.0.5:5000", payload(2 * i + 1), { ttl, id: i + 1 });
		return [...passing(0, i, [there(64), there(63)]), ...passing(1, i + 0.01, [back(59), back(60)])];
	}).flat();

/** Connections whose client's sequence numbers are others on the outside, behind one address. */
const renumbered = (): Sighting[] =>
	Array.from({ length: 3 }, (_, i) => {
		const moved = Math.imul(0x1234_5678, i + 1);
		const sent = (at: number, flags: number, sequence: number, data: Uint8Array = new Uint8Array()) =>
			passing(0, at, [
				segment(`10.0.0.5:${4100 + i}`, SERVER, { flags, sequence }, data, { ttl: 64 }),
				segment(`${NAT}:${6100 + i}`, SERVER, { flags, sequence: sequence + moved }, data, { ttl: 63 }),
			]);
		return [...sent(i, SYN, 1000), ...sent(i + 0.1, PSH | ACK, 1001, payload(100 + i))];
	}).flat();

const request = (from: string, sequence: number) => segment(from, SERVER, { flags: SYN, sequence });

describe("flows that no packet ties", () => {
	it.each([
		[
			"a query",
			() => datagram("10.0.0.7:40001", SERVER, payload(90, 40)),
			() => datagram("198.51.100.80:51515", SERVER, payload(91, 38)),
		],
		["a connection request", () => request("10.0.0.7:40001", 77), () => request("198.51.100.80:51515", 99)],
	])("are not one for going to one server at one time: %s", async (_, blocked, unrelated) => {
		const result = await sidesOf([
			...talk(),
			{ capture: 0, at: 6, frame: blocked() },
			{ capture: 1, at: 6.03, frame: unrelated() },
		]);
		expect(result.translations).toEqual([]);
		const found = result.conversations.filter(({ inside, outside }) => inside.length + outside.length === 1);
		expect(found.map(({ verdict }) => verdict)).toEqual(["blocked", "local"]);
	});

	it("are supposed to be one where sequence numbers are changed, and show no translation by themselves", async () => {
		const result = await sidesOf([
			...renumbered(),
			{ capture: 0, at: 5, frame: request("10.0.0.8:4200", 77) },
			{ capture: 1, at: 5.0003, frame: request("203.0.113.2:6200", 99) },
		]);
		expect(result.translations).toMatchObject([{ inside: "10.0.0.5", outside: NAT, conversations: 3 }]);
		expect(result.conversations).toHaveLength(4);
		const supposed = result.conversations.find(({ inside }) => inside[0]!.client === "10.0.0.8:4200")!;
		expect(supposed.outside[0]!.client).toBe("203.0.113.2:6200");
		expect(supposed.reasons.join()).toMatch(/is supposed by their server and time/);
		expect(result.conversations.filter(({ reasons }) => reasons.join().includes("supposed"))).toHaveLength(1);
	});
});

/** All packets of a capture that has no more than so many. */
function logOf(path: string, packets: number) {
	return readPacketLog([path], { packets, maxPackets: packets, tracking: trackingOf([path], {}) });
}

describe("flows between the same ends", () => {
	it("are held only against those of their time, however often the ends are used again", async () => {
		const count = 300;
		const reused = Array.from({ length: count }, (_, i) => {
			const frame = request("10.0.0.5:5060", i * 1000);
			const refusal = segment(SERVER, "10.0.0.5:5060", { flags: RST | ACK, acknowledgement: i * 1000 + 1 });
			return [...passing(0, i * 3, [frame, frame]), ...passing(1, i * 3 + 0.01, [refusal, refusal])];
		}).flat();
		await withFiles([captured(reused, 0), captured(reused, 1)], async (paths) => {
			const [a, b] = await Promise.all(paths.map((path) => logOf(path, reused.length)));
			const looked = vi.spyOn(b!.store, "last");
			const { groups } = pairFlows(a!, b!);
			expect(groups.map(({ flows }) => flows)).toEqual(Array.from({ length: count }, (_, i) => [[i], [i]]));
			expect(looked.mock.calls.length).toBeLessThan(5 * count);
		});
	});

	it("are found though many came and went while another one lasted", async () => {
		const on = (id: number, at: number, text: string) => {
			const frame = ethernet(vlan(id, ipv4("10.0.0.5", "10.0.0.9", udp(5000, 5001, text))));
			return passing(0, at, [frame, frame]);
		};
		const times = Array.from({ length: 100 }, (_, i) => 200 * i);
		const sightings = times.flatMap((at) => [...on(1, at, "a"), ...on(1, at + 100, "b"), ...on(2, at + 1, "c")]);
		await withFiles([captured(sightings, 0), captured(sightings, 1)], async (paths) => {
			const [a, b] = await Promise.all(paths.map((path) => logOf(path, sightings.length)));
			expect([a!.store.size, b!.store.size]).toEqual([101, 101]);
			const { groups } = pairFlows(a!, b!);
			expect(groups.flatMap(({ flows: [inside, outside] }) => [inside.length, outside.length])).not.toContain(0);
			expect(groups.flatMap(({ flows: [inside] }) => inside).length).toBe(101);
		});
	});

	it("are held against a few of those of one time, of which a flood of VLAN tags can make very many", async () => {
		const count = 400;
		const tagged = Array.from({ length: count }, (_, i) => {
			const frame = ethernet(vlan(i + 1, ipv4("10.0.0.5", "10.0.0.9", udp(5000, 5001, "few"))));
			return passing(0, i / 1e5, [frame, frame]);
		}).flat();
		await withFiles([captured(tagged, 0), captured(tagged, 1)], async (paths) => {
			const [a, b] = await Promise.all(paths.map((path) => logOf(path, tagged.length)));
			const looked = vi.spyOn(b!.store, "last");
			const { groups } = pairFlows(a!, b!);
			expect(looked.mock.calls.length).toBeLessThan(100 * count);
			const found = groups.map(({ flows }) => flows.map((each) => each.length));
			expect(found.reduce((sum, [inside]) => sum + inside!, 0)).toBe(count);
			expect(found.filter(([inside, outside]) => inside === 0 || outside === 0)).toEqual([]);
		});
	});
});
