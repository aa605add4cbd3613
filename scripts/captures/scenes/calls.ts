import { type UdpConversation, WAN, Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, type End, type Host, host } from "../network.ts";
import { dtlsHello, receiverReport, stun, udptl } from "../payloads/media.ts";
import { type SipParty, sdp } from "../payloads/sip.ts";
import { Recording } from "../recording.ts";
import { nextGeneration, type Scene } from "../scene.ts";
import { type CallTruth, matched, type StreamTruth, type Verdict } from "../truth.ts";
import { Dialogue, multipart, speak, type Voice } from "./call-script.ts";

const pbx = host("10.20.0.10", "00:e0:07:00:20:10");
const pbx6 = host("fd00:20::10", "00:e0:07:00:20:10");
const router = "00:1b:0c:00:20:fe";
const trunk = host("203.0.113.5", router);
const remote = host("198.51.100.70", router);
const browser = host("10.20.0.60", "00:1b:21:00:20:60");
const G729 = { types: "18 101", attributes: ["rtpmap:18 G729/8000", "rtpmap:101 telephone-event/8000"] };
const BOTH = { types: "8 18 101", attributes: ["rtpmap:8 PCMA/8000", "rtpmap:18 G729/8000"] };
const CRYPTO = [
	"rtpmap:18 G729/8000",
	"crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
];

const row = (id: string, why: string) => matched(id, why);
const SIGNALLING = row("IPO-IN-19", "a phone's signalling");
const MEDIA = row("IPO-IN-32", "media between a phone and IP Office");

/** What a call does between its set-up and its end. */
interface Stage {
	readonly name: string;
	readonly phone: Host;
	/** Seconds since the recording's start, when the INVITE goes out. */
	readonly time: number;
	readonly signalling: UdpConversation;
	readonly dialogue: Dialogue;
	/** Where the two sides say that they receive. */
	readonly ports: readonly [phone: number, pbx: number];
	/** The flow on these ports, opened when first used. */
	media(client?: End, verdict?: Verdict): UdpConversation;
	/** Voice of one side; what is to be found of it is noted. */
	voice(media: UdpConversation, voice: Omit<Voice, "source">, codec: string | null, srtp?: boolean): void;
	/** Notes what is to be found of the call. */
	told(result: string, codec: string | null, why: string, findings?: readonly string[]): void;
}

class Exchange {
	readonly recording: Recording;
	readonly wire: Wire;
	readonly calls: CallTruth[] = [];
	#number = 100;
	#time = 0;

	constructor(name: string) {
		this.recording = new Recording(name, "2026-03-03T09:00:00Z");
		this.wire = new Wire(this.recording, ethernet());
	}

	/** A phone's next call: 10 s later than the one before, from a phone of its own. */
	stage(name: string, from?: Host, end: Host = pbx, latency?: number): Stage {
		const number = ++this.#number;
		const time = this.#time;
		this.#time += 10;
		const phone = from ?? host(`10.20.0.${number}`, `00:04:0d:00:20:${(number - 100).toString(16).padStart(2, "0")}`);
		const late = latency === undefined ? {} : { latency };
		const port = from === remote ? 30_060 : 5060;
		const opening = { at: time, client: at(phone, port), server: at(end, 5060), verdict: SIGNALLING, ...late };
		const signalling = this.wire.udp(opening);
		const caller: SipParty = { user: String(number), address: phone.address, port };
		const called: SipParty = { user: "200", address: end.address, port: 5060 };
		const callId = `${name}-${number}`;
		const ports = [5004 + 2 * (number - 100), 46_750 + 2 * (number - 100)] as const;
		const streams: StreamTruth[] = [];
		let source = number * 16;
		return {
			name,
			phone,
			time,
			signalling,
			ports,
			dialogue: new Dialogue(signalling, caller, called, callId),
			media: (client = at(phone, ports[0]), verdict = MEDIA) =>
				this.wire.udp({ at: time, client, server: at(end, ports[1]), verdict, ...late }),
			voice: (media, voice, codec, srtp = false) => {
				streams.push({ ...speak(media, this.recording.random, { ...voice, source: source++ }), codec, srtp });
			},
			told: (result, codec, why, findings = []) => {
				const from = `${caller.user}@${text(phone)}`;
				this.calls.push({ callId, from, to: `200@${text(end)}`, result, codec, media: streams, findings, why });
			},
		};
	}
}

