import { describe, expect, it } from "vitest";
import { rtpPacket } from "../../scripts/captures/payloads/media.ts";
import { lastedText, mediaText } from "../../src/report/call-words.ts";
import { CallRecords } from "../../src/report/calls.ts";
import { analyse, datagram } from "../support/analyse.ts";
import type { Packet } from "../support/packet-builder.ts";

const PHONE = "10.0.0.2";
const PBX = "10.0.0.1";
const SECOND = 1e9;

const sdp = (address: string, port: number, ...lines: string[]) =>
	["v=0", `c=IN IP4 ${address}`, "t=0 0", `m=audio ${port} RTP/AVP 8`, ...lines, ""].join("\r\n");

function sip(seconds: number, first: string, cseq: string, body = "", id = "x"): Packet {
	const isResponse = first.startsWith("SIP/2.0");
	const tag = first.startsWith("INVITE") ? "" : ";tag=B";
	const head = [first, "From: <sip:201@h>;tag=A", `To: <sip:200@h>${tag}`, `Call-ID: ${id}`, `CSeq: ${cseq}`, "", ""];
	const ends = [`${PHONE}:5060`, `${PBX}:5060`] as const;
	const [from, to] = isResponse ? [ends[1], ends[0]] : ends;
	return { packet: datagram(from, to, head.join("\r\n") + body), time: seconds * SECOND };
}

interface Plan {
	readonly offer?: string;
	readonly answer?: string;
	/** Seconds from the answer to the BYE; none where there is no BYE. */
	readonly lasts?: number;
	readonly media?: readonly Packet[];
}

function call({ offer = sdp(PHONE, 5004), answer = sdp(PBX, 46750), lasts = 5, media = [] }: Plan) {
	const packets = [
		sip(0, "INVITE sip:200@h SIP/2.0", "1 INVITE", offer),
		sip(1, "SIP/2.0 200 OK", "1 INVITE", answer),
		sip(1.1, "ACK sip:200@h SIP/2.0", "1 ACK"),
		...media,
		...(lasts > 0 ? [sip(1 + lasts, "BYE sip:200@h SIP/2.0", "2 BYE")] : []),
	];
	const { table, sessions, end } = analyse(packets);
	return new CallRecords(table.store, sessions, 0, end);
}

function voice(from: string, to: string, count: number, source = 7): Packet[] {
	return Array.from({ length: count }, (_, n) => ({
		packet: datagram(
			from,
			to,
			rtpPacket({ sequence: n, timestamp: n * 160, source, type: 8, payload: new Uint8Array(160) }),
		),
		time: (1.2 + n * 0.02) * SECOND,
	}));
}

const there = (count = 40, from = `${PHONE}:5004`) => voice(from, `${PBX}:46750`, count, 7);
const back = (count = 40, to = `${PHONE}:5004`) => voice(`${PBX}:46750`, to, count, 8);
const elsewhere = () => voice("10.0.0.8:4000", "10.0.0.9:4000", 10, 99);

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
		["nothing where the capture has no media at all", [], {}],
		[
			"nothing of media that may go through a relay",
			[],
			{ media: elsewhere(), offer: sdp(PHONE, 5004, "a=candidate:1 1 udp 1 10.0.0.2 5004 typ host") },
		],
		["nothing where the call's end was not seen", [], { media: elsewhere(), lasts: 0 }],
		[
			"another address",
			["media-address-mismatch"],
			{ media: [...there(40, "198.51.100.7:9"), ...back(40, "198.51.100.7:9")] },
		],
		["nothing of another port alone", [], { media: [...there(40, `${PHONE}:7777`), ...back(40, `${PHONE}:7777`)] }],
	])("tell %s", (_, kinds, plan) => {
		const [record] = call(plan).list();
		expect(record!.findings.map(({ kind }) => kind)).toEqual(kinds);
	});

	it("are those of the media flows too, and not of the signalling", () => {
		const records = call({ media: there() });
		expect(records.findingsOf(1).map(({ kind }) => kind)).toEqual(["one-way-media"]);
		expect(records.findingsOf(0)).toEqual([]);
	});
});

describe("the record of a call", () => {
	it("joins its flows and streams", () => {
		const records = call({ media: [...there(), ...back()] });
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
		const [record] = call({ media: there(), lasts: 0 }).list();
		expect(record).toMatchObject({ end: null, duration: 0.98 });
		expect(lastedText(record!)).toBe("≥0:01");
	});

	it("is summed up by its worst stream", () => {
		const lossy = there().filter((_, n) => n % 4 !== 2);
		const [record] = call({ media: [...lossy, ...back()] }).list();
		expect(mediaText(record!)).toBe("2 streams, 25 % lost, jitter 0.0 ms");
		expect(mediaText(call({}).list()[0]!)).toBe("");
	});

	it("has no streams of a flow that only uses its port for something else", () => {
		const query = `0001 0100 0001 0000 0000 0000 03 777777 00 0001 0001`.replaceAll(" ", "");
		const dns = { packet: datagram(`${PHONE}:5004`, "10.0.0.53:53", Buffer.from(query, "hex")), time: 2 * SECOND };
		expect(call({ media: [dns] }).list()[0]!.mediaFlows).toEqual([]);
	});
});
