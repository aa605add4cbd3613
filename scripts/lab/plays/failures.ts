/** Connections that do not come about: refused, lost on the way, stopped by a firewall that is silent or that answers. */
import { matched } from "../../captures/truth.ts";
import { NOBODY, type Office, type TalkOptions } from "../office.ts";
import type { Play } from "../play.ts";
import type { LabFlow } from "../truth.ts";

export const refused: Play = {
	name: "refused",
	packages: [],
	rows: ["IPO-IN-42", "IPO-OUT-21"],
	async run(office) {
		const flows: LabFlow[] = [];
		for (const each of failures(office)) flows.push(await office.talk(each));
		return flows;
	},
};

function failures(office: Office): TalkOptions[] {
	const [ipo, pc, manager] = office.machines("ipo", "pc", "manager");
	return [
		{
			service: "configuration refused",
			client: manager,
			server: ipo,
			transport: "tcp",
			port: 50_804,
			turns: [],
			fails: "ECONNREFUSED",
			verdict: matched("IPO-IN-42", "refused: the port says it"),
			finding: "refused",
		},
		{
			service: "a host that does not answer",
			client: ipo,
			server: pc,
			address: NOBODY,
			transport: "tcp",
			port: 8_443,
			turns: [],
			fails: "ETIMEDOUT",
			verdict: matched("IPO-OUT-21", "never answered: the port says it"),
			finding: "unanswered",
		},
	];
}

export const dropped: Play = {
	name: "dropped",
	packages: ["nftables"],
	rows: ["IPO-IN-45", "VMPRO-IN-8"],
	/** A firewall that says nothing, and one that answers by ICMP. */
	async run(office) {
		const [ipo, vmpro, manager] = office.machines("ipo", "vmpro", "manager");
		const rules = (verdict: string) =>
			`table inet lab {\n chain input {\n type filter hook input priority 0\n ${verdict}\n }\n}\n`;
		await ipo.run("nft", ["-f", "-"], { input: rules("tcp dport 50809 drop") });
		await vmpro.run("nft", ["-f", "-"], { input: rules("tcp dport 50791 reject with icmp type admin-prohibited") });
		const silent = await office.talk({
			service: "dropped by a firewall",
			client: manager,
			server: ipo,
			transport: "tcp",
			port: 50_809,
			turns: [],
			fails: "ETIMEDOUT",
			verdict: matched("IPO-IN-45", "never answered: the port says it"),
			finding: "unanswered",
		});
		const told = await manager.attempt("curl", ["-sS", "--max-time", "3", `http://${vmpro.address}:50791/`]);
		if (told.code === 0) throw new Error("the firewall let it through");
		for (const machine of [ipo, vmpro]) await machine.run("nft", ["flush", "ruleset"]);
		return [
			silent,
			{
				service: "rejected by ICMP",
				transport: "tcp",
				client: `${manager.address}:*`,
				server: `${vmpro.address}:50791`,
				...matched("VMPRO-IN-8", "answered by ICMP only: the port says it"),
				finding: "prohibited",
			},
		];
	},
};
