/** Which flows and streams are whose, by what SIP announced. */
import { describe, expect, it } from "vitest";
import { rtpPacket } from "../../../scripts/captures/payloads/media.ts";
import { CallMedia } from "../../../src/session/call/call-media.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { back, PBX, PHONE, SECOND, sdp, sip, there, voice } from "../../support/call.ts";
import type { Packet } from "../../support/packet-builder.ts";

const offered = (offer = sdp(PHONE, 5004), answer = sdp(PBX, 46_750), id = "x") => [
	sip(0, "INVITE sip:200@h SIP/2.0", "1 INVITE", offer, id),
	sip(1, "SIP/2.0 200 OK", "1 INVITE", answer, id),
];
function mediaOf(...packets: readonly Packet[]) {
	const { store, sessions } = analyse(packets);
	sessions.finish();
	return { media: new CallMedia(store, sessions), calls: sessions.calls.calls };
}

describe("the streams of a call", () => {
	it("are those between its endpoints, with their flows", () => {
		const other = voice("10.0.0.8:4000", "10.0.0.9:4000", 10, 99);
		const { media, calls } = mediaOf(...offered(), ...there(), ...back(), ...other);
		const [call] = calls;
		expect(media.streamsOf(call!).map(({ stream }) => [stream.flow, stream.side, stream.ssrc])).toEqual([
			[1, 0, 7],
			[1, 1, 8],
		]);
		expect([media.flowsOf(call!), media.callsOf(0), media.callsOf(1), media.callsOf(2)]).toEqual([
			[1],
			calls,
			calls,
			[],
		]);
		expect([media.carriedBy(0), media.carriedBy(1)]).toEqual([[], calls]);
		expect(media.lastOf(call!)).toBe(Math.round((1.2 + 39 * 0.02) * SECOND));
		expect([PHONE, PBX, "10.0.0.9", "10.0.0.7"].map((address) => media.isHeard(address))).toEqual([
			true,
			true,
			true,
			false,
		]);
		expect(media.inFlow(2)).toMatchObject([{ tie: undefined, isEncrypted: false, codecs: [{ name: "PCMA" }] }]);
		expect(media.inFlow(1)).toMatchObject([{ tie: { call } }, { tie: { call } }]);
	});

	it("are none, but a flow, of what uses an announced port and is no RTP", () => {
		const few = datagram(`${PHONE}:5004`, `${PBX}:46750`, "nothing that is known");
		const { media, calls } = mediaOf(...offered(), { packet: few, time: 2 * SECOND });
		expect([media.streamsOf(calls[0]!), media.flowsOf(calls[0]!), media.carriedBy(1)]).toEqual([[], [1], calls]);
		expect([media.isHeard(PHONE), media.lastOf(calls[0]!)]).toEqual([false, SECOND]);
		const query = Buffer.from("0001010000010000000000000377777700" + "00010001", "hex");
		const dns = { packet: datagram(`${PHONE}:5004`, "10.0.0.53:53", query), time: 2 * SECOND };
		expect(mediaOf(...offered(), dns).media.callsOf(1)).toEqual([]);
	});

	it("are those of streams without any call too", () => {
		const { media } = mediaOf(...there());
		expect([media.isHeard(PHONE), media.inFlow(0).length, media.callsOf(0)]).toEqual([true, 1, []]);
	});

	it("of two calls are both's, the older first", () => {
		const second = [
			sip(0.5, "INVITE sip:200@h SIP/2.0", "1 INVITE", sdp(PHONE, 5004), "y"),
			sip(1.1, "SIP/2.0 200 OK", "1 INVITE", sdp(PBX, 46_750), "y"),
		];
		const [invite, ok] = offered();
		const { media } = mediaOf(invite!, second[0]!, ok!, second[1]!, ...there());
		expect(media.callsOf(1).map(({ callId }) => callId)).toEqual(["x", "y"]);
	});

	it("are split where a source goes on elsewhere", () => {
		const { media } = mediaOf(...offered(), ...there(), ...voice(`${PHONE}:5004`, "10.0.0.9:7000", 10, 7), ...back());
		const split = [1, 2].flatMap((flow) =>
			media.inFlow(flow).map(({ stream }) => [stream.ssrc, media.isSplit(stream)]),
		);
		expect(split).toEqual([
			[7, true],
			[8, false],
			[7, true],
		]);
	});
});

describe("the codecs of a stream", () => {
	const dynamic = (from: string, to: string, type: number) =>
		Array.from({ length: 60 }, (_, n) => ({
			packet: datagram(
				from,
				to,
				rtpPacket({ sequence: n, timestamp: n * 160, source: 7, type, payload: new Uint8Array(160) }),
			),
			time: (1.2 + n * 0.02) * SECOND,
		}));
	const mapped = (address: string, port: number, type: number, name: string) =>
		sdp(address, port, `a=rtpmap:${type} ${name}`).replace("AVP 8", `AVP ${type}`);
	const names = (offer: string, answer: string, type: number) => {
		const { media } = mediaOf(...offered(offer, answer), ...dynamic(`${PHONE}:5004`, `${PBX}:46750`, type));
		return media.inFlow(1).map(({ codecs }) => codecs.map((codec) => codec?.name ?? null));
	};

	it("are named by the receiver, else by the sender, else by RFC 3551", () => {
		const [offer, answer] = [mapped(PHONE, 5004, 96, "one/8000"), mapped(PBX, 46_750, 96, "two/8000")];
		expect(names(offer, answer, 96)).toEqual([["two"]]);
		expect(names(offer, sdp(PBX, 46_750), 96)).toEqual([["one"]]);
		expect(names(offer, answer, 97)).toEqual([[null]]);
		expect(names(offer, answer, 18)).toEqual([["G729"]]);
		// A number without a name is none.
		expect(names(offer, sdp(PBX, 46_750).replace("AVP 8", "AVP 96"), 96)).toEqual([["one"]]);
	});

	it("give the quality where they have figures", () => {
		const { media } = mediaOf(...offered(), ...there(100), ...dynamic(`${PBX}:46750`, `${PHONE}:5004`, 96));
		const [good, unknown] = media.inFlow(1);
		expect(media.qualityOf(good!)).toMatchObject({ mos: 4.35 });
		expect(media.qualityOf(unknown!)).toBeNull();
	});

	it("may be under SRTP, where both ends want it as far as both are known", () => {
		const secure = (text: string) => text.replace("RTP/AVP", "RTP/SAVP");
		const [offer, answer] = [sdp(PHONE, 5004), sdp(PBX, 46_750)];
		const encrypted = (one: string, other: string) =>
			mediaOf(...offered(one, other), ...there())
				.media.inFlow(1)
				.map(({ isEncrypted }) => isEncrypted);
		const crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcdefghijklmnopqrstuvwxyzabcdefghijklmn\r\n";
		const [one, other] = [secure(offer) + crypto, secure(answer) + crypto];
		expect([encrypted(offer, answer), encrypted(one, other)]).toEqual([[false], [true]]);
		expect([encrypted(one, answer), encrypted(offer, other)]).toEqual([[false], [false]]);
		// Of a translated phone only one end is known.
		const elsewhere = (text: string) =>
			mediaOf(...offered(text.replaceAll(PHONE, "192.168.9.9"), other), ...there())
				.media.inFlow(1)
				.map(({ isEncrypted, tie }) => [isEncrypted, tie?.ends.map((end) => end !== undefined)]);
		expect(elsewhere(one)).toEqual([[true, [false, true]]]);
	});
});
