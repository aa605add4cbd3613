import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { SipAddresses } from "../../../src/session/call/sip-addresses.ts";
import { IncidentTable } from "../../../src/session/incidents.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { analyse } from "../../support/analyse.ts";
import { findingsIn } from "../../support/findings.ts";
import type { Packet } from "../../support/packet-builder.ts";
import { type Message, parseSip, sip } from "../../support/sip.ts";

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

describe("what is noted of a flow", () => {
	/** Kind, times, subject. */
	const noted = (...packets: Packet[]) => {
		const { sessions } = analyse(packets);
		sessions.finish();
		return [0, 1].flatMap((flow) =>
			sessions.incidents
				.of(flow)
				.filter(({ kind }) => kind.startsWith("sip-"))
				.map(({ kind, side, subject, count }) => `${flow} ${kind} ${side} ${count}: ${subject}`),
		);
	};
	const translated = (n: number, more: Partial<Addresses> = {}) =>
		invite({ source: PUBLIC, via: PRIVATE, media: PRIVATE, time: n, branch: `z9hG4bK${n}`, ...more });
	const own = (n: number, more: Partial<Addresses> = {}) =>
		invite({ source: PUBLIC, time: n, branch: `z9hG4bK${n}`, ...more });
	const subject = `${PRIVATE}, seen as ${PUBLIC}`;

	it("is what each of its first 16 messages says", () => {
		expect(noted(...[0, 1, 2].map((n) => translated(n)))).toEqual([`0 sip-nat 0 3: ${subject}`]);
		expect(noted(...Array.from({ length: 20 }, (_, n) => translated(n)))).toEqual([`0 sip-nat 0 16: ${subject}`]);
	});

	it("follows what changes from message to message, be it one part alone", () => {
		expect(noted(translated(0), own(1), translated(2), own(3))).toEqual([`0 sip-nat 0 2: ${subject}`]);
		expect(noted(own(0), own(1, { media: PRIVATE }), own(2), own(3, { contact: PRIVATE }), own(4))).toEqual([
			`0 sip-alg 0 2: ${subject}`,
		]);
		expect(noted(own(0, { contact: PUBLIC }), own(1, { via: PRIVATE, contact: PUBLIC }), own(2))).toEqual([
			`0 sip-alg 0 1: ${subject}`,
		]);
	});

	const answer = (via: string, received: string) =>
		sip({
			first: "SIP/2.0 401 Unauthorized",
			cseq: "1 INVITE",
			time: 1,
			client: `${PRIVATE}:5060`,
			via: `${via}:5060;branch=z9hG4bKone${received}`,
		});

	it("is of an answer what the server says that it saw, a public address for a private one", () => {
		const request = invite({ source: PRIVATE });
		expect(noted(request, answer(PRIVATE, `;received=${PUBLIC}`))).toEqual([`0 sip-nat 0 1: ${subject}`]);
		for (const [via, received] of [
			[PRIVATE, ""],
			[PRIVATE, ";received=192.168.7.7"],
			[PRIVATE, ";received=nowhere"],
			[PUBLIC, ";received=203.0.113.9"],
			["phone.example", `;received=${PUBLIC}`],
		] as const)
			expect(noted(request, answer(via, received)), `${via}${received}`).toEqual([]);
	});

	it("is no change of what one of two places does not say", () => {
		const [inside, outside] = [
			{ source: PRIVATE, via: PRIVATE },
			{ source: "10.0.0.77", via: PRIVATE, contact: PRIVATE, time: 0.01 },
		];
		const rewritten = (...packets: Packet[]) => noted(...packets).filter((text) => text.includes("sip-alg"));
		expect(rewritten(invite({ ...inside, media: PRIVATE }), invite(outside))).toEqual([]);
		expect(rewritten(invite(inside), invite({ ...outside, media: "10.0.0.77" }))).toEqual([]);
		expect(noted(invite({ ...inside, media: PRIVATE }), invite({ ...outside, media: "10.0.0.77" }))).toEqual([
			`1 sip-alg 0 1: the session description: ${PRIVATE} became 10.0.0.77`,
		]);
	});

	it("is nothing of the same request again on its flow, whatever it says then", () => {
		expect(noted(invite({ source: PUBLIC }), invite({ source: PUBLIC, contact: "203.0.113.9", time: 0.5 }))).toEqual(
			[],
		);
	});
});

