/** Services on the Internet that share port 443 and are told apart by name: nginx there, curl in the office. */
import { matched, unknown, type Verdict } from "../../captures/truth.ts";
import { nginx, type Site } from "../nginx.ts";
import { flow, INTERNET, type MachineName, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import type { LabFlow } from "../truth.ts";

type Name = keyof typeof INTERNET;

interface Visit {
	readonly client: MachineName;
	readonly name: Name;
	readonly port: 443 | 8443;
	readonly verdict: Verdict;
	/** Whether it goes to the address itself: then only the server's certificate has a name. */
	readonly isNameless?: true;
}

const visit = (client: MachineName, name: Name, verdict: Verdict, port: Visit["port"] = 443): Visit => ({
	client,
	name,
	port,
	verdict,
});

const VISITS: readonly Visit[] = [
	visit("ipo", "scep.example.test", matched("IPO-OUT-10", "certificate enrolment, the row without names")),
	visit("ipo", "spaces.avayacloud.com", matched("IPO-OUT-11", "Avaya Spaces")),
	visit("ipo", "admin.avaya-sub.com", matched("IPO-OUT-12", "subscription licences")),
	visit("ipo", "admin.avaya-sub.com", matched("IPO-OUT-21", "subscription licences"), 8443),
	visit("ipo", "storage.googleapis.com", matched("IPO-OUT-13", "Google cloud storage")),
	visit("mm", "www.googleapis.com", matched("MM-OUT-2", "Google Drive")),
	visit("vmpro", "outlook.office365.com", matched("VMPRO-OUT-3", "Exchange")),
	{ ...visit("branch", "admin.avaya-sub.com", matched("IPO-OUT-12", "its certificate")), isNameless: true },
	{ ...visit("branch", "storage.googleapis.com", matched("IPO-OUT-13", "its certificate")), isNameless: true },
	visit("pc", "www.example.test", unknown("no product: a PC surfs")),
];

export const internet: Play = {
	name: "internet",
	packages: ["nginx-light", "libnginx-mod-http-headers-more-filter", "curl"],
	rows: VISITS.flatMap(({ verdict }) => verdict.row ?? []),
	async run(office) {
		const ports = [443, 8443].map((port) => ({ port, tls: true }));
		const sites: Site[] = [];
		for (const name of new Set(VISITS.map((each) => each.name))) {
			// As the real ones have it, a name for all of a service's servers.
			const names = [name, name.replace(/^[a-z]+\./, "*.")];
			sites.push({ ports, address: INTERNET[name], certificate: await office.makeCertificate(name, names) });
		}
		await nginx(office, office.machine("internet"), sites);
		const flows: LabFlow[] = [];
		for (const each of VISITS) flows.push(await go(office, each));
		return flows;
	},
};

async function go(office: Office, { client, name, port, verdict, isNameless }: Visit): Promise<LabFlow> {
	const from = office.machine(client);
	await from.run("curl", ["-sSk", "--max-time", "5", `https://${isNameless ? INTERNET[name] : name}:${port}/`]);
	return flow(
		`HTTPS ${port} to ${name}${isNameless ? ", unnamed" : ""}`,
		from,
		INTERNET[name],
		`tcp/${port}`,
		verdict,
		{ shows: "tls" },
	);
}
