/** What is noted of requests and answers of the small services over UDP, and how often. */
import { describe, expect, it } from "vitest";
import { analyse, datagram } from "../../support/analyse.ts";
import { ascii, list8, u8, u16 } from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";

const HOST = "10.0.0.2:50000";
type Datagram = readonly [from: string, to: string, payload: Uint8Array];

/** The incidents of all flows: kind, side, words, how often. Packets are a second apart, the first at 0. */
function noted(...packets: readonly Datagram[]): string[] {
	const { sessions, table } = analyse(
		packets.map(([from, to, payload], n) => ({ packet: datagram(from, to, payload), time: n * 1e9 })),
	);
	sessions.finish();
	const flows = Array.from({ length: table.store.size }, (_, flow) => sessions.incidents.of(flow));
	return flows.flat().map(({ kind, side, detail, subject, count, first, last }) => {
		const words = [kind, `side ${side}`, detail, subject, `${count} times`].filter((word) => word !== "");
		return `${words.join(", ")}, ${first.time / 1e9} to ${last / 1e9} s`;
	});
}

describe("NTP", () => {
	const SERVER = "10.0.0.1:123";
	const ntp = (first: number, stratum = 0) => concat(u8(first), u8(stratum), new Uint8Array(46));
	const ask = [HOST, SERVER, ntp(0x23)] as const;

	it("requests are counted until one is answered", () => {
		expect(noted(ask, ask, ask)).toEqual(["unanswered, side 0, NTP request, 3 times, 0 to 2 s"]);
		expect(noted(ask, [SERVER, HOST, ntp(0x24, 2)], ask, ask)).toEqual([
			"unanswered, side 0, NTP request, 2 times, 2 to 3 s",
		]);
	});

	it("requests to many are answered by whoever likes to", () => {
		for (const to of ["224.0.1.1:123", "255.255.255.255:123"]) expect(noted([HOST, to, ntp(0x23)])).toEqual([]);
	});

	it("servers without a clock are told of where they answer, not where peers talk", () => {
		expect(noted(ask, [SERVER, HOST, ntp(0xe4, 16)])).toEqual([
			"ntp-unsynchronised, side 1, leap 3, stratum 16, 1 times, 1 to 1 s",
		]);
		// Symmetric modes: one that has just started tells so first.
		expect(noted([SERVER, "10.0.0.3:123", ntp(0xe1, 16)], ["10.0.0.3:123", SERVER, ntp(0xe2, 16)])).toEqual([]);
	});
});

describe("RADIUS", () => {
	const SERVER = "10.0.0.1:1812";
	const radius = (code: number, id: number) => concat(u8(code), u8(id), u16(20), new Uint8Array(16));
	const ask = (id: number) => [HOST, SERVER, radius(1, id)] as const;
	const accept = (id: number) => [SERVER, HOST, radius(2, id)] as const;

	it("requests are told from each other by their identifier", () => {
		expect(noted(ask(7), ask(8), ask(9), accept(8))).toEqual([
			"unanswered, side 0, RADIUS access-request, 2 times, 0 to 2 s",
		]);
		expect(noted(ask(7), ask(8), accept(8), accept(7))).toEqual([]);
	});

	it("what is too short for a message asks for nothing", () => {
		expect(noted(ask(7), accept(7), [HOST, SERVER, u8(1)])).toEqual([]);
		expect(noted(ask(7), accept(7), [HOST, SERVER, hex("0109")])).toHaveLength(1);
	});
});

describe("STUN", () => {
	const SERVER = "10.0.0.1:3478";
	const stun = (type: number, id: number) =>
		concat(u16(type), u16(0), hex("2112a442"), u16(0), u16(id), new Uint8Array(8));
	const ask = (id: number, to = SERVER) => [HOST, to, stun(1, id)] as const;

	it("requests to a server are counted, and all of them are closed by an answer", () => {
		expect(noted(ask(1), ask(2))).toEqual(["unanswered, side 0, STUN binding request, 2 times, 0 to 1 s"]);
		expect(noted(ask(1), ask(2), [SERVER, HOST, stun(0x0101, 2)])).toEqual([]);
	});

	it("requests between other ports, and what is no STUN, are none", () => {
		expect(noted(ask(1, "10.0.0.3:40000"))).toEqual([]);
		const other = concat(u16(1), new Uint8Array(18));
		expect(noted(ask(1), [SERVER, HOST, stun(0x0101, 1)], [HOST, SERVER, other])).toEqual([]);
	});
});

describe("LDAP over UDP", () => {
	const SERVER = "10.0.0.1:389";
	const search = (id: number) =>
		hex(
			`3025 0201${id.toString(16).padStart(2, "0")} 6320 0400 0a0100 0a0100 020100 020100 010100 870b 6f626a656374436c617373 3000`,
		);
	const done = (id: number) => hex(`300c 0201${id.toString(16).padStart(2, "0")} 6507 0a0100 0400 0400`);

	it("searches are counted until something comes back, be it an answer or not", () => {
		const ask = [HOST, SERVER, search(1)] as const;
		expect(noted(ask, [HOST, SERVER, search(2)])).toEqual(["unanswered, side 0, LDAP search, 2 times, 0 to 1 s"]);
		expect(noted(ask, [SERVER, HOST, done(1)])).toEqual([]);
		expect(noted(ask, [SERVER, HOST, hex("00ff00ff")])).toEqual([]);
	});

	it("searches to many are none", () => {
		expect(noted([HOST, "255.255.255.255:389", search(1)])).toEqual([]);
	});
});