describe("addresses of either version", () => {
	const GLOBAL = "2001:db8:1::7";
	const LOCAL = "fd00::20";
	const bracketed = (address: string) => (address.includes(":") ? `[${address}]` : address);
	const request = ({
		source,
		via = source,
		contact = via,
		media,
		type = "application/sdp",
	}: Addresses & { type?: string }) =>
		sip({
			first: "INVITE sip:200@h SIP/2.0",
			cseq: "1 INVITE",
			time: 0,
			client: `${bracketed(source)}:5060`,
			server: source.includes(":") ? "[2001:db8::1]:5060" : "10.0.0.1:5060",
			via: `${bracketed(via)}:5060;branch=z9hG4bKone`,
			lines: [`Contact: <sip:201@${bracketed(contact)}:5060>`, `Content-Type: ${type}`],
			body: media ? `v=0\r\nc=IN IP${media.includes(":") ? 6 : 4} ${media}\r\nm=audio 5004 RTP/AVP 8\r\n` : "",
		});

	it.each<[string, Addresses & { type?: string }, string[]]>([
		["all the sender's own", { source: GLOBAL, media: GLOBAL }, []],
		["its own in other words", { source: GLOBAL, via: "2001:DB8:1:0::7", media: "2001:db8:1:0:0:0:0:7" }, []],
		["untranslated", { source: GLOBAL, via: LOCAL, media: LOCAL }, [`${NAT}${LOCAL}, seen as ${GLOBAL}`]],
		["translated but for the media", { source: GLOBAL, media: LOCAL }, [`${PART}(${LOCAL}, seen as ${GLOBAL})`]],
		["of another place of its own network", { source: "fd00::5", via: LOCAL, media: LOCAL }, []],
		["of another place of it, whatever its last words are", { source: "fd00::aa00:5", via: LOCAL }, []],
		["of the other version", { source: PRIVATE, via: LOCAL }, [`${NAT}${LOCAL}, seen as ${PRIVATE}`]],
		["of a sender with an address of its link alone", { source: "fe80::5", via: LOCAL }, []],
		["of a sender that assigned its address itself", { source: "169.254.1.2", via: PRIVATE }, []],
		["private ones of two blocks", { source: "10.0.0.9", via: PRIVATE, media: "10.0.0.7" }, []],
		["a name in Via", { source: PUBLIC, via: "phone.example", contact: PRIVATE }, []],
		["another public one beside a private one", { source: PUBLIC, via: "203.0.113.9", contact: PRIVATE }, []],
		["own and private ones behind a private address", { source: "10.0.0.9", contact: PRIVATE }, []],
		["private ones in what is no session description", { source: PUBLIC, media: PRIVATE, type: "text/plain" }, []],
	])("%s", (_, addresses, expected) => {
		expect(told(request(addresses))).toEqual(expected);
	});

	it("are those of all streams", () => {
		const streams = ["198.51.100.7", PRIVATE].map((address) => `m=audio 5004 RTP/AVP 8\r\nc=IN IP4 ${address}\r\n`);
		const found = told(
			sip({
				first: "INVITE sip:200@h SIP/2.0",
				cseq: "1 INVITE",
				time: 0,
				client: `${PUBLIC}:5060`,
				lines: [`Contact: <sip:201@${PUBLIC}>`, "Content-Type: application/sdp"],
				body: `v=0\r\n${streams.join("")}`,
			}),
		);
		expect(found).toEqual([`${PART}(${PRIVATE}, seen as ${PUBLIC})`]);
	});

	it("are named once, in the order of the message", () => {
		const [found] = told(request({ source: PUBLIC, via: PRIVATE, contact: "10.0.0.7", media: PRIVATE }));
		expect(found).toBe(`${NAT}${PRIVATE}, 10.0.0.7, seen as ${PUBLIC}`);
	});
});

