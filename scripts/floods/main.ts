/**
 * Floods flowmatrix, and tells what it costs and what the report says of it.
 *
 *     npm run floods -- [--only NAME,NAME] [--sizes 100000,1000000] [--pieces FLOWS] [--told]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CALLS } from "./calls.ts";
import type { Flood } from "./flood.ts";
import { HOSTS } from "./hosts.ts";
import { NETWORK } from "./network.ts";
import { Recorder } from "./recorder.ts";
import { SERVICES } from "./services.ts";
import { STREAMS } from "./streams.ts";

const FLOODS: readonly Flood[] = [...NETWORK, ...SERVICES, ...CALLS, ...HOSTS, ...STREAMS];
const MEASURE = fileURLToPath(new URL("measure.ts", import.meta.url));
/** A run that takes longer is stopped, and told. */
const PATIENCE = 900e3;
const TOLD = 6;

interface Measured {
	readonly packets: number;
	readonly flows: number;
	readonly readSeconds: number;
	readonly reportSeconds: number;
	readonly memory: number;
	readonly problems: readonly string[];
	readonly findings: readonly string[];
}

function main(argv: readonly string[]): void {
	const option = (name: string, otherwise: string) =>
		argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? otherwise) : otherwise;
	const only = option("--only", "").split(",");
	const pieces = argv.includes("--pieces") ? [option("--pieces", "")] : [];
	const sizes = option("--sizes", "100000,1000000").split(",").map(Number);
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-floods-"));
	console.log("| flood | packets | flows | read, CPU ns/packet | report, CPU ns/packet | memory, MB |");
	console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
	try {
		for (const flood of FLOODS) {
			if (!only.some((name) => flood.name.includes(name))) continue;
			for (const size of sizes) {
				const result = measure(flood, size, join(folder, "flood.pcap"), pieces);
				console.log(result ? row(flood, result) : `| ${flood.name} | ${size} | did not end well |`);
				if (result && argv.includes("--told")) for (const text of told(result)) console.log(`    ${text}`);
			}
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** @param pieces flows of one, where the capture is to be read in pieces. */
function measure(flood: Flood, size: number, path: string, pieces: readonly string[]): Measured | undefined {
	const recorder = new Recorder(path);
	flood.write(recorder, size);
	recorder.close();
	const args = [...process.execArgv, MEASURE, path, ...pieces];
	const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: PATIENCE });
	if (status === 0) return JSON.parse(stdout) as Measured;
	console.error(stderr.slice(-600));
	return undefined;
}

function row({ name }: Flood, { packets, flows, readSeconds, reportSeconds, memory }: Measured): string {
	const each = (seconds: number) => Math.round((seconds * 1e9) / packets);
	return `| ${name} | ${packets} | ${flows} | ${each(readSeconds)} | ${each(reportSeconds)} | ${Math.round(memory / 1e6)} |`;
}

function told({ problems, findings }: Measured): string[] {
	const some = findings.slice(0, TOLD);
	if (findings.length > TOLD) some.push(`… ${findings.length} findings`);
	return [...problems.map((text) => `problem: ${text}`), ...some];
}

main(process.argv.slice(2));
