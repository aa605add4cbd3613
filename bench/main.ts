/**
 * Times flowmatrix beside the peers that are installed, on a capture that it makes.
 *
 *     npm run bench -- [--packets N] [--runs N] [--only NAME]
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { textTable } from "../src/report/text-table.ts";
import { generate } from "./generate.ts";

interface Contender {
	readonly name: string;
	readonly command: string;
	readonly args: (capture: string, folder: string) => readonly string[];
	/** Runs at most this often: slow ones need no medians. */
	readonly runs?: number;
}

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

const CONTENDERS: readonly Contender[] = [
	{
		name: "flowmatrix --summary --format json",
		command: process.execPath,
		args: (capture) => [MAIN, capture, "--summary", "--format", "json", "--quiet"],
	},
	{
		name: "flowmatrix --format ndjson, to a file",
		command: process.execPath,
		args: (capture, folder) => [MAIN, capture, "--format", "ndjson", "--quiet", "-o", join(folder, "flows.ndjson")],
	},
	{ name: "capinfos -c", command: "capinfos", args: (capture) => ["-c", capture] },
	{
		name: "nfpcapd, flow files",
		command: "nfpcapd",
		args: (capture, folder) => ["-r", capture, "-w", folder],
		runs: 2,
	},
	{
		name: "argus",
		command: "argus",
		args: (capture, folder) => ["-r", capture, "-w", join(folder, "argus.out")],
		runs: 2,
	},
	{ name: "ndpiReader -q", command: "ndpiReader", args: (capture) => ["-q", "-i", capture], runs: 1 },
	{
		name: "tshark -z conv,tcp -z conv,udp",
		command: "tshark",
		args: (capture) => ["-n", "-q", "-z", "conv,tcp", "-z", "conv,udp", "-r", capture],
		runs: 1,
	},
];

interface Sample {
	readonly seconds: number;
	/** Most resident memory, bytes. */
	readonly memory: number;
}

async function main(argv: readonly string[]): Promise<void> {
	const option = (name: string, otherwise: string) =>
		argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? otherwise) : otherwise;
	const packets = Number(option("--packets", "4000000"));
	const runs = Number(option("--runs", "3"));
	const only = option("--only", "");
	const capture = fileURLToPath(new URL(`data/office-${packets}.pcap`, import.meta.url));
	generate(capture, packets);
	const { size } = statSync(capture);
	console.log(
		`${packets} packets, ${(size / 1e9).toFixed(2)} GB; Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
	);
	const samples = new Map<Contender, Sample[]>();
	for (let run = 0; run < runs; run++) {
		for (const contender of CONTENDERS) {
			if (!contender.name.includes(only) || run >= (contender.runs ?? runs)) continue;
			if (!isInstalled(contender.command)) continue;
			const list = samples.get(contender) ?? [];
			list.push(await time(contender, capture));
			samples.set(contender, list);
		}
	}
	const reference = median(samples.get(CONTENDERS.find(({ command }) => command === "capinfos")!) ?? []);
	const heads = ["", "seconds", "least – most", "packets/s", "MB/s", "memory MB", "× capinfos"];
	const rows: string[][] = [];
	for (const contender of CONTENDERS) {
		const list = samples.get(contender);
		if (!list) {
			if (contender.name.includes(only)) console.log(`${contender.name}: not installed`);
			continue;
		}
		const seconds = median(list);
		const all = list.map((sample) => sample.seconds);
		rows.push([
			contender.name,
			seconds.toFixed(2),
			`${Math.min(...all).toFixed(2)} – ${Math.max(...all).toFixed(2)}`,
			Math.round(packets / seconds).toLocaleString("en"),
			Math.round(size / seconds / 1e6).toLocaleString("en"),
			String(Math.round(Math.max(...list.map((sample) => sample.memory)) / 1e6)),
			reference ? (seconds / reference).toFixed(1) : "–",
		]);
	}
	const columns = heads.map((head, i) => ({ head, value: (row: string[]) => row[i]!, right: i > 0 }));
	console.log(textTable(columns, rows, 200));
}

function isInstalled(command: string): boolean {
	return command === process.execPath || spawnSync("which", [command]).status === 0;
}

function median(samples: readonly Sample[]): number {
	const sorted = samples.map((sample) => sample.seconds).sort((a, b) => a - b);
	return sorted[sorted.length >> 1] ?? 0;
}

/** Runs a command with its output thrown away; its memory is read from /proc while it lives (Linux), else 0. */
async function time({ name, command, args }: Contender, capture: string): Promise<Sample> {
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-bench-"));
	let memory = 0;
	try {
		const started = process.hrtime.bigint();
		const child = spawn(command, args(capture, folder), { stdio: ["ignore", "ignore", "pipe"] });
		let messages = "";
		child.stderr.on("data", (chunk) => {
			messages += chunk;
		});
		const watch = setInterval(() => {
			memory = Math.max(memory, peakMemory(child.pid));
		}, 20);
		const status = await new Promise<number | null>((resolve, reject) =>
			child.on("close", resolve).on("error", reject),
		);
		const seconds = Number(process.hrtime.bigint() - started) / 1e9;
		clearInterval(watch);
		if (status !== 0) throw new Error(`${name} ended with status ${status}: ${messages.slice(-500)}`);
		return { seconds, memory };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** VmHWM of a process, in bytes. */
function peakMemory(pid: number | undefined): number {
	try {
		const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
		return line ? Number(line[1]) * 1024 : 0;
	} catch {
		return 0;
	}
}

await main(process.argv.slice(2));