function text({ address }: Host): string {
	return address.includes(":") ? `[${address}]` : address;
}

/** Voice of both sides, from half a second after the set-up. */
function talk(stage: Stage, media: UdpConversation, codec: string, voice: Partial<Voice> = {}, srtp = false): void {
	stage.voice(media, { side: "client", at: stage.time + 0.5, packets: 40, ...voice }, codec, srtp);
	stage.voice(media, { side: "server", at: stage.time + 0.51, packets: 40, sequence: 7000, ...voice }, codec, srtp);
}

function plain(exchange: Exchange): void {
	const stage = exchange.stage("plain");
	const { dialogue, signalling, ports, phone, time } = stage;
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx.address, ports[1], G729));
	const media = stage.media();
	const sent = { side: "client", at: time + 0.5, packets: 60, sequence: 65_500 } as const;
	stage.voice(media, { ...sent, lost: [10, 11, 30], twice: [20], late: [40], digits: 2 }, "G729");
	stage.voice(media, { side: "server", at: time + 0.51, packets: 60 }, "G729");
	exchange.wire
		.udp({ at: time + 3, client: at(phone, ports[0] + 1), server: at(pbx, ports[1] + 1), verdict: MEDIA })
		.server(receiverReport(1, 101 * 16, 3, 65_560, 40))
		.client(receiverReport(2, 101 * 16 + 1, 0, 1059, 16));
	signalling.until(time + 4);
	dialogue.hangUp();
	stage.told("answered", "G729", "loss over the wrap of the sequence number, a duplicate, a late packet, digits");
}

function earlyMedia(exchange: Exchange): void {
	const stage = exchange.stage("early-media");
	const { dialogue, signalling, ports, phone, time } = stage;
	const answer = sdp(pbx.address, ports[1], G729);
	dialogue.ask("INVITE", sdp(phone.address, ports[0], G729)).answer("100 Trying");
	dialogue.answer("183 Session Progress", answer);
	const media = stage.media();
	stage.voice(media, { side: "server", at: time + 0.3, packets: 100 }, "G729");
	stage.voice(media, { side: "client", at: time + 1.1, packets: 40 }, "G729");
	signalling.until(time + 1);
	dialogue.answer("200 OK", answer).inside("ACK");
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "the announcement before the answer is media of the call");
}

function hold(exchange: Exchange): void {
	const stage = exchange.stage("hold");
	const { dialogue, signalling, ports, phone, time } = stage;
	const mine = (direction: string) =>
		sdp(phone.address, ports[0], { ...G729, attributes: [...G729.attributes, direction] });
	const theirs = (direction: string) =>
		sdp(pbx.address, ports[1], { ...G729, attributes: [...G729.attributes, direction] });
	dialogue.setUp(mine("sendrecv"), theirs("sendrecv"));
	const media = stage.media();
	stage.voice(media, { side: "client", at: time + 0.5, packets: 30 }, "G729");
	stage.voice(media, { side: "server", at: time + 0.5, packets: 30 }, "G729");
	signalling.until(time + 2);
	dialogue.calledAsks("INVITE", theirs("sendonly"), mine("recvonly"));
	signalling.until(time + 4);
	dialogue.calledAsks("INVITE", theirs("sendrecv"), mine("sendrecv"));
	signalling.until(time + 5.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "put on hold and resumed by the called side");
}

