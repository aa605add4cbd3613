import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dtlsHello, receiverReport, rtcp, rtpPacket, stun } from "../../../scripts/captures/payloads/media.ts";
import { Random } from "../../../scripts/captures/random.ts";
import type { Engine } from "../../../src/engine.ts";
import { StreamTable } from "../../../src/session/media/streams.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { concat, ethernet, ipv4, udp } from "../../support/packet-builder.ts";

const PHONE = "10.0.0.2:5004";
const PBX = "10.0.0.1:46750";
const random = new Random("rtp test");
const voice = (sequence: number, source = 7, from = PHONE, to = PBX) =>
	datagram(from, to, rtpPacket({ sequence, timestamp: sequence * 160, source, type: 8, payload: random.bytes(160) }));
const back = (sequence: number, source = 8) => voice(sequence, source, PBX, PHONE);
const found = (engine: Engine, flow = 0) =>
	engine.sessions.rtp.streamsOf(flow).map(({ side, ssrc, packets }) => [side, ssrc, packets]);
const streams = (engine: Engine, flow = 0) => {
	engine.sessions.rtp.finish();
	return found(engine, flow);
};

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

	it("opens no stream of a stray packet because somebody looks", () => {
		const engine = analyse([voice(1), voice(2), voice(3), voice(900, 9)]);
		expect([found(engine), found(engine)]).toEqual([[[0, 7, 3]], [[0, 7, 3]]]);
		expect(streams(engine)).toEqual([
			[0, 7, 3],
			[0, 9, 1],
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

	it("is found, all of it, on a port where RTCP came first, from either side or from both", () => {
		const media = [1, 2, 3, 4].map((n) => voice(n));
		const [there, hither] = [datagram(PHONE, PBX, rtcp(7)), datagram(PBX, PHONE, receiverReport(8, 7, 5, 3, 80))];
		for (const before of [[there], [hither], [there, hither], [there, there, there]]) {
			const engine = analyse([...before, ...media, hither]);
			const [stream, ...others] = engine.sessions.rtp.streamsOf(0);
			expect([engine.sessions.protocolOf(0), others]).toEqual(["rtp", []]);
			expect(stream).toMatchObject({ ssrc: 7, packets: 4 });
			expect(engine.sessions.rtp.reportOn(stream!)).toMatchObject({ lost: 5, jitter: 80 });
		}
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
		expect(half.streamsOf(0).map((each) => half.roundTripOf(each))).toEqual([undefined, undefined]);
	});
});

/** An RTP packet of a flow of its own for each pair of ports. */
interface Sent {
	readonly at: number;
	readonly sequence: number;
	readonly source?: number;
	readonly type?: number;
	readonly length?: number;
	readonly mark?: number;
	readonly phonePort?: number;
	readonly isBack?: boolean;
}

const payloadOf = ({ at, sequence, source = 7, type = 8, length = 160 }: Sent) =>
	rtpPacket({ sequence, timestamp: Math.floor(at / 125_000), source, type, payload: new Uint8Array(length) });

function sent(packet: Sent) {
	const { phonePort = 5004, isBack = false, mark = 46 } = packet;
	const [phone, pbx] = [["10.0.0.2", phonePort] as const, ["10.0.0.1", 46_750] as const];
	const [from, to] = isBack ? [pbx, phone] : [phone, pbx];
	return {
		packet: ethernet(ipv4(from[0], to[0], udp(from[1], to[1], payloadOf(packet)), { tos: mark << 2 })),
		time: packet.at,
	};
}

/** The stream of these packets if their source had been known from the first. */
function known(packets: readonly Sent[], flow = 0, side: 0 | 1 = 0) {
	const streams = new StreamTable((_flow, _side, type) => (type < 96 ? 8000 : 0));
	const { source = 7, mark = 46 } = packets[0]!;
	const id = streams.open(flow, side, source, 0, mark);
	for (const { at, sequence, type = 8, length = 160 } of packets)
		streams.add(id, { time: at }, sequence, Math.floor(at / 125_000) | 0, type, length);
	return streams.from(id)[0]!;
}

describe("the first packets of a stream", () => {
	it("count as if their source had been known before", () => {
		const step = fc.record({
			step: fc.integer({ min: 1, max: 32 }),
			wait: fc.nat(3e9),
			type: fc.constantFrom(8, 8, 18, 101, 13),
			length: fc.constantFrom(4, 160),
			repeats: fc.constantFrom(0, 0, 0, 1, 2),
			mark: fc.nat(63),
		});
		fc.assert(
			fc.property(
				fc.nat(3e14),
				fc.nat(65_535),
				fc.array(step, { minLength: 3, maxLength: 6 }),
				fc.boolean(),
				(begin, first, plan, isBack) => {
					let [at, sequence] = [begin, first];
					const packets = plan.flatMap(({ step, wait, repeats, ...rest }) => {
						at += wait;
						sequence = (sequence + step) & 0xffff;
						return Array.from({ length: repeats + 1 }, () => ({ at, sequence, isBack, ...rest }));
					});
					// The other side begins, so that both sides of a flow are seen; it is too short to be a stream.
					const opening = { at: begin, sequence: 1, isBack: !isBack };
					const [stream] = analyse([opening, ...packets].map(sent))
						.sessions.rtp.streamsOf(0)
						.filter(({ side }) => side === 1);
					// Until a stream is known, it is counted only how often a packet came again, not when: here, at once.
					expect(stream).toEqual(known(packets, 0, 1));
				},
			),
		);
	});

	it("are those of source 0 too", () => {
		const packets = [5, 6, 7, 8].map((sequence, n) => ({ at: n * 20e6, sequence, source: 0 }));
		expect(analyse(packets.map(sent)).sessions.rtp.streamsOf(0)).toEqual([known(packets)]);
		expect(analyse(packets.slice(0, 2).map(sent)).sessions.rtp.streamsOf(0)).toEqual([]);
	});

	it("are kept flow by flow and side by side", () => {
		const flows = Array.from({ length: 300 }, (_, n) => n);
		const packetsOf = (n: number, isBack: boolean) =>
			[0, 1, 2, 3].map((place) => ({
				at: place * 20e6 + n * 1000 + (isBack ? 500 : 0),
				sequence: n + place,
				source: 7 + n,
				mark: (n + (isBack ? 1 : 0)) & 63,
				phonePort: 5004 + n,
				isBack,
			}));
		const packets = [0, 1, 2, 3].flatMap((place) =>
			flows.flatMap((n) => [packetsOf(n, false)[place]!, packetsOf(n, true)[place]!]),
		);
		const { rtp } = analyse(packets.map(sent)).sessions;
		expect(rtp.streams).toBe(600);
		for (const n of flows)
			expect(rtp.streamsOf(n)).toEqual([known(packetsOf(n, false), n, 0), known(packetsOf(n, true), n, 1)]);
	});

	it("may leave out 31 numbers, no more; what begins anew forgets what waited", () => {
		const found = (...numbers: number[]) =>
			analyse(numbers.map((sequence, n) => sent({ at: n * 20e6, sequence, mark: n }))).sessions.rtp.streamsOf(0);
		expect(found(1, 33, 65)).toMatchObject([{ packets: 3, lost: 62 }]);
		expect(found(1, 34, 67)).toEqual([]);
		expect(found(1, 1, 1, 100, 101)).toEqual([]);
		expect(found(1, 1, 100, 101, 102)).toMatchObject([{ packets: 3, duplicates: 0, first: 40e6, dscp: 2 }]);
		expect(found(1, 2, 2, 3)).toMatchObject([{ packets: 4, duplicates: 1, dscp: 0 }]);
	});

	it("may be overtaken: the stream begins with the lowest number, and nothing is lost", () => {
		const found = (...numbers: number[]) =>
			analyse(numbers.map((sequence, n) => sent({ at: n * 20e6, sequence }))).sessions.rtp.streamsOf(0);
		for (const numbers of [
			[1, 0, 2, 3],
			[0, 2, 1, 3],
			[2, 0, 1, 3],
			[0, 65_535, 1],
			[9, 1, 2, 3, 4, 5, 6, 7, 8],
		]) {
			const [stream, ...more] = found(...numbers);
			expect([stream, more]).toEqual([known(numbers.map((sequence, n) => ({ at: n * 20e6, sequence }))), []]);
			expect(stream).toMatchObject({ packets: numbers.length, lost: 0, duplicates: 0, first: 0 });
		}
		// What came again is no other packet, and numbers that fall are no stream.
		expect(found(1, 0, 1, 0, 2)).toMatchObject([{ packets: 5, duplicates: 2, lost: 0 }]);
		expect(found(9, 8, 7, 6, 5)).toEqual([]);
		expect([found(9, 0, 10), found(0, 9, 0)]).toEqual([[], []]);
	});

	it("need a header that is there, and its padding right until a stream is known", () => {
		const plain = [1, 2, 3].map((sequence) => sent({ at: sequence * 20e6, sequence }));
		const cut = (sequence: number, bytes: number) => {
			const whole = sent({ at: sequence * 20e6, sequence }).packet;
			const { length } = whole.bytes;
			return { packet: whole.bytes.subarray(0, length - 172 + bytes), wireLength: length, time: sequence * 20e6 };
		};
		const packets = (...more: Parameters<typeof analyse>[0]) => analyse(more).sessions.rtp.streamsOf(0)[0]?.packets;
		expect(packets(...plain, cut(4, 12))).toBe(4);
		expect(packets(...plain, cut(4, 11), cut(5, 1))).toBe(3);
		expect([packets(cut(1, 12), cut(2, 12), cut(3, 12)), packets(cut(1, 11), cut(2, 11), cut(3, 11))]).toEqual([
			3,
			undefined,
		]);
		const padded = (sequence: number, padding: number) => {
			const bytes = payloadOf({ at: sequence * 20e6, sequence });
			bytes[0] = 0xa0;
			bytes[bytes.length - 1] = padding;
			return datagram(PHONE, PBX, bytes);
		};
		expect(packets(padded(1, 4), padded(2, 4), padded(3, 4))).toBe(3);
		expect(packets(padded(1, 0), padded(2, 0), padded(3, 0))).toBeUndefined();
		expect(packets(...plain, padded(4, 0))).toBe(4);
	});
});

describe("bounds", () => {
	it("of the sources of a side: further ones are told to be in no stream", () => {
		const packets = Array.from({ length: 18 * 4 }, (_, n) =>
			sent({ at: n * 1e6, sequence: n & 3, source: 100 + (n >>> 2) }),
		);
		const { sessions } = analyse([...packets, sent({ at: 1e9, sequence: 4, source: 100 })]);
		const all = sessions.rtp.streamsOf(0);
		expect(all.map(({ ssrc }) => ssrc)).toEqual(Array.from({ length: 16 }, (_, n) => 100 + n));
		expect(all.map(({ packets }) => packets)).toEqual([5, ...Array.from({ length: 15 }, () => 4)]);
		const [[what, count]] = [...sessions.overflow.entries()] as [[string, number]];
		expect([what.startsWith("RTP packets of streams beyond"), count > 0]).toEqual([true, true]);
	});

	it("of receivers' reports: those on sources that are known go on", () => {
		const block = (source: number, lost: number) =>
			Buffer.from(
				[source, lost, 0, 0, 0, 0].flatMap((word) => [
					word >>> 24,
					(word >>> 16) & 255,
					(word >>> 8) & 255,
					word & 255,
				]),
			);
		const report = (sources: readonly number[], lost: number) => {
			const blocks = sources.map((source) => block(source, lost));
			const words = 1 + 6 * blocks.length;
			return datagram(PBX, PHONE, concat([0x80 | blocks.length, 201, words >>> 8, words & 255, 0, 0, 0, 8], ...blocks));
		};
		const packets = [50_000, 49_999, 5].flatMap((source) => [1, 2, 3].map((n) => voice(n, source)));
		for (let n = 0; n < 50_000; n += 25)
			packets.push(
				report(
					Array.from({ length: 25 }, (_, i) => n + i),
					1,
				),
			);
		packets.push(report([50_000, 5], 2));
		const { rtp, overflow } = analyse(packets).sessions;
		expect(rtp.streamsOf(0).map((stream) => [stream.ssrc, rtp.reportOn(stream)?.lost])).toEqual([
			[50_000, undefined],
			[49_999, 1],
			[5, 2],
		]);
		expect([...overflow.entries()].filter(([what]) => what.startsWith("RTCP")).map(([, count]) => count)).toEqual([1]);
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

	it("is told from DTLS by the first byte (RFC 7983)", () => {
		const checks = [datagram(PHONE, PBX, stun(random)), datagram(PBX, PHONE, stun(random, true))];
		const media = [voice(1), voice(2), voice(3)];
		const mediaAfter = (first: number) =>
			analyse([...checks, datagram(PHONE, PBX, concat([first], new Uint8Array(40))), ...media]).sessions.mediaOf(0);
		expect([19, 20, 63, 64].map(mediaAfter)).toEqual(["rtp", "srtp", "srtp", "rtp"]);
		// Without STUN before, it is some other protocol's.
		const alone = analyse([datagram(PHONE, PBX, concat([20], new Uint8Array(40))), ...media]);
		expect(alone.sessions.mediaOf(0)).not.toBe("srtp");
	});

	it("is what a TURN channel carries: numbers, times, lengths, and nothing that is no RTP", () => {
		const checks = [datagram(PHONE, PBX, stun(random)), datagram(PBX, PHONE, stun(random, true))];
		const channel = (first: number, inside: Uint8Array) =>
			concat([first, 1, inside.length >>> 8, inside.length & 255], inside);
		const packets = [1, 2, 3, 4, 5].map((n) => ({
			at: n * 20e6 + (n & 1) * 5e6,
			sequence: 3 * n,
			type: n === 2 ? 101 : 8,
			length: n === 2 ? 4 : 160,
		}));
		const inside = (first: number, change = (bytes: Uint8Array) => bytes) =>
			analyse([
				...checks,
				...packets.map((each) => ({
					packet: datagram(PHONE, PBX, channel(first, change(payloadOf(each)))),
					time: each.at,
				})),
			]).sessions.rtp.streamsOf(0);
		for (const first of [0x40, 0x4f]) expect(inside(first)).toEqual([{ ...known(packets), dscp: 0 }]);
		for (const first of [0x13, 0x3f, 0x50]) expect(inside(first)).toEqual([]);
		const withFirst = (first: number) => (bytes: Uint8Array) => concat([first], bytes.subarray(1));
		expect(inside(0x40, withFirst(0x40))).toEqual([]);
		// Padding of no bytes is none.
		expect(inside(0x40, withFirst(0xa0))).toEqual([]);
		expect(inside(0x40, (bytes) => bytes.subarray(0, 11))).toEqual([]);
		expect(inside(0x40, () => new Uint8Array(0))).toEqual([]);
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
