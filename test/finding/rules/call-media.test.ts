import { describe, expect, it } from "vitest";
import { analyse } from "../../support/analyse.ts";
import { back, call, elsewhere, PBX, PHONE, type Plan, SECOND, sdp, sip, there } from "../../support/call.ts";
import { findingsOf } from "../../support/findings.ts";

/** Another message of the phone and the PBX. */
const keepAlive = (seconds: number) => sip(seconds, "OPTIONS sip:200@h SIP/2.0", "9 OPTIONS", "", "other");

describe("findings of calls", () => {
	it.each<[string, string[], Plan]>([
		["nothing of a call with media both ways", [], { media: [...there(), ...back()] }],
		["that nothing comes back", ["one-way-media"], { media: there() }],
		["that nothing goes there", ["one-way-media"], { media: back() }],
		["nothing of a few packets", [], { media: there(10) }],
		["nothing of a short call", [], { media: there(), lasts: 1 }],
		["nothing of a call that only one side sends in", [], { media: there(), answer: sdp(PBX, 46750, "a=recvonly") }],
		["nothing of an address that is on hold", [], { media: there(), answer: sdp("0.0.0.0", 46750) }],
		["that no media came where other media did", ["no-media"], { media: elsewhere() }],
		["that media may not pass here, where the capture has none at all", ["no-media"], {}],
		[
			"nothing of media that may go through a relay",
			[],
			{ media: elsewhere(), offer: sdp(PHONE, 5004, "a=candidate:1 1 udp 1 10.0.0.2 5004 typ host") },
		],
		["nothing where neither the call's end was seen nor anything after it", [], { media: elsewhere(), lasts: 0 }],
		[
			"that no media came where the capture goes on without the call's end",
			["no-media"],
			{ media: [...elsewhere(), keepAlive(9)], lasts: 0 },
		],
		["nothing where it goes on for a moment", [], { media: [...elsewhere(), keepAlive(3)], lasts: 0 }],
		[
			"another address",
			["media-address-mismatch"],
			{ media: [...there(40, "198.51.100.7:9"), ...back(40, "198.51.100.7:9")] },
		],
		["nothing of another port alone", [], { media: [...there(40, `${PHONE}:7777`), ...back(40, `${PHONE}:7777`)] }],
	])("tell %s", (_, kinds, plan) => {
		const { findings, sessions } = call(plan);
		expect(findings.ofCall(sessions.calls.calls[0]!).map(({ kind }) => kind)).toEqual(kinds);
	});

	it("begin with the call, not with what its flows carried before", () => {
		const again = (id: string, at: number) => [
			sip(at, "INVITE sip:200@h SIP/2.0", "1 INVITE", sdp(PHONE, 5004), id),
			sip(at + 1, "SIP/2.0 200 OK", "1 INVITE", sdp(PBX, 46750), id),
			sip(at + 6, "BYE sip:200@h SIP/2.0", "2 BYE", "", id),
		];
		const { findings, sessions } = findingsOf(
			analyse([...again("first", 0), ...there(), ...back(), ...again("second", 60)]),
		);
		expect(findings.ofCall(sessions.calls.calls[1]!)).toMatchObject([{ kind: "no-media", until: 66 * SECOND }]);
		const [found] = findings.list();
		expect(found).toMatchObject({ calls: [2], start: 60 * SECOND, end: 66 * SECOND });
		expect(found!.first?.number).toBe(84);
	});

	it("are those of the media flows too, and not of the signalling", () => {
		const { findings, labels } = call({ media: there() });
		expect(findings.ofFlow(1, labels.of(1)).map(({ kind }) => kind)).toEqual(["one-way-media"]);
		expect(findings.ofFlow(0, labels.of(0))).toEqual([]);
		const [found, ...more] = findings.list();
		expect(found).toMatchObject({ kind: "one-way-media", flows: [1], flowCount: 1, calls: [1] });
		expect(more).toEqual([]);
		// Its first packet is the call's, and its filter shows that too.
		expect(found!.first?.number).toBe(1);
		expect(found!.filter).toBe(
			'sip.Call-ID == "x" || (ip.addr == 10.0.0.2 && ip.addr == 10.0.0.1 && udp.port == 5004 && udp.port == 46750 && rtp)',
		);
	});

	it("count for both rows of a flow between two product hosts", () => {
		const packets = [
			sip(0, "INVITE sip:200@h SIP/2.0", "1 INVITE", sdp(PHONE, 46760)),
			sip(1, "SIP/2.0 200 OK", "1 INVITE", sdp(PBX, 46750)),
			...there(40, `${PHONE}:46760`),
			sip(6, "BYE sip:200@h SIP/2.0", "2 BYE"),
		];
		const { findings, labels } = findingsOf(analyse(packets), { ipo: [PBX, PHONE] });
		const { row, peerRow } = labels.of(1).verdict;
		const seen = (id: string | null, host: string) => findings.rows.at(id!, host);
		const failing = { flows: 1, working: 0, failing: 1, kinds: new Set(["one-way-media"]), firstFailing: [1] };
		expect([seen(row, PBX), seen(peerRow, PHONE)]).toMatchObject([failing, failing]);
	});
});
