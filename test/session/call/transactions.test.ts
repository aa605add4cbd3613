import { describe, expect, it } from "vitest";
import { registrationConfirm, registrationRequest } from "../../../scripts/captures/payloads/ras.ts";
import { datagram } from "../../support/analyse.ts";
import { findingsIn } from "../../support/findings.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { REGISTRATION } from "../../support/ras.ts";
import { type Message, sip } from "../../support/sip.ts";

const request = (method: string, time: number, more: Partial<Message> = {}) =>
	sip({ first: `${method} sip:200@10.0.0.1 SIP/2.0`, cseq: `1 ${method}`, time, ...more });
const answer = (status: string, method: string, time: number, more: Partial<Message> = {}) =>
	sip({ first: `SIP/2.0 ${status}`, cseq: `1 ${method}`, time, ...more });
/** Something that the capture goes on with. */
const later = (time: number): Packet => ({ packet: datagram("10.0.0.8:9", "10.0.0.9:9", "x"), time: time * 1e9 });
const told = (...packets: Packet[]) =>
	findingsIn(packets)
		.filter(({ kind }) => kind === "unanswered")
		.map(({ severity, text, count }) => `${severity} ${count}: ${text}`);

describe("SIP requests without an answer", () => {
	it("are told with how often they were sent", () => {
		const tries = [0, 0.5, 1.5, 3.5].map((time) => request("INVITE", time));
		expect(told(...tries, later(8))).toEqual([
			"error 4: 1 SIP INVITE request (200@10.0.0.1), sent 4 times, got no answer",
		]);
	});

	it("are one finding of one method, with all that were sent", () => {
		const pings = [0, 30, 60, 90].map((time, n) => request("OPTIONS", time, { id: `ping-${n}` }));
		expect(told(...pings, later(120))).toEqual(["error 4: 4 SIP OPTIONS requests (200@10.0.0.1) got no answer"]);
		const twice = [0, 30, 60, 90].flatMap((time, n) =>
			[time, time + 1].map((each) => request("OPTIONS", each, { id: `ping-${n}` })),
		);
		expect(told(...twice, later(120))).toEqual([
			"error 8: 4 SIP OPTIONS requests (200@10.0.0.1), sent 8 times, got no answer",
		]);
	});

	it.each(["REGISTER", "BYE", "SUBSCRIBE", "NOTIFY", "PRACK"])("are those of %s too", (method) => {
		expect(told(request(method, 0), later(10))).toEqual([
			`error 1: 1 SIP ${method} request (200@10.0.0.1) got no answer`,
		]);
	});

	it.each(["ACK", "CANCEL"])("are none of %s", (method) => {
		expect(told(request(method, 0), later(10))).toEqual([]);
	});

	it.each(["100 Trying", "401 Unauthorized", "200 OK", "503 Service Unavailable"])("are none after %s", (status) => {
		expect(told(request("INVITE", 0), answer(status, "INVITE", 1), later(60))).toEqual([]);
	});

	it("are none where the answer goes to another port of the same host, and are where it goes to another one", () => {
		const [asked, elsewhere] = [{ client: "10.0.0.2:40000", via: "10.0.0.2:5060;branch=z9hG4bKx" }, "10.0.0.2:5060"];
		expect(
			told(request("OPTIONS", 0, asked), answer("200 OK", "OPTIONS", 1, { ...asked, client: elsewhere }), later(9)),
		).toEqual([]);
		const inside = { client: "192.168.1.2:5060", via: "192.168.1.2;branch=z9hG4bKx" };
		const outside = { ...inside, client: "198.51.100.1:5060" };
		const both = [request("OPTIONS", 0, inside), request("OPTIONS", 0.01, outside)];
		expect(told(...both, answer("200 OK", "OPTIONS", 0.1, outside), later(9))).toHaveLength(1);
	});

	it("are not judged at the end of the capture, nor where they go to a group", () => {
		expect(told(request("INVITE", 0), later(1))).toEqual([]);
		expect(told(request("SUBSCRIBE", 0, { server: "224.0.1.75:5060" }), later(60))).toEqual([]);
	});

	it("are a proxy's, where the next hop is silent", () => {
		const hop = { client: "10.0.0.1:5060", server: "10.0.0.7:5060", via: "10.0.0.1;branch=z9hG4bKproxy" };
		expect(
			told(request("INVITE", 0), answer("100 Trying", "INVITE", 0.1), request("INVITE", 0.1, hop), later(9)),
		).toEqual(["error 1: 1 SIP INVITE request (200@10.0.0.1) got no answer"]);
	});
});

describe("RAS requests without an answer", () => {
	const asked = { packet: datagram("10.0.0.2:1719", "10.0.0.1:1719", registrationRequest(REGISTRATION)), time: 0 };
	const confirmed = {
		packet: datagram("10.0.0.1:1719", "10.0.0.2:1719", registrationConfirm(REGISTRATION)),
		time: 1e9,
	};

	it("are told, and none where a confirmation came", () => {
		expect(told(asked, later(9))).toEqual(["error 1: 1 RAS registration request (201) got no answer"]);
		expect(told(asked, confirmed, later(9))).toEqual([]);
	});
});
