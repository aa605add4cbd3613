/** What answers what: packets that fit a request, and those that only look as if they did. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transfer } from "../../../src/session/transfer/transfer.ts";
import { analyse, datagram, type TestEngine } from "../../support/analyse.ts";
import { at } from "../../support/frames.ts";
import { concat, type Packet, type Payload } from "../../support/packet-builder.ts";
import { ack, data, error, oack, rrq, wrq } from "../../support/tftp.ts";

type Step = readonly [from: string, to: string, payload: Payload, seconds?: number];

const HOSTS: Readonly<Record<string, string>> = {
	c: "10.0.0.2",
	s: "10.0.0.1",
	t: "10.0.0.3",
	u: "10.0.0.4",
	all: "10.0.0.255",
};
const full = (end: string) => end.replace(/^[a-z]+/, (name) => HOSTS[name]!);

/** Client `c`, servers `s`, `t` and `u`, and `all` of them: `c:2420`. Seconds are those since the first packet's. */
const packetsOf = (steps: readonly Step[]): Packet[] =>
	steps.map(([from, to, payload, seconds = 0]) => at(1000 + seconds, datagram(full(from), full(to), payload)));
const run = (...steps: Step[]): TestEngine => analyse(packetsOf(steps));
const transfers = (...steps: Step[]): Transfer[] => run(...steps).sessions.transfers.transfers;

/** In short: `c:2420 < s:4153 ipoffice 0,1` */
const short = ({ client, server, direction, style, flows }: Transfer) => {
	const name = (address: string) => Object.keys(HOSTS).find((key) => HOSTS[key] === address) ?? address;
	const ends = [client, server].map(({ address, port }) => `${name(address)}:${port}`);
	return `${ends.join(direction === "read" ? " < " : " > ")} ${style ?? "-"} ${flows.join()}`;
};
const shown = (...steps: Step[]) => transfers(...steps).map(short);

const ask = (port = 2420, file = "f", server = "s"): Step => [`c:${port}`, `${server}:69`, rrq(file)];
const write = (port: number, file = "f", server = "s"): Step => [`${server}:${port}`, "c:69", wrq(file)];
const block = (from: number, to = 2420, number = 1, server = "s"): Step => [
	`${server}:${from}`,
	`c:${to}`,
	data(number, 512),
];
const later = (seconds: number, [from, to, payload]: Step): Step => [from, to, payload, seconds];

describe("a request", () => {
	it("goes to port 69", () => {
		expect(shown(["c:2420", "s:70", rrq("f")])).toEqual([]);
		expect(shown(ask(), ["c:2420", "s:70", rrq("g")])).toEqual(["c:2420 < s:69 - 0"]);
	});

	it("for another file, or after the end of the one before, is another transfer", () => {
		expect(transfers(ask(), ask(2420, "g")).map(({ file }) => file)).toEqual(["f", "g"]);
		const last: Step = ["s:5000", "c:2420", data(1, 5)];
		expect(transfers(ask(), last, ask()).map(({ complete, requests }) => [complete, requests])).toEqual([
			[true, 1],
			[false, 1],
		]);
		expect(transfers(ask(), ["s:5000", "c:2420", error(1, "no")], ask())).toHaveLength(2);
	});

	it("is the same again for 300 s", () => {
		expect(transfers(ask(), later(300, ask()))).toMatchObject([{ requests: 2 }]);
		expect(transfers(ask(), later(300.001, ask()))).toHaveLength(2);
	});

	it("that the capture missed is one less; the next one is the first that it has", () => {
		const [found, ...others] = transfers(write(4153), block(4153), ask());
		expect(others).toEqual([]);
		expect(found).toMatchObject({ shownBy: "request", retransmits: 0, requests: 1, restarts: 0 });
		expect(transfers(write(4153), block(4153))).toMatchObject([{ shownBy: "write-request", direction: "read" }]);
		expect(transfers(write(4153), block(4153), ask(), ask())).toMatchObject([
			{ retransmits: 1, requests: 2, restarts: 1 },
		]);
	});
});

