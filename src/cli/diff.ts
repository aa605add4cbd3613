import { Command } from "commander";
import type { DiffList, ReportDiff } from "../document/diff.ts";
import { destination } from "./destination.ts";
import { EXIT, UsageError } from "./exit.ts";
import { addReadingOptions, formatOption, type ReadingOptions, reading } from "./reading.ts";
import { say } from "./say.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions {
	readonly format: string;
	readonly output?: string;
	readonly failOn: readonly FailOn[];
}

const LISTS: readonly DiffList[] = ["rows", "findings", "transfers", "calls", "hosts", "unknowns"];
type FailOn = "worse" | "any" | DiffList;

/** `flowmatrix diff BEFORE AFTER`: "it worked yesterday". */
export function diffCommand(): Command {
	const command = new Command("diff")
		.description(
			"tell what changed between two captures, or reports (--format json): rows, findings, transfers, calls, hosts",
		)
		.argument("<before>", "a capture, or a report; told apart by their content")
		.argument("<after>", "another one of the same site")
		.addOption(formatOption(["table", "json", "markdown"]))
		.option("-o, --output <file>", "write the result to a file")
		.option(
			"--fail-on <list>",
			`exit with status 3 where something is worse, any change is found, or one in: ${LISTS.join(", ")}`,
			collectLists,
			[],
		);
	return addReadingOptions(command).action(run);
}

async function run(before: string, after: string, options: Options): Promise<void> {
	const [{ diff }, { DIFF_OUTPUTS }] = await Promise.all([import("../diff.ts"), import("../report/diff.ts")]);
	const to = await destination(options.output, [before, after]);
	const { result, status } = await reading([before, after], options, (read) => diff(before, after, read));
	const met = options.failOn.filter((what) => isMet(result, what));
	if (met.length > 0 && !options.quiet) say(`--fail-on: ${met.join(", ")}`);
	process.exitCode = status || (met.length > 0 ? EXIT.failed : EXIT.done);
	const terminal = to.kind === "stdout" && process.stdout.isTTY === true;
	await writeAll(DIFF_OUTPUTS[options.format as keyof typeof DIFF_OUTPUTS](result, screen(terminal)), to);
}

function collectLists(text: string, before: readonly FailOn[]): readonly FailOn[] {
	const known: readonly FailOn[] = ["worse", "any", ...LISTS];
	return [
		...before,
		...text.split(",").map((part) => {
			const found = known.find((name) => name === part.trim());
			if (!found) throw new UsageError(`--fail-on: '${part}' is none of ${known.join(", ")}`);
			return found;
		}),
	];
}

function isMet(diff: ReportDiff, what: FailOn): boolean {
	if (what === "any") return LISTS.some((name) => diff[name].length > 0);
	if (what === "worse") return LISTS.some((name) => diff[name].some(({ change }) => change === "worse"));
	return diff[what].length > 0;
}