describe("what is compared", () => {
	/** A tracker, and a way to have it look at a request. */
	const tracker = () => {
		const overflow = new Overflow();
		const incidents = new IncidentTable();
		const addresses = new SipAddresses(incidents, overflow);
		/** @param source last word of the sender's address; by default 192.168.1.20 */
		const look = (
			flow: number,
			branch: number | "",
			contact = PRIVATE,
			seconds = 0,
			side: 0 | 1 = 0,
			source = 0xc0a80114,
		) => {
			const text = Buffer.from(
				`OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP ${contact}${branch === "" ? "" : `;branch=z9hG4bK${branch}`}\r\nFrom: <sip:a@h>;tag=A\r\nTo: <sip:b@h>\r\nCall-ID: x${branch}\r\nCSeq: 1 OPTIONS\r\nContact: <sip:a@${contact}>\r\n\r\n`,
			);
			const packet = Object.assign(new PacketView(), { src3: source | 0, time: (50 + seconds) * 1e9, number: 1 });
			addresses.observe(parseSip(text, 0, text.length)!, packet, flow, side);
		};
		return { incidents, look, told: () => [...overflow.entries()].map(([, count]) => count) };
	};

	it("are what both sides of a flow say, by where each is", () => {
		const { incidents, look } = tracker();
		look(0, 1, PRIVATE, 0, 0, 0xc6336407);
		look(0, 2, PRIVATE, 0, 1);
		look(0, 3, PRIVATE, 0, 0, 0xc6336407);
		expect(incidents.of(0).map(({ kind, side, count }) => [kind, side, count])).toEqual([["sip-nat", 0, 2]]);
	});

	it("are requests that have a branch, and one that is sent again counts again", () => {
		const { incidents, look } = tracker();
		look(0, "");
		look(1, "", "10.9.9.9");
		look(2, 1, "10.9.9.9");
		look(2, 1, "10.9.9.9");
		const told = [0, 1, 2].map((flow) => incidents.of(flow).map(({ kind, count }) => `${kind} ${count}`));
		expect(told).toEqual([[], ["sip-nat 1"], ["sip-nat 2"]]);
	});

	it("are the latest 10,000 requests: of one that gives way it is told while it may come on another flow", () => {
		const gone = (seconds: number) => {
			const { incidents, look, told } = tracker();
			// On fewer flows than are looked at.
			for (let n = 0; n < 10_000; n++) look(n % 5000, n);
			expect(told()).toEqual([]);
			look(10_000, 10_000, PRIVATE, seconds);
			look(20_000, 1, "10.9.9.9", seconds);
			look(20_001, 0, "10.9.9.9", seconds);
			expect([20_000, 20_001].map((flow) => incidents.of(flow).map(({ kind }) => kind))).toEqual([
				["sip-alg"],
				["sip-nat"],
			]);
			return told();
		};
		expect([gone(31.9), gone(32)]).toEqual([[2], []]);
	});

	it("are the first 16 messages of a flow, of 10,000 flows at a time; of others none is", () => {
		const { incidents, look } = tracker();
		const count = (flow: number) => incidents.of(flow)[0]?.count;
		for (let flow = 0; flow < 10_000; flow++) look(flow, 1);
		for (let n = 0; n < 20; n++) for (const flow of [5, 9999, 10_000]) look(flow, 10 + 3 * n + flow, "10.9.9.9");
		expect([5, 9999, 10_000].map(count)).toEqual([15, 15, undefined]);
	});
});
