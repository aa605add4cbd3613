import { Command } from "commander";
import { type AnonymizingOptions, addAnonymizingOptions, anonymizing } from "./anonymizing.ts";
import { classified, maxMemoryOption } from "./classify.ts";
import { destination } from "./destination.ts";
import { UsageError } from "./exit.ts";
import { addReadingOptions, type ReadingOptions } from "./reading.ts";
import { say } from "./say.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions, AnonymizingOptions {
	readonly output?: string;
	readonly title?: string;
	readonly summary?: true;
	readonly all?: true;
	readonly maxMemory?: number;
}

/** `flowmatrix report CAPTURE… -o case.html`: a page to hand on. */
export function reportCommand(): Command {
	const command = new Command("report")
		.description("write a page (HTML, one file, no network) that a customer, a colleague or the vendor can read")
		.argument("<capture...>", "the captures, as for classify")
		.option("-o, --output <file>", "write the page to a file, e.g. case.html")
		.option("--title <text>", "heading of the page, e.g. a case number; without it, the capture's name")
		.option("--summary", "leave the table of flows out: a small page, whatever the capture's size")
		.option("--all", "all flows in the table, however many; without it, the 100,000 that matter most")
		.addOption(maxMemoryOption());
	addAnonymizingOptions(command, "addresses, names, numbers and files in the page");
	return addReadingOptions(command).action(run);
}

async function run(captures: readonly string[], options: Options): Promise<void> {
	if (options.output === undefined && process.stdout.isTTY === true)
		throw new UsageError("report: a page is no text for a terminal; name a file, e.g. -o case.html");
	const { htmlPage } = await import("../page.ts");
	const to = await destination(options.output, captures);
	const hidden = await anonymizing(options, captures);
	if (hidden && options.title !== undefined && !options.quiet) say("--title is yours, and stays as it is");
	const { result: report, status } = await classified(captures, options);
	process.exitCode = status;
	const page = await htmlPage(hidden?.anonymizer.report(report) ?? report, {
		summary: options.summary === true,
		...(options.title === undefined ? {} : { title: options.title }),
		...(options.all ? { maxFlows: Number.POSITIVE_INFINITY } : {}),
	});
	await writeAll(page, to);
	await hidden?.conclude();
}
