import { describe, expect, it } from "vitest";
import { receiverReport, rtpPacket } from "../../../scripts/captures/payloads/media.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { back, call, PBX, PHONE, type Plan, sdp, type Timed, there, voice } from "../../support/call.ts";
import { findingsOf } from "../../support/findings.ts";
import { ethernet, ipv4, udp } from "../../support/packet-builder.ts";

/** Every n-th packet is not there. */
const without = (packets: readonly Timed[], nth: number) => packets.filter((_, n) => n % nth !== 2);
/** Every other packet comes late. */
const uneven = (packets: readonly Timed[], late: number) =>
	packets.map(({ packet, time }, n) => ({ packet, time: time + (n % 2) * late * 1e6 }));
const told = (plan: Plan) => {
	const { findings } = call(plan);
	return findings.list().map(({ kind, severity, text }) => `${severity} ${kind}: ${text}`);
};
const lasting = { lasts: 10 };

describe("loss in a stream of a call", () => {
	it.each<[string, number, RegExp[]]>([
		[
			"a quarter of the packets",
			4,
			[/^error media-loss: 25 % of the RTP packets to 10\.0\.0\.1:46750 are missing \(100 of 401\)$/],
		],
		["one in thirty", 30, [/^warning media-loss: 3\.\d % of the RTP packets/]],
		["one in two hundred", 200, []],
	])("is told of %s", (_, nth, expected) => {
		const found = told({ ...lasting, media: [...without(there(401), nth), ...back(400)] });
		expect(found).toHaveLength(expected.length);
		for (const [n, text] of found.entries()) expect(text).toMatch(expected[n]!);
	});

	it("is none of a short stream, nor of one that goes another way for a while", () => {
		expect(told({ ...lasting, media: [...without(there(150), 4), ...back(150)] })).toEqual([]);
		const whole = there(401);
		const elsewhere = voice(`${PHONE}:5004`, "10.0.0.3:7000", 401, 7);
		const split = whole.map((packet, n) => (n % 4 === 2 ? elsewhere[n]! : packet));
		expect(told({ ...lasting, media: [...split, ...back(400)] })).toEqual([]);
	});

	it("is one finding for several streams", () => {
		const found = call({ ...lasting, media: [...without(there(401), 4), ...without(back(401), 30)] }).findings.list();
		expect(found).toMatchObject([
			{
				kind: "media-loss",
				severity: "error",
				text: expect.stringMatching(
					/^25 % of the RTP packets to 10\.0\.0\.1:46750 are missing \(100 of 401\); 3\.\d % of the RTP packets to 10\.0\.0\.2:5004 are missing/,
				),
				count: 2,
			},
		]);
	});

	it("is told of streams without signalling too", () => {
		const { findings } = findingsOf(analyse(without(there(401), 4)));
		expect(findings.list().map(({ kind, flows }) => [kind, flows])).toEqual([["media-loss", [0]]]);
	});

	it("is told where the receiver reports it and the capture has the packets", () => {
		const report = (lost: number) => ({
			packet: datagram(`${PBX}:46751`, `${PHONE}:5005`, receiverReport(8, 7, lost, 399, 0)),
			time: 9.5e9,
		});
		const media = [...there(400), ...back(400)];
		expect(told({ ...lasting, media: [...media, report(12)] })).toEqual([
			"warning media-loss: 3 % of the RTP packets to 10.0.0.1:46750 are lost behind the capture point, as it reports (12 of 400)",
		]);
		for (const nonsense of [3, 0xffffff, 0x7fffff])
			expect(told({ ...lasting, media: [...media, report(nonsense)] })).toEqual([]);
	});

	it("tells a gap that holds most of what is missing", () => {
		const gap = there(401).filter((_, n) => n < 100 || n >= 250);
		expect(told({ ...lasting, media: [...gap, ...back(400)] })).toEqual([
			"error media-loss: 37 % of the RTP packets to 10.0.0.1:46750 are missing (150 of 401, 150 of them in a row; the longest gap is 3,020 ms)",
		]);
	});

	it("has a threshold that can be set", () => {
		const engine = analyse(without(there(401), 30));
		expect(findingsOf(engine, { thresholds: { "media-loss": 4 } }).findings.list()).toEqual([]);
	});
});

describe("jitter", () => {
	it("is told beyond the threshold, and not where packets are missing", () => {
		expect(told({ ...lasting, media: [...uneven(there(400), 50), ...back(400)] })).toEqual([
			expect.stringMatching(
				/^warning media-jitter: RTP of 10\.0\.0\.2:5004 arrives with \d\d ms of jitter, \d\d ms at worst$/,
			),
		]);
		expect(told({ ...lasting, media: [...uneven(there(400), 15), ...back(400)] })).toEqual([]);
		const both = without(uneven(there(401), 50), 4);
		expect(told({ ...lasting, media: [...both, ...back(400)] }).map((text) => text.split(":")[0])).toEqual([
			"error media-loss",
		]);
	});

	it("is none of a stream whose time stamps do not go with the clock", () => {
		const fast = there(400).map(({ packet, time }) => ({ packet, time: 1.2e9 + (time - 1.2e9) * 4 }));
		expect(told({ ...lasting, media: [...fast, ...back(400)] })).toEqual([]);
	});
});

describe("the codec of a stream", () => {
	const offer = (types: string) => sdp(PHONE, 5004).replace("AVP 8", `AVP ${types}`);

	it("is a mismatch where its receiver did not name it", () => {
		expect(told({ offer: offer("18 101"), media: [...there(), ...back()] })).toEqual([
			"error codec-mismatch: PCMA is sent to 10.0.0.2:5004, which offered G729 and type 101",
		]);
	});

	it.each(["8 18", "18 8 101"])("is none of %s", (types) => {
		expect(told({ offer: offer(types), media: [...there(), ...back()] })).toEqual([]);
	});

	it("is none where the receiver named the codec by another number", () => {
		const dynamic = `${offer("96")}a=rtpmap:96 PCMA/8000\r\n`;
		expect(told({ offer: dynamic, media: [...there(), ...back()] })).toEqual([]);
	});
});

describe("the mark for priority", () => {
	function marked(
		from: readonly [string, number],
		to: readonly [string, number],
		mark: number,
		source: number,
	): Timed[] {
		return Array.from({ length: 40 }, (_, n) => {
			const payload = rtpPacket({ sequence: n, timestamp: n * 160, source, type: 8, payload: new Uint8Array(160) });
			const packet = ethernet(ipv4(from[0], to[0], udp(from[1], to[1], payload), { tos: mark << 2 }));
			return { packet, time: (1.2 + n * 0.02) * 1e9 };
		});
	}
	const [phone, pbx] = [[PHONE, 5004] as const, [PBX, 46_750] as const];

	it.each<[number, number, string[]]>([
		[46, 46, []],
		[0, 0, []],
		[34, 0, []],
		[46, 34, []],
		[
			46,
			0,
			[
				"warning dscp-lost: RTP of the calling side is marked for priority (EF, DSCP 46), that of the called side is not (DSCP 0)",
			],
		],
		[
			0,
			46,
			[
				"warning dscp-lost: RTP of the called side is marked for priority (EF, DSCP 46), that of the calling side is not (DSCP 0)",
			],
		],
	])("of %d there and %d back", (one, other, expected) => {
		expect(told({ media: [...marked(phone, pbx, one, 1), ...marked(pbx, phone, other, 2)] })).toEqual(expected);
	});
});
