import { describe, expect, it } from "vitest";
import { messageOf } from "../../../src/finding/observation.ts";
import { analyse } from "../../support/analyse.ts";
import { findingsOf } from "../../support/findings.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { type Message, sip } from "../../support/sip.ts";

const invite = (time: number, more: Partial<Message> = {}) =>
	sip({ first: "INVITE sip:200@h SIP/2.0", cseq: "1 INVITE", time, ...more });
const reply = (status: string, time: number, more: Partial<Message> = {}) =>
	sip({ first: `SIP/2.0 ${status}`, cseq: "1 INVITE", to: "<sip:200@h>;tag=B", time, ...more });
const later = sip({ first: "OPTIONS sip:h SIP/2.0", cseq: "9 OPTIONS", time: 60, id: "later" });
const AUTHORIZED = { lines: ['Proxy-Authorization: Digest username="201"'] };

function failures(...packets: Packet[]) {
	const list = findingsOf(analyse([...packets, later])).findings.list();
	return list.filter(({ kind }) => kind === "call-failed").map(({ severity, text }) => `${severity}: ${text}`);
}

describe("calls that failed", () => {
	it.each([
		"400 Bad Request",
		"403 Forbidden",
		"408 Request Timeout",
		"488 Not Acceptable Here",
		"503",
		"606 Not Acceptable",
	])("are those refused with %s", (status) => {
		expect(failures(invite(0), reply("100 Trying", 0.1), reply(status, 1))).toEqual([
			`error: the call of 201@h to 200@h failed: ${status}`,
		]);
	});

	it.each([
		["403 Wrong password or domain", "user, password and login code, and the domain that is asked for"],
		["408 Request Timeout", "whether the next hop is up, and reached: its address, routes, firewalls"],
		["488 Not Acceptable Here", "the offered codecs, and encryption, of both sides"],
		["503", "the answer's reason or warning: what the server lacks"],
		["400 Bad Request", "the status and its reason or warning header"],
	])("are checked by their status: %s", (status, first) => {
		const { findings, sessions } = findingsOf(analyse([invite(0), reply(status, 1), later]));
		expect(findings.list().find(({ kind }) => kind === "call-failed")!.check[0]).toBe(first);
		expect(findings.ofCall(sessions.calls.calls[0]!)[0]!.check?.[0]).toBe(status.startsWith("400") ? undefined : first);
	});

	it.each([
		["404 Not Found"],
		["480 Temporarily Unavailable"],
		["484 Address Incomplete"],
		["486 Busy Here"],
		["487 Request Terminated"],
		["600 Busy Everywhere"],
		["603 Decline"],
		["302 Moved Temporarily"],
		["401 Unauthorized"],
		["180 Ringing", "408 Request Timeout"],
		["183 Session Progress", "200 OK"],
		["503 Service Unavailable", "200 OK"],
	])("are not those that end in %s %s", (...statuses) => {
		expect(failures(invite(0), ...statuses.map((status, n) => reply(status, 1 + n)))).toEqual([]);
	});

	it("are those that the caller gave up while the next hop did not answer, and not others", () => {
		const cancel = sip({ first: "CANCEL sip:200@h SIP/2.0", cseq: "1 CANCEL", time: 20 });
		const ends = (...statuses: string[]) =>
			failures(invite(0), reply("100 Trying", 0.1), cancel, ...statuses.map((status, n) => reply(status, 21 + n)));
		expect(ends("408 Request Timeout")).toEqual(["error: the call of 201@h to 200@h failed: 408 Request Timeout"]);
		expect(ends("487 Request Terminated")).toEqual([]);
		expect(ends("503 Service Unavailable")).toEqual([]);
	});

	it("have a filter that shows what refused them, also where Wireshark takes that for no SIP", () => {
		const filters = (...packets: Packet[]) => {
			const list = findingsOf(analyse([...packets, later])).findings.list();
			return list.filter(({ kind }) => kind === "call-failed").map(({ filter }) => filter);
		};
		const flow = "ip.addr == 10.0.0.2 && ip.addr == 10.0.0.1 && udp.port == 5060";
		const quoted = { id: 'a"b' };
		expect(filters(invite(0), reply("403 Forbidden", 1))).toEqual(['sip.Call-ID == "x"']);
		expect(filters(invite(0, quoted), reply("403 No", 1, quoted))).toEqual([`${flow} && sip.Status-Code == 403`]);
		for (const more of [quoted, {}]) expect(filters(invite(0, more), reply("403 Wrong\0", 1, more))).toEqual([flow]);
	});

	it("are told of the flow that signals them, once for all that failed alike", () => {
		const once = findingsOf(analyse([invite(0), reply("403 Forbidden", 1), later]));
		expect(once.findings.ofFlow(0, once.labels.of(0)).map(messageOf)).toEqual([
			"the call of 201@h to 200@h failed: 403 Forbidden",
		]);
		const packets = [0, 1, 2].flatMap((n) => {
			const id = `call-${n}`;
			return [invite(10 * n, { id }), reply(n < 2 ? "403 Forbidden" : "503 Busy", 10 * n + 1, { id })];
		});
		const often = findingsOf(analyse([...packets, later]));
		expect(often.findings.ofFlow(0, often.labels.of(0)).map(messageOf)).toEqual([
			"2 calls: calls failed: 403 Forbidden",
			"the call of 201@h to 200@h failed: 503 Busy",
		]);
	});

	it("are told of their flow however many lesser things are", () => {
		const refused = Array.from({ length: 40 }, (_, n) => {
			const id = `call-${n}`;
			const again =
				n < 30 ? [invite(40 * n + 5, { id: `${id}-b` }), reply("200 OK", 40 * n + 6, { id: `${id}-b` })] : [];
			return [invite(40 * n, { id }), reply(`5${10 + n} Reason ${n}`, 40 * n + 1, { id }), ...again];
		}).flat();
		const { findings, labels } = findingsOf(analyse([...refused, { ...later, time: 2000 }]));
		const told = findings.ofFlow(0, labels.of(0)).filter(({ kind }) => kind === "call-failed");
		expect(told.filter(({ severity }) => severity === "error")).toHaveLength(10);
		expect(told.filter(({ severity }) => severity === "info")).toHaveLength(20);
		expect(told[0]!.severity).toBe("error");
	});

	it("are found by their names in Wireshark, or by their status where there are many", () => {
		const filterOf = (count: number, idOf = (n: number) => `c"${n}`.replace('"', "")) =>
			findingsOf(
				analyse([
					...Array.from({ length: count }, (_, n) => n).flatMap((n) => [
						invite(20 * n, { id: idOf(n) }),
						reply("403 Forbidden", 20 * n + 1, { id: idOf(n) }),
					]),
					{ ...later, time: 20 * count + 60 },
				]),
			)
				.findings.list()
				.find(({ kind }) => kind === "call-failed")?.filter;
		expect(filterOf(1)).toBe('sip.Call-ID == "c0"');
		expect(filterOf(2)).toBe('sip.Call-ID == "c0" || sip.Call-ID == "c1"');
		expect(filterOf(4)).toMatch(/^ip\.addr.* && sip\.Status-Code == 403$/);
		expect(filterOf(1, () => 'quoted"')).toMatch(/ && sip\.Status-Code == 403$/);
	});

	it("are told with what the server said beside", () => {
		const warned = { lines: ['Warning: 304 pbx "Media type not available"'] };
		expect(failures(invite(0), reply("488 Not Acceptable Here", 1, warned))).toEqual([
			"error: the call of 201@h to 200@h failed: 488 Not Acceptable Here (Media type not available)",
		]);
		const reason = { lines: ['Reason: Q.850;cause=34;text="No circuit"'] };
		expect(failures(invite(0), reply("503 Service Unavailable", 1, reason))[0]).toMatch(/\(No circuit\)$/);
	});

	it("are one finding for one status, with how many there were", () => {
		const packets = [0, 1, 2].flatMap((n) => {
			const own = { id: `call-${n}`, to: `<sip:30${n}@h>` };
			return [invite(n, own), reply("503 Service Unavailable", n + 0.5, own)];
		});
		const [group] = findingsOf(analyse(packets)).findings.list();
		expect(group).toMatchObject({
			text: "calls failed: 503 Service Unavailable",
			count: 3,
			calls: [1, 2, 3],
			flowCount: 1,
		});
		expect(group!.first).toMatchObject({ number: 2 });
	});

	it("are good to know only, where another try was answered", () => {
		const other = { id: "second", server: "10.0.0.9:5060" };
		expect(
			failures(invite(0), reply("503 Service Unavailable", 1), invite(1.1, other), reply("200 OK", 2, other)),
		).toEqual(["info: the call of 201@h to 200@h failed: 503 Service Unavailable, but another try was answered"]);
	});

	it("are told once of a call's two legs", () => {
		const leg = { id: "trunk", client: "10.0.0.1:5062", server: "203.0.113.9:5060" };
		const found = failures(
			invite(0),
			invite(0.1, leg),
			reply("503 Service Unavailable", 1, leg),
			reply("500 Server Error", 1.1),
		);
		expect(found).toEqual(["error: the call of 201@h to 200@h failed: 503 Service Unavailable"]);
	});

	it("are those whose credentials are refused, and not those that were only challenged", () => {
		const again = { cseq: "2 INVITE" };
		const challenged = [invite(0), reply("407 Proxy Authentication Required", 0.1)];
		const tried = [...challenged, invite(1, { ...again, ...AUTHORIZED })];
		expect(failures(...challenged)).toEqual([]);
		expect(failures(...tried, reply("200 OK", 1.1, again))).toEqual([]);
		expect(failures(...tried, reply("407 Proxy Authentication Required", 1.1, again))).toEqual([
			"error: the call of 201@h to 200@h failed: credentials were not accepted: 407 Proxy Authentication Required",
		]);
		const stale = { ...again, lines: ['Proxy-Authenticate: Digest realm="h", nonce="n", stale=TRUE'] };
		expect(failures(...tried, reply("407 Proxy Authentication Required", 1.1, stale))).toEqual([]);
	});
});

