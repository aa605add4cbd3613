import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stun } from "../../../scripts/captures/payloads/media.ts";
import { Random } from "../../../scripts/captures/random.ts";
import { PacketView } from "../../../src/packet/view.ts";
import { type Call, resultOf } from "../../../src/session/call/call.ts";
import { CallTracker } from "../../../src/session/call/calls.ts";
import { Refusals } from "../../../src/session/call/refusals.ts";
import { SipTracker } from "../../../src/session/call/sip.ts";
import { Transactions } from "../../../src/session/call/transactions.ts";
import { IncidentTable } from "../../../src/session/incidents.ts";
import { MediaTable } from "../../../src/session/media/media.ts";
import { Requests } from "../../../src/session/service/requests.ts";
import { analyse, datagram } from "../../support/analyse.ts";

/** A tracker that is fed texts, one a second. */
class Line {
	readonly media = new MediaTable();
	readonly tracker = new CallTracker(this.media);
	readonly refusals = new Refusals();
	readonly sip = new SipTracker(this.tracker, this.refusals, new Transactions(new Requests()), new IncidentTable());
	readonly #packet = new PacketView();

	say(text: string, flow = 0): this {
		const data = Buffer.from(text, "latin1");
		this.#packet.time += 1e9;
		this.sip.observe(data, 0, data.length, this.#packet, flow, text.startsWith("SIP/2.0") ? 1 : 0);
		return this;
	}

	get call(): Call {
		return this.tracker.calls[0]!;
	}

	get result(): string {
		return resultOf(this.call);
	}
}

const SDP = (port: number, ...lines: string[]) =>
	["v=0", "c=IN IP4 192.0.2.1", `m=audio ${port} RTP/AVP 8 18`, ...lines, ""].join("\r\n");
const head = (first: string, cseq: string, fromTag: string, toTag: string, id = "x") =>
	[
		first,
		`From: <sip:a@h>;tag=${fromTag}`,
		`To: <sip:b@h>${toTag && `;tag=${toTag}`}`,
		`Call-ID: ${id}`,
		`CSeq: ${cseq}`,
		"",
		"",
	].join("\r\n");
const ask = (method: string, toTag = "", body = "", id = "x", number = 1) =>
	head(`${method} sip:b@h SIP/2.0`, `${number} ${method}`, "A", toTag, id) + body;
const askBack = (method: string, body = "") => head(`${method} sip:a@h SIP/2.0`, `9 ${method}`, "B", "A") + body;
const reply = (status: string, method = "INVITE", body = "") =>
	head(`SIP/2.0 ${status}`, `1 ${method}`, "A", "B") + body;
const replyBack = (status: string, body = "") => head(`SIP/2.0 ${status}`, "9 INVITE", "B", "A") + body;

describe("how a call went", () => {
	it.each<[string, string[]]>([
		["unanswered request", [ask("INVITE"), ask("INVITE")]],
		["in progress", [ask("INVITE"), reply("100 Trying"), reply("180 Ringing")]],
		["answered", [ask("INVITE"), reply("200 OK"), ask("ACK", "B"), ask("BYE", "B")]],
		["answered", [ask("INVITE"), reply("200 OK"), ask("INVITE", "B"), reply("488 Not Acceptable Here")]],
		["busy", [ask("INVITE"), reply("486 Busy Here")]],
		["busy", [ask("INVITE"), reply("600 Busy Everywhere")]],
		["cancelled", [ask("INVITE"), ask("CANCEL"), reply("200 OK", "CANCEL"), reply("487 Request Terminated")]],
		["cancelled", [ask("INVITE"), reply("180 Ringing"), ask("CANCEL")]],
		["answered", [ask("INVITE"), ask("CANCEL"), reply("200 OK"), ask("ACK", "B")]],
		["no answer", [ask("INVITE"), reply("180 Ringing"), reply("480 Temporarily Unavailable")]],
		["no answer", [ask("INVITE"), reply("180 Ringing"), reply("408 Request Timeout")]],
		["rejected 480 Temporarily Unavailable", [ask("INVITE"), reply("480 Temporarily Unavailable")]],
		["rejected 480 Away", [ask("INVITE"), reply("183 Session Progress"), reply("480 Away")]],
		// The network plays the tone.
		["no answer", [ask("INVITE"), ...Array<string>(4).fill(reply("183 Session Progress")), reply("480 Away")]],
		["failed 408 Request Timeout", [ask("INVITE"), reply("408 Request Timeout")]],
		["rejected 403 Forbidden", [ask("INVITE"), reply("403 Forbidden")]],
		["rejected 603 Decline", [ask("INVITE"), reply("603 Decline")]],
		["rejected 401 Unauthorized", [ask("INVITE"), reply("401 Unauthorized"), ask("ACK")]],
		["answered", [ask("INVITE"), reply("401 Unauthorized"), ask("ACK"), ask("INVITE"), reply("200 OK")]],
		["failed 488 Not Acceptable Here", [ask("INVITE"), reply("488 Not Acceptable Here")]],
		["failed 503", [ask("INVITE"), reply("503")]],
		["failed 500 Error", [ask("INVITE"), reply("500 Error")]],
		["failed 415 Unsupported Media Type", [ask("INVITE"), reply("415 Unsupported Media Type")]],
		["failed 606 Not Acceptable", [ask("INVITE"), reply("606 Not Acceptable")]],
		["rejected 604 Nowhere", [ask("INVITE"), reply("604 Nowhere")]],
		["rejected 400 Bad Request", [ask("INVITE"), reply("400 Bad Request")]],
		["redirected 300 Multiple Choices", [ask("INVITE"), reply("300 Multiple Choices")]],
		["cancelled", [ask("INVITE"), reply("487 Request Terminated")]],
		["failed 503", [ask("INVITE"), ask("CANCEL"), reply("503")]],
		["answered", [ask("INVITE"), reply("486 Busy Here"), reply("200 OK")]],
		["redirected 302 Moved Temporarily", [ask("INVITE"), reply("302 Moved Temporarily")]],
	])("is %s", (result, messages) => {
		const line = new Line();
		for (const message of messages) line.say(message);
		expect(line.tracker.calls).toHaveLength(1);
		expect(line.result).toBe(result);
		expect(line.call.beganBefore).toBe(false);
	});

	it.each(["BYE", "ACK", "INVITE"])("is known of a call that began before the capture, by its %s", (method) => {
		const line = new Line().say(ask(method, "B"));
		expect([line.result, line.call.beganBefore, line.call.answered]).toEqual(["answered", true, null]);
	});

	it("has its times", () => {
		const line = new Line().say(ask("INVITE")).say(reply("180 Ringing")).say(reply("200 OK")).say(ask("BYE", "B"));
		const { start, ringing, answered, ended } = line.call;
		expect([start, ringing, answered, ended]).toEqual([1e9, 2e9, 3e9, 4e9]);
	});

	it("rings by 180, or where progress goes on for four seconds", () => {
		const ringing = (count: number) =>
			[ask("INVITE"), ...Array<string>(count).fill(reply("183 Session Progress")), reply("200 OK")].reduce(
				(line, message) => line.say(message),
				new Line(),
			).call.ringing;
		expect([ringing(3), ringing(4)]).toEqual([null, 2e9]);
		// The answer to a later change of the call is no end of ringing.
		const changed = new Line();
		const soon = [ask("INVITE"), reply("183 Session Progress"), reply("200 OK"), ask("ACK", "B")];
		for (const message of [...soon, ...Array<string>(4).fill(ask("INVITE", "B")), reply("200 OK")])
			changed.say(message);
		expect(changed.call.ringing).toBeNull();
	});

	it("has an end by its refusal, which an answer of another branch takes back", () => {
		const refused = new Line().say(ask("INVITE")).say(reply("486 Busy Here"));
		expect([refused.call.ended, refused.call.status, refused.call.refusedAt?.time]).toEqual([2e9, 486, 2e9]);
		refused.say(reply("486 Busy Here"));
		expect([refused.call.ended, refused.call.refusedAt?.time]).toEqual([2e9, 2e9]);
		refused.say(reply("200 OK"));
		expect([refused.call.ended, refused.call.status, refused.call.answered]).toEqual([null, 200, 4e9]);
		// A second answer to a call that has ended does not take back its end.
		refused.say(ask("BYE", "B")).say(reply("200 OK"));
		expect([refused.call.ended, refused.call.answered]).toEqual([5e9, 4e9]);
		expect(new Line().say(ask("INVITE")).say(reply("300 Multiple Choices")).call.ended).toBe(2e9);
	});

	it("is no call where nobody was called", () => {
		const line = new Line();
		for (const method of ["OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE"])
			line.say(ask(method)).say(reply("200 OK", method));
		line.say("INVITE sip:b@h SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n").say("\r\n\r\n").say("noise");
		expect(line.tracker.calls).toEqual([]);
	});
});

describe("what a call announces", () => {
	it("is whose it is, by the tags, whoever asks", () => {
		const line = new Line()
			.say(ask("INVITE", "", SDP(5000)))
			.say(reply("200 OK", "INVITE", SDP(6000)))
			.say(askBack("INVITE", SDP(6002, "a=sendonly")))
			.say(replyBack("200 OK", SDP(5000, "a=recvonly")));
		expect(line.call.offers.map(({ party, media }) => [party, media.port, media.direction])).toEqual([
			[0, 5000, "sendrecv"],
			[1, 6000, "sendrecv"],
			[1, 6002, "sendonly"],
			[0, 5000, "recvonly"],
		]);
		expect(line.call.codecs).toEqual(["PCMA"]);
		expect(line.media.at("192.0.2.1", 5001)).toBe("rtcp");
	});

	it("is noted once, however often it is said", () => {
		const line = new Line().say(ask("INVITE", "", SDP(5000))).say(ask("INVITE", "", SDP(5000)));
		line.say(reply("183 Session Progress", "INVITE", SDP(6000))).say(reply("200 OK", "INVITE", SDP(6000)));
		expect(line.call.offers).toHaveLength(2);
	});

	it("comes from a late offer and the answer in the ACK too", () => {
		const line = new Line().say(ask("INVITE")).say(reply("200 OK", "INVITE", SDP(6000)));
		line.say(ask("ACK", "B", SDP(5000).replace("8 18", "18")));
		expect(line.call.offers.map(({ party, media }) => [party, media.port])).toEqual([
			[1, 6000],
			[0, 5000],
		]);
		expect(line.call.codecs.at(-1)).toBe("G729");
	});

	it("is bounded, whatever a capture says", () => {
		const line = new Line();
		for (let port = 1024; port < 1400; port++) line.say(ask("INVITE", "", SDP(port)), port);
		expect(line.call.offers.length).toBeLessThanOrEqual(64);
		expect(line.call.flows.length).toBeLessThanOrEqual(32);
	});

	it("never throws, whatever the message", () => {
		const texts = [ask("INVITE", "", SDP(5000)), reply("200 OK", "INVITE", SDP(6000)), ask("BYE", "B")];
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(400), fc.nat(255), fc.nat(500)), { maxLength: 12 }), (plan) => {
				const line = new Line();
				for (const [which, at, value, cut] of plan) {
					const text = texts[which]!;
					line.say((text.slice(0, at) + String.fromCharCode(value) + text.slice(at + 1)).slice(0, cut));
				}
				for (const call of line.tracker.calls) expect(resultOf(call)).not.toBe("");
			}),
		);
	});
});

