import { describe, expect, it, vi } from "vitest";
import type { Sides } from "../../src/document/sides.ts";
import { TcpFlag } from "../../src/packet/view.ts";
import { datagram, passing, payload, type Sighting, segment, sidesOf } from "../support/two-captures.ts";

const { SYN, ACK, PSH } = TcpFlag;
const SERVER = "198.51.100.9";
/** So much of a frame has 14 bytes of a datagram's payload, and 2 of a segment's. */
const SHORT = 56;

/** A connection with four segments of data. @param outside what its client is on the outside. */
function connection(client: string, outside = client): Sighting[] {
	const server = `${SERVER}:80`;
	const passes = (at: number, sequence: number, flags: number, data: Uint8Array = new Uint8Array()) =>
		passing(0, at, [
			segment(client, server, { flags, sequence, acknowledgement: 8 }, data, { ttl: 64, id: sequence & 0xffff }),
			segment(outside, server, { flags, sequence, acknowledgement: 8 }, data, { ttl: 63, id: sequence & 0xffff }),
		]);
	const answer = (end: string, ttl: number) =>
		segment(server, end, { flags: SYN | ACK, sequence: 7, acknowledgement: 1001 }, "", { ttl, id: 5 });
	return [
		...passes(0, 1000, SYN),
		...passing(1, 0.01, [answer(client, 59), answer(outside, 60)]),
		...[0, 1, 2, 3].flatMap((i) => passes(0.02 + i / 100, 1001 + 200 * i, PSH | ACK, payload(i, 200))),
	];
}

/** Datagrams of one length. @param id IPv4's identification of the first, or 0 for all. */
function datagrams(client: string, id: number, outside = client): Sighting[] {
	return [0, 1, 2, 3, 4, 5].flatMap((i) => {
		const frame = (from: string, ttl: number) =>
			datagram(from, `${SERVER}:5060`, payload(10 + i, 120), { ttl, id: id === 0 ? 0 : id + i });
		return passing(0, 1 + i / 50, [frame(client, 64), frame(outside, 63)]);
	});
}

const cut = (sightings: readonly Sighting[]) => sidesOf(sightings, { snaplens: [65_535, SHORT] });
const verdicts = ({ conversations }: Sides) => conversations.map(({ verdict }) => verdict);
/** The same without the outside's sighting of one frame. */
const without = (sightings: readonly Sighting[], place: number) => sightings.filter((_, i) => i !== 2 * place + 1);

describe("payload that one capture cuts short", () => {
	it.each([0, 1])("is not said to be changed or lost (IP identification %i)", async (id) => {
		const result = await cut([...connection("10.0.0.5:4000"), ...datagrams("10.0.0.5:5060", id)]);
		expect(verdicts(result)).toEqual(["unanswered", "passes"]);
		const [media, web] = result.conversations;
		expect(media!.client).toEqual({ sent: 6, arrived: 6, lost: 0, changed: 0, made: 0 });
		expect(web!.client).toEqual({ sent: 5, arrived: 5, lost: 0, changed: 0, made: 0 });
		expect(media!.reasons.join()).toMatch(/the payload of 6 packets was not compared/);
		expect(web!.reasons.join()).toMatch(/the payload of 4 packets was not compared/);
		expect(result.notes.join()).toMatch(/first 16 bytes, and where it has fewer, by their lengths alone/);
	});

	it("shows what is lost all the same", async () => {
		const result = await cut([
			...without(connection("10.0.0.5:4000"), 3),
			...without(datagrams("10.0.0.5:5060", 7), 2),
		]);
		expect(verdicts(result)).toEqual(["requests lost", "requests lost"]);
		expect(result.conversations.map(({ client, firstLost }) => [client.lost, client.made, firstLost!.packet])).toEqual([
			[1, 0, 4],
			[1, 0, 9],
		]);
	});

	it("is changed where its length is another one", async () => {
		const [first, ...rest] = datagrams("10.0.0.5:5060", 7);
		const longer = datagram("10.0.0.5:5060", `${SERVER}:5060`, payload(10, 130), { ttl: 63, id: 7 });
		const changed = rest.map((each, i) => (i === 0 ? { ...each, frame: longer } : each));
		const result = await cut([...connection("10.0.0.5:4000"), first!, ...changed]);
		expect(result.conversations[0]!.client).toMatchObject({ arrived: 6, changed: 1, lost: 0 });
	});

	it("ties no translated flows: these are not said to be blocked", async () => {
		const nat = "203.0.113.1";
		const blocked = datagram("10.0.0.5:4001", "198.51.100.10:123", payload(70, 48));
		const result = await cut([
			...connection("10.0.0.5:4000", `${nat}:6000`),
			...datagrams("10.0.0.5:5060", 1, `${nat}:6001`),
			{ capture: 0, at: 0.5, frame: blocked },
		]);
		// Nothing on the outside goes to the server of what was blocked.
		expect(verdicts(result)).toEqual(["blocked", "one side only", "one side only", "passes"]);
		expect(result.conversations[0]!.inside[0]!.server).toBe("198.51.100.10:123");
		expect(result.conversations[1]!.reasons.join()).toMatch(/may be the same with a translated address/);
	});
});

