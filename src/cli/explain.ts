import { Command } from "commander";
import { EXIT, UsageError } from "./exit.ts";
import { Interrupted } from "./interrupts.ts";
import { checkWords, idsAtEnd, type Ways } from "./missing.ts";
import { addReadingOptions, formatOption, positiveInteger, type ReadingOptions, reading } from "./reading.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions {
	readonly format: string;
	readonly call?: number;
}

/** `flowmatrix explain CAPTURE… FLOW-ID`: all that one label rests on; `--call ID`: one call, message by message. */
export function explainCommand(): Command {
	const command = new Command("explain")
		.description(
			"tell all that one flow's label rests on: its hosts, its direction, every row for and against; or all of one call",
		)
		.argument("<capture-and-flow...>", "the captures, as for classify, and last the flow's id in its report")
		.option(
			"--call <id>",
			"instead of a flow, this call: its messages as a ladder, what was offered, its media",
			positiveInteger("--call"),
		)
		.addOption(formatOption(["text", "json"]));
	return addReadingOptions(command).action(run);
}

async function run(words: readonly string[], options: Options): Promise<void> {
	const { call, format } = options;
	const captures = call === undefined ? words.slice(0, -1) : words;
	if (captures.length === 0)
		throw new UsageError("explain takes captures and a flow's id, e.g. explain case.pcapng 12");
	await checkWords(words, WAYS);
	await checkOne(words, call);
	const { width, color } = screen(process.stdout.isTTY === true);
	const outcome =
		call === undefined
			? await ofFlow(captures, positiveInteger("the flow's id")(words.at(-1)!), options)
			: await ofCall(captures, call, options);
	process.exitCode = outcome.status;
	const { safeJson } = await import("../report/text/safe-text.ts");
	const { record, text } = outcome;
	await writeAll(format === "json" ? [`${safeJson(record)}\n`] : [[...text({ width, color })].join("")]);
}

/** @throws UsageError where several are asked for. */
async function checkOne(words: readonly string[], call: number | undefined): Promise<void> {
	const ids = await idsAtEnd(words);
	const isOne = call === undefined ? ids.length <= 1 && !/[-,]/.test(ids[0] ?? "") : ids.length === 0;
	if (isOne) return;
	const captures = words.slice(0, words.length - ids.length).join(" ") || "case.pcapng";
	const [first = ""] = ids.flatMap((text) => text.split(/[-,]/));
	const example = call === undefined ? `${captures} ${first}` : `${captures} --call ${call}`;
	throw new UsageError(
		`explain tells of one flow or one call at a time: explain ${example}; extract --flow and --call take several`,
	);
}

const WAYS: Ways = new Map<string, (id: string) => string>([
	["call", (id) => `call ${id} is told by --call ${id}`],
	["flow", (id) => `flow ${id} is told by its id alone: ${id}`],
	["transfer", (id) => `explain tells of flows and calls: the report names the flows of transfer ${id}`],
	[
		"finding",
		() => "explain tells of flows and calls: a finding names its flows, and flowmatrix findings what it means",
	],
]);

/** What is to be told, as an object and in words. */
interface Told {
	readonly status: number;
	readonly record: object;
	text(options: { width: number; color: boolean }): Iterable<string>;
}

/** @param status of reading, which may have been interrupted. */
function notThere(what: string, status: number): Error {
	if (status === EXIT.done) return new UsageError(`the capture has no ${what}`);
	return new Interrupted(status, `${what} is not in what was read`);
}

async function ofFlow(captures: readonly string[], id: number, options: Options): Promise<Told> {
	const { explain } = await import("../explain.ts");
	const { explanationText } = await import("../report/explanation.ts");
	const { result, status } = await reading(captures, options, (read) => explain(captures, id, read));
	if (!result) throw notThere(`flow ${id}`, status);
	return { status, record: result, text: (page) => explanationText(result, page) };
}

async function ofCall(captures: readonly string[], id: number, options: Options): Promise<Told> {
	const { explainCall } = await import("../explain.ts");
	const { callText } = await import("../report/call.ts");
	const { Page } = await import("../report/text/page.ts");
	const { result, status } = await reading(captures, options, (read) => explainCall(captures, id, read));
	if (!result) throw notThere(`call ${id}`, status);
	return { status, record: result, text: (page) => callText(result, new Page(page)) };
}
