#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { classifyCommand } from "./classify.ts";
import { EXIT, UsageError } from "./exit.ts";
import { version } from "./version.ts";

/** Reads the command line, runs the command, and turns its outcome into an exit status. */
async function main(argv: readonly string[]): Promise<number> {
	const program = new Command("flowmatrix")
		.description(
			"Labels every flow of a packet capture with its row of the Avaya IP Office port matrix, or says why it cannot.",
		)
		.version(version(), "-V, --version")
		.showSuggestionAfterError()
		.exitOverride();
	program.addCommand(classifyCommand(), { isDefault: true });
	program.addCommand((await import("./matrix.ts")).matrixCommand());
	for (const command of program.commands) command.exitOverride();
	try {
		await program.parseAsync(argv, { from: "user" });
		return Number(process.exitCode ?? EXIT.done);
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
		process.stderr.write(`flowmatrix: ${error instanceof Error ? error.message : String(error)}\n`);
		if (error instanceof UsageError) return EXIT.usage;
		return EXIT.unreadable;
	}
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	// The reader of a pipe (head, less) may leave early: that is no fault of ours.
	if (error.code === "EPIPE") process.exit(EXIT.done);
	throw error;
});
process.exitCode = await main(process.argv.slice(2));
