import { describe, expect, it } from "vitest";
import { findingsIn } from "../../support/findings.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { type Message, sip } from "../../support/sip.ts";

const PRIVATE = "192.168.1.20";
const PUBLIC = "198.51.100.7";

interface Addresses {
	readonly source: string;
	readonly via?: string;
	readonly contact?: string;
	readonly media?: string;
	readonly lines?: readonly string[];
	readonly time?: number;
	readonly branch?: string;
}

function invite({
	source,
	via = source,
	contact = via,
	media,
	lines = [],
	time = 0,
	branch = "z9hG4bKone",
}: Addresses): Packet {
	const body = media === undefined ? "" : `v=0\r\nc=IN IP4 ${media}\r\nm=audio 5004 RTP/AVP 8\r\n`;
	const message: Message = {
		first: "INVITE sip:200@10.0.0.1 SIP/2.0",
		cseq: "1 INVITE",
		time,
		client: `${source}:5060`,
		via: `${via}:5060;branch=${branch}`,
		lines: [`Contact: <sip:201@${contact}:5060>`, "Content-Type: application/sdp", ...lines],
		body,
	};
	return sip(message);
}

const told = (...packets: Packet[]) =>
	findingsIn(packets)
		.filter(({ kind }) => kind.startsWith("sip-"))
		.map(({ severity, kind, text }) => `${severity} ${kind}: ${text}`);

const NAT = "warning sip-nat: SIP messages announce a private address that they do not come from: ";
const PART =
	"warning sip-alg: addresses in SIP messages are translated in part, private ones stay: by an inspection on the way (ALG), or by the sender itself ";

describe("addresses in a SIP request", () => {
	it.each<[string, Addresses, string[]]>([
		["all the sender's own", { source: PRIVATE, media: PRIVATE }, []],
		["all public", { source: PUBLIC, media: PUBLIC }, []],
		["a media server's beside the sender's", { source: PRIVATE, media: "10.1.1.9" }, []],
		["a public media server's", { source: PUBLIC, media: "203.0.113.9" }, []],
		["names", { source: PUBLIC, via: "phone.example.com", contact: "phone.example.com", media: PUBLIC }, []],
		["on hold", { source: PUBLIC, media: "0.0.0.0" }, []],
		["a cluster's shared one", { source: "10.0.0.2", via: "10.0.0.10", media: "10.0.0.10" }, []],
		["another one of its own", { source: "10.0.0.2", via: "10.9.9.9", media: "10.9.9.9" }, []],
		["untranslated", { source: PUBLIC, via: PRIVATE, media: PRIVATE }, [`${NAT}${PRIVATE}, seen as ${PUBLIC}`]],
		[
			"untranslated in the provider's own space",
			{ source: "100.64.3.9", via: PRIVATE },
			[`${NAT}${PRIVATE}, seen as 100.64.3.9`],
		],
		[
			"translated in Via and Contact alone",
			{ source: PUBLIC, media: PRIVATE },
			[`${PART}(${PRIVATE}, seen as ${PUBLIC})`],
		],
		[
			"translated in Contact alone",
			{ source: PUBLIC, via: PRIVATE, contact: PUBLIC },
			[`${PART}(${PRIVATE}, seen as ${PUBLIC})`],
		],
		["of a sender behind a proxy", { source: PUBLIC, via: PRIVATE, lines: ["Via: SIP/2.0/UDP 10.2.2.2;branch=z"] }, []],
		["of a sender behind a recording proxy", { source: PUBLIC, via: PRIVATE, lines: ["Record-Route: <sip:h;lr>"] }, []],
	])("%s", (_, addresses, expected) => {
		expect(told(invite(addresses))).toEqual(expected);
	});

	it("are translated where the server sees another one", () => {
		const seen = sip({
			first: "SIP/2.0 401 Unauthorized",
			cseq: "1 INVITE",
			time: 1,
			client: `${PRIVATE}:5060`,
			via: `${PRIVATE}:5060;branch=z9hG4bKone;received=${PUBLIC};rport=1024`,
		});
		expect(told(invite({ source: PRIVATE }), seen)).toEqual([`${NAT}${PRIVATE}, seen as ${PUBLIC}`]);
	});
});

describe("a SIP request seen in two places", () => {
	const inside = { source: PRIVATE, media: PRIVATE };

	it("shows who rewrites it", () => {
		expect(told(invite(inside), invite({ source: PUBLIC, media: PUBLIC, time: 0.01 }))).toEqual([
			`warning sip-alg: addresses in SIP messages are rewritten on the way (Contact: ${PRIVATE}:5060 became ${PUBLIC}:5060, the session description: ${PRIVATE} became ${PUBLIC})`,
		]);
		expect(told(invite(inside), invite({ source: PUBLIC, via: PRIVATE, media: PUBLIC, time: 0.01 }))).toEqual([
			`warning sip-alg: addresses in SIP messages are rewritten on the way (the session description: ${PRIVATE} became ${PUBLIC})`,
		]);
	});

	it("is only translated where it stays as it is", () => {
		expect(told(invite(inside), invite({ source: PUBLIC, via: PRIVATE, media: PRIVATE, time: 0.01 }))).toEqual([
			`${NAT}${PRIVATE}, seen as ${PUBLIC}`,
		]);
	});

	it("is another one where a server sends one of its own", () => {
		expect(
			told(invite(inside), invite({ source: "10.0.0.1", media: "10.0.0.1", branch: "z9hG4bKtwo", time: 0.01 })),
		).toEqual([]);
	});
});