describe("the call that media belongs to", () => {
	const SIGNALLING = ["10.0.0.2:5060", "10.0.0.1:5060"] as const;
	const sdp = (address: string, port: number) => SDP(port).replace("192.0.2.1", address);
	const invite = (id: string, address: string, port: number) =>
		datagram(...SIGNALLING, ask("INVITE", "", sdp(address, port), id));
	const answered = (id: string, address: string, port: number) => {
		const text = head("SIP/2.0 200 OK", "1 INVITE", "A", "B", id) + sdp(address, port);
		return datagram(SIGNALLING[1], SIGNALLING[0], text);
	};
	const bye = (id: string) => datagram(...SIGNALLING, ask("BYE", "B", "", id));
	const flowOf = (packets: Parameters<typeof analyse>[0]) => {
		const { sessions, table } = analyse(packets);
		return sessions.announcedBy(table.store.size - 1).map(({ call }) => call.callId);
	};

	it.each([
		["both ends as announced", "10.0.0.2:5004", "10.0.0.1:46750"],
		["another source address", "198.51.100.9:40000", "10.0.0.1:46750"],
		["another source port", "10.0.0.2:7777", "10.0.0.1:46750"],
		["the answer to another address", "10.0.0.1:46750", "198.51.100.9:40000"],
		["the RTCP port", "10.0.0.2:5005", "10.0.0.1:46751"],
	])("is found by %s", (_, from, to) => {
		const signalling = [invite("one", "10.0.0.2", 5004), answered("one", "10.0.0.1", 46750)];
		expect(flowOf([...signalling, datagram(from, to, "x")])).toEqual(["one"]);
	});

	it("is none for other ports, or before anything was announced", () => {
		const signalling = [invite("one", "10.0.0.2", 5004), answered("one", "10.0.0.1", 46750)];
		expect(flowOf([...signalling, datagram("10.0.0.2:9", "10.0.0.1:9", "x")])).toEqual([]);
		const early = analyse([datagram("10.0.0.2:5004", "10.0.0.1:46750", "x"), ...signalling]);
		expect(early.sessions.announcedBy(0)).toEqual([]);
	});

	it("is the later one where a port is used again", () => {
		const first = [invite("one", "10.0.0.2", 5004), answered("one", "10.0.0.1", 46750), bye("one")];
		const second = [invite("two", "10.0.0.2", 5010), answered("two", "10.0.0.1", 46750)];
		expect(flowOf([...first, ...second, datagram("10.0.0.2:5010", "10.0.0.1:46750", "x")])).toEqual(["two"]);
		expect(flowOf([...first, ...second, datagram("10.9.9.9:1", "10.0.0.1:46750", "x")])).toEqual(["two"]);
	});

	it("goes on for five seconds behind its end, and the one that announced last is taken where both ends differ", () => {
		const timed = (packet: ReturnType<typeof invite>, seconds: number) => ({ packet, time: seconds * 1e9 });
		const signalling = (id: string, from: number) => [
			timed(invite(id, "10.0.0.2", 5004), from),
			timed(answered(id, "10.0.0.1", 46_750), from + 1),
		];
		const late = (seconds: number) =>
			flowOf([
				...signalling("one", 0),
				timed(bye("one"), 10),
				timed(datagram("10.0.0.2:5004", "10.0.0.1:46750", "x"), seconds),
			]);
		expect([late(9), late(15), late(15.001)]).toEqual([["one"], ["one"], []]);
		const mixed = (first: string, second: string) => {
			const [one, two] = [signalling(first, 0), signalling(second, 5)];
			const elsewhere = (id: string, seconds: number) => timed(answered(id, "10.0.0.9", 7000), seconds);
			return flowOf([
				one[0]!,
				elsewhere(first, 1),
				timed(invite(second, "10.0.0.8", 6000), 5),
				two[1]!,
				timed(datagram("10.0.0.2:5004", "10.0.0.1:46750", "x"), 8),
			]);
		};
		expect(mixed("one", "two")).toEqual(["two"]);
		const turned = [
			timed(invite("two", "10.0.0.8", 6000), 0),
			timed(answered("two", "10.0.0.1", 46_750), 1),
			timed(invite("one", "10.0.0.2", 5004), 5),
			timed(answered("one", "10.0.0.9", 7000), 6),
		];
		expect(flowOf([...turned, timed(datagram("10.0.0.2:5004", "10.0.0.1:46750", "x"), 8)])).toEqual(["one"]);
	});

	it("is both legs' where media goes directly between the phones", () => {
		const legs = ["one", "two"].flatMap((id) => [invite(id, "10.0.0.2", 5004), answered(id, "10.0.0.3", 6004)]);
		expect(flowOf([...legs, datagram("10.0.0.2:5004", "10.0.0.3:6004", "x")])).toEqual(["two", "one"]);
	});

	it("is one of H.323 where its signalling says so", () => {
		const { media, tracker } = new Line();
		tracker.report("h323", "ref", { kind: "setup", time: 0, flow: 4, from: { address: "201", name: "Ann" } });
		tracker.announce({ address: "10.0.0.2", port: 5004, protocol: "rtp" }, "h323", "ref", 0, 1);
		tracker.report("h323", "ref", { kind: "answered", time: 2, flow: 4 });
		tracker.report("h323", "ref", { kind: "ended", time: 3, flow: 5 });
		expect(tracker.calls[0]).toMatchObject({ protocol: "h323", callId: "ref", answered: 2, ended: 3, flows: [4, 5] });
		expect(resultOf(tracker.calls[0]!)).toBe("answered");
		expect(media.inForce("10.0.0.2", 5004, 5)).toMatchObject([{ call: 1, party: 0, protocol: "rtp" }]);
	});
});

