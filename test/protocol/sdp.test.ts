import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codecOf, endpointsOf, parseSdp } from "../../src/protocol/sdp.ts";

const message = (...lines: string[]) => Buffer.from(["SIP/2.0 200 OK", "", ...lines, ""].join("\r\n"), "latin1");
const parse = (bytes: Uint8Array) => parseSdp(bytes, 0, bytes.length);
const session = ["v=0", "o=- 1 1 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"];
const one = (...lines: string[]) => parse(message(...session, ...lines))[0]!;

describe("parseSdp", () => {
	it("gives each stream the address of its own line, or of the session's", () => {
		const bytes = message(
			...session,
			"m=audio 46760 RTP/AVP 8 0 101",
			"a=rtpmap:8 PCMA/8000",
			"m=video 46762/2 RTP/SAVPF 96",
			"c=IN IP6 2001:db8::7",
			"m=image 4000 udptl t38",
			"m=audio 0 RTP/AVP 8",
			"m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
		);
		expect(parse(bytes).map(({ media, address, port, protocol }) => [media, address, port, protocol])).toEqual([
			["audio", "192.0.2.1", 46760, "rtp"],
			["video", "2001:db8::7", 46762, "rtp"],
			["image", "192.0.2.1", 4000, "t38"],
		]);
	});

	it("reads a body without the message around it, and one in a part of several", () => {
		const alone = [...session, "m=audio 5000 RTP/AVP 8", ""].join("\r\n");
		expect(parse(Buffer.from(alone))[0]).toMatchObject({ address: "192.0.2.1", port: 5000 });
		const parts = `INVITE sip:a SIP/2.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n\r\n${alone}--b--\r\nm=audio 6000 RTP/AVP 8\r\n`;
		expect(parse(Buffer.from(parts)).map(({ port }) => port)).toEqual([5000]);
	});

	it("names the codecs, those of fixed payload types too", () => {
		const stream = one(
			"m=audio 5000 RTP/AVP 18 9 111 101 97",
			"a=rtpmap:111 opus/48000/2",
			"a=rtpmap:101 telephone-event/8000",
		);
		expect(stream.codecs.map(({ name, rate }) => `${name}/${rate}`)).toEqual([
			"G729/8000",
			// G.722's clock runs at half its sampling rate, by an old mistake (RFC 3551, 4.5.2).
			"G722/8000",
			"opus/48000",
			"telephone-event/8000",
			"type 97/0",
		]);
		expect(codecOf(stream.codecs, 0)?.name).toBe("PCMU");
		expect(codecOf(stream.codecs, 120)).toBeUndefined();
	});

	it("spells them as they are registered, and leaves others as they are written", () => {
		const names = ["pcma", "Opus", "TELEPHONE-EVENT", "g7221", "x-Own"];
		const { codecs } = one(
			"m=audio 5000 RTP/AVP 100 101 102 103 104",
			...names.map((name, i) => `a=rtpmap:${100 + i} ${name}/8000`),
		);
		expect(codecs.map(({ name }) => name)).toEqual(["PCMA", "opus", "telephone-event", "G7221", "x-Own"]);
	});

	it.each([
		["sendrecv", []],
		["sendonly", ["a=sendonly"]],
		["inactive", ["a=inactive"]],
		["inactive", ["c=IN IP4 0.0.0.0"]],
	])("says %s of a stream with %j", (direction, lines) => {
		expect(one("m=audio 5000 RTP/AVP 8", ...lines).direction).toBe(direction);
	});

	it("takes the session's direction and fingerprint for streams that have none", () => {
		const [stream] = parse(message(...session, "a=sendonly", "a=fingerprint:sha-256 AA", "m=audio 5000 RTP/AVP 8"));
		expect(stream).toMatchObject({ direction: "sendonly", srtp: true });
	});

	it.each([
		[false, "m=audio 5000 RTP/AVP 8", []],
		[true, "m=audio 5000 RTP/SAVP 8", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"]],
		[true, "m=audio 5000 UDP/TLS/RTP/SAVPF 111", ["a=fingerprint:sha-256 AA"]],
		[true, "m=audio 5000 RTP/AVP 8", ["a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x"]],
	])("SRTP is %s for %s %j", (srtp, line, attributes) => {
		expect(one(line, ...attributes).srtp).toBe(srtp);
	});

	it.each<[string, string[], string[]]>([
		["the next port", [], ["192.0.2.1:5001 rtcp"]],
		["the port of a=rtcp", ["a=rtcp:6000"], ["192.0.2.1:6000 rtcp"]],
		["the address of a=rtcp", ["a=rtcp:6000 IN IP4 192.0.2.7"], ["192.0.2.7:6000 rtcp"]],
		["the media's own port", ["a=rtcp-mux"], []],
		["the port of a=rtcp, for those who know no mux", ["a=rtcp-mux", "a=rtcp:6000"], ["192.0.2.1:6000 rtcp"]],
	])("RTCP goes to %s", (_, attributes, expected) => {
		const { others } = one("m=audio 5000 RTP/AVP 8", ...attributes);
		expect(others.map(({ address, port, protocol }) => `${address}:${port} ${protocol}`)).toEqual(expected);
	});

	it("reads ICE candidates, and takes no port 9 at 0.0.0.0 for a hold", () => {
		const stream = one(
			"m=audio 9 UDP/TLS/RTP/SAVPF 111",
			"c=IN IP4 0.0.0.0",
			"a=rtcp-mux",
			"a=candidate:1 1 udp 2122260223 192.0.2.50 50100 typ host generation 0",
			"a=candidate:2 1 tcp 1518280447 192.0.2.50 9 typ host tcptype active",
			"a=candidate:3 1 UDP 1686052607 2001:db8::5 50200 typ srflx raddr 192.0.2.50 rport 50100",
			"a=candidate:4 2 udp 1 192.0.2.50 50101 typ host",
			"a=candidate:5 1 udp 1 b1c2.local 50300 typ host",
		);
		expect(stream.direction).toBe("sendrecv");
		expect(endpointsOf(stream).map(({ address, port, protocol }) => `${address}|${port} ${protocol}`)).toEqual([
			"192.0.2.50|50100 rtp",
			"2001:db8::5|50200 rtp",
			"192.0.2.50|50101 rtcp",
		]);
	});

	it("gives nothing for messages without a body, or with another", () => {
		expect(parse(Buffer.from("OPTIONS sip:a SIP/2.0\r\nm=audio 5000 RTP/AVP 8\r\n\r\n"))).toEqual([]);
		expect(parse(message("<xml/>", "m=audio 5000 RTP/AVP 8"))).toEqual([]);
		expect(parse(message("v=0", "c=IN IP4 host.example.com", "m=audio 5000 RTP/AVP 8"))).toEqual([]);
		expect(parse(message("v=0", "c=IN IP4 192.0.2.1", "m=audio 99999 RTP/AVP 8"))).toEqual([]);
	});

	it("reads no more than bounds", () => {
		const streams = Array.from({ length: 5000 }, (_, i) => `m=audio ${1024 + i} RTP/AVP 8`);
		expect(parse(message("v=0", "c=IN IP4 192.0.2.1", ...streams)).length).toBe(16);
		const attributes = Array.from(
			{ length: 5000 },
			(_, i) => `a=candidate:${i} 1 udp 1 192.0.2.1 ${1024 + i} typ host`,
		);
		expect(one("m=audio 5000 RTP/AVP 8", ...attributes).others.length).toBeLessThanOrEqual(33);
	});

	it("never throws and never looks beyond the message", () => {
		const original = message(
			...session,
			"m=audio 46760 RTP/AVP 8",
			"a=rtcp:6000",
			"a=rtpmap:8 PCMA/8000",
			"c=IN IP6 ::7",
		);
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
				fc.nat(),
				fc.uint8Array({ maxLength: 30 }),
				(changes, cut, after) => {
					const bytes = Uint8Array.from(original);
					for (const [at, value] of changes) bytes[at % bytes.length] = value;
					const end = cut % (bytes.length + 1);
					const inside = Buffer.concat([bytes.subarray(0, end), after]);
					expect(parseSdp(inside, 0, end)).toEqual(parse(bytes.subarray(0, end)));
				},
			),
			{ numRuns: 3000 },
		);
	});
});