describe("what is not TFTP", () => {
	it("is no answer, whatever its third and fourth byte are, and changes nothing of a transfer on whose flow it is", () => {
		const rtp = concat([0x80, 0, 0, 1], new Uint8Array(30));
		expect(shown(ask(), ["s:7000", "c:2420", rtp])).toEqual(["c:2420 < s:69 - 0"]);
		const before: Step[] = [ask(), block(5000)];
		const [found] = transfers(...before, ["c:2420", "s:5000", rtp, 3], ["c:2420", "s:5000", rrq("g"), 4]);
		expect(found).toEqual(transfers(...before)[0]);
		const { table } = run(...before, ["c:2420", "s:5000", rtp]);
		expect(table.store.evidence(1)).toBe(0);
	});

	it("is recognised as what it is, also where it begins as a TFTP packet does", () => {
		const allocate = concat([0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42], new Uint8Array(12).fill(7));
		const engine = run(
			["c:5060", "s:5060", "OPTIONS sip:a SIP/2.0\r\nVia: x\r\n\r\n"],
			["c:50000", "t:3478", allocate],
		);
		expect([0, 1].map((flow) => engine.sessions.protocolOf(flow))).toEqual(["sip", "stun"]);
	});

	it("is not looked for on a transfer's flows", () => {
		const { sessions, table } = run(ask(), write(4153), block(4153), ["c:2420", "s:4153", ack(1)]);
		expect([0, 1, 2].map((flow) => table.store.evidence(flow))).toEqual([0, 0, 0]);
		expect([0, 1, 2].map((flow) => sessions.protocolOf(flow))).toEqual(["tftp", "tftp", "tftp"]);
	});
});

