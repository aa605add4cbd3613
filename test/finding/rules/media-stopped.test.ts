import { describe, expect, it } from "vitest";
import { rtpPacket } from "../../../scripts/captures/payloads/media.ts";
import { datagram } from "../../support/analyse.ts";
import { back, call, PBX, PHONE, type Plan, SECOND, sdp, sip, there } from "../../support/call.ts";

/** One packet of the PBX, seconds after the call's begin. */
const one = (at: number, sequence: number, type: number, length = 160) => ({
	packet: datagram(
		`${PBX}:46750`,
		`${PHONE}:5004`,
		rtpPacket({ sequence, timestamp: sequence * 160, source: 8, type, payload: new Uint8Array(length) }),
	),
	time: at * SECOND,
});
const again = (seconds: number, body: string) => [
	sip(seconds, "INVITE sip:200@h SIP/2.0", "2 INVITE", body),
	sip(seconds + 0.1, "SIP/2.0 200 OK", "2 INVITE", sdp(PBX, 46750)),
];
const told = (plan: Plan) => {
	const { findings, sessions } = call(plan);
	return findings.ofCall(sessions.calls.calls[0]!);
};
/** A minute of one side's audio, and 12 seconds of the other's. */
const MINUTE = 3000;
const SHORT = 600;
const stopped = [...there(MINUTE), ...back(SHORT)];

describe("audio that stops", () => {
	it("is told of one side, with how long before the call's end", () => {
		expect(told({ lasts: 60, media: stopped })).toMatchObject([
			{
				kind: "media-stopped",
				severity: "warning",
				what: "audio of the called side ends long before the call does",
				message: "audio from 10.0.0.1:46750 ends 48 s before the call does, 12 s after its answer",
				flows: [1],
				until: 61 * SECOND,
			},
		]);
		const other = told({ lasts: 60, media: [...there(SHORT), ...back(MINUTE)] });
		expect(other).toMatchObject([{ what: "audio of the calling side ends long before the call does" }]);
	});

	it("is told of both sides, where the call's end shows that it went on", () => {
		const both = [...there(SHORT), ...back(SHORT)];
		expect(told({ lasts: 60, media: both })).toMatchObject([
			{ message: "audio of both sides ends 48 s before the call does, 12 s after its answer" },
		]);
		expect(told({ lasts: 0, media: both })).toEqual([]);
	});

	it("is told without the call's end, where the other side's audio goes on", () => {
		expect(told({ lasts: 0, media: stopped })).toMatchObject([
			{ message: "audio from 10.0.0.1:46750 ends 12 s after the call's answer, and the other side's goes on for 48 s" },
		]);
	});

	it.each<[string, Plan]>([
		["shortly before the end", { lasts: 21, media: stopped.filter(({ time }) => time < 22 * SECOND) }],
		["with a hold", { lasts: 60, media: [...stopped, ...again(13, sdp(PHONE, 5004, "a=sendonly"))] }],
		["with a hold by address", { lasts: 60, media: [...stopped, ...again(13, sdp("0.0.0.0", 5004))] }],
		["with another port", { lasts: 60, media: [...stopped, ...again(13, sdp(PHONE, 5006))] }],
		["with a transfer", { lasts: 60, media: [...stopped, sip(13, "REFER sip:200@h SIP/2.0", "2 REFER")] }],
		["of who pauses", { lasts: 60, media: stopped.filter(({ time }) => time < 5 * SECOND || time > 6.1 * SECOND) }],
		["with comfort noise", { lasts: 60, media: [...stopped, one(13.22, SHORT, 13, 1)] }],
		[
			"of another codec",
			{ lasts: 60, media: [...stopped, ...[0, 1, 2].map((n) => one(13.22 + n / 50, SHORT + n, 3, 33))] },
		],
		["of who never sent", { lasts: 60, media: [...there(MINUTE), ...back(10)] }],
		[
			"with candidates of other ways",
			{ lasts: 60, media: stopped, offer: sdp(PHONE, 5004, "a=candidate:1 1 udp 1 10.0.0.2 5004 typ host") },
		],
	])("is not told %s", (_, plan) => {
		expect(told(plan).filter(({ kind }) => kind === "media-stopped")).toEqual([]);
	});

	it("is told though the same session was agreed on again", () => {
		const refreshed = told({ lasts: 60, media: [...stopped, ...again(13, sdp(PHONE, 5004))] });
		expect(refreshed.map(({ kind }) => kind)).toEqual(["media-stopped"]);
	});
});
