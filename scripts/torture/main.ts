/**
 * Analyses captures as they are and damaged in many ways (bytes of the packets wrong, cut off, headers of the file
 * changed): nothing may crash, hang or take too much memory, and as many packets must be read as capinfos reads.
 *
 *     npm run torture -- FOLDER-OR-CAPTURE… [--only TEXT] [--limit N] [--seeds N] [--cuts N] [--flips N] [--processes N]
 *
 * `--only` takes the captures whose path holds TEXT, `--limit` N of them, evenly chosen. Ctrl-C ends the run and prints
 * the figures of what was done. Exit status: 0 all is well, 1
 * something is wrong.
 */
import { parseArgs } from "node:util";
import { captureFiles } from "../support/capture-files.ts";
import { isInstalled } from "./peers.ts";
import { type Tallies, torture } from "./run.ts";
import { VERDICTS, type Verdict } from "./verdict.ts";

const BOUNDS = { seconds: 10, memory: 400e6 };
const PROGRESS_EVERY = 100;

async function main(): Promise<number> {
	const number = (fallback: number) => ({ type: "string", default: String(fallback) }) as const;
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			only: { type: "string", default: "" },
			limit: { type: "string", default: "Infinity" },
			seeds: number(20),
			cuts: number(50),
			flips: number(20),
			processes: number(2),
		},
	});
	if (positionals.length === 0) throw new Error("name a folder of captures, or captures");
	const captures = chosen(
		captureFiles(positionals).filter((path) => path.includes(values.only)),
		Number(values.limit),
	);
	const hasEditcap = await isInstalled("editcap");
	if (!hasEditcap) console.log("without wrong bytes in packets: editcap is not installed");
	let done = 0;
	const stop = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
	const tallies = await torture(captures, {
		bounds: BOUNDS,
		seeds: hasEditcap ? Number(values.seeds) : 0,
		cuts: Number(values.cuts),
		flips: Number(values.flips),
		processes: Number(values.processes),
		onWrong: (message) => console.log(message),
		signal: stop.signal,
		onProgress: (count) => {
			done = count;
			if (done % PROGRESS_EVERY === 0) console.log(`${done} of ${captures.length} captures`);
		},
	});
	console.log(`${done} captures\n`);
	console.log(table(tallies));
	return Object.values(tallies).some(({ verdicts }) => verdicts.wrong > 0) ? 1 : 0;
}

/** `limit` of the captures, evenly over the list. */
function chosen(captures: readonly string[], limit: number): string[] {
	if (captures.length <= limit) return [...captures];
	return Array.from({ length: limit }, (_, i) => captures[Math.floor((captures.length * i) / limit)]!);
}

/** A column for each kind of variant. */
function table(tallies: Tallies): string {
	const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
	const all = Object.values(tallies);
	return [
		row(["", ...Object.keys(tallies)]),
		row(["---", ...all.map(() => "---:")]),
		...Object.entries(VERDICTS).map(([verdict, words]) =>
			row([words, ...all.map(({ verdicts }) => verdicts[verdict as Verdict])]),
		),
		row(["most processor time, s", ...all.map(({ seconds }) => seconds.toFixed(1))]),
		row(["most memory, MB", ...all.map(({ memory }) => Math.round(memory / 1e6))]),
	].join("\n");
}

process.exitCode = await main();