describe("a write request", () => {
	it("answers the read request for its file, else the oldest that waits", () => {
		expect(shown(ask(2420, "f"), ask(2421, "g"), write(4153, "g"))).toEqual([
			"c:2420 < s:69 - 0",
			"c:2421 < s:4153 ipoffice 1,2",
		]);
		expect(shown(ask(2420, "f"), ask(2421, "g"), write(4153, "h"))).toEqual([
			"c:2420 < s:4153 ipoffice 0,2",
			"c:2421 < s:69 - 1",
		]);
	});

	it("is an answer for 300 s", () => {
		expect(transfers(ask(), later(300, write(4153)))).toHaveLength(1);
		expect(transfers(ask(), later(300.001, write(4153)))).toHaveLength(2);
	});

	it("is none to another host's request, or to a write", () => {
		expect(shown(ask(), write(4153, "f", "t"))).toEqual(["c:2420 < s:69 - 0", "t:4153 > c:69 - 1"]);
		expect(shown(["c:2420", "s:69", wrq("f")], write(4153))).toEqual(["c:2420 > s:69 - 0", "s:4153 > c:69 - 1"]);
	});

	it("is one more answer while the request for its file is open, and where that was repeated", () => {
		for (const answer of [write(5000), block(5000)]) expect(transfers(ask(), answer, write(4153))).toHaveLength(1);
		const last: Step = ["s:5000", "c:2420", data(1, 5)];
		const arrived = [write(5000), last];
		expect(transfers(ask(), ...arrived, write(4153))).toHaveLength(2);
		expect(transfers(ask(), last, write(4153))).toHaveLength(2);
		expect(transfers(ask(), ask(), last, write(4153))).toHaveLength(1);
		expect(transfers(ask(), ask(), ...arrived, write(4153))).toHaveLength(1);
		expect(transfers(ask(), ask(), ...arrived, write(4153), write(4154))).toHaveLength(2);
		const refused: Step = ["s:5000", "c:2420", error(1, "no")];
		expect(transfers(ask(), refused, write(4153))).toHaveLength(2);
		expect(transfers(ask(), write(5000), write(4153, "g"))).toHaveLength(2);
	});

	it("is first of all for a request that waits, of the files that were asked for", () => {
		const first = [ask(), write(4153)];
		expect(shown(...first, ask(2421), write(4154))).toEqual([
			"c:2420 < s:4153 ipoffice 0,1",
			"c:2421 < s:4154 ipoffice 2,3",
		]);
		expect(shown(...first, ask(2421, "g"), write(4154))).toEqual([
			"c:2420 < s:4154 ipoffice 0,1,3",
			"c:2421 < s:69 - 2",
		]);
	});

	it("that the data overtook has its port and its file", () => {
		expect(shown(ask(), block(4153), write(4153))).toEqual(["c:2420 < s:4153 ipoffice 0,1,2"]);
		expect(shown(ask(), block(4153), write(4153, "g"))).toHaveLength(2);
		expect(shown(ask(), block(69), write(69))).toEqual(["c:2420 < s:69 ipoffice 0,1"]);
	});

	it("that the data overtook is not taken for an older request's that waits in vain", () => {
		expect(shown(ask(2420), ask(2421), block(4153, 2421), write(4153))).toEqual([
			"c:2420 < s:69 - 0",
			"c:2421 < s:4153 ipoffice 1,2,3",
		]);
	});

	it("from the port of an earlier answer is that one repeated, or the next request's answer", () => {
		const first = [ask(2420), write(4153)];
		expect(transfers(...first, write(4153)).map(({ retransmits }) => retransmits)).toEqual([1]);
		expect(transfers(...first, ask(2421), write(4153)).map(({ retransmits }) => retransmits)).toEqual([1, 0]);
		const last: Step = ["s:4153", "c:2420", data(1, 5)];
		expect(transfers(...first, last, write(4153)).map(({ retransmits }) => retransmits)).toEqual([1]);
		const next = ["c:2420 < s:4153 ipoffice 0,1,2", "c:2421 < s:4153 ipoffice 3,1"];
		expect(shown(...first, last, ask(2421), write(4153))).toEqual(next);
		expect(shown(...first, block(4153), ask(2421, "g"), write(4153, "g"))).toEqual(next);
		expect(transfers(...first, ask(2421, "g"), write(4153, "h")).map(({ retransmits }) => retransmits)).toEqual([1, 0]);
	});

	it("that overtook the read request came a second before at most, for the same file, between the same hosts", () => {
		const asked = (seconds: number) => shown(write(4153), later(seconds, ask()));
		expect(asked(1)).toEqual(["c:2420 < s:4153 ipoffice 0,1"]);
		expect(asked(1.001)).toEqual(["s:4153 > c:69 - 0", "c:2420 < s:69 - 1"]);
		const [found] = transfers(write(4153), ask());
		expect(found).toMatchObject({ asked: HOSTS.s, shownBy: "request", requests: 1, retransmits: 0 });
		expect(shown(write(4153, "g"), ask())).toEqual(["s:4153 > c:69 - 0", "c:2420 < s:69 - 1"]);
		expect(shown(["s:4153", "t:69", wrq("f")], ask())).toEqual(["s:4153 > t:69 - 0", "c:2420 < s:69 - 1"]);
		expect(shown(["s:4153", "c:69", rrq("f")], ask())).toEqual(["s:4153 < c:69 - 0", "c:2420 < s:69 - 1"]);
		expect(shown(write(4153), ["c:4000", "s:4153", ack(0)], ask())).toEqual([
			"s:4153 > c:4000 rfc1350 0,1",
			"c:2420 < s:69 - 2",
		]);
	});
});

