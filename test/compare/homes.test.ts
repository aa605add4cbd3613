import { describe, expect, it } from "vitest";
import { TcpFlag } from "../../src/packet/view.ts";
import { datagram, passing, payload, type Sighting, segment, sidesOf } from "../support/two-captures.ts";

const { SYN, ACK } = TcpFlag;
const NAT = "203.0.113.1";

/** What hosts of the inside ask a server on the outside, past a router that translates. */
const outward = (): Sighting[] =>
	Array.from({ length: 3 }, (_, i) => {
		const [inside, outside] = [`10.0.0.${5 + i}:4000`, `${NAT}:${6000 + i}`];
		const server = "198.51.100.9:6000";
		return [
			...passing(0, i, [
				datagram(inside, server, payload(2 * i), { ttl: 64 }),
				datagram(outside, server, payload(2 * i), { ttl: 63 }),
			]),
			...passing(1, i + 0.01, [
				datagram(server, inside, payload(2 * i + 1), { ttl: 59 }),
				datagram(server, outside, payload(2 * i + 1), { ttl: 60 }),
			]),
		];
	}).flat();

describe("what one capture alone has", () => {
	it("is not local for being between public addresses: one of them may be the other side's", async () => {
		const lost = Array.from({ length: 4 }, (_, i) => ({
			capture: 1 as const,
			at: 0.5 + i / 2,
			frame: datagram("198.51.100.77:5060", "192.0.2.50:5060", payload(50 + i)),
		}));
		const { counts, conversations } = await sidesOf([...outward(), ...lost]);
		expect(counts).toMatchObject({ passes: 3, local: 0, "one side only": 1 });
		expect(conversations[0]).toMatchObject({ verdict: "one side only", outside: [{ server: "192.0.2.50:5060" }] });
	});

	it("is local where both ends are known to be on its side", async () => {
		const inside = datagram("10.0.0.5:1000", "10.0.0.6:2000", payload(50));
		const outside = datagram("198.51.100.9:1000", "198.51.100.10:2000", payload(51));
		const { counts } = await sidesOf([
			...outward(),
			{ capture: 0, at: 1, frame: inside },
			{ capture: 1, at: 1.5, frame: outside },
		]);
		expect(counts).toMatchObject({ passes: 3, local: 2 });
	});

	it("is blocked where its server's public address was seen to be one of the inside", async () => {
		// A bridge counts no hops, and of this conversation the answers do not come out: only translation tells the side.
		const pbx = "192.0.2.50";
		const asked = [
			segment("198.51.100.77:5000", "10.0.0.50:5061", { sequence: 9 }),
			segment("198.51.100.77:5000", `${pbx}:5061`, { sequence: 9 }),
		] as const;
		const answer = segment("10.0.0.50:5061", "198.51.100.77:5000", {
			flags: SYN | ACK,
			sequence: 7,
			acknowledgement: 10,
		});
		const result = await sidesOf([
			...outward(),
			...passing(1, 1.2, asked),
			{ capture: 0, at: 1.21, frame: answer },
			{ capture: 1, at: 1.5, frame: segment("198.51.100.80:4200", `${pbx}:80`, { sequence: 5 }) },
		]);
		expect(result.translations).toContainEqual(expect.objectContaining({ inside: "10.0.0.50", outside: pbx }));
		expect(result.conversations.map(({ verdict }) => verdict)).toEqual([
			"blocked",
			"answers blocked",
			"passes",
			"passes",
			"passes",
		]);
		expect(result.conversations[0]).toMatchObject({ clientSide: "outside", client: { sent: 1, arrived: 0 } });
	});
});
