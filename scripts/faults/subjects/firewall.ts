/** A firewall between Manager and an IP Office: it drops, rejects, or breaks off. */
import { nginx } from "../../lab/nginx.ts";
import { expected, type Fault } from "../fault.ts";
import { BEYOND, type Site } from "../site.ts";
import { CURL, WEB } from "./programs.ts";

const CONFIG = "IPO-IN-43";

/** Several clients try, each for some seconds: curl gives up on what the kernel would repeat for two minutes. */
async function tryConfiguration(site: Site): Promise<void> {
	const clients = site.machines("manager", "pc");
	const go = [...clients, ...clients].map((client) =>
		client.attempt("curl", [...CURL, "--connect-timeout", "5", `https://${BEYOND.branch}:50805/`]),
	);
	if ((await Promise.all(go)).some(({ code }) => code === 0)) throw new Error("the firewall let it through");
}

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

export const FIREWALL: readonly Fault[] = [
	between("firewall-drops", "A firewall drops what Managers send to 50805 of an IP Office.", "drop", [
		expected("unanswered", CONFIG, "SYNs are repeated and nothing comes back"),
	]),
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
];