describe("a request to all", () => {
	const asked: Step = ["c:2420", "all:69", rrq("f")];
	const first = [asked, write(4153)];

	it("is answered by further hosts with a write request for its file, within 300 s", () => {
		const both = ["c:2420 < s:4153 ipoffice 0,1", "c:2420 < t:4200 ipoffice 0,2"];
		expect(shown(...first, write(4200, "f", "t"))).toEqual(both);
		expect(shown(...first, later(300, write(4200, "f", "t")))).toEqual(both);
		const none = ["c:2420 < s:4153 ipoffice 0,1", "t:4200 > c:69 - 2"];
		expect(shown(...first, later(300.001, write(4200, "f", "t")))).toEqual(none);
		expect(shown(...first, write(4200, "g", "t"))).toEqual(none);
		const unicast = [ask(), write(4153), write(4200, "f", "t")];
		expect(shown(...unicast)).toEqual(none);
	});

	it("is one transfer with each host that answers, however often that does", () => {
		expect(shown(...first, write(4154))).toEqual(["c:2420 < s:4154 ipoffice 0,1,2"]);
		expect(shown(...first, write(4200, "f", "t"), write(4201, "f", "t"))).toEqual([
			"c:2420 < s:4153 ipoffice 0,1",
			"c:2420 < t:4201 ipoffice 0,2,3",
		]);
		expect(shown(...first, block(4154))).toHaveLength(1);
		expect(shown(...first, write(4200, "f", "t"), block(4154))).toHaveLength(2);
	});

	it("is answered by further hosts with a first block or with options, within 300 s", () => {
		const answers = (...steps: Step[]) => transfers(asked, block(5000), ...steps).length;
		expect(answers(["t:6000", "c:2420", data(1, 5)])).toBe(2);
		expect(answers(["t:6000", "c:2420", oack("tsize", "5")])).toBe(2);
		expect(answers(["t:6000", "c:2420", data(2, 5)])).toBe(1);
		expect(answers(["t:6000", "c:2420", ack(1)])).toBe(1);
		expect(answers(["t:6000", "c:2420", error(1, "no")])).toBe(1);
		expect(answers(["t:6000", "c:2420", data(1, 5), 300])).toBe(2);
		expect(answers(["t:6000", "c:2420", data(1, 5), 300.001])).toBe(1);
	});

	it("to write is answered once", () => {
		const start: Step[] = [
			["c:2420", "all:69", wrq("f")],
			["s:5000", "c:2420", ack(0)],
		];
		expect(shown(...start, ["t:6000", "c:2420", oack("blksize", "1024")], write(4200, "f", "t"))).toEqual([
			"c:2420 > s:5000 rfc1350 0,1",
			"t:4200 > c:69 - 3",
		]);
	});
});

