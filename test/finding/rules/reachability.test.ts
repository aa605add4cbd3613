import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datagram } from "../../support/analyse.ts";
import { findingsIn, kindsIn, troublesIn } from "../../support/findings.ts";
import { at, FLAGS, segment, undeliverable } from "../../support/frames.ts";

const IPO = "10.0.0.1";
const PHONE = "10.0.0.50";
const ROUTER = "10.0.0.254";
const given = { ipo: [IPO] };
const syn = (port = 40_000) => segment(`${PHONE}:${port}`, `${IPO}:50805`, { flags: FLAGS.syn });

describe("what ICMP says of a connection request", () => {
	it.each([
		[3, 0, "error unreachable"],
		[3, 1, "error unreachable"],
		[3, 3, "error unreachable"],
		[3, 9, "error prohibited"],
		[3, 10, "error prohibited"],
		[3, 13, "error prohibited"],
	])("type %i code %i is %s, and no silence besides", (type, code, kind) => {
		const packets = [at(0, syn()), at(0.01, undeliverable(ROUTER, syn(), PHONE, type, code)), at(9, syn())];
		expect(kindsIn(packets, given)).toEqual([kind]);
	});

	it("names who said it, the row, both ends, and a filter", () => {
		const packets = [at(0, syn()), at(0.01, undeliverable(ROUTER, syn(), PHONE, 3, 13))];
		const [found] = findingsIn(packets, given);
		expect(found).toMatchObject({
			row: "IPO-IN-43",
			host: IPO,
			text: `1 connection request was rejected: communication administratively prohibited, says ${ROUTER} by ICMP`,
			first: { number: 2 },
			clients: { shown: [PHONE] },
			servers: { shown: [`${IPO}:50805`] },
		});
		expect(found!.filter).toContain("tcp.port == 50805");
	});

	it("makes one finding of many requests", () => {
		const packets = Array.from({ length: 400 }, (_, i) => [
			at(i, syn(30_000 + i)),
			at(i + 0.01, undeliverable(ROUTER, syn(30_000 + i), PHONE, 3, 13)),
		]).flat();
		const found = findingsIn(packets, given);
		expect(found.map(({ kind, flowCount, count }) => [kind, flowCount, count])).toEqual([["prohibited", 400, 400]]);
	});

	it("is the same over IPv6", () => {
		const request = segment("[fd00::50]:40000", "[fd00::1]:50805", { flags: FLAGS.syn });
		const told = (code: number) => [
			at(0, request),
			at(0.01, undeliverable("fd00::fe", request, "fd00::50", 1, code, 60)),
		];
		expect(kindsIn(told(1), { ipo: ["fd00::1"] })).toEqual(["error prohibited"]);
		expect(kindsIn(told(3), { ipo: ["fd00::1"] })).toEqual(["error unreachable"]);
	});

	it("tells nothing of flows that the capture does not have, or where it quotes too little", () => {
		const packets = [at(0, syn()), at(0.01, undeliverable(ROUTER, syn(40_001), PHONE, 3, 1))];
		expect(kindsIn(packets, given)).toEqual([]);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 23 }), (quoted) => {
				expect(kindsIn([at(0, syn()), at(0.01, undeliverable(ROUTER, syn(), PHONE, 3, 1, quoted))], given)).toEqual([]);
			}),
		);
	});
});

describe("what ICMP says of datagrams", () => {
	const request = datagram(`${PHONE}:40000`, `${IPO}:50795`, "hello");
	const answer = datagram(`${IPO}:50795`, `${PHONE}:40000`, "hello back");

	it("is an error where the service is not there, a warning where its port is closed by default", () => {
		const told = (asked: typeof request) =>
			kindsIn([at(0, asked), at(0.1, undeliverable(IPO, asked, PHONE, 3, 3))], given);
		expect(told(datagram(`${PHONE}:40000`, `${IPO}:123`, "hello"))).toEqual(["error unreachable"]);
		expect(told(request)).toEqual(["warning unreachable"]);
	});

	it("is no fault where a client has closed its port before the answer came", () => {
		const packets = [at(0, request), at(1, answer), at(1.1, undeliverable(PHONE, answer, IPO, 3, 3))];
		expect(troublesIn(packets, given)).toEqual([]);
	});

	it("is an error where a firewall rejects the answers", () => {
		const packets = [at(0, request), at(1, answer), at(1.1, undeliverable(ROUTER, answer, IPO, 3, 13))];
		expect(troublesIn(packets, given)).toEqual(["error prohibited"]);
		expect(findingsIn(packets, given)[0]!.text).toContain("1 answer was rejected");
	});
});

describe("a packet that is too large", () => {
	const data = segment(`${PHONE}:40000`, `${IPO}:50805`, { flags: FLAGS.ack, sequence: 1 }, new Uint8Array(1400));
	const small = segment(`${PHONE}:40000`, `${IPO}:50805`, { flags: FLAGS.ack, sequence: 1 }, new Uint8Array(1200));
	const back = segment(`${IPO}:50805`, `${PHONE}:40000`, { flags: FLAGS.ack, sequence: 1 }, "ok");

	it("is good to know where the flow goes on, and a warning where nothing follows", () => {
		const told = at(1.1, undeliverable(ROUTER, data, PHONE, 3, 4));
		const before = [at(0, back), at(1, data), told];
		expect(kindsIn([...before, at(1.2, small), at(1.3, back)], given)).toEqual(["info fragmentation-needed"]);
		expect(kindsIn(before, given)).toEqual(["warning fragmentation-needed"]);
	});
});
