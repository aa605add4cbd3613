/** A bad line: machines that lose every so many of the packets that reach them, so that all is sent again. */
import { matched } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { nginx } from "../nginx.ts";
import { flow } from "../office.ts";
import type { Play } from "../play.ts";
import { endText } from "../truth.ts";

const FIRMWARE = new Uint8Array(4_000).fill(0x55);
/** Microseconds after which tftpd sends a block again. */
const AGAIN = "200000";

export const loss: Play = {
	name: "loss",
	packages: ["nftables", "tftpd-hpa", "nginx-light", "libnginx-mod-http-headers-more-filter", "curl"],
	rows: ["IPO-OUT-6", "IPO-IN-6", "IPO-IN-10"],
	async run(office) {
		const [branch, manager, pc] = office.machines("branch", "manager", "pc");
		office.file("phone.bin", FIRMWARE);
		const tftpd = ["-L", "-u", "root", "-T", AGAIN, "-a", "0.0.0.0:69", "-s", office.folder];
		await manager.start("in.tftpd", tftpd, { opens: ["udp/69"] });
		const ports = [
			{ port: 80, tls: false },
			{ port: 443, tls: true },
		];
		await nginx(office, branch, [{ ports }], "IPOffice/12.0.0.0 build 56");
		await Promise.all([lose(branch, "udp", 6), lose(pc, "tcp", 4)]);
		await branch.run("curl", ["-sS", "--max-time", "12", "-o", "/dev/null", `tftp://${manager.address}/phone.bin`]);
		for (const scheme of ["http", "https"])
			await pc.run("curl", ["-sSk", "--max-time", "12", `${scheme}://${branch.address}/index.html`]);
		await Promise.all([branch, pc].map((machine) => machine.run("nft", ["flush", "ruleset"])));
		const fetched = matched("IPO-OUT-6", "firmware over a bad line");
		const request = flow("TFTP over a bad line: request", branch, manager, "udp/69", fetched, { shows: "tftp" });
		return {
			flows: [
				request,
				{ ...request, service: "TFTP over a bad line: data", server: endText(manager.address, "*") },
				flow("HTTP over a bad line", pc, branch, "tcp/80", matched("IPO-IN-6", "web server"), { shows: "http" }),
				flow("HTTPS over a bad line", pc, branch, "tcp/443", matched("IPO-IN-10", "web server"), { shows: "tls" }),
			],
			transfers: [{ file: "phone.bin", style: "rfc1350", direction: "read", bytes: FIRMWARE.length, row: "IPO-OUT-6" }],
		};
	},
};

/**
 * Loses one in so many packets that come in, behind the switch: it sees them, and their repetition. Other traffic is
 * not counted, and the first is not the one to be lost: so it is the same every time.
 */
async function lose(machine: Machine, protocol: "tcp" | "udp", every: number): Promise<void> {
	const rule = `meta l4proto ${protocol} numgen inc mod ${every} == ${every - 2} drop`;
	const input = `table inet lab {\n chain input {\n type filter hook input priority 0\n ${rule}\n }\n}\n`;
	await machine.run("nft", ["-f", "-"], { input });
}