describe("what is kept of a call's messages", () => {
	it("is each with its words, its side and whether it has media", () => {
		const line = new Line()
			.say(ask("INVITE", "", SDP(5000)))
			.say(reply("180 Ringing"))
			.say(reply("200 OK", "INVITE", SDP(6000)))
			.say(ask("ACK", "B"))
			.say(ask("INFO", "B", SDP(1)))
			.say(reply("200 OK", "INFO"))
			.say(reply("503", "BYE"));
		expect(
			line.call.messages.map(({ text, side, hasMedia, place, flow }) => [text, side, hasMedia, place.time / 1e9, flow]),
		).toEqual([
			["INVITE", 0, true, 1, 0],
			["180 Ringing", 1, false, 2, 0],
			["200 OK", 1, true, 3, 0],
			["ACK", 0, false, 4, 0],
			["INFO", 0, false, 5, 0],
			["200 OK", 1, false, 6, 0],
			["503", 1, false, 7, 0],
		]);
		// What is no part of the dialogue is listed, and tells nothing of the call.
		expect([line.call.last, line.call.offers.map(({ media }) => media.port)]).toEqual([7e9, [5000, 6000]]);
	});
});

describe("codecs of a call", () => {
	const codecs = (offer: string, answer: string, ...more: string[]) => {
		const line = new Line().say(ask("INVITE", "", offer)).say(reply("200 OK", "INVITE", answer));
		for (const text of more) line.say(text);
		return line.call.codecs;
	};
	const named = (types: string, ...maps: string[]) =>
		SDP(5000, ...maps.map((map) => `a=rtpmap:${map}`)).replace("8 18", types);

	it("are the answer's first that the offer has too, by name and clock, and no digits", () => {
		expect(codecs(SDP(5000), named("18 8"))).toEqual(["G729"]);
		expect(codecs(named("8"), named("18 8"))).toEqual(["PCMA"]);
		expect(codecs(named("8"), named("18"))).toEqual([]);
		const offer = named("96 97 101", "96 L16/8000", "97 opus/48000", "101 telephone-event/8000");
		expect(codecs(offer, named("101 97", "101 telephone-event/8000", "97 OPUS/48000"))).toEqual(["opus"]);
		expect(codecs(offer, named("96", "96 L16/16000"))).toEqual([]);
	});

	it("are each named once, fax as T38, and eight at most", () => {
		const again = ask("INVITE", "B", named("8"));
		expect(codecs(SDP(5000), SDP(6000), again, reply("200 OK", "INVITE", named("8")))).toEqual(["PCMA"]);
		const fax = (port: number) => ["v=0", "c=IN IP4 192.0.2.1", `m=image ${port} udptl t38`, ""].join("\r\n");
		expect(codecs(SDP(5000), SDP(6000), ask("INVITE", "B", fax(5000)), reply("200 OK", "INVITE", fax(6000)))).toEqual([
			"PCMA",
			"T38",
		]);
		const many = Array.from({ length: 10 }, (_, n) => [
			ask("INVITE", "B", named("96", `96 c${n}/8000`)),
			reply("200 OK", "INVITE", named("96", `96 c${n}/8000`)),
		]);
		expect(codecs(SDP(5000), SDP(6000), ...many.flat())).toHaveLength(8);
	});
});

