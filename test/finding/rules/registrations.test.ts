import { describe, expect, it } from "vitest";
import { ras, registrationConfirm, registrationRequest } from "../../../scripts/captures/payloads/ras.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { findingsOf } from "../../support/findings.ts";
import { hex, type Packet } from "../../support/packet-builder.ts";
import { REGISTRATION } from "../../support/ras.ts";
import { type Message, sip } from "../../support/sip.ts";

const CREDENTIALS = ['Authorization: Digest username="201"'];
const STALE = ['WWW-Authenticate: Digest realm="h", stale=true, nonce="n"'];

/** A try, and its answer: one a second. */
function tried(
	n: number,
	status: string,
	more: Partial<Message> & { readonly answer?: readonly string[] } = {},
): Packet[] {
	const own = { cseq: `${n} REGISTER`, to: "<sip:201@h>", ...more };
	return [
		sip({ ...own, first: "REGISTER sip:h SIP/2.0", time: n }),
		sip({ ...own, first: `SIP/2.0 ${status}`, time: n + 0.1, lines: more.answer ?? [] }),
	];
}
const challenged = (n: number, answer?: readonly string[]) =>
	tried(n, "401 Unauthorized", { lines: CREDENTIALS, ...(answer ? { answer } : {}) });

function told(...packets: readonly Packet[][]) {
	const list = findingsOf(analyse(packets.flat())).findings.list();
	return list.map(({ kind, severity, text, count }) => `${kind} ${severity} ${count}: ${text}`);
}

describe("registrations that failed", () => {
	it.each(["403 Forbidden", "404 Not Found", "503 Service Unavailable", "603 Decline"])(
		"are those refused with %s",
		(status) => {
			expect(told(tried(1, "401 Unauthorized"), tried(2, status, { lines: CREDENTIALS }))).toEqual([
				`registration-failed error 1: registrations of 201@h are refused: ${status}`,
			]);
		},
	);

	it("tell the refusal's warning, and what to check by its status", () => {
		const refused = (status: string, ...answer: string[]) => {
			const [found] = findingsOf(analyse(tried(1, status, { answer }))).findings.list();
			return [found!.text, found!.check[0]];
		};
		expect(refused("503 Service Unavailable", 'Warning: 399 ipo "No 3rd party IP licence"')).toEqual([
			"registrations of 201@h are refused: 503 Service Unavailable (No 3rd party IP licence)",
			"the answer's reason or warning: what the server lacks",
		]);
		expect(refused("403 Forbidden")[1]).toBe("user, password and login code, and the domain that is asked for");
		expect(refused("603 Decline")[1]).toBe("user, password and login code");
	});

	it.each([
		[["401 Unauthorized", "200 OK"]],
		[["423 Interval Too Brief", "200 OK"]],
		[["401 Unauthorized"]],
		[["100 Trying", "302 Moved Temporarily"]],
	])("are not those answered by %j", (statuses) => {
		expect(told(...statuses.map((status, n) => tried(n + 1, status)))).toEqual([]);
	});

	it("are good to know only, where a later one succeeded, and an error where it came before", () => {
		const [refused, taken] = [tried(2, "503 Service Unavailable"), (n: number) => tried(n, "200 OK")];
		expect(told(refused, taken(3))).toEqual([
			"registration-failed info 1: registrations of 201@h are refused: 503 Service Unavailable, though a later one succeeded",
		]);
		expect(told(taken(1), refused)[0]).toMatch(/^registration-failed error 1:/);
	});

	it("are those whose credentials meet the same challenge three times in a row", () => {
		expect(told(challenged(1), challenged(2))).toEqual([]);
		expect(told(challenged(1), challenged(2), challenged(3))).toEqual([
			"registration-failed error 3: registrations of 201@h are refused: credentials are answered by the same challenge again and again: 401 Unauthorized",
		]);
		expect(told(challenged(1), challenged(2, STALE), challenged(3))).toEqual([]);
		expect(told(challenged(1), challenged(2), tried(3, "200 OK"), challenged(4))).toEqual([]);
		expect(told(challenged(1), challenged(1), challenged(1), challenged(1))).toEqual([]);
		expect(told(...[1, 2, 3, 4].map((n) => tried(n, "401 Unauthorized")))).toEqual([]);
	});

	it("are one finding for one registrar and answer, with the users", () => {
		const users = ["201", "202", "203"].map((user, n) => tried(n + 1, "403 Forbidden", { to: `<sip:${user}@h>` }));
		expect(told(...users)).toEqual([
			"registration-failed error 3: registrations of 201@h, 202@h and 203@h are refused: 403 Forbidden",
		]);
		const phones = ["10.0.0.2", "10.0.0.3"].map((address, n) =>
			tried(n + 1, "403 Forbidden", { client: `${address}:5060`, to: `<sip:${n}@h>` }),
		);
		expect(told(...phones)).toEqual(["registration-failed error 2: registrations are refused: 403 Forbidden"]);
	});
});

describe("what gatekeepers refuse", () => {
	const VERSION = hex("00 08 91 4a 00 04");
	const asked = (time: number) => ({
		packet: datagram("10.0.0.2:1719", "10.0.0.1:1719", registrationRequest(REGISTRATION)),
		time,
	});
	const answered = (payload: Uint8Array, time: number) => ({
		packet: datagram("10.0.0.1:1719", "10.0.0.2:1719", payload),
		time,
	});
	const rejected = (reason: number) => ras(5, 7, false, false, false).counted(VERSION).choice(reason, 8).done();
	const notAdmitted = (reason: number) => ras(11, 9, false, false).choice(reason, 8).done();

	it("is told of registrations, unless they succeed later", () => {
		expect(told([asked(0), answered(rejected(4), 1)])).toEqual([
			"registration-failed error 1: registrations of 201 are refused: registration reject, duplicateAlias",
		]);
		const confirmed = answered(registrationConfirm(REGISTRATION), 3);
		expect(told([asked(0), answered(rejected(4), 1), asked(2), confirmed])[0]).toMatch(/^registration-failed info 1:/);
	});

	it("is none where another request is asked for first", () => {
		expect(told([asked(0), answered(rejected(0), 1)])).toEqual([]);
	});

	it("is told of calls, unless the people are the reason", () => {
		const start = [asked(0), answered(registrationConfirm(REGISTRATION), 1)];
		expect(told([...start, answered(notAdmitted(7), 2)])).toEqual([
			"call-failed error 1: the gatekeeper does not admit the call: admission reject, resourceUnavailable",
		]);
		for (const reason of [0, 5]) expect(told([...start, answered(notAdmitted(reason), 2)])).toEqual([]);
	});
});