function translated(exchange: Exchange): void {
	const stage = exchange.stage("nat", remote, pbx, WAN);
	const { dialogue, signalling, ports, time } = stage;
	dialogue.setUp(sdp("192.168.77.20", 5004, G729), sdp(pbx.address, ports[1], G729));
	talk(stage, stage.media(at(remote, 30_044)), "G729");
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "its session description has the private address, Via and Contact the public one", [
		"sip-alg",
	]);
}

function oneWay(exchange: Exchange): void {
	const stage = exchange.stage("one-way");
	const { dialogue, signalling, ports, phone, time } = stage;
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx.address, ports[1], G729));
	stage.voice(stage.media(), { side: "client", at: time + 0.5, packets: 60 }, "G729");
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "nothing comes back", ["one-way-media"]);
}

function encrypted(exchange: Exchange): void {
	const stage = exchange.stage("srtp");
	const { dialogue, signalling, ports, phone, time } = stage;
	const secure = { types: "18", transport: "RTP/SAVP", attributes: CRYPTO };
	dialogue.setUp(sdp(phone.address, ports[0], secure), sdp(pbx.address, ports[1], secure));
	talk(stage, stage.media(), "G729", {}, true);
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "SRTP with keys in the session description");
}

function fax(exchange: Exchange): void {
	const stage = exchange.stage("fax");
	const { dialogue, signalling, ports, phone, time } = stage;
	const image = { media: "image", transport: "udptl", types: "t38", attributes: ["T38FaxVersion:0"] };
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx.address, ports[1], G729));
	const media = stage.media();
	talk(stage, media, "G729");
	signalling.until(time + 2);
	dialogue.calledAsks("INVITE", sdp(pbx.address, ports[1], image), sdp(phone.address, ports[0], image));
	for (let n = 0; n < 10; n++) {
		media.sendAt(time + 2.5 + n * 0.1, "client", udptl(n));
		media.sendAt(time + 2.55 + n * 0.1, "server", udptl(n));
	}
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729, T38", "voice, then a switch to fax on the same ports");
}

function codecChange(exchange: Exchange): void {
	const stage = exchange.stage("codec-change");
	const { dialogue, signalling, ports, phone, time } = stage;
	const parts = multipart(sdp(phone.address, ports[0], BOTH));
	dialogue.ask("INVITE", parts.body, parts).answer("100 Trying").answer("180 Ringing");
	dialogue.answer("200 OK", sdp(pbx.address, ports[1], BOTH)).inside("ACK");
	const media = stage.media();
	signalling.until(time + 1.2);
	dialogue.inside("INVITE", sdp(phone.address, ports[0], G729)).answer("200 OK", sdp(pbx.address, ports[1], G729));
	dialogue.inside("ACK");
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "PCMA, G729", "another codec by a second INVITE; the first one's body has two parts");
	const told = exchange.calls.pop()!;
	// One source and one row of numbers in each direction, though the payload type changes.
	const streams = (["client", "server"] as const).map((side, place) => {
		const voice = { side, source: 0xc0dec + place, packets: 30 };
		const first = speak(media, exchange.recording.random, { ...voice, type: 8, at: time + 0.5 });
		const second = speak(media, exchange.recording.random, { ...voice, at: time + 1.5, sequence: 1030 });
		return { ...first, packets: first.packets + second.packets, codec: "PCMA, G729", srtp: false };
	});
	exchange.calls.push({ ...told, media: streams });
}