describe("a request that is made once more", () => {
	it("is not refused by what refused it before", () => {
		const line = new Line();
		for (const message of [
			ask("INVITE"),
			reply("407 Proxy Authentication Required"),
			ask("ACK"),
			ask("INVITE"),
			reply("180 Ringing"),
		])
			line.say(message);
		expect(line.result).toBe("in progress");
		expect(line.call).toMatchObject({ status: 0, refusalReason: "", explanation: "", cause: 0, refusedAt: null });
	});
});

describe("the final answer", () => {
	it.each<[number, string[]]>([
		[0, [ask("INVITE"), reply("100 Trying"), reply("180 Ringing")]],
		[486, [ask("INVITE"), reply("180 Ringing"), reply("486 Busy Here")]],
		[0, [ask("INVITE"), reply("401 Unauthorized"), ask("ACK"), ask("INVITE")]],
		[200, [ask("INVITE"), reply("503"), reply("200 OK"), reply("486 Busy Here")]],
		[200, [ask("INVITE"), reply("200 OK"), ask("INVITE"), ask("INVITE", "B"), reply("488 Not Acceptable Here")]],
		[202, [ask("INVITE"), reply("202 Accepted")]],
	])("is %s", (status, messages) => {
		const line = new Line();
		for (const message of messages) line.say(message);
		expect(line.call.status).toBe(status);
	});
});

