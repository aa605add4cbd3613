import { describe, expect, it } from "vitest";
import { dtlsHello, receiverReport, rtcp, rtpPacket, stun } from "../../../scripts/captures/payloads/media.ts";
import { Random } from "../../../scripts/captures/random.ts";
import type { Engine } from "../../../src/engine.ts";
import { analyse, datagram } from "../../support/analyse.ts";

const PHONE = "10.0.0.2:5004";
const PBX = "10.0.0.1:46750";
const random = new Random("rtp test");
const voice = (sequence: number, source = 7, from = PHONE, to = PBX) =>
	datagram(from, to, rtpPacket({ sequence, timestamp: sequence * 160, source, type: 8, payload: random.bytes(160) }));
const back = (sequence: number, source = 8) => voice(sequence, source, PBX, PHONE);
const streams = (engine: Engine, flow = 0) =>
	engine.sessions.rtp.streamsOf(flow).map(({ side, ssrc, packets }) => [side, ssrc, packets]);

describe("RTP without signalling", () => {
	it("is found by three packets in a row of one source, and all of them are counted", () => {
		const two = analyse([voice(1), voice(2)]);
		expect([two.sessions.protocolOf(0), streams(two)]).toEqual([null, []]);
		const three = analyse([voice(1), voice(2), voice(3)]);
		expect([three.sessions.protocolOf(0), streams(three)]).toEqual(["rtp", [[0, 7, 3]]]);
	});

	it.each([
		["other sources", [voice(1, 1), voice(2, 2), voice(3, 3), voice(4, 4)]],
		["numbers that jump", [voice(1), voice(100), voice(7), voice(400)]],
		["numbers that stand still", [voice(1), voice(1), voice(1), voice(1)]],
	])("is not found in %s", (_, packets) => {
		const engine = analyse(packets);
		expect(engine.sessions.protocolOf(0)).toBeNull();
		expect(streams(engine)).toEqual([]);
	});

	it("is followed to its end in both directions, duplicates of the first packets included", () => {
		const packets = [voice(1), voice(1), back(50), voice(2), voice(3)];
		for (let n = 4; n < 300; n++) packets.push(voice(n), back(47 + n));
		expect(streams(analyse(packets))).toEqual([
			[0, 7, 300],
			[1, 8, 297],
		]);
	});

	it("counts a side that sends too little to be found alone", () => {
		expect(streams(analyse([voice(1), back(9), voice(2), voice(3)]))).toEqual([
			[0, 7, 3],
			[1, 8, 1],
		]);
	});

	it("begins a new stream with a new source, and finds the old one again", () => {
		const packets = [1, 2, 3, 4].map((n) => voice(n, 7));
		packets.push(voice(900, 9), voice(5, 7), voice(901, 9));
		expect(streams(analyse(packets))).toEqual([
			[0, 7, 5],
			[0, 9, 2],
		]);
	});

	it("is not disturbed by RTCP on its port, and takes its reports", () => {
		const report = datagram(PBX, PHONE, receiverReport(8, 7, 5, 3, 80));
		const engine = analyse([voice(1), report, voice(2), voice(3), report, voice(4)]);
		const [stream] = engine.sessions.rtp.streamsOf(0);
		expect(engine.sessions.protocolOf(0)).toBe("rtp");
		expect(stream).toMatchObject({ packets: 4, lost: 0 });
		expect(engine.sessions.rtp.reportOn(stream!)).toMatchObject({ ssrc: 7, lost: 5, jitter: 80 });
	});

	it("measures the round trip from the capture point to both ends, where RTCP tells it", () => {
		const seconds = 0x12345678;
		const lastReport = (seconds & 0xffff) * 0x10000;
		const control = (from: string, to: string, payload: Uint8Array, time: number) => ({
			packet: datagram(from, to, payload),
			time: time * 1e6,
		});
		const there = [PHONE, PBX] as const;
		const [sent, reported] = [rtcp(7, seconds), receiverReport(8, 7, 0, 9, 0, { lastReport, delay: 0x8000 })];
		const [answered, told] = [rtcp(8, seconds), receiverReport(7, 8, 0, 9, 0, { lastReport, delay: 0x4000 })];
		const media = [1, 2, 3].flatMap((n) => [voice(n, 7), back(n)]);
		const one = [...media, control(...there, sent, 100), control(PBX, PHONE, reported, 640)];
		const engine = analyse([...one, control(PBX, PHONE, answered, 700), control(...there, told, 960)]);
		const [stream] = engine.sessions.rtp.streamsOf(0);
		// 40 ms to the PBX and back, 10 ms to the phone and back: what the receivers kept the reports is taken off.
		expect(engine.sessions.rtp.roundTripOf(stream!)).toBeCloseTo(50e6, -3);
		const half = analyse(one).sessions.rtp;
		expect(half.roundTripOf(half.streamsOf(0)[0]!)).toBeUndefined();
	});
});

describe("RTP beside STUN and DTLS", () => {
	it("leaves the flow its protocol, and is SRTP after DTLS", () => {
		const checks = [datagram(PHONE, PBX, stun(random)), datagram(PBX, PHONE, stun(random, true))];
		const hellos = [datagram(PHONE, PBX, dtlsHello(random)), datagram(PBX, PHONE, dtlsHello(random, true))];
		const media = [voice(1), voice(2), voice(3)];
		const plain = analyse([...checks, ...media]).sessions;
		expect([plain.protocolOf(0), plain.mediaOf(0)]).toEqual(["stun", "rtp"]);
		const secure = analyse([...checks, ...hellos, ...media]);
		expect([secure.sessions.protocolOf(0), secure.sessions.mediaOf(0)]).toEqual(["stun", "srtp"]);
		expect(streams(secure)).toEqual([[0, 7, 3]]);
		expect(analyse([...hellos, ...media]).sessions.protocolOf(0)).toBe("dtls");
		expect(analyse([...checks, ...hellos]).sessions.mediaOf(0)).toBeNull();
	});

	it("is found in the channels of a TURN relay (RFC 8656, 12.4)", () => {
		const channel = (sequence: number) => {
			const inside = rtpPacket({
				sequence,
				timestamp: 160 * sequence,
				source: 7,
				type: 111,
				payload: random.bytes(60),
			});
			return datagram(PHONE, PBX, Uint8Array.of(0x40, 1, 0, inside.length, ...inside));
		};
		const checks = [datagram(PHONE, PBX, stun(random)), datagram(PBX, PHONE, stun(random, true))];
		expect(streams(analyse([...checks, channel(1), channel(2), channel(3)]))).toEqual([[0, 7, 3]]);
	});
});
