import { Command, Option } from "commander";
import type { Report } from "../document/document.ts";
import { problemText } from "../document/problem-text.ts";
import { windowText } from "../document/window-text.ts";
import { RECORD_KINDS, type RecordKind } from "../report/renderer.ts";
import { type AnonymizingOptions, addAnonymizingOptions, anonymizing } from "./anonymizing.ts";
import { type Destination, destination } from "./destination.ts";
import { EXIT, UsageError } from "./exit.ts";
import { type Condition, collectConditions, conditionsMet } from "./fail-on.ts";
import { addReadingOptions, formatOption, type Outcome, type ReadingOptions, reading } from "./reading.ts";
import { say } from "./say.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions, AnonymizingOptions, Writing {
	readonly output?: string;
	readonly maxMemory?: number;
	readonly failOn: readonly Condition[];
}

/** `flowmatrix classify CAPTURE…`: the main job. */
export function classifyCommand(): Command {
	const command = new Command("classify")
		.description("label every flow of the captures with its matrix row (the default command)")
		.argument(
			"<capture...>",
			"pcap or pcapng files, also gzip or zstd; several are merged in time order; - reads standard input",
		)
		.addOption(formatOption(["table", "json", "ndjson", "csv", "markdown"]))
		.addOption(
			new Option("--records <kind>", "csv and markdown: records of this kind only; csv has flows unless told").choices(
				RECORD_KINDS,
			),
		)
		.option("--summary", "leave the list of flows out")
		.option("--all", "on a terminal too, list all flows, however many")
		.option("-o, --output <file>", "write the result to a file")
		.addOption(maxMemoryOption())
		.option(
			"--fail-on <list>",
			"exit with status 3 where one of these is found: kinds of findings, error, warning or info (so grave, or graver), unknown, ambiguous, problem; each with =COUNT for at least so many flows",
			collectConditions,
			[],
		);
	addAnonymizingOptions(command, "addresses, names, numbers and files in the result");
	return addReadingOptions(command).action(run);
}

async function run(captures: readonly string[], options: Options): Promise<void> {
	const { records } = options;
	if (records !== undefined && !["csv", "markdown"].includes(options.format))
		throw new UsageError(`--records: ${options.format} has all kinds of records; use it with --format csv or markdown`);
	if (records === "flows" && options.summary)
		throw new UsageError("--records flows lists the flows, which --summary leaves out: use one of them");
	const to = await destination(options.output, captures);
	const hidden = await anonymizing(options, captures);
	// Whoever anonymizes looks at the flows, too, for names.
	const isSummary = options.summary === true && hidden === undefined;
	const { result: report, status } = await classified(captures, options, isSummary);
	judge(report, status, options);
	await writeReport(hidden?.anonymizer.report(report) ?? report, options, to);
	await hidden?.conclude();
}

/** Classifies as the options say, and tells what was not read. @param summary whether nobody will look at the report's flows. */
export async function classified(
	captures: readonly string[],
	options: ReadingOptions & { readonly maxMemory?: number },
	summary = false,
): Promise<Outcome<Report>> {
	const { classify } = await import("../classify.ts");
	const { maxMemory } = options;
	const limits = { summary, ...(maxMemory === undefined ? {} : { maxMemory }) };
	const outcome = await reading(captures, options, (read) => classify(captures, { ...read, ...limits }));
	if (!options.quiet) for (const message of messages(outcome.result)) say(message);
	return outcome;
}

/** Sets the exit status by what `--fail-on` names. @param status what the run itself asks for. */
export function judge(
	report: Report,
	status: number,
	{ failOn, quiet }: { readonly failOn: readonly Condition[]; readonly quiet?: true },
): void {
	const met = conditionsMet(report, failOn);
	if (met.length > 0 && !quiet) say(`--fail-on: ${met.join(", ")}`);
	process.exitCode = status || (met.length > 0 ? EXIT.failed : EXIT.done);
}

/** How a report is written. */
interface Writing {
	readonly format: string;
	readonly records?: RecordKind;
	readonly summary?: true;
	readonly all?: true;
}

export async function writeReport(
	report: Report,
	{ format, records, summary, all }: Writing,
	to: Destination,
): Promise<void> {
	const { OUTPUTS } = await import("../report/index.ts");
	const terminal = to.kind === "stdout" && process.stdout.isTTY === true;
	const chunks = OUTPUTS[format as keyof typeof OUTPUTS](report, {
		summary: summary === true,
		...(records === undefined ? {} : { records }),
		...screen(terminal),
		...(all || !terminal ? { maxFlows: Number.POSITIVE_INFINITY } : {}),
	});
	await writeAll(chunks, to);
}

export function maxMemoryOption(): Option {
	return new Option(
		"--max-memory <size>",
		"memory that is to do, about, e.g. 500M or 2G, 160M at least; a capture with more flows is read in pieces; default: three quarters of what there is",
	).argParser(memorySize);
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };
/** What the program itself takes, and a little. */
const LEAST_MEMORY = 160e6;

export function memorySize(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)([kmg]?)b?$/i.exec(text) ?? [];
	if (number === undefined) throw new UsageError(`--max-memory: '${text}' is no size, such as 500M or 2G`);
	const bytes = Number(number) * UNITS[unit!.toLowerCase()]!;
	if (bytes < LEAST_MEMORY) throw new UsageError(`--max-memory: less than ${LEAST_MEMORY / 1e6}M will not do`);
	return bytes;
}

/** What was not read, or not whole: one line each. */
export function* messages(report: Pick<Report, "problems" | "hosts" | "capture" | "labels">): Iterable<string> {
	// An interrupt was told when it came.
	for (const problem of report.problems) if (problem.kind !== "interrupted") yield problemText(problem);
	for (const { address, source, flows } of report.hosts) {
		if (source === "given" && flows === 0) yield `--host: ${address} is in none of the flows`;
	}
	const { packets, notDecoded, window } = report.capture;
	for (const { reason, packets: count, class: kind, hint } of notDecoded) {
		if (kind === "problem") yield `${count} of ${packets} packets not decoded: ${reason}${hint ? ` (${hint})` : ""}`;
	}
	if (report.labels.flows === 0) {
		const none = window ? windowText(window, report.capture) : "the capture has no packets";
		const why = packets === 0 ? none : `none of the ${packets} packets is IP that could be read`;
		yield `no flows: ${why}`;
	}
}
