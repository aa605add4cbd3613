/** SNMP (RFC 3411–3418): snmpd as IP Office's agent, snmptrapd as receiver, the net-snmp tools as clients. */
import { matched } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import type { LabFlow } from "../truth.ts";

/** sysDescr (RFC 3418). */
export const SYSTEM = "1.3.6.1.2.1.1.1.0";
const COLD_START = "1.3.6.1.6.3.1.1.5.1";
export const USER = [
	"-v3",
	"-u",
	"lab",
	"-l",
	"authPriv",
	"-a",
	"SHA",
	"-A",
	"labsecret1",
	"-x",
	"AES",
	"-X",
	"labsecret2",
];
const ENGINE = "0x8000000001020304";

export const snmp: Play = {
	name: "snmp",
	packages: ["snmpd", "snmp", "snmptrapd"],
	rows: ["IPO-IN-8", "IPO-OUT-8", "IPO-OUT-22"],
	async run(office) {
		return [...(await queries(office)), ...(await traps(office))];
	},
};

async function queries(office: Office): Promise<LabFlow[]> {
	const ipo = office.machine("ipo");
	const servers = office.machine("servers");
	await startSnmpd(office, ipo);
	for (const how of [["-v1", "-c", "public"], ["-v2c", "-c", "public"], USER])
		await servers.run("snmpget", [...how, ipo.address, SYSTEM], { env: persistent(office, "client") });
	return [
		flow("SNMP v1, v2c and v3 get", servers, ipo, "udp/161", matched("IPO-IN-8", "SNMP agent"), { shows: "snmp" }),
	];
}

export function startSnmpd(office: Office, machine: Machine): Promise<void> {
	const config = office.file(
		"snmpd.conf",
		`agentaddress udp:161\nsysDescr IP Office 12.0.0.0 build 56\nrocommunity public\nrouser lab priv\ncreateUser lab SHA labsecret1 AES labsecret2\n`,
	);
	return machine.start("snmpd", ["-f", "-Lo", "-C", "-c", config], {
		opens: ["udp/161"],
		env: persistent(office, "agent"),
	});
}

async function traps(office: Office): Promise<LabFlow[]> {
	const ipo = office.machine("ipo");
	const servers = office.machine("servers");
	const config = office.file(
		"snmptrapd.conf",
		`disableAuthorization yes\ncreateUser -e ${ENGINE} lab SHA labsecret1 AES labsecret2\n`,
	);
	const addresses = ["udp:162", "udp:10162"];
	await servers.start("snmptrapd", ["-f", "-Lo", "-n", "-C", "-c", config, ...addresses], {
		opens: ["udp/162", "udp/10162"],
		env: persistent(office, "receiver"),
	});
	const env = persistent(office, "sender");
	const send = (...args: string[]) => ipo.run("snmptrap", args, { env });
	await send("-v1", "-c", "public", servers.address, "1.3.6.1.4.1.6889", ipo.address, "6", "1", "100");
	await send("-v2c", "-c", "public", servers.address, "100", COLD_START);
	await send("-v3", "-e", ENGINE, ...USER.slice(1), servers.address, "100", COLD_START);
	await send("-v2c", "-Ci", "-c", "public", servers.address, "100", COLD_START);
	await send("-v2c", "-c", "public", `${servers.address}:10162`, "100", COLD_START);
	return [
		flow("SNMP traps v1, v2c, v3, inform", ipo, servers, "udp/162", matched("IPO-OUT-8", "traps"), { shows: "snmp" }),
		flow("SNMP trap to System Manager", ipo, servers, "udp/10162", matched("IPO-OUT-22", "traps"), { shows: "snmp" }),
	];
}

/** net-snmp keeps engine ids and keys in files: each program gets a folder of its own. */
export function persistent(office: Office, name: string): Record<string, string> {
	return { SNMP_PERSISTENT_DIR: `${office.folder}/snmp-${name}`, SNMPCONFPATH: `${office.folder}/snmp-${name}` };
}
