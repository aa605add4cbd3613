import { Command } from "commander";
import { destination } from "./destination.ts";
import { EXIT } from "./exit.ts";
import {
	addReadingOptions,
	checkReadableTwice,
	formatOption,
	positiveInteger,
	type ReadingOptions,
	reading,
} from "./reading.ts";
import { say } from "./say.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions {
	readonly format: string;
	readonly output?: string;
	readonly all?: true;
	readonly maxPackets?: number;
	readonly failOnLoss?: true;
}

/** `flowmatrix sides INSIDE OUTSIDE`: the two sides of a firewall. */
export function sidesCommand(): Command {
	const command = new Command("sides")
		.description(
			"hold captures of both sides of a firewall, router or NAT against each other: lost packets, exchanged addresses, missing answers",
		)
		.argument("<inside>", "a capture on one side")
		.argument("<outside>", "one on the other side, of the same time; the clocks may differ")
		.addOption(formatOption(["table", "json", "markdown"]))
		.option("--all", "list the conversations that passed, too")
		.option("-o, --output <file>", "write the result to a file")
		.option(
			"--max-packets <count>",
			"most packets of each side that are compared; default: 3,000,000",
			positiveInteger("--max-packets"),
		)
		.option("--fail-on-loss", "exit with status 3 where a conversation was blocked or lost packets");
	return addReadingOptions(command).action(run);
}

async function run(inside: string, outside: string, options: Options): Promise<void> {
	await checkReadableTwice("sides", [inside, outside]);
	const [{ sides }, { SIDES_OUTPUTS }, { SIDES_TROUBLE }] = await Promise.all([
		import("../sides.ts"),
		import("../report/sides.ts"),
		import("../document/sides.ts"),
	]);
	const to = await destination(options.output, [inside, outside]);
	const limit = options.maxPackets === undefined ? {} : { maxPackets: options.maxPackets };
	const { result, status } = await reading([inside, outside], options, (read, release) =>
		sides(inside, outside, { ...read, ...limit, onRead: release }),
	);
	const troubled = SIDES_TROUBLE.reduce((sum, verdict) => sum + result.counts[verdict], 0);
	const isFailed = options.failOnLoss === true && troubled > 0;
	if (isFailed && !options.quiet) say(`--fail-on-loss: ${troubled}`);
	process.exitCode = status || (isFailed ? EXIT.failed : EXIT.done);
	const terminal = to.kind === "stdout" && process.stdout.isTTY === true;
	const render = SIDES_OUTPUTS[options.format as keyof typeof SIDES_OUTPUTS];
	await writeAll(render(result, { ...screen(terminal), all: options.all === true }), to);
}
