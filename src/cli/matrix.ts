import { Command, Option } from "commander";
import { findRows, portQuery } from "../matrix/find.ts";
import { loadMatrix } from "../matrix/load.ts";
import { type DatedChange, diffReleases, matrixOfRelease, retiredBy } from "../matrix/release.ts";
import type { Matrix } from "../matrix/types.ts";
import { type MatrixFormat, matrixChanges, matrixRows } from "../report/matrix-rows.ts";
import { EXIT, UsageError } from "./exit.ts";
import { say } from "./say.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options {
	readonly format: MatrixFormat;
	readonly matrix?: string;
	readonly release?: string;
}

/** `flowmatrix matrix [QUERY]` and `flowmatrix matrix diff FROM TO`. */
export function matrixCommand(): Command {
	return new Command("matrix")
		.description("list the rows of the port matrix, or find them by port, word or id")
		.argument("[query...]", "a port (50805, udp/69), words (sip, one-x tls), an id or section (IPO-IN-19, ipo-out)")
		.option("--release <release>", "the matrix as it stood in this release, e.g. 9.1")
		.addOption(new Option("--format <format>", "output format").choices(["table", "json", "csv"]).default("table"))
		.option("--matrix <file>", "another matrix than the bundled one (JSON, schema/matrix.schema.json)")
		.addHelpText(
			"after",
			"\nThe exit status is 1 where no row fits.\nflowmatrix matrix diff 10.1 12.0 shows what changed between two releases.",
		)
		.action((query: string[], options: Options) =>
			query[0] === "diff" ? diff(query.slice(1), options) : list(query, options),
		);
}

async function list(words: readonly string[], options: Options): Promise<void> {
	const current = await loadMatrix(options.matrix);
	const matrix = options.release === undefined ? current : matrixOfRelease(current, options.release);
	const query = words.join(" ");
	const found = words.length === 0 ? matrix.rows.map((row) => ({ row })) : findRows(matrix, query);
	if (found.length === 0) {
		say(`no row of the matrix (release ${matrix.release}) fits '${query}'`);
		process.exitCode = EXIT.none;
	}
	for (const { release, change } of retiredPorts(matrix, query))
		say(`${query} was ${change.service} until release ${release} ${change.change} it`);
	await print(matrixRows(matrix, found, options.format, screen(process.stdout.isTTY === true).width));
}

/** Where the query is a port: the changes that took it out of the matrix. */
function retiredPorts(matrix: Matrix, query: string): DatedChange[] {
	const asked = portQuery(query);
	if (!asked) return [];
	const changes = asked.transports.map((transport) => retiredBy(matrix, transport, asked.port));
	return [...new Map(changes.filter((each) => each !== undefined).map((each) => [each.change, each])).values()];
}

async function diff(releases: readonly string[], options: Options): Promise<void> {
	if (releases.length !== 2)
		throw new UsageError("matrix diff takes two releases, e.g. flowmatrix matrix diff 10.1 12.0");
	if (options.release !== undefined) throw new UsageError("--release: matrix diff names both of its releases itself");
	const matrix = await loadMatrix(options.matrix);
	const changes = diffReleases(matrix, releases[0]!, releases[1]!);
	if (changes.length === 0) say(`no port changed from ${releases.join(" to ")}`);
	await print(matrixChanges(matrix, changes, options.format, screen(process.stdout.isTTY === true).width));
}

async function print(text: string | undefined): Promise<void> {
	if (text !== undefined) await writeAll([text.endsWith("\n") ? text : `${text}\n`]);
}