describe("two requests for one file", () => {
	const both = [ask(2420), ask(2421)];

	it("are told apart by where data, options or an error go to", () => {
		for (const payload of [data(1, 5), oack("blksize", "1024"), error(0, "no")])
			expect(shown(...both, write(4153), ["s:4153", "c:2421", payload])).toEqual([
				"c:2420 < s:69 - 0",
				"c:2421 < s:4153 ipoffice 1,2,3",
			]);
	});

	it("are told apart where each has the other's answer", () => {
		for (const payload of [data(1, 5), oack("blksize", "1024"), error(0, "no")])
			expect(shown(...both, write(4153), write(4154), ["s:4153", "c:2421", payload])).toEqual([
				"c:2420 < s:4154 ipoffice 0,3",
				"c:2421 < s:4153 ipoffice 1,2,4",
			]);
		const swapped = run(...both, write(4153), write(4154), block(4153, 2421));
		expect([0, 1, 2, 3, 4].map((flow) => swapped.table.store.transfer(flow))).toEqual([1, 2, 2, 1, 2]);
	});

	it("keep the flows that they were asked on, whichever came last", () => {
		const data: Step = ["s:4153", "c:2421", block(4153)[2]];
		expect(shown(write(4153), ask(2420), ask(2421), data)).toEqual([
			"c:2420 < s:69 - 1",
			"c:2421 < s:4153 ipoffice 2,0,3",
		]);
		expect(shown(write(4153), ask(2420), ask(2421), write(4154), data)).toEqual([
			"c:2420 < s:4154 ipoffice 1,3",
			"c:2421 < s:4153 ipoffice 2,0,4",
		]);
		const again = later(200, ask(2420));
		expect(shown(...both, write(4153), again, later(200, data))).toEqual([
			"c:2420 < s:69 - 0,3",
			"c:2421 < s:4153 ipoffice 1,2,4",
		]);
	});

	it("one of them between two ports 69: its flow is its answer's too, and stays", () => {
		const broadcast: Step = ["c:2421", "all:69", rrq("f")];
		expect(shown(ask(69), broadcast, write(69), block(69, 2421))).toEqual([
			"c:69 < s:69 - 0",
			"c:2421 < s:69 ipoffice 1,0,2",
		]);
	});

	it("one of them to all: that waits on for any host", () => {
		const broadcast: Step = ["c:2420", "all:69", rrq("f")];
		expect(shown(broadcast, ask(2421), write(4153), block(4153, 2421), block(5000, 2420, 1, "t"))).toEqual([
			"c:2420 < t:5000 rfc1350 0,4",
			"c:2421 < s:4153 ipoffice 1,2,3",
		]);
	});

	it("keep what they have where data has come", () => {
		const begun = [...both, write(4153), block(4153, 2420)];
		expect(shown(...begun, block(4153, 2421))).toEqual([
			"c:2420 < s:4153 ipoffice 0,2,3",
			"c:2421 < s:4153 rfc1350 1,4",
		]);
		const each = [...begun, write(4154)];
		const kept = ["c:2420 < s:4153 ipoffice 0,2,3", "c:2421 < s:4154 ipoffice 1,4"];
		expect(shown(...each, block(4153, 2421))).toEqual(kept);
		expect(shown(...each, block(4154, 2421), block(4154, 2420))).toEqual([
			"c:2420 < s:4153 ipoffice 0,2,3",
			"c:2421 < s:4154 ipoffice 1,4,5",
		]);
	});

	it("one of them repeated: the port that its data comes from is its own, though the other waited for it", () => {
		const begun = [ask(2420), write(4153), block(4153, 2420), ask(2420), ask(2421), write(4154)];
		expect(shown(...begun, block(4154, 2420), block(4154, 2420, 2))).toEqual([
			"c:2420 < s:4154 ipoffice 0,1,2,4,5",
			"c:2421 < s:69 - 3",
		]);
		const third = [...begun, write(4155), block(4155, 2421)];
		expect(shown(...third)).toEqual(["c:2420 < s:4153 ipoffice 0,1,2", "c:2421 < s:4155 ipoffice 3,4,5,6"]);
	});

	it("keep what they have where the answer was another one", () => {
		const refused: Step = ["s:5000", "c:2420", error(1, "no")];
		expect(shown(...both, refused, block(5000, 2421))).toEqual([
			"c:2420 < s:5000 rfc1350 0,2",
			"c:2421 < s:5000 rfc1350 1,3",
		]);
		expect(shown(ask(2420, "f"), ask(2421, "g"), write(4153, "f"), block(4153, 2421))).toEqual([
			"c:2420 < s:4153 ipoffice 0,2",
			"c:2421 < s:4153 rfc1350 1,3",
		]);
		expect(shown(...both, write(4153), block(4999, 2421))).toEqual([
			"c:2420 < s:4153 ipoffice 0,2",
			"c:2421 < s:4999 rfc1350 1,3",
		]);
		expect(shown(ask(2420), ask(2421, "f", "t"), write(4153), block(4153, 2421, 1, "t"))).toEqual([
			"c:2420 < s:4153 ipoffice 0,2",
			"c:2421 < t:4153 rfc1350 1,3",
		]);
		expect(shown(...both, write(4153), block(5000, 2421), block(4153, 2421))).toEqual([
			"c:2420 < s:69 - 0",
			"c:2421 < s:5000 ipoffice 1,3,2,4",
		]);
		expect(shown(ask(), write(4153), block(7001))).toEqual(["c:2420 < s:4153 ipoffice 0,1"]);
	});
});

