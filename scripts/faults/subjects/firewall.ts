/** A firewall between Manager and an IP Office: it drops, rejects, breaks off, or lets one direction through. */
import { until } from "../../lab/command.ts";
import { nginx } from "../../lab/nginx.ts";
import { answers, asks, later } from "../../lab/tasks/dialogue.ts";
import { expected, type Fault } from "../fault.ts";
import { BEYOND, type Site } from "../site.ts";
import { CURL, WEB } from "./programs.ts";

const CONFIG = "IPO-IN-43";
const WEB_SERVER = "IPO-IN-10";
const WAITS = 5_000;

export const FIREWALL: readonly Fault[] = [
	between("firewall-drops", "A firewall drops what Managers send to 50805 of an IP Office.", "drop", [
		expected("unanswered", CONFIG, "SYNs are repeated and nothing comes back"),
	]),
	{
		...between("firewall-drops-unknown", "The same, and nobody says which host is an IP Office.", "drop", [
			expected("unanswered", CONFIG, "one row alone has the port"),
		]),
		hosts: "none",
	},
	between(
		"firewall-prohibits",
		"A firewall answers for 50805 by ICMP: administratively prohibited.",
		"reject with icmp type admin-prohibited",
		[expected("prohibited", CONFIG, "the router says so by ICMP 3/13")],
	),
	between(
		"firewall-port-unreachable",
		"A firewall answers for 50805 by ICMP: port unreachable.",
		"reject with icmp type port-unreachable",
		[expected("unreachable", CONFIG, "the router says so by ICMP 3/3")],
	),
	between("firewall-resets", "A firewall answers for 50805 with a reset.", "reject with tcp reset", [
		expected("refused", CONFIG, "every SYN is answered by a reset"),
	]),
	{
		name: "firewall-one-way",
		shows: "Two IP Offices: a firewall lets the one call the other's web server, and drops the reverse.",
		packages: WEB,
		captured: "beyond",
		findings: [
			expected("unanswered", WEB_SERVER, "the SYNs of the one are repeated and nothing comes back"),
			expected("blocked-direction", WEB_SERVER, "the other's connections on the same row work"),
		],
		async run(site) {
			const [ipo] = site.machines("ipo");
			const ports = [{ port: 443, tls: true }];
			for (const machine of [ipo, site.beyond]) await nginx(site.office, machine, [{ ports }]);
			await site.rules(site.router, "forward", "ct state established accept", "iif eth1 tcp dport 443 drop");
			await ipo.run("curl", [...CURL, `https://${BEYOND.branch}/`]);
			const blocked = () => site.beyond.attempt("curl", [...CURL, "--connect-timeout", "5", `https://${ipo.address}/`]);
			if ((await Promise.all([blocked(), blocked()])).some(({ code }) => code === 0))
				throw new Error("it came through");
		},
	},
	{
		name: "firewall-breaks-off",
		shows: "A firewall forgets a connection and answers what comes next with a reset.",
		packages: [],
		findings: [expected("reset", CONFIG, "an established connection ends in a reset, with no FIN before it")],
		async run(site) {
			const [manager] = site.machines("manager");
			const turns = [asks("a"), answers("b"), later(asks("c"))];
			const talk = site.talk(manager, site.beyond, "tls", 50805, turns, { address: BEYOND.branch });
			const end = talk.catch(() => undefined);
			const agent = await manager.agent();
			await until("it is under way", WAITS, async () => (await agent.do("countPaused", undefined)) > 0);
			await site.rules(site.router, "forward", "iif eth0 tcp dport 50805 reject with tcp reset");
			await agent.do("goOn", undefined);
			await end;
			// What the server still has open must not end in sight, as it would not for a firewall's time-out.
			await site.rules(site.router, "forward", "drop");
		},
	},
];

function between(name: string, shows: string, rule: string, findings: Fault["findings"]): Fault {
	return {
		name,
		shows,
		packages: WEB,
		findings,
		async run(site) {
			await nginx(site.office, site.beyond, [{ ports: [{ port: 50805, tls: true }] }]);
			await site.rules(site.router, "forward", `tcp dport 50805 ${rule}`);
			await tryConfiguration(site);
		},
	};
}

/** Several clients try, each for some seconds: curl gives up on what the kernel would repeat for two minutes. */
async function tryConfiguration(site: Site): Promise<void> {
	const clients = site.machines("manager", "pc");
	const go = [...clients, ...clients].map((client) =>
		client.attempt("curl", [...CURL, "--connect-timeout", "5", `https://${BEYOND.branch}:50805/`]),
	);
	if ((await Promise.all(go)).some(({ code }) => code === 0)) throw new Error("the firewall let it through");
}
