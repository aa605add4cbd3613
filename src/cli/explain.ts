import { Command } from "commander";
import { UsageError } from "./exit.ts";
import { addReadingOptions, formatOption, positiveInteger, type ReadingOptions, reading } from "./reading.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions {
	readonly format: string;
}

/** `flowmatrix explain CAPTURE… FLOW-ID`: all that one label rests on. */
export function explainCommand(): Command {
	const command = new Command("explain")
		.description("tell all that one flow's label rests on: its hosts, its direction, every row for and against")
		.argument("<capture-and-flow...>", "the captures, as for classify, and last the flow's id in its report")
		.addOption(formatOption(["text", "json"]));
	return addReadingOptions(command).action(run);
}

async function run(words: readonly string[], options: Options): Promise<void> {
	const captures = words.slice(0, -1);
	if (captures.length === 0)
		throw new UsageError("explain takes captures and a flow's id, e.g. explain case.pcapng 12");
	const id = positiveInteger("the flow's id")(words.at(-1)!);
	const [{ explain }, { explanationText }, { safeJson }] = await Promise.all([
		import("../explain.ts"),
		import("../report/explanation-text.ts"),
		import("../report/safe-text.ts"),
	]);
	const { result: explanation, status } = await reading(captures, options, (read) => explain(captures, id, read));
	if (!explanation) throw new UsageError(`the capture has no flow ${id}`);
	const { width, color } = screen(process.stdout.isTTY === true);
	process.exitCode = status;
	await writeAll(
		options.format === "json"
			? [`${safeJson(explanation)}\n`]
			: [[...explanationText(explanation, { width, color })].join("")],
	);
}
