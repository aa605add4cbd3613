import { describe, expect, it } from "vitest";
import { messageOf } from "../../../src/finding/observation.ts";
import { analyse } from "../../support/analyse.ts";
import { findingsOf } from "../../support/findings.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { type Message, sip } from "../../support/sip.ts";

const sdp = (address: string, port: number) =>
	["v=0", `c=IN IP4 ${address}`, "t=0 0", `m=audio ${port} RTP/AVP 8`, ""].join("\r\n");
const TO = "<sip:200@h>;tag=B";
const invite = sip({ first: "INVITE sip:200@h SIP/2.0", cseq: "1 INVITE", time: 0, body: sdp("10.0.0.2", 5004) });
const ok = (time: number, more: Partial<Message> = {}) =>
	sip({ first: "SIP/2.0 200 OK", cseq: "1 INVITE", to: TO, time, body: sdp("10.0.0.1", 46_750), ...more });
const ack = (time: number, more: Partial<Message> = {}) =>
	sip({ first: "ACK sip:200@h SIP/2.0", cseq: "1 ACK", to: TO, time, ...more });
const bye = (time: number, lines: readonly string[] = []) =>
	sip({
		first: "BYE sip:201@h SIP/2.0",
		cseq: "1 BYE",
		from: TO,
		to: "<sip:201@h>;tag=A",
		reversed: true,
		time,
		lines,
	});
/** As RFC 3261, 13.3.1.4 has it. */
const TIMES = [1, 1.5, 2.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5, 32.5];

function told(...packets: Packet[]): string[] {
	const { findings, sessions } = findingsOf(analyse([invite, ...packets]));
	return findings.ofCall(sessions.calls.calls[0]!).map((each) => `${each.severity} ${each.kind}: ${messageOf(each)}`);
}

describe("an answer that is never acknowledged", () => {
	const answers = TIMES.map((time) => ok(time));

	it("is told, with what the BYE says, and not for missing media too", () => {
		const words =
			"error no-ack: the answer to the call of 201@h to 200@h was sent 11 times in 32 s, and never acknowledged";
		expect(told(...answers)).toEqual([words]);
		expect(told(...answers, bye(33, ['Reason: SIP;cause=408;text="ACK timeout"']))).toEqual([
			`${words}; the call ended with: 408 ACK timeout`,
		]);
	});

	it.each<[string, Packet[]]>([
		["late", [...answers.slice(0, 6), ack(14)]],
		["on another hop", [...answers, ack(30, { client: "10.0.0.9:5060" })]],
	])("is not where the ACK comes %s", (_, packets) => {
		expect(told(...packets).filter((text) => text.includes("no-ack"))).toEqual([]);
	});

	it.each<[string, Packet[]]>([
		["a few times", answers.slice(0, 3)],
		["in a moment, by a mirror port", [1, 1.001, 1.002, 1.003, 1.004, 1.005].map((time) => ok(time))],
		["on its hops", [1, 2, 3, 4, 5].map((time) => ok(time, { client: `10.0.0.${time}:5060` }))],
		["to other requests", [1, 2, 3, 4, 5].map((time) => ok(time, { cseq: `${time} INVITE` }))],
	])("is not told where the answer came %s", (_, packets) => {
		expect(told(...packets).filter((text) => text.includes("no-ack"))).toEqual([]);
	});
});

describe("the reason of an end", () => {
	const endOf = (...lines: string[]) => {
		const { sessions } = analyse([invite, ok(1), ack(1.1), bye(9, lines), bye(10, ["Reason: SIP;cause=500"])]);
		const { endReason, cause } = sessions.calls.calls[0]!;
		return [endReason, cause];
	};

	it("is that of the first BYE, in its words", () => {
		expect(endOf()).toEqual(["", 0]);
		expect(endOf('Reason: SIP;cause=408;text="ACK timeout"')).toEqual(["408 ACK timeout", 0]);
		expect(endOf('Reason: SIP ;text="Session expired" ; cause=503')).toEqual(["503 Session expired", 0]);
		expect(endOf('Reason: Q.850;cause=16;text="Terminated"')).toEqual(["Terminated", 16]);
		expect(endOf("Reason: Q.850;cause=38")).toEqual(["", 38]);
		expect(endOf("Reason: nothing")).toEqual(["", 0]);
	});
});
