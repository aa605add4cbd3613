/** STUN and TURN (RFC 8489, 8656): coturn as server, its own tools as clients. */
import { matched, unknown } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { flow, INTERNET, type Office } from "../office.ts";
import type { Play } from "../play.ts";

export const stun: Play = {
	name: "stun",
	packages: ["coturn"],
	rows: ["IPO-IN-31", "IPO-OUT-17"],
	async run(office) {
		const [ipo, pc, internet] = office.machines("ipo", "pc", "internet");
		const outside = INTERNET["stun.example.test"];
		await Promise.all([startTurn(office, ipo, ipo.address), startTurn(office, internet, outside)]);
		await ask(pc, ipo.address);
		await ask(ipo, outside);
		await ask(pc, outside);
		return [
			flow("STUN: a browser asks IP Office", pc, ipo, "udp/3478", matched("IPO-IN-31", "STUN server"), {
				shows: "stun",
			}),
			flow("STUN: IP Office asks outside", ipo, outside, "udp/3478", matched("IPO-OUT-17", "STUN client"), {
				shows: "stun",
			}),
			flow("STUN: a browser asks outside", pc, outside, "udp/3478", unknown("no product"), { shows: "stun" }),
		];
	},
};

function startTurn(office: Office, machine: Machine, address: string): Promise<void> {
	const config = office.file(`turnserver-${machine.name}.conf`, "");
	const files = [
		"-c",
		config,
		"--pidfile",
		`${office.folder}/turn-${machine.name}.pid`,
		"--userdb",
		`${office.folder}/turn-${machine.name}.db`,
	];
	const off = ["--no-tls", "--no-dtls", "--no-cli", "--no-tcp", "--no-rfc5780"];
	return machine.start(
		"turnserver",
		["-n", ...files, ...off, "--log-file", "stdout", "-L", address, "-E", address, "-p", "3478", "-r", "lab", "-S"],
		{ opens: ["udp/3478"] },
	);
}

async function ask(from: Machine, address: string): Promise<void> {
	await from.run("turnutils_stunclient", ["-p", "3478", address], { timeout: 5_000 });
}