/** Calls that nobody takes. */
function refusals(exchange: Exchange): void {
	const offer = (stage: Stage) => sdp(stage.phone.address, stage.ports[0], G729);
	const cancelled = exchange.stage("cancelled");
	cancelled.dialogue.ask("INVITE", offer(cancelled)).answer("100 Trying").answer("180 Ringing");
	cancelled.signalling.until(cancelled.time + 5);
	cancelled.dialogue.ask("CANCEL").answer("200 OK", undefined, "CANCEL").answer("487 Request Terminated").ask("ACK");
	cancelled.told("cancelled", null, "the caller gave up while it rang");
	for (const [name, status, result, ...findings] of [
		["busy", "486 Busy Here", "busy"],
		["forbidden", "403 Forbidden", "rejected 403 Forbidden", "call-failed"],
		["unacceptable", "488 Not Acceptable Here", "failed 488 Not Acceptable Here", "call-failed"],
		["unavailable", "480 Temporarily Unavailable", "rejected 480 Temporarily Unavailable"],
	] as const) {
		const stage = exchange.stage(name);
		stage.dialogue.ask("INVITE", offer(stage)).answer("100 Trying").answer(status).ask("ACK");
		stage.told(result, null, `the final answer is ${status}`, findings);
	}
	const challenged = exchange.stage("challenged");
	challenged.dialogue.ask("INVITE", offer(challenged)).answer("407 Proxy Authentication Required").ask("ACK");
	challenged.dialogue.ask("INVITE", offer(challenged)).answer("100 Trying").answer("486 Busy Here").ask("ACK");
	challenged.told("busy", null, "a challenge is no refusal");
	const unheard = exchange.stage("unheard");
	unheard.dialogue.ask("INVITE", offer(unheard));
	for (const [n, after] of [0.5, 1.5, 3.5].entries()) {
		unheard.signalling.until(unheard.time + after + n * 0.001);
		unheard.dialogue.again("INVITE", offer(unheard));
	}
	unheard.told("unanswered request", null, "INVITEs that nobody answers", ["unanswered"]);
}

function noMedia(exchange: Exchange): void {
	const stage = exchange.stage("no-media");
	const { dialogue, signalling, ports, phone, time } = stage;
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx.address, ports[1], G729));
	signalling.until(time + 6);
	dialogue.hangUp();
	stage.told("answered", "G729", "answered for six seconds without a single packet of media", ["no-media"]);
}

function overIPv6(exchange: Exchange): void {
	const stage = exchange.stage("ipv6", host("fd00:20::61", "00:04:0d:00:20:61"), pbx6);
	const { dialogue, signalling, ports, phone, time } = stage;
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx6.address, ports[1], G729));
	talk(stage, stage.media(), "G729");
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "signalling and media over IPv6");
}

function alreadyUnderWay(exchange: Exchange): void {
	const stage = exchange.stage("under-way");
	const { dialogue, signalling, time } = stage;
	const media = stage.media();
	speak(media, exchange.recording.random, { side: "client", source: 0xa11, at: time + 0.5, packets: 40 });
	speak(media, exchange.recording.random, { side: "server", source: 0xa12, at: time + 0.5, packets: 40 });
	signalling.until(time + 2);
	dialogue.hangUp();
	stage.told(
		"answered",
		null,
		"the capture began after the call: its BYE tells that it was one; its media is nobody's",
	);
}

/** A phone on TCP whose INVITE comes in two segments; a keep-alive goes before it. */
function overTcp(exchange: Exchange): void {
	const { wire } = exchange;
	const stage = exchange.stage("tcp");
	const { ports, phone, time } = stage;
	const connection = wire
		.tcp({ at: time, client: at(phone, 49_877), server: at(pbx, 5060), verdict: SIGNALLING })
		.open();
	const split = {
		client(data: Uint8Array) {
			connection.client(data.subarray(0, 300));
			if (data.length > 300) connection.client(data.subarray(300));
		},
		server: (data: Uint8Array) => connection.server(data),
	};
	const caller = { user: "tcp", address: phone.address, port: 5060 };
	const called = { user: "200", address: pbx.address, port: 5060 };
	const dialogue = new Dialogue(split, caller, called, "tcp-split", "TCP");
	connection.client(Uint8Array.of(13, 10, 13, 10)).server(Uint8Array.of(13, 10));
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx.address, ports[1], G729));
	const media = stage.media();
	talk(stage, media, "G729");
	connection.wait(3.8);
	dialogue.hangUp();
	connection.close();
	stage.told("answered", "G729", "SIP over TCP, messages in several segments");
	exchange.calls.push({ ...exchange.calls.pop()!, callId: "tcp-split", from: `tcp@${phone.address}` });
}

