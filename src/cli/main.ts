#!/usr/bin/env node
import { Command, CommanderError, Help, type Option } from "commander";
import { safeText } from "../report/text/safe-text.ts";
import { classifyCommand } from "./classify.ts";
import { EXIT } from "./exit.ts";
import { Interrupted, isInterrupt } from "./interrupts.ts";
import { MissingCaptures, meantBy, nearestTo } from "./missing.ts";
import { say } from "./say.ts";
import { version } from "./version.ts";
import { writeAll } from "./write.ts";

const EXAMPLES = `
Examples:
  flowmatrix call.pcapng                            all flows, who is what, what is wrong
  flowmatrix ring*.pcapng --host ipo=10.0.0.1       a ring buffer's files as one capture
  tcpdump -w - | flowmatrix - --summary             standard input
  flowmatrix call.pcapng --format csv -o flows.csv  for a spreadsheet or a support case
  flowmatrix live -i eth0                           what is captured now, flow by flow
  flowmatrix explain call.pcapng 12                 all that one flow's label rests on
  flowmatrix coverage call.pcapng                   which rows work, which fail, which were not seen
  flowmatrix report call.pcapng -o case.html        a page to hand on: what works, what does not, all flows
  flowmatrix extract call.pcapng --row IPO-IN-5 -o part.pcapng
                                                    the packets of these flows, commented
  flowmatrix findings unanswered                    what a finding means, and what to check
  flowmatrix matrix 50805                           the rows that list a port
  flowmatrix filter @ipo --host ipo=10.0.0.1        rows as filters for tcpdump and Wireshark
  flowmatrix wireshark -o for-wireshark             colours, filters and a plugin that names rows
  flowmatrix diff yesterday.pcapng today.pcapng     what stopped working, what is new
  flowmatrix sides inside.pcap outside.pcap         what a firewall between the two lost

flowmatrix classify --help tells all options.`;

/** All but the default one, in the order of the help: a command is loaded where the command line has its name. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
	matrix: async () => (await import("./matrix.ts")).matrixCommand(),
	explain: async () => (await import("./explain.ts")).explainCommand(),
	coverage: async () => (await import("./coverage.ts")).coverageCommand(),
	report: async () => (await import("./report.ts")).reportCommand(),
	extract: async () => (await import("./extract.ts")).extractCommand(),
	findings: async () => (await import("./findings.ts")).findingsCommand(),
	live: async () => (await import("./live.ts")).liveCommand(),
	interfaces: async () => (await import("./interfaces.ts")).interfacesCommand(),
	filter: async () => (await import("./filter.ts")).filterCommand(),
	wireshark: async () => (await import("./wireshark.ts")).wiresharkCommand(),
	diff: async () => (await import("./diff.ts")).diffCommand(),
	sides: async () => (await import("./sides.ts")).sidesCommand(),
};
const COMMAND_NAMES: readonly string[] = ["classify", ...Object.keys(COMMANDS)];
const ASKS_FOR_HELP: ReadonlySet<string> = new Set(["help", "-h", "--help"]);

/** Reads the command line, runs the command, and turns its outcome into an exit status. */
async function main(argv: readonly string[]): Promise<number> {
	const program = new Command("flowmatrix")
		.description(
			"Labels every flow of a packet capture with its row of the Avaya IP Office port matrix, or says why it cannot.",
		)
		.version(version(), "-V, --version")
		.usage(
			"[classify] CAPTURE… [options] | live -i INTERFACE | interfaces | explain CAPTURE… FLOW-ID | coverage CAPTURE… | report CAPTURE… -o FILE | extract CAPTURE… | findings [KIND] | matrix [QUERY] | filter @ROWS… | wireshark -o FOLDER | diff BEFORE AFTER | sides INSIDE OUTSIDE",
		)
		.addHelpText("after", EXAMPLES)
		.showSuggestionAfterError();
	program.addCommand(classifyCommand(), { isDefault: true });
	const listsAll = argv.length === 0 || argv.some((word) => ASKS_FOR_HELP.has(word));
	for (const [name, command] of Object.entries(COMMANDS))
		if (listsAll || argv.includes(name)) program.addCommand(await command());
	const about = argv[0] === "help" && !ASKS_FOR_HELP.has(argv[1] ?? "help") ? argv[1] : undefined;
	if (about !== undefined && !COMMAND_NAMES.includes(about)) {
		say(`there is no command '${about}'${meantBy(about, COMMAND_NAMES)} (flowmatrix help lists all)`);
		return EXIT.usage;
	}
	const help: string[] = [];
	for (const command of [program, ...program.commands]) {
		command.exitOverride().configureHelp({ optionDescription });
		command.configureOutput({
			writeOut: (text) => help.push(text),
			writeErr: (text) => process.stderr.write(text.split("\n").map(safeText).join("\n")),
		});
	}
	try {
		// `help help`, too, asks for the help of all.
		const words = argv[0] === "help" && about === undefined ? ["help"] : argv;
		await program.parseAsync(words, { from: "user" }).catch(async (error: unknown) => {
			if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
			await writeAll(help);
		});
		return Number(process.exitCode ?? EXIT.done);
	} catch (error) {
		if (error instanceof CommanderError) return EXIT.usage;
		say(error instanceof Error ? error.message : String(error));
		if (error instanceof Interrupted) return error.status;
		if (error instanceof MissingCaptures) return suggest(argv[0]!, error);
		return isUsage(error) ? EXIT.usage : EXIT.unreadable;
	}
}

/** Without the empty list that an option has where it is not given. */
function optionDescription(this: Help, option: Option): string {
	return Help.prototype.optionDescription.call(this, option).replace(/ \(default: (?:\[\]|\{\})\)$/, "");
}

/** What is no command is taken for a capture; where no such file is there either, the command may be mistyped. */
function suggest(word: string, { names }: MissingCaptures): number {
	const meant = names.includes(word) ? nearestTo(word, COMMAND_NAMES) : undefined;
	if (meant === undefined) return EXIT.unreadable;
	say(`there is no command '${word}' either: did you mean ${meant}?`);
	return EXIT.usage;
}

/** What the user named cannot be used: an option's value, or a matrix. Told by code, to load no more than is needed. */
function isUsage(error: unknown): boolean {
	return ["ERR_USAGE", "ERR_MATRIX"].includes((error as { code?: string }).code ?? "");
}

// With nobody left to tell, there is nothing to tell.
process.stderr.on("error", () => {});
const status = await main(process.argv.slice(2));
// An interrupted run may still wait for its input; any other ends when all is written.
if (isInterrupt(status)) process.exit(status);
process.exitCode = status;
