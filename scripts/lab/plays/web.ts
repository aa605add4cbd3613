/** Web servers: nginx on the HTTP and HTTPS ports of every product, curl as phone, browser and application. */
import { matched, type Verdict } from "../../captures/truth.ts";
import { nginx } from "../nginx.ts";
import { flow, type MachineName, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import type { LabFlow } from "../truth.ts";

interface Site {
	readonly server: MachineName;
	readonly port: number;
	readonly tls: boolean;
	readonly client: MachineName;
	readonly path: string;
	readonly verdict: Verdict;
}

const site = (server: MachineName, port: number, client: MachineName, path: string, verdict: Verdict): Site => ({
	server,
	port,
	client,
	path,
	verdict,
	tls: false,
});
const secure = (...args: Parameters<typeof site>): Site => ({ ...site(...args), tls: true });

const SITES: readonly Site[] = [
	site("ipo", 80, "phone", "/46xxsettings.txt", matched("IPO-IN-6", "phone settings by HTTP")),
	secure("ipo", 411, "phone", "/46xxsettings.txt", matched("IPO-IN-9", "phone settings by HTTPS")),
	secure("ipo", 443, "pc", "/index.html", matched("IPO-IN-10", "browser")),
	secure("ipo", 5443, "pc", "/backup", matched("IPO-IN-20", "backup")),
	secure("ipo", 5480, "pc", "/", matched("IPO-IN-21", "appliance management")),
	secure("ipo", 7070, "pc", "/WebManagement", matched("IPO-IN-23", "Web Management")),
	secure("ipo", 7071, "pc", "/login", matched("IPO-IN-24", "Web control")),
	secure("ipo", 7444, "pc", "/portal", matched("IPO-IN-25", "User Portal")),
	site("ipo", 8000, "manager", "/upgrade", matched("IPO-IN-26", "upgrade")),
	site("ipo", 8411, "phone", "/J100Supgrade.txt", matched("IPO-IN-27", "phone firmware")),
	secure("ipo", 8443, "softphone", "/workplace", matched("IPO-IN-28", "Workplace")),
	site("ipo", 9080, "pc", "/", matched("IPO-IN-29", "Web Management, plain")),
	secure("ipo", 52233, "pc", "/WebLM", matched("IPO-IN-50", "WebLM clients")),
	secure("servers", 52233, "ipo", "/WebLM", matched("IPO-OUT-26", "WebLM server elsewhere")),
	secure("servers", 5443, "ipo", "/backup", matched("IPO-OUT-19", "backup to another server")),
	site("vmpro", 80, "pc", "/voicemail", matched("VMPRO-IN-3", "web voicemail")),
	site("vmpro", 80, "onex", "/voicemail", matched("VMPRO-IN-3", "one-X fetches voicemail", { peerRow: "ONEX-OUT-1" })),
	secure("vmpro", 5443, "pc", "/voicemail", matched("VMPRO-IN-6", "voicemail files")),
	secure("ipo", 443, "vmpro", "/control", matched("IPO-IN-10", "Voicemail Pro controls", { peerRow: "VMPRO-OUT-4" })),
	site("onex", 8080, "pc", "/", matched("ONEX-IN-7", "portal, plain")),
	secure("onex", 8443, "pc", "/", matched("ONEX-IN-8", "portal")),
	secure("onex", 9443, "pc", "/", matched("ONEX-IN-11", "portal on Linux")),
	site("mm", 49001, "pc", "/oauth", matched("MM-IN-1", "Google authorisation")),
	secure("com", 7080, "pc", "/", matched("COM-IN-1", "operations manager")),
	secure("ipo", 7070, "com", "/status", matched("IPO-IN-23", "status of a server", { peerRow: "COM-OUT-1" })),
];

/** What IP Office's web server calls itself; the others are nginx. */
const SERVER_NAMES: Partial<Record<MachineName, string>> = { ipo: "IPOffice/12.0.0.0 build 56" };

export const web: Play = {
	name: "web",
	packages: ["nginx-light", "libnginx-mod-http-headers-more-filter", "curl"],
	rows: [...new Set(SITES.map(({ verdict }) => verdict.row!))],
	async run(office) {
		const servers = new Set(SITES.map(({ server }) => server));
		await Promise.all([...servers].map((name) => startNginx(office, name)));
		const flows: LabFlow[] = [];
		for (const each of SITES) flows.push(await visit(office, each));
		flows.push(await webSocket(office));
		return flows;
	},
};

function startNginx(office: Office, name: MachineName): Promise<void> {
	const ports = SITES.filter(({ server }) => server === name);
	const open = [...new Map(ports.map((each) => [each.port, each.tls]))].map(([port, tls]) => ({ port, tls }));
	return nginx(office, office.machine(name), [{ ports: open }], SERVER_NAMES[name]);
}

async function visit(office: Office, { server, port, tls, client, path, verdict }: Site): Promise<LabFlow> {
	const to = office.machine(server);
	const from = office.machine(client);
	await from.run("curl", ["-sSk", "--max-time", "5", `${tls ? "https" : "http"}://${to.address}:${port}${path}`]);
	return flow(`${tls ? "HTTPS" : "HTTP"} ${port}: ${verdict.why}`, from, to, `tcp/${port}`, verdict, {
		shows: tls ? "tls" : "http",
	});
}

/** A request to go over to WebSocket (RFC 6455); nginx has none there, and says so. */
async function webSocket(office: Office): Promise<LabFlow> {
	const from = office.machine("branch");
	const to = office.machine("ipo");
	const headers = [
		"Connection: Upgrade",
		"Upgrade: websocket",
		"Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
	];
	const args = ["-sSk", "--http1.1", "--max-time", "5", ...headers.flatMap((header) => ["-H", header])];
	await from.run("curl", [...args, `http://${to.address}/`]);
	return flow("WebSocket 80: trunk between systems", from, to, "tcp/80", matched("IPO-IN-6", "WebSocket"), {
		shows: "http",
	});
}
