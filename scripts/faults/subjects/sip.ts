/** SIP that is refused, ignored or ended by people: SIPp as phone, IP Office and provider. */
import type { Machine } from "../../lab/machine.ts";
import { type Expected, expected, type Fault, remark } from "../fault.ts";
import { pause, receives, replies, type Step, scenario, sends, takes } from "../sipp.ts";
import { BEYOND, type Site } from "../site.ts";

const EXTENSION = "IPO-IN-19";
const TRUNK = "IPO-OUT-18";
const PHONE_AUDIO = { address: "10.77.1.101", port: 16_384 };
const IPO_AUDIO = { address: "10.77.0.10", port: 46_850 };

/** What a SIP server in clear text on its usual port is: closed by default, and 5061 is there for TLS. */
export const PLAIN_SIP: readonly Expected[] = [
	remark("optional-service", EXTENSION, "5060 is closed by default, and answers"),
	remark("clear-text", EXTENSION, "5061 does the same with TLS"),
];
const PLAIN_TRUNK = remark("clear-text", TRUNK, "5061 does the same with TLS");

const CHALLENGE = 'WWW-Authenticate: Digest realm="ipoffice", algorithm=MD5, nonce="5f[call_number]e1"';
const CREDENTIALS = "[authentication username=202 password=wrong]";

export const SIP: readonly Fault[] = [
	extension(
		"sip-registered",
		"A phone registers with its password, as it should: a challenge is no fault.",
		[],
		[
			sends("REGISTER"),
			takes(401, 'auth="true"'),
			sends("REGISTER", { sequence: 2, headers: [CREDENTIALS] }),
			takes(200),
		],
		[receives("REGISTER"), replies("401 Unauthorized", undefined, CHALLENGE), receives("REGISTER"), replies("200 OK")],
	),
	extension(
		"sip-register-forbidden",
		"IP Office refuses a phone's registration: 403.",
		[expected("registration-failed", EXTENSION, "403 for every REGISTER")],
		[sends("REGISTER"), takes(403)],
		[receives("REGISTER"), replies("403 Forbidden")],
	),
	extension(
		"sip-wrong-password",
		"A phone has a wrong password: it is challenged again and again.",
		[expected("registration-failed", EXTENSION, "401 even for what has credentials")],
		[
			sends("REGISTER"),
			takes(401, 'auth="true"'),
			...[2, 3, 4].flatMap((sequence) => [
				sends("REGISTER", { sequence, headers: [CREDENTIALS] }),
				takes(401, 'auth="true"'),
			]),
		],
		[1, 2, 3, 4].flatMap(() => [receives("REGISTER"), replies("401 Unauthorized", undefined, CHALLENGE)]),
	),
	{
		name: "sip-registrar-silent",
		shows: "A firewall drops what a phone sends to 5060: it registers again and again.",
		packages: ["sip-tester"],
		findings: [expected("unanswered", EXTENSION, "REGISTER is repeated, and nothing comes back")],
		async run(site) {
			const [phone, ipo] = site.machines("phone", "ipo");
			await site.rules(ipo, "input", "udp dport 5060 drop");
			await phone.attempt("sipp", caller(site, phone, ipo.address, [sends("REGISTER"), takes(200)], 6));
		},
	},
	{
		name: "sip-off",
		shows: "SIP is off in IP Office: its host answers a phone by ICMP.",
		packages: ["sip-tester"],
		findings: [expected("unreachable", EXTENSION, "the host itself says that nobody listens: ICMP 3/3")],
		async run(site) {
			const [phone, ipo] = site.machines("phone", "ipo");
			await phone.attempt("sipp", caller(site, phone, ipo.address, [sends("REGISTER"), takes(200)], 6));
		},
	},
	refusal("call-no-codec", "488 Not Acceptable Here", 'Warning: 304 ipoffice "Media type not available"'),
	refusal("call-unavailable", "503 Service Unavailable"),
	refusal("call-timed-out", "408 Request Timeout"),
	people("call-busy", "The called user is busy: 486.", [takes(486)], [replies("486 Busy Here")]),
	people("call-declined", "The called user declines: 603.", [takes(603)], [replies("603 Decline")]),
	people(
		"call-nobody",
		"Nobody takes the call for a while: 480.",
		[takes(480)],
		[replies("480 Temporarily Unavailable")],
	),
	extension(
		"call-cancelled",
		"The caller hangs up before anybody answers: CANCEL and 487.",
		[],
		[
			sends("INVITE", { audio: PHONE_AUDIO }),
			takes(180),
			pause(500),
			// RFC 3261, 9.1: the branch of the request that is cancelled.
			sends("CANCEL").replace("[branch]", "[branch-5]"),
			takes(200),
			takes(487),
			sends("ACK"),
		],
		[
			receives("INVITE", 'crlf="true"'),
			replies("180 Ringing"),
			receives("CANCEL"),
			replies("200 OK"),
			replies("487 Request Terminated").replace("[last_CSeq:]", "CSeq: 1 INVITE"),
			receives("ACK"),
		],
	),
	trunk(
		"trunk-unavailable",
		"503 Service Unavailable",
		"The provider refuses IP Office's call for want of capacity: 503.",
	),
	trunk("trunk-forbidden", "403 Forbidden", "The provider forbids IP Office's call: 403."),
	{
		name: "trunk-silent",
		shows: "A firewall drops what IP Office sends to its provider: calls are tried, and nothing comes back.",
		packages: ["sip-tester"],
		findings: [expected("unanswered", TRUNK, "INVITE is repeated, and nothing comes back")],
		async run(site) {
			const [ipo] = site.machines("ipo");
			await site.rules(site.router, "forward", "udp dport 5060 drop");
			const steps = [sends("INVITE", { audio: IPO_AUDIO }), takes(200)];
			await ipo.attempt("sipp", caller(site, ipo, BEYOND.provider, steps, 6));
		},
	},
];