describe("a request that is repeated and answered from several ports", () => {
	const to = (port: number, payload: Uint8Array): Step => ["c:2420", `s:${port}`, payload];
	const file = (port: number): Step[] => [
		block(port),
		to(port, ack(1)),
		[`s:${port}`, "c:2420", data(2, 9)],
		to(port, ack(2)),
	];
	const whole = { direction: "read", style: "ipoffice", bytes: 521, blocks: 2, complete: true, error: null };

	it("is one transfer with the port that the file goes on with, whichever that is", () => {
		const asked = [ask(), write(4153), ask(), write(4154)];
		expect(transfers(...asked, ...file(4153))).toMatchObject([
			{ ...whole, server: { port: 4153 }, flows: [0, 1, 2, 3] },
		]);
		expect(transfers(...asked, ...file(4154))).toMatchObject([
			{ ...whole, server: { port: 4154 }, flows: [0, 1, 2, 3] },
		]);
	});

	it("is one where both send data: each block counts once", () => {
		const [first, ...rest] = file(4153);
		const both = [ask(), ask(), write(4153), write(4154), first!, block(4154), ...rest, block(4154)];
		expect(transfers(...both)).toMatchObject([
			{ ...whole, server: { port: 4153 }, retransmits: 4, flows: [0, 1, 2, 3, 4] },
		]);
		const given = [ask(), write(4153), block(4153), ask(), write(4154), ...file(4154)];
		expect(transfers(...given)).toMatchObject([
			{ ...whole, server: { port: 4154 }, retransmits: 3, flows: [0, 1, 2, 3, 4] },
		]);
	});

	it("is not ended by an error of the port that the file does not come from", () => {
		const [first, ...rest] = file(4153);
		const refusals: Step[] = [to(4154, error(5, "Unknown transfer ID")), ["s:4154", "c:2420", error(0, "timeout")]];
		for (const refusal of refusals) {
			const plain = [ask(), ask(), first!, block(4154), refusal, ...rest];
			expect(transfers(...plain)).toMatchObject([{ ...whole, style: "rfc1350", server: { port: 4153 } }]);
			const announced = [ask(), write(4153), ask(), write(4154), refusal, first!, ...rest];
			expect(transfers(...announced)).toMatchObject([{ ...whole, server: { port: 4153 } }]);
		}
		const ended = transfers(ask(), ask(), first!, block(4154), to(4153, error(3, "disk full")));
		expect(ended).toMatchObject([{ error: "3 disk full", complete: false, server: { port: 4153 } }]);
		const refused = transfers(ask(), write(4153), ask(), write(4154), ["s:4153", "c:2420", error(1, "no")]);
		expect(refused).toMatchObject([{ error: "1 no", server: { port: 4153 } }]);
	});

	it("is one however its answers and their data are mixed", () => {
		const ports = [4153, 4154, 4155];
		const repeats = fc.array(fc.tuple(fc.constantFrom(...ports), fc.boolean()), { maxLength: 8 });
		fc.assert(
			fc.property(repeats, fc.constantFrom(...ports), fc.array(fc.constantFrom(...ports)), (others, port, strays) => {
				const answers = [...others.map(([from]) => from), port];
				const asked = answers.flatMap((from, i) => [ask(), write(from), ...(others[i]?.[1] ? [block(from)] : [])]);
				const [first, ...rest] = file(port);
				const stray = strays.filter((from) => answers.includes(from)).map((from) => block(from));
				const engine = run(...asked, first!, ...stray, ...rest);
				expect(engine.sessions.transfers.transfers).toMatchObject([{ ...whole, server: { port } }]);
				expect(engine.sessions.transfers.transfers[0]!.flows).toHaveLength(engine.table.store.size);
			}),
		);
	});

	it("has room for eight answers: the newest count", () => {
		const many = Array.from({ length: 70 }, (_, n) => write(5000 + n));
		const [found, ...others] = transfers(ask(), ...many, block(5069));
		expect(others).toEqual([]);
		expect(found).toMatchObject({ blocks: 1, server: { port: 5069 } });
		expect(found!.answers.map(({ port }) => port)).toEqual([5062, 5063, 5064, 5065, 5066, 5067, 5068, 5069]);
		expect(found!.flows).toHaveLength(64);
		expect(transfers(ask(), ...many.slice(0, 9), block(5001))).toMatchObject([{ blocks: 1 }]);
		expect(transfers(ask(), ...many.slice(0, 9), block(5000))).toMatchObject([{ blocks: 0 }]);
	});
});

