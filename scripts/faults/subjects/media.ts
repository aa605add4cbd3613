/** Calls whose audio is missing, bad, or other than announced. SIPp signals; each side's audio is sent at a phone's pace. */
import { rtp } from "../../captures/payloads/media.ts";
import { Random } from "../../captures/random.ts";
import { sleep } from "../../lab/command.ts";
import type { Machine } from "../../lab/machine.ts";
import { type Expected, expected, type Fault } from "../fault.ts";
import { pause, receives, replies, sends, takes } from "../sipp.ts";
import { BEYOND, type Line, type Site } from "../site.ts";
import { answer, caller, PLAIN_SIP } from "./sip.ts";

const VOICE = "IPO-IN-32";
const EXTENSION = "IPO-IN-19";
const PHONE = { address: "10.77.1.101", port: 16_384 };
const IPO = { address: BEYOND.branch, port: 46_850 };
const PCMU = 0;
const PCMA = 8;

/** Packets of 20 ms. */
const PACKETS = 110;
const EVERY = 20;
/** Milliseconds from the call's begin to the audio's, and what remains after it. */
const ANSWERED = 400;
const AFTER = 300;
const AROUND = ANSWERED + 2 * AFTER;

interface Call {
	readonly name: string;
	readonly shows: string;
	readonly findings: readonly Expected[];
	/** Packets of each side. */
	readonly packets?: number;
	/** Sides that speak; by default both. */
	readonly speak?: readonly ("phone" | "ipo")[];
	/** The payload type that IP Office sends; by default the one that was agreed. */
	readonly type?: number;
	/** The address that IP Office sends from; by default the announced one. */
	readonly from?: string;
	readonly line?: Line;
	/** Whether a good call comes before it. */
	readonly after?: "a call with audio";
	/** Rules for what the phone sends. */
	readonly mark?: string;
	/** Rules of the router between them. */
	readonly firewall?: string;
}

const CALLS: readonly Call[] = [
	{ name: "media-healthy", shows: "A call with audio both ways.", findings: [] },
	{
		name: "media-held-back",
		shows: "A firewall drops the audio that IP Office sends: the phone's is seen, and no other.",
		findings: [expected("one-way-media", VOICE, "only the phone's packets pass")],
		firewall: "iif eth1 udp sport 46850 drop",
	},
	{
		name: "media-mute",
		shows: "IP Office sends no audio.",
		findings: [expected("one-way-media", VOICE, "only the phone's packets are there")],
		speak: ["phone"],
	},
	{
		name: "media-none",
		shows: "A call has audio; the next one is answered, and nobody sends any.",
		findings: [expected("no-media", EXTENSION, "three seconds of an answered call without a packet")],
		speak: [],
		after: "a call with audio",
	},
	{
		name: "media-unseen",
		shows: "A call without audio is all that is captured: its audio may go elsewhere.",
		findings: [{ ...expected("no-media", "IPO-IN-19", "no RTP is there at all"), severity: "info" }],
		speak: [],
	},
	{
		name: "media-loss",
		shows: "A line loses 8 % of a call's audio.",
		packets: 260,
		findings: [expected("media-loss", VOICE, "what comes from IP Office has gaps")],
		line: { loss: 8, delay: 20 },
	},
	{
		name: "media-jitter",
		shows: "A line delays each packet of a call by 0 to 200 ms.",
		findings: [expected("media-jitter", VOICE, "what comes from IP Office is uneven")],
		line: { jitter: 200, delay: 10 },
	},
	{
		name: "media-wrong-codec",
		shows: "The phone offers G.711 A-law only, and IP Office sends µ-law.",
		findings: [expected("codec-mismatch", VOICE, "payload type 0 was not offered")],
		type: PCMU,
	},
	{
		name: "media-dscp-lost",
		shows: "The phone marks its audio for priority; what comes from IP Office has no mark.",
		findings: [expected("dscp-lost", VOICE, "EF in one direction, 0 in the other")],
		mark: "udp sport 16384 ip dscp set ef",
	},
	{
		name: "media-from-elsewhere",
		shows: "IP Office sends its audio from another address than it announced.",
		findings: [expected("media-address-mismatch", VOICE, "the session description has another address")],
		from: BEYOND.hosted,
	},
];

export const MEDIA: readonly Fault[] = CALLS.map((call) => ({
	name: call.name,
	shows: call.shows,
	packages: ["sip-tester"],
	findings: [...call.findings, ...PLAIN_SIP],
	async run(site) {
		if (call.after) await talk(site, CALLS[0]!);
		await site.beyond.stop();
		await talk(site, call);
	},
}));

async function talk(
	site: Site,
	{ packets = PACKETS, speak = ["phone", "ipo"], type = PCMA, from, line, mark, firewall }: Call,
): Promise<void> {
	const [phone] = site.machines("phone");
	if (line) await site.line(line);
	if (mark) await site.chain(phone, "type filter hook output priority -150", mark);
	if (firewall) await site.rules(site.router, "forward", firewall);
	// Agents take a while to start.
	await Promise.all([phone.agent(), site.beyond.agent()]);
	await answer(site, site.beyond, BEYOND.branch, [
		receives("INVITE"),
		replies("180 Ringing"),
		replies("200 OK", IPO),
		receives("ACK"),
		receives("BYE"),
		replies("200 OK"),
	]);
	const steps = [
		sends("INVITE", { audio: PHONE }),
		takes(180),
		takes(200, 'rrs="true"'),
		sends("ACK", { within: true }),
		pause(packets * EVERY + AROUND),
		sends("BYE", { within: true, sequence: 2 }),
		takes(200),
	];
	const call = phone.run("sipp", caller(site, phone, BEYOND.branch, steps));
	await sleep(ANSWERED);
	await Promise.all([
		audio(phone, PHONE, IPO, speak.includes("phone") ? PCMA : undefined, packets),
		audio(site.beyond, IPO, PHONE, from === undefined && speak.includes("ipo") ? type : undefined, packets),
		from === undefined ? undefined : audio(site.beyond, { ...IPO, address: from }, PHONE, type, packets),
	]);
	await call;
}

type End = typeof PHONE;

/** One side's audio. @param type undefined where it only listens. */
async function audio(
	machine: Machine,
	local: End,
	remote: End,
	type: number | undefined,
	packets: number,
): Promise<void> {
	const random = new Random(local.address);
	const messages = Array.from({ length: type === undefined ? 0 : packets }, (_, index) =>
		rtp(random, index, local.port, type),
	);
	const agent = await machine.agent();
	await agent.do("speak", {
		localAddress: local.address,
		localPort: local.port,
		...remote,
		messages,
		before: AFTER / 2,
		every: EVERY,
		after: AFTER + (packets - messages.length) * EVERY,
	});
}