describe("a transport header that one capture cuts off", () => {
	/** With 20 bytes of IP options: at a snaplen of 54 and less its ports are not there, while other packets have theirs. */
	const withOptions = datagram("10.0.0.5:5000", `${SERVER}:6000`, payload(90), { options: new Uint8Array(20).fill(1) });
	const unseen = [...connection("10.0.0.5:4000"), ...passing(0, 0.5, [withOptions, withOptions])];

	it("is no packet lost: what has no ports cannot be found again", async () => {
		const result = await sidesOf(unseen, { snaplens: [65_535, 52] });
		expect(result.counts).toMatchObject({ blocked: 0, "one side only": 0, "not compared": 2 });
		const reasons = result.conversations
			.filter(({ verdict }) => verdict === "not compared")
			.map((each) => each.reasons[0]);
		expect(reasons).toEqual([
			"the outside capture is too short to compare it: it cuts UDP packets before their ports",
			"the outside capture is too short to compare it: it cuts these packets inside their UDP header",
		]);
		expect(result.notes.join()).toMatch(
			/outside: 1 packet: IPv4 options cut off by the snaplen; capture with a larger/,
		);
	});

	it("is no datagram changed: IP tells how long it was", async () => {
		const result = await sidesOf(unseen, { snaplens: [65_535, 58] });
		const unread = result.conversations.find(({ transport }) => transport === "udp")!;
		expect(unread.client).toMatchObject({ arrived: 1, changed: 0, lost: 0 });
	});

	it("is no segment lost where its ports are all that is left", async () => {
		const result = await sidesOf([...unseen, ...datagrams("10.0.0.5:5060", 1)], { snaplens: [65_535, 14 + 20 + 12] });
		const web = result.conversations.find(({ transport }) => transport === "tcp")!;
		expect(web.verdict).toBe("not compared");
		expect(web.reasons).toEqual([
			"the outside capture is too short to compare it: it cuts these packets inside their TCP header",
		]);
		expect(web.client).toMatchObject({ lost: 0 });
	});

	it("leaves nothing to compare where none has one", async () => {
		const result = await sidesOf(unseen, { snaplens: [65_535, 30] });
		expect(verdicts(result)).toEqual(["not compared", "not compared"]);
		expect(result.conversations[0]!.reasons).toEqual(["the outside capture has no packet that could be compared"]);
		expect(result.notes.join()).not.toMatch(/no time in common/);
	});
});

describe("equal datagrams that come in another order", () => {
	it("are found by their identifications, and the list of them is not moved for each", async () => {
		const count = 1000;
		const frame = (id: number, ttl: number) => datagram("10.0.0.5:5000", `${SERVER}:6000`, "same", { ttl, id });
		// The first is on the outside alone: it stays at the front, and all that are taken lie behind it.
		const all = Array.from({ length: count }, (_, i): Sighting[] => [
			...(i > 0 ? [{ capture: 0 as const, at: 1 + i / 1e4, frame: frame(i + 1, 64) }] : []),
			{ capture: 1, at: 1.0003 + i / 1e4, frame: frame((i ^ 1) + 1, 63) },
		]);
		const splice = vi.spyOn(Array.prototype, "splice");
		const { conversations } = await sidesOf(all.flat());
		const moves = splice.mock.calls.length;
		splice.mockRestore();
		expect(conversations).toMatchObject([{ client: { arrived: count - 1, lost: 0, changed: 0 } }]);
		expect(moves).toBeLessThan(count / 10);
	});
});

describe("the first packet that is lost", () => {
	it.each([
		["outside", 1, 2],
		["inside", 7, 5],
	] as const)("is the first of both directions: on the %s", async (side, answer, packet) => {
		const all = Array.from({ length: 10 }, (_, i) => {
			const from = (i % 2) as 0 | 1;
			const ends = ["10.0.0.5:5000", `${SERVER}:6000`] as const;
			const frame = (ttl: number) => datagram(ends[from], ends[1 - from]!, payload(i), { ttl, id: i + 1 });
			return passing(from, i / 10, from === 0 ? [frame(64), frame(63)] : [frame(63), frame(64)]);
		});
		// The client's third packet is lost, and one of the server's before or after it.
		const kept = all.flatMap((pair, i) => (i === 4 || i === answer ? [pair[0]] : pair));
		const { conversations } = await sidesOf(kept);
		expect(conversations).toMatchObject([{ client: { lost: 1 }, server: { lost: 1 } }]);
		expect(conversations[0]!.firstLost).toMatchObject({ side, packet });
	});
});

describe("what no hop and no time tells the sides of", () => {
	it("is counted as the inside capture has it, both ways", async () => {
		const all = Array.from({ length: 10 }, (_, i) => {
			const [from, to] = i % 2 === 0 ? ["10.0.0.5:5000", `${SERVER}:6000`] : [`${SERVER}:6000`, "10.0.0.5:5000"];
			const frame = datagram(from!, to!, payload(i), { id: i + 1 });
			return passing(0, i / 10, [frame, frame], 0);
		});
		const kept = all.flatMap((pair, i) => (i === 4 || i === 5 ? [pair[0]] : pair));
		const { conversations } = await sidesOf(kept);
		const counts = { sent: 5, arrived: 4, lost: 1, changed: 0, made: 0 };
		expect(conversations).toMatchObject([{ clientSide: null, client: counts, server: counts }]);
		expect(conversations[0]!.reasons[1]).toMatch(
			/1 of the server's 5 packets are in the inside capture only; which side/,
		);
	});
});