/** A phone's call and IP Office's own one to the provider: two calls, not one. */
function twoLegs(exchange: Exchange): void {
	const { wire, recording } = exchange;
	const stage = exchange.stage("leg");
	const { dialogue, signalling, ports, phone, time } = stage;
	dialogue.setUp(sdp(phone.address, ports[0], G729), sdp(pbx.address, ports[1], G729));
	talk(stage, stage.media(), "G729");
	signalling.until(time + 4.5);
	dialogue.hangUp();
	stage.told("answered", "G729", "the phone's leg");
	const outside = wire.udp({
		at: time + 0.01,
		client: at(pbx, 5060),
		server: at(trunk, 5060),
		verdict: row("IPO-OUT-18", "IP Office calls its provider"),
		latency: WAN,
	});
	const own = { user: "+4930111", address: pbx.address, port: 5060 };
	const provider = { user: "+4930222", address: trunk.address, port: 5060 };
	const second = new Dialogue(outside, own, provider, "trunk-leg", "UDP", "Border controller 4");
	second.setUp(sdp(pbx.address, 46_900, G729), sdp(trunk.address, 20_500, G729));
	const media = wire.udp({
		at: time,
		client: at(trunk, 20_500),
		server: at(pbx, 46_900),
		verdict: MEDIA,
		latency: WAN,
	});
	const voice = { at: time + 0.5, packets: 40 };
	const streams = [
		speak(media, recording.random, { ...voice, side: "client", source: 0x7101 }),
		speak(media, recording.random, { ...voice, side: "server", source: 0x7102, at: time + 0.51 }),
	];
	outside.until(time + 4.6);
	second.hangUp();
	exchange.calls.push({
		callId: "trunk-leg",
		from: `+4930111@${pbx.address}`,
		to: `+4930222@${trunk.address}`,
		result: "answered",
		codec: "G729",
		media: streams.map((stream) => ({ ...stream, codec: "G729", srtp: false })),
		findings: [],
		why: "the provider's leg",
	});
}

/** A browser's media: STUN, DTLS and SRTP on one pair of ports, without SIP. */
function webClient({ wire, recording }: Exchange, time: number): void {
	const { random } = recording;
	const verdict = row("IPO-IN-31", "a web client: what STUN and DTLS show stays, though RTP follows");
	const media = wire.udp({ at: time, client: at(browser, 60_001), server: at(pbx, 51_000), verdict });
	media.client(stun(random)).server(stun(random, true)).client(dtlsHello(random)).server(dtlsHello(random, true));
	speak(media, random, { side: "client", source: 0xbeb1, type: 111, at: time + 1, packets: 40 });
	speak(media, random, { side: "server", source: 0xbeb2, type: 111, at: time + 1, packets: 40 });
}

export const calls: Scene = {
	name: "calls",
	shows:
		"SIP calls and their media: early media, hold, NAT, one way, SRTP, fax, another codec, refusals, TCP, IPv6, two legs, one under way",
	build() {
		const exchange = new Exchange(this.name);
		for (const scene of [plain, earlyMedia, hold, translated, oneWay, encrypted, fax, codecChange, refusals])
			scene(exchange);
		for (const scene of [noMedia, overIPv6, alreadyUnderWay, overTcp, twoLegs]) scene(exchange);
		webClient(exchange, 300);
		const capture = nextGeneration(this.name, exchange.recording, { ipo: [pbx.address, pbx6.address] });
		return { ...capture, truth: { ...capture.truth, calls: exchange.calls } };
	},
};
