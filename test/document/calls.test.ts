import { describe, expect, it } from "vitest";
import { callSignalling } from "../../scripts/captures/payloads/h225.ts";
import { CallRecords } from "../../src/document/calls.ts";
import { DEFAULT_IDLE } from "../../src/flow/table.ts";
import { lastedText, mediaText } from "../../src/report/text/call-words.ts";
import { analyse, datagram } from "../support/analyse.ts";
import { back, call, PBX, PHONE, type Plan, SECOND, sdp, sip, there, voice } from "../support/call.ts";
import { reportOf } from "../support/captures.ts";
import { findingsOf } from "../support/findings.ts";
import { at, FLAGS, segment } from "../support/frames.ts";

const BEFORE = { flows: 0, transfers: 0, calls: 0 };
const RUN = { epoch: 0, files: [], before: BEFORE, stage: "last", now: 0, idle: DEFAULT_IDLE } as const;

function recordsOf(plan: Plan): CallRecords {
	const { store, sessions, media, findings } = call(plan);
	return new CallRecords(store, sessions, media, findings, RUN);
}

describe("the record of a call", () => {
	it("joins its flows and streams", () => {
		const records = recordsOf({ media: [...there(), ...back()] });
		const [record] = records.list();
		expect(record).toMatchObject({
			from: "201@h",
			to: "200@h",
			result: "answered",
			codec: "PCMA",
			duration: 5,
			flows: [1],
			mediaFlows: [2],
		});
		expect(record!.media.map(({ from, to, codec, packets }) => `${from} ${to} ${codec} ${packets}`)).toEqual([
			"10.0.0.2:5004 10.0.0.1:46750 PCMA 40",
			"10.0.0.1:46750 10.0.0.2:5004 PCMA 40",
		]);
		expect([records.callsOf(0), records.callsOf(1)]).toEqual([[1], [1]]);
		expect(records.reasonsOf(0)).toEqual([]);
		expect(records.reasonsOf(1)).toEqual(["call 1 announced the media: sip 201@h to 200@h, x"]);
		expect(records.streamsOf(1)).toEqual(record!.media);
	});

	it("goes on to the end of the capture where its own was not seen", () => {
		const [record] = recordsOf({ media: there(), lasts: 0 }).list();
		expect(record).toMatchObject({ end: null, duration: 0.98 });
		expect(lastedText(record!)).toBe("≥0:01");
		const [unseen] = recordsOf({ lasts: 0 }).list();
		expect([unseen!.duration, lastedText(unseen!)]).toEqual([0.1, ""]);
	});

	it("has the codecs that were sent, or without streams the one that was agreed on", () => {
		const several = (address: string, port: number) => sdp(address, port).replace("RTP/AVP 8", "RTP/AVP 0 8 18");
		const codecOf = (media: Plan["media"]) =>
			recordsOf({ offer: several(PHONE, 5004), answer: several(PBX, 46750), ...(media && { media }) }).list()[0]!.codec;
		const other = voice(`${PBX}:46750`, `${PHONE}:5004`, 40, 8, 18);
		expect(codecOf([...there(), ...back()])).toBe("PCMA");
		expect(codecOf([...there(), ...other])).toBe("PCMA, G729");
		expect(codecOf(undefined)).toBe("PCMU");
	});

	it("has a filter for its messages and its media", () => {
		const [record] = recordsOf({ media: [...there(), ...back()] }).list();
		expect(record!.filter).toBe(
			'sip.Call-ID == "x" || (ip.addr == 10.0.0.2 && ip.addr == 10.0.0.1 && udp.port == 5004 && udp.port == 46750)',
		);
		expect(recordsOf({}).list()[0]!.filter).toBe('sip.Call-ID == "x"');
	});

	it("is told from the next call between the same ports by its time", () => {
		const callAt = (start: number, id: string) => [
			sip(start, "INVITE sip:200@h SIP/2.0", "1 INVITE", sdp(PHONE, 5004), id),
			sip(start + 1, "SIP/2.0 200 OK", "1 INVITE", sdp(PBX, 46750), id),
			sip(start + 1.1, "ACK sip:200@h SIP/2.0", "1 ACK", "", id),
			...there().map((each) => ({ ...each, time: each.time + start * SECOND })),
			sip(start + 5, "BYE sip:200@h SIP/2.0", "2 BYE", "", id),
		];
		const { store, sessions, media, findings } = findingsOf(
			analyse([0, 10, 20.5].flatMap((at, i) => callAt(at, `c${i}`))),
		);
		const calls = new CallRecords(store, sessions, media, findings, RUN).list();
		const filters = calls.map(({ filter }) => filter!.replace(/^.*udp\.port == 46750/, ""));
		expect(filters).toEqual([
			" && frame.time_epoch < 10.000000000)",
			" && frame.time_epoch >= 10.000000000 && frame.time_epoch < 20.500000000)",
			" && frame.time_epoch >= 20.500000000)",
		]);
	});

	it("of H.323 has a filter for its connections and its media", async () => {
		const report = await reportOf("h323-call.pcap");
		expect(report.calls[0]!.filter!.split(" || ")).toEqual([
			"(ip.addr == 10.0.0.102 && ip.addr == 10.0.0.1 && tcp.port == 1530 && tcp.port == 1720)",
			"(ip.addr == 10.0.0.102 && ip.addr == 10.0.0.1 && tcp.port == 1531 && tcp.port == 49500)",
			"(ip.addr == 10.0.0.102 && ip.addr == 10.0.0.1 && udp.port == 2052 && udp.port == 46780)",
			"(ip.addr == 10.0.0.102 && ip.addr == 10.0.0.1 && udp.port == 2053 && udp.port == 46781)",
		]);
		const control = [...report.flows()].find(({ application }) => application?.protocol === "h245")!;
		expect(control.label.reasons[0]).toBe(
			"no ingress row of IP Office is for H.245, whose port a call's signalling names",
		);
		expect(control.label.reasons).toContain("it is the H.245 connection of call 1, whose signalling named the port");
	});

	it("of H.323 is told from others of its connection by its time, and by none where they overlap", () => {
		const call = (reference: number, start: number, end: number) => {
			const identifier = new Uint8Array(16).fill(reference);
			return [
				[start, { reference, identifier, message: "setup", caller: "201", called: "200" }] as const,
				[end, { reference, identifier, message: "releaseComplete", cause: 16 }] as const,
			];
		};
		const filtersOf = (...calls: ReturnType<typeof call>[]) => {
			let sequence = 1;
			const messages = calls.flat().sort(([one], [other]) => one - other);
			const packets = messages.map(([time, message]) => {
				const payload = callSignalling(message);
				const options = { flags: FLAGS.ack | FLAGS.psh, sequence, acknowledgement: 1, window: 1000 };
				sequence += payload.length;
				return at(time, segment("10.0.0.2:1530", "10.0.0.1:1720", options, payload));
			});
			const { store, sessions, media, findings } = findingsOf(analyse(packets));
			const records = new CallRecords(store, sessions, media, findings, RUN).list();
			return records.map(({ filter }) => filter!.replace(/^.*tcp\.port == 1720/, ""));
		};
		expect(filtersOf(call(1, 10, 15), call(2, 20, 25))).toEqual([
			" && frame.time_epoch < 20.000000000",
			" && frame.time_epoch >= 20.000000000",
		]);
		expect(filtersOf(call(1, 10, 22), call(2, 20, 25))).toEqual(["", ""]);
	});

	it("is summed up by its worst stream", () => {
		const lossy = there().filter((_, n) => n % 4 !== 2);
		const [record] = recordsOf({ media: [...lossy, ...back()] }).list();
		expect(mediaText(record!)).toBe("25 % lost, jitter 0.0 ms, 2 streams");
		expect(mediaText(recordsOf({}).list()[0]!)).toBe("no-media");
	});

	it("has no streams of a flow that only uses its port for something else", () => {
		const query = `0001 0100 0001 0000 0000 0000 03 777777 00 0001 0001`.replaceAll(" ", "");
		const dns = { packet: datagram(`${PHONE}:5004`, "10.0.0.53:53", Buffer.from(query, "hex")), time: 2 * SECOND };
		expect(recordsOf({ media: [dns] }).list()[0]!.mediaFlows).toEqual([]);
	});
});