describe("what a client sends before its server is seen to answer", () => {
	const early = (payload: Uint8Array, seconds = 0): Step => ["c:2420", "s:5000", payload, seconds];

	it("is an acknowledgement of what a read brings next, within 300 s", () => {
		expect(shown(ask(), early(ack(0)))).toEqual(["c:2420 < s:69 - 0,1"]);
		expect(shown(ask(), early(ack(1)))).toEqual(["c:2420 < s:69 - 0,1"]);
		expect(shown(ask(), early(ack(1), 300))).toEqual(["c:2420 < s:69 - 0,1"]);
		for (const other of [early(ack(2)), early(ack(1), 300.001), early(error(0, "no")), early(data(1, 5))])
			expect(shown(ask(), other)).toEqual(["c:2420 < s:69 - 0"]);
		expect(shown(ask(), ["c:2420", "t:5000", ack(1)])).toEqual(["c:2420 < s:69 - 0"]);
	});

	it("is counted on from the blocks that came", () => {
		const begun = [ask(), block(5000), block(5000, 2420, 2)];
		expect(shown(...begun, ["c:2420", "s:5001", ack(3)])).toEqual(["c:2420 < s:5000 rfc1350 0,1,2"]);
		expect(shown(...begun, ["c:2420", "s:5001", ack(4)])).toEqual(["c:2420 < s:5000 rfc1350 0,1"]);
	});

	it("is no part of a write: data at once shows the answer to a read that was missed", () => {
		const put: Step = ["c:2420", "s:69", wrq("f")];
		expect(shown(put, early(ack(0)))).toEqual(["c:2420 > s:69 - 0"]);
		expect(shown(put, early(data(1, 5)))).toEqual(["s:5000 < c:2420 ipoffice 0,1"]);
		expect(shown(put, early(data(1, 5), 300.001))).toEqual(["c:2420 > s:69 - 0"]);
		expect(shown(put, ["s:4999", "c:2420", ack(0)], early(data(1, 5)))).toEqual(["c:2420 > s:4999 rfc1350 0,1"]);
	});
});

describe("a flow that had a transfer", () => {
	it("goes on with it while its client asks others from the same port", () => {
		const asksAll: Step = ["c:2420", "all:69", rrq("g")];
		expect(transfers(ask(), block(5000), asksAll, block(5000, 2420, 2)).map(({ blocks }) => blocks)).toEqual([2, 0]);
	});

	it("goes on with it after a newer request to the same server, where the packet is no answer to that", () => {
		const begun = [ask(), block(5000), ask(2420, "g")];
		expect(transfers(...begun, block(5000, 2420, 100)).map(({ blocks }) => blocks)).toEqual([2, 0]);
		expect(transfers(...begun, block(5000, 2420, 1)).map(({ blocks }) => blocks)).toEqual([1, 1]);
	});

	it("goes on with it where the packet is its next block", () => {
		const begun = [ask(), block(5000), ask(2420, "g")];
		expect(transfers(...begun, block(5000, 2420, 2)).map(({ blocks }) => blocks)).toEqual([2, 0]);
		const late = later(300.001, block(5000, 2420, 2));
		expect(transfers(...begun, later(300, ask(2420, "h")), late).map(({ blocks }) => blocks)).toEqual([1, 0, 1]);
		const silent = [ask(), write(4153), ["c:2420", "s:4153", ack(0)] as Step, ask(2420, "g")];
		expect(transfers(...silent, write(4153, "g"), block(4153)).map(({ blocks }) => blocks)).toEqual([0, 1]);
		const whole: Step = ["s:5000", "c:2420", data(1, 9)];
		const after = transfers(ask(), whole, ask(2420, "g"), block(5000, 2420, 2));
		expect(after.map(({ blocks }) => blocks)).toEqual([1, 1]);
	});
});