describe("how a call of H.323 went", () => {
	it.each<[string, string | undefined]>([
		["busy", "busy"],
		["no answer", "no answer"],
		["rejected cause 21", "cause 21"],
		["cancelled", undefined],
	])("is %s", (result, reason) => {
		const { tracker } = new Line();
		tracker.report("h323", "ref", { kind: "setup", time: 0, flow: 0 });
		tracker.report("h323", "ref", { kind: "ringing", time: 1, flow: 0 });
		expect(resultOf(tracker.calls[0]!)).toBe("in progress");
		tracker.report("h323", "ref", { kind: "ended", time: 2, flow: 0, ...(reason ? { reason } : {}) });
		expect(resultOf(tracker.calls[0]!)).toBe(result);
	});
});

describe("a SIP flow", () => {
	it("is found behind any number of keep-alives, and they are no messages of it", () => {
		const alive = Array.from({ length: 40 }, (_, n) =>
			datagram("10.0.0.2:5060", "10.0.0.1:5060", n % 2 ? "\r\n\r\n" : "\0\0"),
		);
		const { sessions } = analyse([...alive, datagram("10.0.0.2:5060", "10.0.0.1:5060", ask("INVITE"))]);
		expect(sessions.protocolOf(0)).toBe("sip");
		expect(sessions.calls.calls).toHaveLength(1);
	});

	it("is found behind keep-alives of any few bytes, whoever sends them", () => {
		const ends = ["10.0.0.2:5060", "10.0.0.1:5060"] as const;
		const alive = Array.from({ length: 40 }, (_, n) => datagram(ends[n % 2]!, ends[1 - (n % 2)]!, "hello world"));
		const { sessions, table } = analyse([...alive, datagram(...ends, ask("INVITE"))]);
		expect(sessions.protocolOf(0)).toBe("sip");
		expect(sessions.calls.calls).toHaveLength(1);
		expect(table.store.size).toBe(1);
	});

	it("tells by its answers who its server is, also where the request told that there is SIP", () => {
		const ends = ["10.0.0.2:5060", "10.0.0.1:5060"] as const;
		const answer = reply("401 Unauthorized", "REGISTER").replace("CSeq", "Server: IP Office 12.0.0.0 build 56\r\nCSeq");
		for (const before of [[], [reply("100 Trying", "REGISTER")]]) {
			const answers = [...before, answer].map((text) => datagram(ends[1], ends[0], text));
			const { sessions } = analyse([datagram(...ends, ask("REGISTER")), ...answers]);
			expect(sessions.identities.of("10.0.0.1")).toMatchObject([{ product: "ipo", release: "12.0.0.0 build 56" }]);
		}
	});
});

