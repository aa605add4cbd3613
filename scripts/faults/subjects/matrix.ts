/** What works, and yet is worth a word: plain and disabled services, rows of other releases, the subscription's other port. */
import { proprietary } from "../../captures/payloads/services.ts";
import { Random } from "../../captures/random.ts";
import { nginx } from "../../lab/nginx.ts";
import { startDnsmasq } from "../../lab/plays/names.ts";
import { answers, asks } from "../../lab/tasks/dialogue.ts";
import { type Expected, expected, type Fault, remark } from "../fault.ts";
import { BEYOND } from "../site.ts";
import { CURL, WEB } from "./programs.ts";

const SUBSCRIPTION = "IPO-OUT-12";
const SERVER = "admin.avaya-sub.com";

export const MATRIX: readonly Fault[] = [
	uses("plain-configuration", "Manager uses the configuration service that is not encrypted.", "tcp", 50804, [
		remark("optional-service", "IPO-IN-42", "50804 is closed by default, and answers"),
		remark("clear-text", "IPO-IN-42", "50805 does the same with TLS"),
	]),
	{
		name: "plain-configuration-off",
		shows: "Manager tries the configuration service that is not encrypted, and it is off.",
		packages: ["curl"],
		findings: [expected("refused", "IPO-IN-42", "every SYN is answered by a reset")],
		async run(site) {
			const [manager, ipo] = site.machines("manager", "ipo");
			await manager.attempt("curl", [...CURL, `http://${ipo.address}:50804/`]);
		},
	},
	{
		name: "plain-web",
		shows: "A phone fetches its settings by HTTP.",
		packages: WEB,
		findings: [remark("clear-text", "IPO-IN-6", "443 does the same with TLS")],
		async run(site) {
			const [phone, ipo] = site.machines("phone", "ipo");
			await nginx(site.office, ipo, [{ ports: [{ port: 80, tls: false }] }], "IPOffice/12.0.0.0 build 56");
			await phone.run("curl", [...CURL, `http://${ipo.address}/46xxsettings.txt`]);
		},
	},
	uses("inside-exposed", "A PC reaches a port of IP Office that is for the system itself.", "tcp", 17777, [
		expected("intra-device", "IPO-INT-9", "two hosts, and the row is for one"),
	]),
	uses("debug-port", "IP Office's debug port, disabled in the matrix, answers a PC.", "tcp", 4097, [
		expected("disabled-service", "IPO-IN-17", "the matrix calls it disabled"),
	]),
	uses("unused-port", "A port of IP Office that the matrix calls not used answers a PC.", "udp", 50780, [
		expected("disabled-service", "IPO-IN-33", "the matrix calls it not used"),
	]),
	uses("retired-port", "A PC looks at IP Office by VNC, which release 11.0 took away.", "tcp", 5807, [
		expected("retired-row", null, "the row was there up to release 10.1"),
	]),
	{
		name: "host-not-given",
		shows: "An IP Office of another site is in the capture, and was not named.",
		packages: WEB,
		hosts: "office",
		findings: [expected("host-not-given", null, "its web server says what it is, and its flows get no row")],
		async run(site) {
			const [ipo, phone] = site.machines("ipo", "phone");
			const ports = [{ port: 443, tls: true }];
			await nginx(site.office, ipo, [{ ports }]);
			await phone.run("curl", [...CURL, `https://${ipo.address}/`]);
			const plain = [{ ports: [{ port: 80, tls: false }] }];
			await nginx(site.office, site.beyond, plain, "IPOffice/12.0.0.0 build 56");
			await phone.run("curl", [...CURL, `http://${BEYOND.branch}/46xxsettings.txt`]);
		},
	},
	{
		name: "subscription-fallback",
		shows: "A firewall drops 443 to the subscription's server, and IP Office goes over to 8443.",
		packages: [...WEB, "dnsmasq-base", "bind9-dnsutils"],
		findings: [
			expected("unanswered", SUBSCRIPTION, "the SYNs to 443 are repeated, and nothing comes back"),
			expected("subscription-fallback", SUBSCRIPTION, "the same server is reached on 8443"),
		],
		async run(site) {
			const [ipo, servers, internet] = site.machines("ipo", "servers", "internet");
			await startDnsmasq(site.office, servers, ["--address=/avaya-sub.com/10.77.8.12"]);
			const ports = [443, 8443].map((port) => ({ port, tls: true }));
			await nginx(site.office, internet, [{ ports }]);
			await site.rules(internet, "input", "tcp dport 443 drop");
			await ipo.run("dig", ["+short", `@${servers.address}`, SERVER]);
			for (let count = 0; count < 2; count++) {
				await ipo.attempt("curl", [...CURL, "--connect-timeout", "4", `https://${SERVER}/`]);
				await ipo.run("curl", [...CURL, `https://${SERVER}:8443/`]);
			}
		},
	},
];

/** A dialogue of bytes that no known protocol begins with. */
function uses(
	name: string,
	shows: string,
	transport: "tcp" | "udp",
	port: number,
	findings: readonly Expected[],
): Fault {
	return {
		name,
		shows,
		packages: [],
		findings,
		async run(site) {
			const [manager, ipo] = site.machines("manager", "ipo");
			const random = new Random(name);
			const turns = [30, 120, 12, 700].map((length, index) =>
				(index % 2 === 0 ? asks : answers)(proprietary(random, length)),
			);
			await site.talk(manager, ipo, transport, port, turns);
		},
	};
}
