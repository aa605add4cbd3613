/** A router between a phone and an IP Office on the Internet: it inspects SIP, or translates addresses without doing so. */
import type { AlgArgument } from "../../lab/tasks/alg.ts";
import { type Expected, expected, type Fault, type Place } from "../fault.ts";
import { receives, replies, sends, takes } from "../sipp.ts";
import { BEYOND, PUBLIC, type Site } from "../site.ts";
import { answer, caller, PLAIN_SIP } from "./sip.ts";

const EXTENSION = "IPO-IN-19";
const PHONE_AUDIO = { address: "10.77.1.101", port: 16_384 };

export const NAT: readonly Fault[] = [
	alg(
		"sip-alg-both-sides",
		"A router rewrites addresses inside SIP; captured on both its sides.",
		"router",
		{ headersOnly: false, callId: false },
		[expected("sip-alg", EXTENSION, "the two legs of one call differ in Via, Contact and session description")],
	),
	alg(
		"sip-alg-call-id",
		"The same, by a router that rewrites the phone's address in Call-ID, too.",
		"router",
		{ headersOnly: false, callId: true },
		[expected("sip-alg", EXTENSION, "branch, tag and sequence number tell that it is one call")],
	),
	alg(
		"sip-alg-outside",
		"A router rewrites SIP's headers and not the session description; captured outside.",
		"beyond",
		{ headersOnly: true, callId: false },
		[expected("sip-alg", EXTENSION, "Via and Contact are public, the session description is private")],
	),
	{
		name: "sip-nat",
		shows: "A router translates addresses, and leaves SIP as the phone wrote it; captured outside.",
		packages: ["sip-tester"],
		captured: "beyond",
		findings: [
			expected("sip-nat", EXTENSION, "Via, Contact and session description are private, the sender is public"),
			...PLAIN_SIP,
		],
		async run(site) {
			await site.chain(site.router, "type nat hook postrouting priority 100", "oif eth1 masquerade");
			await callBusy(site);
		},
	},
	{
		name: "sip-nat-inside",
		shows: "The same, captured inside: nothing tells that addresses are translated.",
		packages: ["sip-tester"],
		findings: PLAIN_SIP,
		async run(site) {
			await site.chain(site.router, "type nat hook postrouting priority 100", "oif eth1 masquerade");
			await callBusy(site);
		},
	},
];

function alg(
	name: string,
	shows: string,
	captured: Place,
	how: Pick<AlgArgument, "headersOnly" | "callId">,
	findings: readonly Expected[],
): Fault {
	return {
		name,
		shows,
		packages: ["sip-tester"],
		captured,
		findings: [...findings, ...PLAIN_SIP],
		async run(site) {
			const agent = await site.router.agent();
			const inside = site.router.address;
			await agent.do("serveAlg", { inside, outside: PUBLIC, server: BEYOND.hosted, ...how });
			const rule = "iif eth0 udp dport 5060 redirect to :5060";
			await site.chain(site.router, "type nat hook prerouting priority -100", rule);
			await callBusy(site);
			await agent.do("releaseAlg", undefined);
		},
	};
}

/** A phone registers and calls somebody who is busy, so that no audio is to be expected. */
async function callBusy(site: Site): Promise<void> {
	const [phone] = site.machines("phone");
	await answer(site, site.beyond, BEYOND.hosted, [receives("REGISTER"), replies("200 OK")]);
	await phone.run("sipp", caller(site, phone, BEYOND.hosted, [sends("REGISTER"), takes(200)]));
	await site.beyond.stop();
	const busy = [receives("INVITE"), replies("180 Ringing"), replies("486 Busy Here"), receives("ACK")];
	await answer(site, site.beyond, BEYOND.hosted, busy);
	const steps = [sends("INVITE", { audio: PHONE_AUDIO }), takes(180), takes(486), sends("ACK")];
	await phone.run("sipp", caller(site, phone, BEYOND.hosted, steps));
}
