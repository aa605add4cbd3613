/** What SIP requests are open: which of them somebody has to answer, and what answers them. */
import { describe, expect, it } from "vitest";
import { analyse } from "../../support/analyse.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { type Message, sip } from "../../support/sip.ts";

const message = (first: string, cseq: string, more: Partial<Message> = {}) => sip({ first, cseq, time: 0, ...more });
const ask = (method: string, number = 1, more: Partial<Message> = {}) =>
	message(`${method} sip:200@h SIP/2.0`, `${number} ${method}`, more);

/** The requests without an answer. */
function open(...packets: Packet[]): string[] {
	const { sessions } = analyse(packets);
	sessions.finish();
	return [...sessions.incidents.all()]
		.filter(({ kind }) => kind === "unanswered")
		.map(({ side, detail, subject, count }) => `${side} ${detail} ${subject} ${count}`);
}

describe("a SIP request", () => {
	it("is open until something answers it, whatever the answer", () => {
		for (const method of ["INVITE", "REGISTER", "OPTIONS", "BYE", "MESSAGE"]) {
			expect(open(ask(method))).toEqual([`0 SIP ${method} request 200@h 1`]);
			for (const status of ["100 Trying", "200 OK", "603 Decline"])
				expect(open(ask(method), message(`SIP/2.0 ${status}`, `1 ${method}`))).toEqual([]);
			expect(open(ask(method), message("SIP/2.0 200 OK", "2 OTHER"))).toHaveLength(1);
		}
	});

	it("counts as often as it was sent, and others apart", () => {
		expect(open(ask("INVITE"), ask("INVITE"), ask("OPTIONS", 7))).toEqual([
			"0 SIP INVITE request 200@h 2",
			"0 SIP OPTIONS request 200@h 1",
		]);
	});

	it("has its answer where its sender acknowledges it, if not in the capture", () => {
		const branch = { via: "10.0.0.2:5060;branch=z9hG4bKone" };
		expect(open(ask("INVITE", 1, branch), ask("ACK", 1, branch))).toEqual([]);
		expect(open(ask("INVITE", 1, branch), ask("ACK", 2, branch))).toHaveLength(1);
	});

	it("needs no answer where it acknowledges or cancels", () => {
		expect(open(ask("ACK"), ask("CANCEL"))).toEqual([]);
	});

	it("is a registration where its method says so", () => {
		const registration = (method: string) =>
			analyse([ask(method), message("SIP/2.0 200 OK", `1 ${method}`)]).sessions.sip.registrations.of(0);
		expect(registration("REGISTER")).toMatchObject({ user: "200@h", registration: "200 OK" });
		expect(registration("OPTIONS")).toBe(undefined);
	});

	it("is none where it is no message", () => {
		expect(open(message("INVITE sip:200@h SIP/9.9", "1 INVITE"), message("hello", "1 INVITE"))).toEqual([]);
	});
});
