/** Servers that are off, stopped or killed, and hosts that are not there. */
import { sleep } from "../../lab/command.ts";
import { expected, type Fault } from "../fault.ts";
import { BEYOND, OFF } from "../site.ts";
import { CURL } from "./programs.ts";

const CONFIG = "IPO-IN-43";
/** Milliseconds for what was sent to arrive. */
const ARRIVES = 500;

export const SERVER: readonly Fault[] = [
	{
		name: "server-stopped",
		shows: "IP Office's configuration service is not running: its port answers with resets.",
		packages: ["curl"],
		findings: [expected("refused", CONFIG, "every SYN is answered by a reset")],
		async run(site) {
			const [manager, pc, ipo] = site.machines("manager", "pc", "ipo");
			for (const client of [manager, manager, pc]) {
				const { code } = await client.attempt("curl", [...CURL, `https://${ipo.address}:50805/`]);
				if (code !== REFUSED) throw new Error("it was not refused");
			}
		},
	},
	{
		name: "host-off",
		shows: "An IP Office behind a router is switched off: the router says so by ICMP.",
		packages: ["curl"],
		findings: [expected("unreachable", CONFIG, "the router cannot find the host: ICMP 3/1")],
		async run(site) {
			const [manager] = site.machines("manager");
			await manager.attempt("curl", [...CURL, "--max-time", "12", `https://${OFF}:50805/`]);
		},
	},
	off(
		"snmp-off",
		"SNMP is off in IP Office: its host answers by ICMP.",
		"IPO-IN-8",
		["snmp"],
		["snmpget", ["-v2c", "-c", "public", "-r", "2", "-t", "1", "IPO", "1.3.6.1.2.1.1.1.0"]],
	),
	off(
		"tftp-off",
		"TFTP is off in IP Office: its host answers by ICMP.",
		"IPO-IN-5",
		["curl"],
		["curl", [...CURL, "--max-time", "3", "tftp://IPO/nasystem/who_is"]],
	),
	off(
		"ntp-off",
		"IP Office serves no time: its host answers by ICMP.",
		"IPO-IN-7",
		["chrony"],
		["chronyd", ["-Q", "-t", "4", "-u", "root", "server IPO iburst", "cmdport 0", "pidfile /run/chronyd-ask.pid"]],
	),
	{
		name: "server-killed",
		shows: "IP Office's configuration service hangs and is killed while Manager sends: its host resets the connection.",
		packages: [],
		findings: [expected("reset", CONFIG, "an established connection ends in a reset, with no FIN before it")],
		async run(site) {
			const [manager] = site.machines("manager");
			const { cert, key } = site.office.certificatePaths;
			const serve = `sleep 60 | openssl s_server -accept ${BEYOND.branch}:50805 -cert ${cert} -key ${key} -quiet`;
			await site.beyond.start("sh", ["-c", serve], { opens: ["tcp/50805"] });
			const say = `(echo one; sleep 1; echo two; sleep 2) | openssl s_client -quiet -connect ${BEYOND.branch}:50805`;
			const client = manager.attempt("sh", ["-c", say]);
			await sleep(ARRIVES);
			// A stopped process does not read: what it has not read makes the kernel reset when it is killed.
			await site.beyond.run("pkill", ["-STOP", "-f", `^openssl s_server -accept ${BEYOND.branch}:50805`]);
			await sleep(2 * ARRIVES);
			site.beyond.close();
			await client;
		},
	},
];

/** curl's status for a connection that was refused. */
const REFUSED = 7;

/** UDP: the client asks, and the kernel of a host where nobody listens answers. */
function off(
	name: string,
	shows: string,
	row: string,
	packages: readonly string[],
	[command, args]: readonly [string, readonly string[]],
): Fault {
	return {
		name,
		shows,
		packages,
		findings: [expected("unreachable", row, "the host itself says that nobody listens: ICMP 3/3")],
		async run(site) {
			const [pc, ipo] = site.machines("pc", "ipo");
			await pc.attempt(
				command,
				args.map((argument) => argument.replace("IPO", ipo.address)),
			);
		},
	};
}