/** A phone and IP Office, in the office. */
function extension(
	name: string,
	shows: string,
	findings: readonly Expected[],
	client: readonly Step[],
	server: readonly Step[],
): Fault {
	return {
		name,
		shows,
		packages: ["sip-tester"],
		findings: [...findings, ...PLAIN_SIP],
		async run(site) {
			const [phone, ipo] = site.machines("phone", "ipo");
			await answer(site, ipo, ipo.address, server);
			await phone.run("sipp", caller(site, phone, ipo.address, client));
		},
	};
}

function refusal(name: string, status: string, ...headers: readonly string[]): Fault {
	const code = Number(status.slice(0, 3));
	return extension(
		name,
		`IP Office refuses a phone's call: ${status}.`,
		[expected("call-failed", EXTENSION, `the system, not a person, answers ${code}`)],
		[sends("INVITE", { audio: PHONE_AUDIO }), takes(100), takes(code), sends("ACK")],
		[receives("INVITE"), replies("100 Trying"), replies(status, undefined, ...headers), receives("ACK")],
	);
}

/** A call that rings and ends by what somebody does. */
function people(name: string, shows: string, client: readonly Step[], server: readonly Step[]): Fault {
	return extension(
		name,
		shows,
		[],
		[sends("INVITE", { audio: PHONE_AUDIO }), takes(180), ...client, sends("ACK")],
		[receives("INVITE"), replies("180 Ringing"), ...server, receives("ACK")],
	);
}

/** IP Office calls out over its provider. */
function trunk(name: string, status: string, shows: string): Fault {
	const code = Number(status.slice(0, 3));
	return {
		name,
		shows,
		packages: ["sip-tester"],
		findings: [expected("call-failed", TRUNK, `the provider answers ${code}`), PLAIN_TRUNK],
		async run(site) {
			const [ipo] = site.machines("ipo");
			const replied = replies(status).replace("IP Office 12.0.0.0 build 56", "Lab-SBC/1.0");
			await answer(site, site.beyond, BEYOND.provider, [receives("INVITE"), replied, receives("ACK")]);
			const steps = [sends("INVITE", { audio: IPO_AUDIO }), takes(code), sends("ACK")];
			const args = caller(site, ipo, BEYOND.provider, steps);
			await ipo.run("sipp", args);
		},
	};
}

/** Starts SIPp as the side that is called. */
export function answer(site: Site, machine: Machine, address: string, steps: readonly Step[]): Promise<void> {
	const file = site.office.file(`${machine.name}-called.xml`, scenario(...steps));
	return machine.start("sipp", ["-sf", file, "-i", address, "-p", "5060", "-t", "u1", "-nostdin"], {
		opens: ["udp/5060"],
	});
}

/** SIPp's arguments for the side that calls. */
export function caller(site: Site, machine: Machine, to: string, steps: readonly Step[], seconds = 10): string[] {
	const agent = machine.name === "ipo" ? "IP Office 12.0.0.0 build 56" : "Avaya J179 IP Phone";
	const text = scenario(...steps).replaceAll("Avaya J179 IP Phone", agent);
	const file = site.office.file(`${machine.name}-caller.xml`, text);
	const limits = ["-m", "1", "-timeout", `${seconds}s`, "-timeout_error", "-nostdin"];
	return ["-sf", file, "-i", machine.address, "-p", "5060", "-t", "u1", ...limits, "-s", "201", `${to}:5060`];
}
