import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSdp } from "../../src/protocol/sdp.ts";

const message = (...lines: string[]) => Buffer.from(["SIP/2.0 200 OK", "", ...lines, ""].join("\r\n"), "latin1");
const parse = (bytes: Uint8Array) => parseSdp(bytes, 0, bytes.length);

describe("parseSdp", () => {
	it("gives each stream the address of its own line, or of the session's", () => {
		const bytes = message(
			"v=0",
			"o=- 1 1 IN IP4 192.0.2.9",
			"s=-",
			"c=IN IP4 192.0.2.1",
			"t=0 0",
			"m=audio 46760 RTP/AVP 8 0 101",
			"a=rtpmap:8 PCMA/8000",
			"m=video 46762/2 RTP/SAVPF 96",
			"c=IN IP6 2001:db8::7",
			"m=image 4000 udptl t38",
			"m=audio 0 RTP/AVP 8",
			"m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
		);
		expect(parse(bytes)).toEqual([
			{ address: "192.0.2.1", port: 46760, protocol: "rtp" },
			{ address: "2001:db8::7", port: 46762, protocol: "rtp" },
			{ address: "192.0.2.1", port: 4000, protocol: "t38" },
		]);
	});

	it("gives nothing for messages without a body, or with another", () => {
		expect(parse(Buffer.from("OPTIONS sip:a SIP/2.0\r\nm=audio 5000 RTP/AVP 8\r\n\r\n"))).toEqual([]);
		expect(parse(message("<xml/>", "m=audio 5000 RTP/AVP 8"))).toEqual([]);
		expect(parse(message("v=0", "c=IN IP4 host.example.com", "m=audio 5000 RTP/AVP 8"))).toEqual([]);
		expect(parse(message("v=0", "c=IN IP4 192.0.2.1", "m=audio 99999 RTP/AVP 8"))).toEqual([]);
	});

	it("reads no more streams than a bound", () => {
		const lines = Array.from({ length: 5000 }, (_, i) => `m=audio ${1024 + i} RTP/AVP 8`);
		expect(parse(message("v=0", "c=IN IP4 192.0.2.1", ...lines)).length).toBeLessThanOrEqual(16);
	});

	it("never throws and never looks beyond the message", () => {
		const original = message("v=0", "c=IN IP4 192.0.2.1", "m=audio 46760 RTP/AVP 8", "c=IN IP6 2001:db8::7");
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
			{ numRuns: 5000 },
		);
	});
});