describe("SNMP", () => {
	const AGENT = "10.0.0.1:161";
	function snmp(pdu: number, id: number, status = 0): Uint8Array {
		const body = concat(hex("0201"), u8(id), hex("0201"), u8(status), hex("020100 3000"));
		const inside = concat(hex("020101 0406 7075626c6963"), u8(pdu), list8(body));
		return concat(u8(0x30), list8(inside));
	}
	const ask = (id: number, pdu = 0xa0) => [HOST, AGENT, snmp(pdu, id)] as const;
	const answer = (id: number, status = 0) => [AGENT, HOST, snmp(0xa2, id, status)] as const;

	it("requests are told from each other by their number", () => {
		expect(noted(ask(1), ask(2), ask(3), answer(2))).toEqual(["unanswered, side 0, SNMP get, 2 times, 0 to 2 s"]);
	});

	it("requests to many are none, and what cannot be read may be an answer", () => {
		expect(noted([HOST, "255.255.255.255:161", snmp(0xa0, 1)])).toEqual([]);
		expect(noted(ask(1), [AGENT, HOST, hex("3003020101")])).toEqual([]);
	});

	it("errors name what was asked, where that is known", () => {
		expect(noted(ask(1), answer(1, 2))).toEqual(["snmp-error, side 1, noSuchName, SNMP get, 1 times, 1 to 1 s"]);
		expect(noted(answer(1, 5))).toEqual(["snmp-error, side 0, genErr, 1 times, 0 to 0 s"]);
		// A walk's end is one of a get-next alone.
		expect(noted(ask(1, 0xa1), answer(1, 2))).toEqual([]);
		expect(noted(ask(1, 0xa1), answer(1, 5))).toEqual(["snmp-error, side 1, genErr, SNMP get-next, 1 times, 1 to 1 s"]);
		expect(noted(answer(1, 2))).toHaveLength(1);
	});
});

describe("DNS", () => {
	const SERVER = "10.0.0.1:53";
	function dns(id: number, name: string, flags: number): Uint8Array {
		const labels = name === "" ? [] : name.split(".").map((label) => list8(ascii(label)));
		const question = name === "" ? [] : [...labels, u8(0), u16(1), u16(1)];
		return concat(u16(id), u16(flags), u16(name === "" ? 0 : 1), new Uint8Array(6), ...question);
	}
	const ask = (id: number, name: string) => [HOST, SERVER, dns(id, name, 0x0100)] as const;
	const answer = (id: number, name: string, rcode = 0) => [SERVER, HOST, dns(id, name, 0x8180 | rcode)] as const;

	it("queries are told from each other by number and question", () => {
		expect(noted(ask(1, "a.b"), ask(1, "c.d"), ask(2, "a.b"), answer(1, "c.d"))).toEqual([
			"unanswered, side 0, DNS query, a.b, 2 times, 0 to 2 s",
		]);
		expect(noted(ask(1, "a.b"), ask(2, "c.d"), answer(3, "a.b"))).toEqual([
			"unanswered, side 0, DNS query, but another try was answered, a.b, 1 times, 0 to 0 s",
			"unanswered, side 0, DNS query, c.d, 1 times, 1 to 1 s",
		]);
	});

	it("failures are counted by code, from the first to the last", () => {
		expect(
			noted(ask(1, "a.b"), answer(1, "a.b", 2), ask(2, "a.b"), answer(2, "a.b", 2), ask(3, "c.d"), answer(3, "c.d", 5)),
		).toEqual([
			"dns-failure, side 1, SERVFAIL, a.b, 2 times, 1 to 3 s",
			"dns-failure, side 1, REFUSED, c.d, 1 times, 5 to 5 s",
		]);
	});

	it("an answer without its question closes what is open, whatever it says", () => {
		expect(noted(ask(1, "a.b"), ask(2, "c.d"), answer(1, "", 1))).toEqual([
			"dns-failure, side 1, FORMERR, 1 times, 2 to 2 s",
		]);
		expect(noted(ask(1, "a.b"), answer(1, "a.b"), [HOST, SERVER, dns(5, "", 0x0100)])).toEqual([]);
	});

	it("names of addresses that fail are nothing", () => {
		const ptr = "1.0.0.10.in-addr.arpa";
		expect(noted(ask(1, ptr), answer(1, ptr, 2))).toEqual([]);
		expect(noted(ask(1, "arpa.b"), answer(1, "arpa.b", 2))).toHaveLength(1);
	});

	it("names that there are none of are those that no answer knew", () => {
		const missing = (...packets: readonly Datagram[]) => {
			const { sessions } = analyse(packets.map(([from, to, payload]) => datagram(from, to, payload)));
			sessions.finish();
			return sessions.dns.missingNames(0).map(({ name, count }) => [name, count]);
		};
		const no = (id: number, name: string) => [ask(id, name), answer(id, name, 3)];
		expect(missing(...no(1, "a.b"), ...no(2, "c.d"), ...no(3, "a.b"))).toEqual([
			["a.b", 2],
			["c.d", 1],
		]);
		expect(missing(...no(1, "a.b"), ...no(2, "c.d"), ask(4, "a.b"), answer(4, "a.b"))).toEqual([["c.d", 1]]);
	});
});
