/** Configuration, security settings, System Status and discovery: no free program speaks them, so agents play them. */

import { proprietary } from "../../captures/payloads/services.ts";
import { Random } from "../../captures/random.ts";
import { matched } from "../../captures/truth.ts";
import type { MachineName, Office } from "../office.ts";
import type { Play } from "../play.ts";
import { answers, asks } from "../tasks/dialogue.ts";
import type { LabFlow } from "../truth.ts";

interface Service {
	readonly name: string;
	readonly row: string;
	readonly peerRow?: string;
	readonly transport: "tcp" | "tls" | "udp";
	readonly port: number;
	readonly client: MachineName;
	readonly server: MachineName;
}

const service = (
	row: string,
	transport: Service["transport"],
	port: number,
	client: MachineName,
	server: MachineName,
	name: string,
	peerRow?: string,
): Service => ({ row, transport, port, client, server, name, ...(peerRow ? { peerRow } : {}) });

const SERVICES: readonly Service[] = [
	service("IPO-IN-41", "tcp", 50802, "manager", "ipo", "Whois: Manager looks for systems"),
	service("IPO-IN-41", "tcp", 50802, "vmpro", "ipo", "Whois: Voicemail Pro looks for systems", "VMPRO-OUT-8"),
	service("IPO-IN-42", "tcp", 50804, "manager", "ipo", "Configuration"),
	service("IPO-IN-43", "tls", 50805, "manager", "ipo", "Configuration, encrypted"),
	service("IPO-IN-43", "tls", 50805, "manager", "branch", "Configuration of a branch, encrypted"),
	service("IPO-IN-44", "tcp", 50808, "manager", "ipo", "System Status"),
	service("IPO-IN-45", "tls", 50809, "manager", "ipo", "System Status, encrypted"),
	service("IPO-IN-46", "tcp", 50812, "manager", "ipo", "Security settings"),
	service("IPO-IN-47", "tls", 50813, "manager", "ipo", "Security settings, encrypted"),
	service("IPO-IN-36", "udp", 50794, "manager", "ipo", "SysMonitor by UDP"),
	service("IPO-IN-36", "tcp", 50794, "manager", "ipo", "SysMonitor by TCP"),
];

export const config: Play = {
	name: "config",
	packages: [],
	rows: [...new Set(SERVICES.map(({ row }) => row))],
	run: (office) => playAll(office, SERVICES),
};

export async function playAll(office: Office, services: readonly Service[]): Promise<LabFlow[]> {
	const random = new Random("lab");
	const flows: LabFlow[] = [];
	for (const { name, row, peerRow, transport, port, client, server } of services) {
		flows.push(
			await office.talk({
				service: `${transport} ${port}: ${name}`,
				client: office.machine(client),
				server: office.machine(server),
				transport,
				port,
				turns: [
					asks(proprietary(random, 30)),
					answers(proprietary(random, 120)),
					asks(proprietary(random, 12)),
					answers(proprietary(random, 700)),
				],
				verdict: matched(row, name, peerRow ? { peerRow } : {}),
			}),
		);
	}
	return flows;
}
