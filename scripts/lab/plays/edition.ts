/** A Server Edition: IP Office, Voicemail Pro and one-X Portal on one host, where rows of several products meet. */
import { ambiguous, matched, type Verdict } from "../../captures/truth.ts";
import { nginx } from "../nginx.ts";
import { flow, type MachineName, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import type { LabFlow } from "../truth.ts";

interface Visit {
	readonly port: number;
	readonly tls: boolean;
	readonly client: MachineName;
	readonly verdict: Verdict;
}

const VISITS: readonly Visit[] = [
	{ port: 80, tls: false, client: "phone", verdict: matched("IPO-IN-6", "the web server names itself IPOffice") },
	{ port: 443, tls: true, client: "pc", verdict: matched("IPO-IN-10", "only IP Office lists 443") },
	{ port: 5443, tls: true, client: "pc", verdict: ambiguous(["IPO-IN-20", "VMPRO-IN-6"], "both products list 5443") },
	{ port: 7070, tls: true, client: "pc", verdict: matched("IPO-IN-23", "Web Management") },
	{ port: 8443, tls: true, client: "pc", verdict: ambiguous(["IPO-IN-28", "ONEX-IN-8"], "both products list 8443") },
	{ port: 9443, tls: true, client: "pc", verdict: matched("ONEX-IN-11", "portal") },
	{ port: 50_791, tls: true, client: "manager", verdict: matched("VMPRO-IN-8", "Voicemail Pro client") },
	{ port: 50_805, tls: true, client: "manager", verdict: matched("IPO-IN-43", "configuration") },
	{ port: 50_815, tls: true, client: "branch", verdict: matched("ONEX-IN-15", "CTI", { peerRow: "IPO-OUT-27" }) },
];

export const edition: Play = {
	name: "edition",
	packages: ["nginx-light", "libnginx-mod-http-headers-more-filter", "curl"],
	rows: VISITS.flatMap(({ verdict }) => verdict.row ?? verdict.candidates ?? []),
	async run(office) {
		await nginx(office, office.machine("edition"), [{ ports: VISITS }], "IPOffice/12.0.0.0 build 56");
		const flows: LabFlow[] = [];
		for (const visit of VISITS) flows.push(await go(office, visit));
		return flows;
	},
};

async function go(office: Office, { port, tls, client, verdict }: Visit): Promise<LabFlow> {
	const [from, to] = office.machines(client, "edition");
	await from.run("curl", ["-sSk", "--max-time", "5", `${tls ? "https" : "http"}://${to.address}:${port}/`]);
	return flow(`Server Edition ${port}`, from, to, `tcp/${port}`, verdict, { shows: tls ? "tls" : "http" });
}