describe("calls of H.323 that failed", () => {
	function released(event: { readonly reason?: string; readonly cause?: number }, answered = false) {
		const engine = analyse([later]);
		const { calls } = engine.sessions;
		const party = { from: { address: "201", name: "" }, to: { address: "202", name: "" } };
		calls.report("h323", "ref", { kind: "setup", time: 0, flow: 0, ...party });
		if (answered) calls.report("h323", "ref", { kind: "answered", time: 1, flow: 0 });
		calls.report("h323", "ref", { kind: "ended", time: 2, flow: 0, ...event });
		const list = findingsOf(engine).findings.list();
		return list.filter(({ kind }) => kind === "call-failed").map(({ severity, text }) => `${severity}: ${text}`);
	}

	it.each([
		[{ reason: "cause 34", cause: 34 }, "cause 34, no circuit or channel available"],
		[{ reason: "cause 102", cause: 102 }, "cause 102, recovery on timer expiry"],
		[{ reason: "unreachableDestination" }, "unreachableDestination"],
	])("are told of %j", (event, why) => {
		expect(released(event)).toEqual([`error: the call of 201 to 202 failed: ${why}`]);
		expect(released(event, true)).toEqual([]);
	});

	it.each([
		{ reason: "busy", cause: 17 },
		{ cause: 16 },
		{ reason: "call rejected", cause: 21 },
		{ reason: "adaptiveBusy" },
		{},
	])("are not told of %j", (event) => {
		expect(released(event)).toEqual([]);
	});
});
