import { Command } from "commander";
import type { Coverage } from "../document/coverage.ts";
import { messages } from "./classify.ts";
import { destination } from "./destination.ts";
import { EXIT } from "./exit.ts";
import { addReadingOptions, formatOption, type ReadingOptions, reading } from "./reading.ts";
import { say } from "./say.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions {
	readonly format: string;
	readonly require: readonly string[];
	readonly output?: string;
}

/** `flowmatrix coverage CAPTURE…`: which rows work. */
export function coverageCommand(): Command {
	const command = new Command("coverage")
		.description("tell of every row of the product hosts whether it was seen working, seen failing, or not seen")
		.argument("<capture...>", "the captures, as for classify")
		.addOption(formatOption(["table", "json", "csv"]))
		.option(
			"--require <rows>",
			"rows that have to be seen working, on each host given for their product, e.g. IPO-IN-43,IPO-IN-19; else the exit status is 3",
			collectRows,
			[],
		)
		.option("-o, --output <file>", "write the result to a file");
	return addReadingOptions(command).action(run);
}

async function run(captures: readonly string[], options: Options): Promise<void> {
	const [{ coverage }, { COVERAGE_OUTPUTS }] = await Promise.all([
		import("../coverage.ts"),
		import("../report/coverage.ts"),
	]);
	const to = await destination(options.output, captures);
	const { result, status } = await reading(captures, options, (read) =>
		coverage(captures, { ...read, require: options.require }),
	);
	if (!options.quiet) for (const message of [...messages(result), ...notMet(result)]) say(message);
	const render = COVERAGE_OUTPUTS[options.format as keyof typeof COVERAGE_OUTPUTS];
	const terminal = to.kind === "stdout" && process.stdout.isTTY === true;
	process.exitCode = status || (result.required.every(({ met }) => met) ? EXIT.done : EXIT.failed);
	await writeAll(render(result, screen(terminal)), to);
}

function* notMet({ required }: Coverage): Iterable<string> {
	for (const { row, service, met, reasons } of required)
		if (!met) yield `${row} ${service} was not seen working: ${reasons.join("; ")}`;
}

function collectRows(text: string, before: readonly string[]): string[] {
	const rows = text.split(",").map((id) => id.trim().toUpperCase());
	return [...new Set([...before, ...rows])];
}
