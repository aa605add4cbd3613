/** TFTP in its three styles: RFC 1350 by tftpd-hpa, IP Office's own and the one that stays on port 69 by the lab. */

import { text } from "../../captures/bytes.ts";
import { matched } from "../../captures/truth.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import type { Style } from "../tasks/tftp.ts";
import { endText, type LabFlow, type LabTransfer } from "../truth.ts";

const WHO_IS = text(
	'MAC "00e007000001"\r\nTYPE "IP 500 V2"\r\nNUMBER "1"\r\nLOCATION "0"\r\nVERSION "12.0.0.0 build 56"\r\nNAME "LabOffice"\r\n',
);
const FIRMWARE = new Uint8Array(5000);

export const tftp: Play = {
	name: "tftp",
	packages: ["tftpd-hpa", "curl"],
	rows: ["IPO-IN-5", "IPO-OUT-6"],
	async run(office) {
		const parts = [
			await own(office, "ipoffice", "nasystem/who_is", WHO_IS, 2421),
			await own(office, "ipoffice", "nasystem/user_list", text("Extn201,201\r\n".repeat(80)), 2422),
			await own(office, "single-port", "nasystem/hunt_list", text("Main,200\r\n".repeat(10)), 2423),
			await firmware(office),
		];
		return { flows: parts.flatMap(({ flows }) => flows), transfers: parts.map(({ transfer }) => transfer) };
	},
};

interface Part {
	readonly flows: LabFlow[];
	readonly transfer: LabTransfer;
}

async function own(office: Office, style: Style, file: string, content: Uint8Array, localPort: number): Promise<Part> {
	const ipo = office.machine(style === "ipoffice" ? "ipo" : "branch");
	const manager = office.machine("manager");
	const server = await ipo.agent();
	await server.do("serveTftp", { address: ipo.address, style, files: { [file]: content } });
	const client = await manager.agent();
	const { serverPort, bytes } = await client.do("fetchTftp", {
		address: ipo.address,
		localAddress: manager.address,
		localPort,
		style,
		file,
	});
	await server.do("releaseTftp", undefined);
	const verdict = matched("IPO-IN-5", `${file} from IP Office`);
	const part = (name: string, from: number, to: number): LabFlow => ({
		service: `TFTP ${style} ${file}: ${name}`,
		transport: "udp",
		client: endText(manager.address, from),
		server: endText(ipo.address, to),
		...verdict,
		shows: "tftp",
	});
	const flows = [part("request", localPort, 69)];
	if (style === "ipoffice") flows.push(part("answering request", 69, serverPort), part("data", localPort, serverPort));
	return { flows, transfer: { file, style, direction: "read", bytes, row: "IPO-IN-5" } };
}

/** IP Office fetches firmware from Manager. The data's ports are the programs' own. */
async function firmware(office: Office): Promise<Part> {
	const ipo = office.machine("ipo");
	const manager = office.machine("manager");
	office.file("bin.cfg", FIRMWARE);
	await manager.start("in.tftpd", ["-L", "-v", "-u", "root", "-a", "0.0.0.0:69", "-s", office.folder], {
		opens: ["udp/69"],
	});
	await ipo.run("curl", ["-sS", "--max-time", "5", "-o", "/dev/null", `tftp://${manager.address}/bin.cfg`]);
	const verdict = matched("IPO-OUT-6", "firmware from Manager");
	return {
		flows: [
			flow("TFTP rfc1350 bin.cfg: request", ipo, manager, "udp/69", verdict, { shows: "tftp" }),
			{
				...flow("TFTP rfc1350 bin.cfg: data", ipo, manager, "udp/69", verdict, { shows: "tftp" }),
				server: endText(manager.address, "*"),
			},
		],
		transfer: { file: "bin.cfg", style: "rfc1350", direction: "read", bytes: FIRMWARE.length, row: "IPO-OUT-6" },
	};
}