describe("a SIP flow that STUN keeps open", () => {
	it("is SIP, and its calls are followed", () => {
		const random = new Random("keep-alive");
		const ends = ["10.0.0.2:5060", "10.0.0.1:5060"] as const;
		const checks = Array.from({ length: 6 }, (_, n) =>
			n % 2 === 0 ? datagram(...ends, stun(random)) : datagram(ends[1], ends[0], stun(random, true)),
		);
		const { sessions } = analyse([
			...checks,
			datagram(...ends, ask("INVITE")),
			...checks,
			datagram(...ends, ask("BYE")),
		]);
		expect(sessions.protocolOf(0)).toBe("sip");
		expect(sessions.calls.calls.map(({ ended }) => ended !== null)).toEqual([true]);
	});
});

describe("registrations", () => {
	const registered = (...statuses: string[]) => {
		const line = new Line();
		for (const status of statuses) line.say(reply(status, "REGISTER").replace("CSeq", "Expires: 300\r\nCSeq"));
		return line.sip.registrations.of(0);
	};

	it("end as the last answer says; a challenge is no end where something came after it", () => {
		expect(registered("401 Unauthorized", "200 OK")).toEqual({ user: "b@h", registration: "200 OK", expires: 300 });
		expect(registered("200 OK", "401 Unauthorized")).toMatchObject({ registration: "200 OK" });
		expect(registered("401 Unauthorized", "403 Forbidden")).toEqual({ user: "b@h", registration: "403 Forbidden" });
		expect(registered("401 Unauthorized")).toMatchObject({ registration: "401 Unauthorized" });
		expect(registered("100 Trying")).toBeUndefined();
		expect(registered("401 Unauthorized", "300 Multiple Choices")).toEqual({
			user: "b@h",
			registration: "300 Multiple Choices",
		});
		expect(registered("503")).toEqual({ user: "b@h", registration: "503" });
	});

	it("end flow by flow, as the last user's did, for no time where they are taken back", () => {
		const line = new Line();
		const told = (status: string, user: string, flow: number, expires = 300) =>
			line.say(
				reply(status, "REGISTER").replace("sip:b@h", `sip:${user}@h`).replace("CSeq", `Expires: ${expires}\r\nCSeq`),
				flow,
			);
		told("200 OK", "b", 0);
		told("401 Unauthorized", "c", 0);
		told("200 OK", "d", 1, 0);
		expect([0, 1, 2].map((flow) => line.sip.registrations.of(flow))).toEqual([
			{ user: "c@h", registration: "401 Unauthorized" },
			{ user: "d@h", registration: "200 OK", expires: 0 },
			undefined,
		]);
	});
});
