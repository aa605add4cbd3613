/** Calls compared with each other, and what is kept of them. */
import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import type { Call } from "../../../src/session/call/call.ts";
import { CallTracker } from "../../../src/session/call/calls.ts";
import { SipAddresses } from "../../../src/session/call/sip-addresses.ts";
import { Transactions } from "../../../src/session/call/transactions.ts";
import { IncidentTable } from "../../../src/session/incidents.ts";
import { MediaTable } from "../../../src/session/media/media.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { Requests } from "../../../src/session/service/requests.ts";
import { analyse } from "../../support/analyse.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { parseSip, sip } from "../../support/sip.ts";

const metIn = (overflow: Overflow) => [...overflow.entries()].map(([, count]) => count);
const message = (number: number) => ({
	place: { file: 0, number, time: number },
	flow: 0,
	side: 0 as const,
	text: "setup",
	hasMedia: false,
});

describe("calls between the same two users", () => {
	it("are the eight before a call and the eight after it, in their order, whatever hosts they name", () => {
		const tracker = new CallTracker(new MediaTable());
		for (let n = 0; n < 60; n++) {
			const [from, to] = n % 3 === 0 ? ["201@a", "200@b"] : [`201@h${n}`, n % 3 === 1 ? "300" : "200"];
			tracker.report("h323", `${n}`, {
				kind: "setup",
				time: n,
				flow: 0,
				from: { address: from!, name: "" },
				to: { address: to!, name: "" },
			});
		}
		const users = ({ from, to }: Call) => `${from.address.split("@")[0]} ${to.address.split("@")[0]}`;
		for (const call of tracker.calls) {
			const same = tracker.calls.filter((each) => users(each) === users(call));
			const place = same.indexOf(call);
			const expected = same.filter((_, n) => n !== place && Math.abs(n - place) <= 8);
			expect(tracker.alike(call).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
		}
	});
});

describe("what is kept of calls", () => {
	it("is a hundred messages of each, and how many more there were", () => {
		const overflow = new Overflow();
		const tracker = new CallTracker(new MediaTable(), overflow);
		const say = (call: string, count: number) => {
			for (let n = 0; n < count; n++)
				tracker.report("h323", call, { kind: "other", time: n, flow: 0, message: message(n) });
		};
		say("x", 100);
		say("y", 3);
		expect(tracker.calls.map(({ messages, messagesBeyond }) => [messages.length, messagesBeyond])).toEqual([
			[100, 0],
			[3, 0],
		]);
		say("x", 2);
		expect(tracker.calls.map(({ messages, messagesBeyond }) => [messages.length, messagesBeyond])).toEqual([
			[100, 2],
			[3, 0],
		]);
		expect(metIn(overflow)).toEqual([2]);
	});

	it("is 200,000 messages of all, and 100,000 calls", () => {
		const overflow = new Overflow();
		const tracker = new CallTracker(new MediaTable(), overflow);
		for (let call = 0; call < 100_000; call++)
			for (let n = 0; n < 2; n++)
				tracker.report("h323", `${call}`, { kind: "other", time: n, flow: 0, message: message(n) });
		expect([tracker.calls.length, metIn(overflow)]).toEqual([100_000, []]);
		tracker.report("h323", "7", { kind: "other", time: 3, flow: 0, message: message(3) });
		expect([tracker.calls[7]!.messages.length, tracker.calls[7]!.messagesBeyond, metIn(overflow)]).toEqual([2, 1, [1]]);
		tracker.report("h323", "100000", { kind: "setup", time: 3, flow: 0 });
		expect([tracker.calls.length, metIn(overflow)]).toEqual([100_000, [1, 1]]);
	});
});

describe("calls of which only the request is known", () => {
	const report = (tracker: CallTracker, call: number, kind: "setup" | "ringing") =>
		tracker.report("h323", `${call}`, { kind, time: call, flow: 0 });

	it("are kept up to 30,000; each that is answered makes room for another", () => {
		const overflow = new Overflow();
		const tracker = new CallTracker(new MediaTable(), overflow);
		for (let call = 0; call < 30_000; call++) report(tracker, call, "setup");
		expect([tracker.calls.length, metIn(overflow)]).toEqual([30_000, []]);
		report(tracker, 30_000, "setup");
		expect([tracker.calls.length, metIn(overflow)]).toEqual([30_000, [1]]);
		for (const _ of [1, 2]) report(tracker, 7, "ringing");
		for (const call of [30_001, 30_002]) report(tracker, call, "setup");
		expect([tracker.calls.length, metIn(overflow)]).toEqual([30_001, [2]]);
	});

	it("count however old they are, so that a flood leaves room for calls that are answered; which is told", () => {
		const overflow = new Overflow();
		const tracker = new CallTracker(new MediaTable(), overflow);
		const day = 86_400e9;
		for (let call = 0; call < 100_000; call++) tracker.report("h323", `${call}`, { kind: "setup", time: 0, flow: 0 });
		tracker.report("h323", "next", { kind: "setup", time: day, flow: 0 });
		tracker.report("h323", "next", { kind: "answered", time: day, flow: 0 });
		expect(tracker.calls.slice(30_000)).toMatchObject([{ callId: "next", answered: day }]);
		const told =
			"requests for calls beyond 30000 calls, old or new, without any answer: their calls are listed only where an answer came";
		expect([...overflow.entries()]).toEqual([[told, 70_001]]);
	});

	it("beyond that are known from their first answer on", () => {
		const tracker = new CallTracker(new MediaTable());
		for (let call = 0; call <= 30_000; call++) report(tracker, call, "setup");
		report(tracker, 30_000, "ringing");
		expect(tracker.calls.slice(30_000)).toMatchObject([{ callId: "30000", beganBefore: true, ringing: 30_000 }]);
		// It was never counted among those without an answer.
		report(tracker, 30_001, "setup");
		expect(tracker.calls.length).toBe(30_001);
	});

	it("are those of SIP whose INVITE nobody answers", () => {
		const calls = (packets: Packet[]) => analyse(packets).sessions.calls.calls.map(({ isHeard }) => isHeard);
		const invite = { first: "INVITE sip:200@h SIP/2.0", cseq: "1 INVITE", time: 0 };
		const trying = { ...invite, first: "SIP/2.0 100 Trying" };
		const answerToBye = { ...invite, first: "SIP/2.0 481 No", cseq: "2 BYE" };
		expect(calls([sip(invite), sip(answerToBye)])).toEqual([false]);
		expect(calls([sip(invite), sip(trying)])).toEqual([true]);
	});
});

describe("flows whose SIP messages are looked at for their addresses", () => {
	it("are 10,000 at a time: what is beyond them is told, while the oldest is young", () => {
		const told = (seconds: number) => {
			const overflow = new Overflow();
			const incidents = new IncidentTable();
			const addresses = new SipAddresses(incidents, overflow);
			const lines = ["OPTIONS sip:a SIP/2.0", "Via: SIP/2.0/UDP 192.168.1.20:5060;branch=z9hG4bK", "", ""];
			const message = parseSip(Buffer.from(lines.join("\r\n")), 0, 1e9)!;
			const observe = (flow: number, time: number) =>
				addresses.observe(message, Object.assign(new PacketView(), { ipVersion: 4, src3: 0xc6336407, time }), flow, 0);
			for (let flow = 0; flow < 10_000; flow++) observe(flow, 0);
			expect(metIn(overflow)).toEqual([]);
			observe(10_000, seconds * 1e9);
			// A flow that is looked at goes on to be.
			observe(9999, seconds * 1e9);
			return [incidents.of(9999)[0]!.count, incidents.of(10_000).length, ...metIn(overflow)];
		};
		expect([told(0), told(31.9), told(32)]).toEqual([
			[2, 0, 1],
			[2, 0, 1],
			[2, 1],
		]);
	});
});

describe("requests whose answers come elsewhere", () => {
	const packet = (from: number, to: number, time = 0) =>
		Object.assign(new PacketView(), { ipVersion: 4, src3: from, dst3: to, time, number: 1 });
	const [HOST, SERVER, OTHER] = [0x0a000002, 0x0a000001, 0x0a000003];
	const open = (requests: Requests, flows: number) => {
		const incidents = new IncidentTable();
		requests.tellOpen(incidents, ({ what, subject }) => ({ what, subject }));
		return Array.from({ length: flows }, (_, flow) => incidents.of(flow)[0]?.count ?? 0);
	};

	it("are answered where the answer goes to the host that asked, in four places at most", () => {
		const requests = new Requests();
		const transactions = new Transactions(requests);
		for (let flow = 0; flow < 6; flow++) transactions.ask(flow, 0, 7, packet(HOST, SERVER), "request", "");
		transactions.ask(1, 0, 7, packet(HOST, SERVER), "request", "");
		expect(open(requests, 6)).toEqual([1, 2, 1, 1, 1, 1]);
		transactions.answer(9, 1, 7, packet(SERVER, OTHER));
		transactions.answer(9, 1, 8, packet(SERVER, HOST));
		expect(open(requests, 6)).toEqual([1, 2, 1, 1, 1, 1]);
		transactions.answer(9, 1, 7, packet(SERVER, HOST));
		expect(open(requests, 6)).toEqual([0, 0, 0, 0, 1, 1]);
	});

	it("are answered by all four words of an address", () => {
		for (const word of ["src0", "src1", "src2", "src3"] as const) {
			const requests = new Requests();
			const transactions = new Transactions(requests);
			const from = Object.assign(packet(HOST, SERVER), { ipVersion: 6, dst0: 0x20010000, src0: 1, src1: 2, src2: 3 });
			transactions.ask(0, 0, 7, Object.assign(from, { [word]: 99 }), "request", "");
			const answer = Object.assign(packet(SERVER, HOST), { ipVersion: 6, dst0: 1, dst1: 2, dst2: 3 });
			transactions.answer(1, 1, 7, answer);
			expect(open(requests, 1), word).toEqual([1]);
			transactions.answer(1, 1, 7, Object.assign(answer, { [word.replace("src", "dst")]: 99 }));
			expect(open(requests, 1), word).toEqual([0]);
		}
	});

	it("are closed by their own side's acknowledgement", () => {
		const requests = new Requests();
		const transactions = new Transactions(requests);
		transactions.ask(0, 0, 7, packet(HOST, SERVER), "request", "");
		transactions.acknowledge(0, 1, 7);
		expect(open(requests, 1)).toEqual([1]);
		transactions.acknowledge(0, 0, 7);
		expect(open(requests, 1)).toEqual([0]);
	});

	it("are looked for among the latest 20,000: what gives way is told while its answer may come", () => {
		const told = (seconds: number) => {
			const overflow = new Overflow();
			const transactions = new Transactions(new Requests(), overflow);
			for (let key = 0; key < 20_000; key++) transactions.ask(key, 0, key, packet(HOST, SERVER), "request", "");
			expect(metIn(overflow)).toEqual([]);
			transactions.ask(30_000, 0, 30_000, packet(HOST, SERVER, seconds * 1e9), "request", "");
			return metIn(overflow);
		};
		expect([told(0), told(31.9), told(32)]).toEqual([[1], [1], []]);
	});
});
