import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);
const MAX_OUTPUT = 1 << 26;

/** What capinfos says of a file. */
export interface Peer {
	/** Packets that it read, up to where it stopped. */
	readonly packets: number;
	/** What it says of the damage at which it stopped. */
	readonly damage?: string;
}

/** As capinfos calls the formats that flowmatrix reads. It takes damaged files for others, and finds packets there. */
const FORMATS = ["pcap", "nsecpcap", "modpcap", "pcapng"];

/** @returns whether a program of Wireshark's is there. */
export async function isInstalled(program: "capinfos" | "editcap"): Promise<boolean> {
	return run(program, ["--version"]).then(
		() => true,
		() => false,
	);
}

/**
 * Asks capinfos about files.
 * @returns its answers by path; none for a file that it refuses at once or takes for one of another format.
 */
export async function capinfos(paths: readonly string[]): Promise<Map<string, Peer>> {
	const { stdout, stderr } = await run("capinfos", ["-TMctmQ", ...paths], { maxBuffer: MAX_OUTPUT }).catch(
		(error: { stdout?: string; stderr?: string }) => ({ stdout: error.stdout ?? "", stderr: error.stderr ?? "" }),
	);
	const answers = new Map<string, Peer>();
	const others = new Set<string>();
	for (const [, path, format, packets] of stdout.matchAll(/^"(.*)","(.*)","(\d+)"$/gm)) {
		if (FORMATS.includes(format!)) answers.set(path!, { packets: Number(packets) });
		else others.add(path!);
	}
	const stops = /error occurred after reading (\d+) packets from "(.*)"\.\ncapinfos: (.*\n(?:[ (].*\n)?)/g;
	for (const [, packets, path, damage] of stderr.matchAll(stops))
		if (!others.has(path!)) answers.set(path!, { packets: Number(packets), damage: damage!.trim() });
	return answers;
}

/** Has editcap write a changed copy. @returns its size in bytes, undefined where editcap does not read the capture. */
export async function editcap(from: string, to: string, options: readonly string[]): Promise<number | undefined> {
	try {
		await run("editcap", [...options, from, to]);
	} catch {
		return undefined;
	}
	return statSync(to).size;
}
