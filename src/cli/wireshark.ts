import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Argument, Command } from "commander";
import type { WiresharkPart } from "../report/wireshark.ts";
import { cannotWrite, destination } from "./destination.ts";
import { UsageError } from "./exit.ts";
import { addMatrixOptions, type MatrixOptions, matrixFor } from "./reading.ts";
import { say } from "./say.ts";
import { writeAll } from "./write.ts";

interface Options extends MatrixOptions {
	readonly output?: string;
	readonly quiet?: true;
}

const PARTS = [
	"lua",
	"colorfilters",
	"dfilters",
	"cfilters",
	"preferences",
	"readme",
] as const satisfies WiresharkPart[];

/** `flowmatrix wireshark [PART] -o FOLDER`: what makes Wireshark speak the matrix. */
export function wiresharkCommand(): Command {
	const command = new Command("wireshark")
		.description("write a Wireshark profile and plugin that know the rows: colours, saved filters, a column and fields")
		.addArgument(new Argument("[part]", "print one part alone").choices(PARTS))
		.option(
			"-o, --output <folder>",
			"write all parts, and how to install them, to a folder: a new one, or written before",
		);
	return addMatrixOptions(command)
		.option("-q, --quiet", "nothing on standard error")
		.addHelpText(
			"after",
			`
Examples:
  flowmatrix wireshark --host ipo=10.0.0.1 -o for-wireshark     README.txt there says where to put what
  flowmatrix wireshark lua > flowmatrix.lua
  tshark -X lua_script:flowmatrix.lua -r case.pcapng -T fields -e frame.number -e flowmatrix.row`,
		)
		.action(run);
}

async function run(part: WiresharkPart | undefined, options: Options): Promise<void> {
	if ((part === undefined) === (options.output === undefined))
		throw new UsageError(`wireshark takes either -o FOLDER or one part to print (${PARTS.join(", ")})`);
	const [{ WIRESHARK_PARTS, WIRESHARK_PART_NAMES }, { matrixOfRelease }] = await Promise.all([
		import("../report/wireshark.ts"),
		import("../matrix/release.ts"),
	]);
	const current = await matrixFor(options);
	const matrix = options.release === undefined ? current : matrixOfRelease(current, options.release);
	const textOf = (name: WiresharkPart) => WIRESHARK_PARTS[name].text(matrix, options.host);
	if (part !== undefined) return writeAll([textOf(part)]);
	const folder = options.output!;
	await ownFolder(folder, WIRESHARK_PARTS.readme.file);
	// The instructions come first: they mark the folder, so that an interrupted run can be repeated.
	for (const name of [...WIRESHARK_PART_NAMES].reverse())
		await writeAll([textOf(name)], await destination(join(folder, WIRESHARK_PARTS[name].file), []));
	if (!options.quiet)
		say(`${folder} is written; ${join(folder, WIRESHARK_PARTS.readme.file)} says where Wireshark wants its files`);
}

/** Makes the folder. One that has other files stays as it is: they may be somebody's own colours and filters. */
async function ownFolder(folder: string, readme: string): Promise<void> {
	try {
		await mkdir(folder, { recursive: true });
		if ((await readdir(folder)).length === 0) return;
	} catch (error) {
		throw cannotWrite(folder, error);
	}
	const text = await readFile(join(folder, readme), "utf8").catch(() => "");
	if (!text.includes("Written by flowmatrix."))
		throw new UsageError(`--output: ${folder} has other files; name a new folder`);
}