describe("who speaks", () => {
	it("is told by address and port, also where both ends have the same port or the same address", () => {
		const samePort = transfers(["c:5000", "s:69", rrq("f")], block(5000, 5000), ["c:5000", "s:5000", ack(1)]);
		expect(samePort).toMatchObject([{ blocks: 1, isAcknowledged: true, lastBy: "client" }]);
		const sameHost = transfers(["c:2420", "c:69", rrq("f")], ["c:5000", "c:2420", data(1, 512)]);
		expect(sameHost).toMatchObject([{ blocks: 1, lastBy: "server", server: { address: HOSTS.c, port: 5000 } }]);
	});

	it("is not the same again where the other side says it", () => {
		const [found] = transfers(ask(), block(5000), ["c:2420", "s:5000", ack(1)], ["s:5000", "c:2420", ack(1)]);
		expect(found).toMatchObject({ lastBy: "server", repeats: 0, blocks: 1, retransmits: 0 });
	});
});

describe("bounds", () => {
	it("are 64 flows of a transfer: others are not looked at as its own", () => {
		const ports = Array.from({ length: 66 }, (_, n) => 5000 + n);
		const engine = run(ask(), ...ports.map((port) => block(port)));
		expect(engine.sessions.transfers.transfers.map(({ flows }) => flows.length)).toEqual([64]);
		expect([63, 64].map((flow) => engine.table.store.transfer(flow))).toEqual([1, 0]);
	});

	it("of two servers that one port asks stay with their own server, whichever answers or fails first", () => {
		const asked = [ask(1000), ask(1000, "f", "t"), write(4000), write(5000, "f", "t")];
		const ends = (...more: Step[]) => transfers(...asked, ...more).map(({ asked, server }) => [asked, server.address]);
		const own = [
			[HOSTS.s, HOSTS.s],
			[HOSTS.t, HOSTS.t],
		];
		expect(ends(block(4000, 1000), block(5000, 1000, 1, "t"))).toEqual(own);
		const refusal: Step = ["s:4000", "c:1000", error(1, "no")];
		expect(ends(refusal)).toEqual(own);
		expect(transfers(...asked, refusal).map((transfer) => transfer.error)).toEqual(["1 no", null]);
	});

	it("are 100,000 transfers: what is beyond is told", () => {
		const engine = run(ask());
		const { sessions, table } = engine;
		const { transfers } = sessions.transfers;
		const told = () => [transfers.length, [...sessions.overflow.entries()].map(([, count]) => count)];
		while (transfers.length < 99_998) transfers.push(transfers[0]!);
		engine.observe(packetsOf([["c:2421", "all:69", rrq("f")]]));
		engine.observe(packetsOf([block(5000, 2421)]));
		engine.observe(packetsOf([ask(2422)]));
		expect(told()).toEqual([100_000, []]);
		engine.observe(packetsOf([ask(2423)]));
		expect(told()).toEqual([100_000, [1]]);
		const beyond = table.store.size - 1;
		expect([table.store.transfer(beyond), sessions.protocolOf(beyond), sessions.fieldsOf(beyond)]).toEqual([
			0,
			"tftp",
			{ file: "f", mode: "octet" },
		]);
		engine.observe(packetsOf([block(6000, 2421, 1, "t")]));
		expect(told()).toEqual([100_000, [2]]);
		const steps = [5, 6, 7].flatMap((n): Step[] => [block(7000, 2500, n, "u"), ["c:2500", "u:7000", ack(n)]]);
		engine.observe(packetsOf(steps));
		expect(told()).toEqual([100_000, [3]]);
	});
});
