/** Time servers without time, without an answer, or unwilling; SNMP agents that are asked wrongly. */
import { hex, join, u32 } from "../../captures/bytes.ts";
import { askTime, serveTime } from "../../lab/plays/ntp.ts";
import { persistent, SYSTEM, startSnmpd, USER } from "../../lab/plays/snmp.ts";
import { answers, asks } from "../../lab/tasks/dialogue.ts";
import { type Expected, expected, type Fault, remark } from "../fault.ts";

const TIME_SERVER = "IPO-OUT-7";
const AGENT = "IPO-IN-8";
const SNMP = ["snmpd", "snmp"];
const ENABLED = remark("optional-service", AGENT, "SNMP is closed by default, and answers");

export const TIME: readonly Fault[] = [
	{
		name: "ntp-unsynchronised",
		shows: "The time server has no source itself: it answers IP Office, and says that it has no time.",
		packages: ["chrony"],
		findings: [expected("ntp-unsynchronised", TIME_SERVER, "leap indicator 3 and stratum 0 in every answer")],
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			await serveTime(site.office, servers, "server 192.0.2.123");
			const { code } = await askTime(site.office, ipo, servers);
			if (code === 0) throw new Error("the server has the time");
		},
	},
	{
		name: "ntp-silent",
		shows: "The time server does not answer IP Office.",
		packages: ["chrony"],
		findings: [expected("unanswered", TIME_SERVER, "requests are repeated, and nothing comes back")],
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			await site.rules(servers, "input", "udp dport 123 drop");
			await askTime(site.office, ipo, servers);
		},
	},
	{
		name: "ntp-denied",
		shows: "The time server refuses IP Office with a kiss-o'-death: DENY.",
		packages: [],
		findings: [expected("ntp-refused", TIME_SERVER, "stratum 0 with the code DENY")],
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			const question = asks(request());
			const turns = [question, answers(kiss("DENY")), question, answers(kiss("DENY"))];
			await site.talk(ipo, servers, "udp", 123, turns);
		},
	},
	{
		name: "ntp-healthy",
		shows: "IP Office has its time from a server.",
		packages: ["chrony"],
		findings: [],
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			await serveTime(site.office, servers);
			const { code, stderr } = await askTime(site.office, ipo, servers);
			if (code !== 0) throw new Error(`chronyd: status ${code}: ${stderr}`);
		},
	},
	snmp(
		"snmp-wrong-community",
		"A monitor asks IP Office with a wrong community: SNMP does not answer.",
		false,
		["-v2c", "-c", "secret"],
		[expected("unanswered", AGENT, "requests are repeated, and nothing comes back")],
	),
	snmp(
		"snmp-wrong-user",
		"A monitor asks IP Office as an SNMPv3 user that it does not know.",
		false,
		[...USER.map((argument) => (argument === "lab" ? "nobody" : argument))],
		[expected("snmp-error", AGENT, "report: usmStatsUnknownUserNames"), ENABLED],
	),
	snmp(
		"snmp-wrong-key",
		"A monitor asks IP Office with a wrong SNMPv3 password.",
		false,
		[...USER.map((argument) => (argument === "labsecret1" ? "labsecret9" : argument))],
		[expected("snmp-error", AGENT, "report: usmStatsWrongDigests"), ENABLED],
	),
	snmp("snmp-healthy", "A monitor asks IP Office by SNMPv3: the report on the engine id is no fault.", true, USER, [
		ENABLED,
	]),
];

function snmp(
	name: string,
	shows: string,
	works: boolean,
	how: readonly string[],
	findings: readonly Expected[],
): Fault {
	return {
		name,
		shows,
		packages: SNMP,
		findings,
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			await startSnmpd(site.office, ipo);
			for (let count = 0; count < 2; count++) {
				const env = persistent(site.office, `client${count}`);
				const args = [...how, "-r", "2", "-t", "1", ipo.address, SYSTEM];
				const { code, stderr } = await servers.attempt("snmpget", args, { env });
				if ((code === 0) !== works) throw new Error(`snmpget: status ${code}: ${stderr}`);
			}
		},
	};
}

/** The client's transmit time stamp, which an answer repeats. */
const SENT = hex("e0a1b2c3 12345678");

/** RFC 5905, 7.3: version 4, client. */
function request(): Uint8Array {
	return join(0x23, 0, 6, 0xec, new Uint8Array(36), SENT);
}

/** RFC 5905, 7.4: no time, stratum 0, the code in place of the reference. */
function kiss(code: string): Uint8Array {
	return join(0xe4, 0, 6, 0xec, u32(0), u32(0), code, new Uint8Array(8), SENT, new Uint8Array(16));
}
