/** Time by NTP (RFC 5905): chrony serves, chrony asks. */
import { matched } from "../../captures/truth.ts";
import type { Result } from "../command.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

export const ntp: Play = {
	name: "ntp",
	packages: ["chrony"],
	rows: ["IPO-IN-7", "IPO-OUT-7"],
	async run(office) {
		const [ipo, branch, phone, servers] = office.machines("ipo", "branch", "phone", "servers");
		await Promise.all([serveTime(office, ipo), serveTime(office, servers)]);
		await Promise.all([ask(office, phone, ipo), ask(office, branch, ipo), ask(office, ipo, servers)]);
		return [
			flow("NTP: a phone asks IP Office", phone, ipo, "udp/123", matched("IPO-IN-7", "NTP server"), { shows: "ntp" }),
			flow(
				"NTP: a branch asks IP Office",
				branch,
				ipo,
				"udp/123",
				matched("IPO-IN-7", "both are IP Offices", { peerRow: "IPO-OUT-7" }),
				{ shows: "ntp" },
			),
			flow("NTP: IP Office asks a server", ipo, servers, "udp/123", matched("IPO-OUT-7", "NTP client"), {
				shows: "ntp",
			}),
		];
	},
};

/** `-x`: it leaves the machine's clock alone. @param source where it has its time from, in chrony.conf(5)'s words. */
export function serveTime(office: Office, machine: Machine, source = "local stratum 8"): Promise<void> {
	const config = office.file(`chrony-${machine.name}.conf`, `${source}\nallow\ncmdport 0\n`);
	return machine.start("chronyd", ["-d", "-x", "-u", "root", "-f", config], {
		opens: ["udp/123"],
		run: { "/run/chrony": "root" },
	});
}

async function ask(office: Office, machine: Machine, server: Machine): Promise<void> {
	const { code, stderr } = await askTime(office, machine, server);
	if (code !== 0) throw new Error(`chronyd: status ${code}: ${stderr}`);
}

/** `-Q`: it tells the offset, and sets nothing. */
export function askTime(office: Office, machine: Machine, server: Machine): Promise<Result> {
	const config = office.file(
		`chrony-ask-${machine.name}.conf`,
		`server ${server.address} iburst maxsamples 1\ncmdport 0\npidfile /run/chronyd-ask.pid\n`,
	);
	return machine.attempt("chronyd", ["-Q", "-t", "6", "-u", "root", "-f", config]);
}
