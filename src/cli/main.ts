#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { classifyCommand } from "./classify.ts";
import { EXIT } from "./exit.ts";
import { version } from "./version.ts";

const EXAMPLES = `
Examples:
  flowmatrix call.pcapng                            all flows, who is what, what is wrong
  flowmatrix ring*.pcapng --host ipo=10.0.0.1       a ring buffer's files as one capture
  tcpdump -w - | flowmatrix - --summary             standard input
  flowmatrix call.pcapng --format csv -o flows.csv  for a spreadsheet or a support case
  flowmatrix explain call.pcapng 12                 all that one flow's label rests on
  flowmatrix coverage call.pcapng                   which rows work, which fail, which were not seen
  flowmatrix findings unanswered                    what a finding means, and what to check
  flowmatrix matrix 50805                           the rows that list a port

flowmatrix classify --help tells all options.`;

/** Reads the command line, runs the command, and turns its outcome into an exit status. */
async function main(argv: readonly string[]): Promise<number> {
	const program = new Command("flowmatrix")
		.description(
			"Labels every flow of a packet capture with its row of the Avaya IP Office port matrix, or says why it cannot.",
		)
		.version(version(), "-V, --version")
		.usage(
			"[classify] CAPTURE… [options] | explain CAPTURE… FLOW-ID | coverage CAPTURE… | findings [KIND] | matrix [QUERY]",
		)
		.addHelpText("after", EXAMPLES)
		.showSuggestionAfterError()
		.exitOverride();
	program.addCommand(classifyCommand(), { isDefault: true });
	program.addCommand((await import("./matrix.ts")).matrixCommand());
	program.addCommand((await import("./explain.ts")).explainCommand());
	program.addCommand((await import("./coverage.ts")).coverageCommand());
	program.addCommand((await import("./findings.ts")).findingsCommand());
	for (const command of program.commands) command.exitOverride();
	try {
		await program.parseAsync(argv, { from: "user" });
		return Number(process.exitCode ?? EXIT.done);
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
		const message = error instanceof Error ? error.message : String(error);
		for (const line of message.split("\n")) process.stderr.write(`flowmatrix: ${line}\n`);
		return isUsage(error) ? EXIT.usage : EXIT.unreadable;
	}
}

/** What the user named cannot be used: an option's value, or a matrix. Told by code, to load no more than is needed. */
function isUsage(error: unknown): boolean {
	return ["ERR_USAGE", "ERR_MATRIX"].includes((error as { code?: string }).code ?? "");
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	// The reader of a pipe (head, less) may leave early: that is no fault of ours.
	if (error.code === "EPIPE") process.exit();
	throw error;
});
process.exitCode = await main(process.argv.slice(2));
