/** Configuration, security settings, System Status, SysMonitor and discovery. */
import { type Exchange, exchanges } from "../exchange.ts";

const MANAGER = { client: "manager", server: "ipo" } as const;

const EXCHANGES: readonly Exchange[] = [
	{ ...MANAGER, row: "IPO-IN-41", transport: "tcp", port: 50802, name: "Manager looks for systems" },
	{
		client: "vmpro",
		server: "ipo",
		row: "IPO-IN-41",
		peerRow: "VMPRO-OUT-8",
		transport: "tcp",
		port: 50802,
		name: "Voicemail Pro looks for systems",
	},
	{ ...MANAGER, row: "IPO-IN-42", transport: "tcp", port: 50804, name: "configuration" },
	{ ...MANAGER, row: "IPO-IN-43", transport: "tls", port: 50805, name: "configuration" },
	{
		client: "manager",
		server: "branch",
		row: "IPO-IN-43",
		transport: "tls",
		port: 50805,
		name: "configuration of a branch",
	},
	{ ...MANAGER, row: "IPO-IN-44", transport: "tcp", port: 50808, name: "System Status" },
	{ ...MANAGER, row: "IPO-IN-45", transport: "tls", port: 50809, name: "System Status" },
	{ ...MANAGER, row: "IPO-IN-46", transport: "tcp", port: 50812, name: "security settings" },
	{ ...MANAGER, row: "IPO-IN-47", transport: "tls", port: 50813, name: "security settings" },
	{ ...MANAGER, row: "IPO-IN-36", transport: "udp", port: 50794, name: "SysMonitor" },
	{ ...MANAGER, row: "IPO-IN-36", transport: "tcp", port: 50794, name: "SysMonitor" },
];

export const config = exchanges("config", EXCHANGES);
