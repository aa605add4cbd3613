/** Time by NTP (RFC 5905): chrony serves, chrony asks. */
import { matched } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

export const ntp: Play = {
	name: "ntp",
	packages: ["chrony"],
	rows: ["IPO-IN-7", "IPO-OUT-7"],
	async run(office) {
		const [ipo, branch, phone, servers] = office.machines("ipo", "branch", "phone", "servers");
		await Promise.all([serve(office, ipo), serve(office, servers)]);
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

/** `-x`: it leaves the machine's clock alone. */
function serve(office: Office, machine: Machine): Promise<void> {
	const config = office.file(`chrony-${machine.name}.conf`, "local stratum 8\nallow\ncmdport 0\n");
	return machine.start("chronyd", ["-d", "-x", "-u", "root", "-f", config], {
		opens: ["udp/123"],
		run: { "/run/chrony": "root" },
	});
}

/** `-Q`: it tells the offset, and sets nothing. */
async function ask(office: Office, machine: Machine, server: Machine): Promise<void> {
	const config = office.file(
		`chrony-ask-${machine.name}.conf`,
		`server ${server.address} iburst maxsamples 1\ncmdport 0\npidfile /run/chronyd-ask.pid\n`,
	);
	await machine.run("chronyd", ["-Q", "-t", "6", "-u", "root", "-f", config]);
}
