/** TFTP that fails: IP Office fetches firmware with the lab's programs, and serves its own files in its own way. */
import { sleep } from "../../lab/command.ts";
import { tftp as play } from "../../lab/plays/tftp.ts";
import { answers, asks } from "../../lab/tasks/dialogue.ts";
import { expected, type Fault } from "../fault.ts";
import { BEYOND, type Site } from "../site.ts";

const FETCH = "IPO-OUT-6";
const SERVE = "IPO-IN-5";
const PACKAGES = ["tftpd-hpa", "curl"];
const FIRMWARE = new Uint8Array(20_000).fill(0x55);
/** Milliseconds that each packet takes: so a transfer of forty blocks can be stopped in its middle. */
const SLOW = { delay: 40 };
const MIDDLE = 1_500;
const SILENCE = 8_000;

export const TFTP: readonly Fault[] = [
	{
		name: "tftp-file-missing",
		shows: "IP Office asks for a file that the server does not have.",
		packages: PACKAGES,
		findings: [expected("tftp-error", FETCH, "error 1, file not found")],
		async run(site) {
			await serve(site);
			if ((await fetch(site, "absent.bin")) === 0) throw new Error("there was such a file");
		},
	},
	{
		name: "tftp-silent",
		shows: "A firewall drops what IP Office asks a TFTP server for.",
		packages: PACKAGES,
		findings: [expected("unanswered", FETCH, "the request is repeated, and nothing comes back")],
		async run(site) {
			await serve(site);
			await site.rules(site.router, "forward", "iif eth0 udp dport 69 drop");
			await fetch(site, "phone.bin", 8);
		},
	},
	{
		name: "tftp-no-data",
		shows:
			"A firewall lets port 69 through in both directions, and not the data between IP Office's ports and Manager's.",
		packages: [],
		findings: [expected("tftp-no-data", SERVE, "IP Office's write request arrives, and no data follows")],
		async run(site) {
			const [manager, ipo] = site.machines("manager", "ipo");
			const address = BEYOND.branch;
			const file = "nasystem/who_is";
			await site.rules(site.router, "forward", "meta l4proto udp udp dport != 69 drop");
			const server = await site.beyond.agent();
			await server.do("serveTftp", { address, style: "ipoffice", files: { [file]: FIRMWARE.subarray(0, 90) } });
			const client = await manager.agent();
			const ask = { address, localAddress: manager.address, localPort: 2421, style: "ipoffice", file } as const;
			for (let count = 0; count < 2; count++) await client.do("fetchTftp", ask).catch(() => undefined);
			// The capture goes on, with something else: the silence is one.
			await sleep(SILENCE);
			await site.talk(manager, ipo, "tls", 50805, [asks("a"), answers("b")]);
		},
	},
	{
		name: "tftp-server-dies",
		shows: "A TFTP server is switched off in the middle of a transfer.",
		packages: PACKAGES,
		findings: [expected("tftp-incomplete", FETCH, "blocks come up to one that is not the last")],
		async run(site) {
			await serve(site);
			await site.line(SLOW);
			const fetching = fetch(site, "phone.bin", 10);
			await sleep(MIDDLE);
			await site.rules(site.beyond, "output", "drop");
			await fetching;
		},
	},
	{
		name: "tftp-begins-anew",
		shows: "A client gives up in the middle of a file and asks for it anew, again and again.",
		packages: PACKAGES,
		findings: [expected("tftp-restarted", FETCH, "five requests for one file, as no transfer comes to its end")],
		async run(site) {
			await serve(site);
			await site.line(SLOW);
			for (let count = 0; count < 5; count++) await fetch(site, "phone.bin", 1.5);
		},
	},
	{
		name: "tftp-healthy",
		shows: "TFTP in its three styles.",
		packages: PACKAGES,
		findings: [],
		async run(site) {
			await play.run(site.office, []);
		},
	},
];

/** A Manager behind the router serves firmware. It repeats a block only when it must. */
function serve(site: Site): Promise<void> {
	site.office.file("phone.bin", FIRMWARE);
	const args = ["-L", "-u", "root", "-T", "2000000", "-a", `${BEYOND.provider}:69`, "-s", site.office.folder];
	return site.beyond.start("in.tftpd", args, { opens: ["udp/69"] });
}

/** @returns curl's status. */
async function fetch(site: Site, file: string, seconds = 5): Promise<number> {
	const [ipo] = site.machines("ipo");
	const args = ["-sS", "-o", "/dev/null", "--max-time", String(seconds), `tftp://${BEYOND.provider}/${file}`];
	return (await ipo.attempt("curl", args)).code;
}
