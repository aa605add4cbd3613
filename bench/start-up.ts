/**
 * Times what a user waits for at least: commands that have little to do, beside Node itself doing nothing.
 *
 *     npm run bench:start-up -- [--runs N] [--node PATH]
 *
 * CPU time counts all threads of a process and moves less than the clock where others use the machine too; the least of
 * the runs is the figure to compare.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Column, textTable } from "../src/report/text/text-table.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const MAIN = "dist/cli/main.js";
const CAPTURE = "captures/office-day.pcapng";

const COMMANDS: readonly (readonly string[])[] = [
	["-e", "0"],
	[MAIN, "--version"],
	[MAIN, "--help"],
	[MAIN, "matrix", "sip"],
	[MAIN, CAPTURE, "--summary", "--format", "json"],
	[MAIN, CAPTURE],
];

interface Samples {
	readonly command: readonly string[];
	/** Milliseconds of each run. */
	readonly cpu: number[];
	readonly wall: number[];
}

const { values } = parseArgs({
	options: { runs: { type: "string", default: "15" }, node: { type: "string", default: process.execPath } },
});
const folder = mkdtempSync(join(tmpdir(), "flowmatrix-bench-"));
try {
	const figure = join(folder, "cpu");
	const hook = join(folder, "hook.cjs");
	writeFileSync(
		hook,
		`process.on("exit", () => {
			const { user, system } = process.cpuUsage();
			require("node:fs").writeFileSync(${JSON.stringify(figure)}, String((user + system) / 1000));
		});`,
	);
	const samples: readonly Samples[] = COMMANDS.map((command) => ({ command, cpu: [], wall: [] }));
	for (let run = 0; run < Number(values.runs); run++) {
		for (const { command, cpu, wall } of samples) {
			const started = performance.now();
			const { status, stderr } = spawnSync(values.node, ["--require", hook, ...command], {
				cwd: ROOT,
				stdio: ["ignore", "ignore", "pipe"],
			});
			wall.push(performance.now() - started);
			if (status !== 0) throw new Error(`${command.join(" ")} ended with status ${status}: ${stderr}`);
			cpu.push(Number(readFileSync(figure, "utf8")));
		}
	}
	const { stdout: version } = spawnSync(values.node, ["--version"], { encoding: "utf8" });
	console.log(
		`Node ${version.trim()}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${loadavg()[0]!.toFixed(1)}`,
	);
	console.log(textTable(columns(Math.min(...samples[0]!.cpu)), samples, 120));
} finally {
	rmSync(folder, { recursive: true });
}

/** @param bare least CPU time of Node itself. */
function columns(bare: number): readonly Column<Samples>[] {
	const right = true;
	return [
		{ head: "node …", value: ({ command }) => command.join(" ") },
		{ head: "CPU ms, least", value: ({ cpu }) => Math.min(...cpu).toFixed(0), right },
		{ head: "median", value: ({ cpu }) => median(cpu).toFixed(0), right },
		{ head: "× bare", value: ({ cpu }) => (Math.min(...cpu) / bare).toFixed(1), right },
		{ head: "wall ms, least", value: ({ wall }) => Math.min(...wall).toFixed(0), right },
		{ head: "median", value: ({ wall }) => median(wall).toFixed(0), right },
	];
}

function median(list: readonly number[]): number {
	return [...list].sort((a, b) => a - b)[list.length >> 1] ?? 0;
}
