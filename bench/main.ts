/**
 * Measures flowmatrix beside the peers that are installed, on captures that it makes (in bench/data/).
 *
 *     npm run bench -- [office|pcapng|gzip|small|scan|ring]... [--runs N] [--packets N] [--only NAME]... [--skip-slow]
 *     npm run bench -- scaling [--runs N] [--packets N]
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { type Capture, capture, KINDS, type Kind } from "./captures.ts";
import { CAPINFOS, CONTENDERS, type Contender } from "./contenders.ts";
import { isInstalled, measure, median, type Sample } from "./measure.ts";
import { scaling } from "./scaling.ts";

interface Choice {
	readonly runs: number;
	/** Parts of the names of the contenders that run. */
	readonly only: readonly string[] | undefined;
	readonly skipSlow: boolean;
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			runs: { type: "string", default: "3" },
			packets: { type: "string" },
			only: { type: "string", multiple: true },
			"skip-slow": { type: "boolean", default: false },
		},
	});
	const runs = wholeNumber("--runs", values.runs);
	const packets = values.packets === undefined ? undefined : wholeNumber("--packets", values.packets);
	const [processor] = cpus();
	console.log(
		`Node ${process.version}, ${cpus().length} cores (${processor?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB; medians of up to ${runs} runs, in turn`,
	);
	if (positionals.includes("scaling")) {
		if (positionals.length > 1) throw new Error("scaling is measured alone");
		return scaling(runs, packets);
	}
	for (const kind of positionals.length === 0 ? KINDS : positionals.map(asKind)) {
		await compare(kind, await capture(kind, packets), { runs, only: values.only, skipSlow: values["skip-slow"] });
	}
}

function asKind(name: string): Kind {
	const kind = KINDS.find((known) => known === name);
	if (!kind) throw new Error(`no such capture: ${name} (there are ${KINDS.join(", ")}, and scaling)`);
	return kind;
}

function wholeNumber(option: string, text: string): number {
	const value = Number(text);
	if (!Number.isInteger(value) || value < 1) throw new Error(`${option}: not a number of at least 1: ${text}`);
	return value;
}

/** Measures the contenders on one capture and prints their table. */
async function compare(kind: Kind, read: Capture, choice: Choice): Promise<void> {
	const { what, packets, size } = read;
	console.log(`\n${kind}: ${what}\n${packets.toLocaleString("en")} packets, ${(size / 1e9).toFixed(2)} GB`);
	const contenders = CONTENDERS.filter((contender) => runs(contender, kind, choice));
	const missing = contenders.filter(({ program }) => !isInstalled(program));
	const present = contenders.filter((contender) => !missing.includes(contender));
	const commands = present.map(({ line, lines, slow }) => ({
		line: lines?.[kind] ?? line,
		runs: slow ? 1 : choice.runs,
	}));
	const measured = await measure(commands, read, choice.runs);
	const table = new Table({
		head: ["", "seconds", "least – most", "CPU s", "packets/s", "MB/s", "memory MB", "× capinfos", "× by CPU"],
		colAligns: ["left", ...Array<"right">(8).fill("right")],
		style: { head: [], border: [] },
	});
	const reference = measured[present.indexOf(CAPINFOS)]?.samples ?? [];
	const notes = missing.map(({ name }) => `${name}: not installed`);
	for (const [i, { name, lines }] of present.entries()) {
		const { samples, failure } = measured[i]!;
		if (lines?.[kind]) notes.push(`${name}: ${commands[i]!.line}`);
		if (failure !== undefined) {
			notes.push(`${name}: ${failure}`);
			process.exitCode = 1;
		}
		table.push([name, ...(samples.length === 0 ? Array<string>(8).fill("–") : figures(samples, read, reference))]);
	}
	console.log([table.toString(), ...notes].join("\n"));
}

function runs(contender: Contender, kind: Kind, { only, skipSlow }: Choice): boolean {
	if (only) return only.some((name) => contender.name.includes(name));
	return !contender.slow || (kind === "office" && !skipSlow);
}

function figures(samples: readonly Sample[], { packets, size }: Capture, reference: readonly Sample[]): string[] {
	const all = samples.map((sample) => sample.seconds);
	const seconds = median(all);
	// Of runs that followed each other: the machine's speed drifts.
	const times = (of: (sample: Sample) => number) => {
		const ratio = median(samples.flatMap((sample, run) => (reference[run] ? [of(sample) / of(reference[run])] : [])));
		return Number.isNaN(ratio) ? "–" : ratio.toFixed(1);
	};
	return [
		seconds.toFixed(2),
		`${Math.min(...all).toFixed(2)} – ${Math.max(...all).toFixed(2)}`,
		median(samples.map((sample) => sample.cpu)).toFixed(2),
		Math.round(packets / seconds).toLocaleString("en"),
		Math.round(size / seconds / 1e6).toLocaleString("en"),
		Math.round(Math.max(...samples.map((sample) => sample.memory)) / 1e6).toLocaleString("en"),
		times((sample) => sample.seconds),
		times((sample) => sample.cpu),
	];
}

await main();
