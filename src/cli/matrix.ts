import { Command, Option } from "commander";
import { type FoundRow, findRows } from "../matrix/find.ts";
import { loadMatrix, MatrixError } from "../matrix/load.ts";
import { diffReleases, matrixOfRelease, productOf } from "../matrix/release.ts";
import type { Matrix, PortRange, ReleaseChange } from "../matrix/types.ts";
import { csvLine } from "../report/csv-cell.ts";
import { type Column, textTable } from "../report/text-table.ts";
import { EXIT, UsageError } from "./exit.ts";

interface Options {
	readonly format: "table" | "json" | "csv";
	readonly matrix?: string;
	readonly release?: string;
}

/** `flowmatrix matrix [QUERY]` and `flowmatrix matrix diff FROM TO`. */
export function matrixCommand(): Command {
	const command = new Command("matrix")
		.description("list the rows of the port matrix, or find them by port, word or id")
		.argument("[query...]", "a port (50805, udp/69), words (sip, one-x tls), an id or section (IPO-IN-19, ipo-out)")
		.option("--release <release>", "the matrix as it stood in this release, e.g. 9.1")
		.addOption(formatOption())
		.addOption(fileOption())
		.addHelpText("after", "\n`flowmatrix matrix diff 10.1 12.0` shows what changed between two releases.")
		.action((query: string[], options: Options) =>
			query[0] === "diff" ? diff(query.slice(1), options) : list(query, options),
		);
	return command;
}

function formatOption(): Option {
	return new Option("--format <format>", "output format").choices(["table", "json", "csv"]).default("table");
}

function fileOption(): Option {
	return new Option("--matrix <file>", "another matrix than the bundled one (JSON, schema/matrix.schema.json)");
}

async function list(words: readonly string[], options: Options): Promise<void> {
	const current = await load(options);
	const matrix = options.release === undefined ? current : asUsage(() => matrixOfRelease(current, options.release!));
	const found: FoundRow[] =
		words.length === 0 ? matrix.rows.map((row) => ({ row })) : findRows(matrix, words.join(" "));
	if (found.length === 0)
		process.stderr.write(`flowmatrix: no row of the matrix (release ${matrix.release}) fits '${words.join(" ")}'\n`);
	const fits = found.some(({ fit }) => fit);
	const columns: Column<FoundRow>[] = [
		{ head: "row", value: ({ row }) => row.id },
		...(fits ? [{ head: "fit", value: ({ fit }: FoundRow) => fit ?? "" }] : []),
		{ head: "service", value: ({ row }) => row.service, shrink: 12 },
		{ head: "port", value: ({ row }) => portsText(row.ports), shrink: 11 },
		{
			head: "moves to",
			value: ({ row }) => portsText(row.configurable) || (row.isConfigurable ? "any" : ""),
			shrink: 11,
			drop: 3,
		},
		{ head: "over", value: ({ row }) => overText(row.transports, row.tls) },
		{ head: "protocol", value: ({ row }) => row.protocols.join(", ") || "–", shrink: 8, drop: 4 },
		{ head: "optional", value: ({ row }) => (row.optional ? "yes" : "no"), drop: 2 },
		{ head: "default", value: ({ row }) => row.state, drop: 5 },
		{ head: "other end", value: ({ row }) => row.peer, shrink: 12, drop: 6 },
		{ head: "purpose", value: ({ row }) => row.description, shrink: 16, drop: 1 },
	];
	if (options.format === "json")
		print(
			JSON.stringify(
				found.map(({ row, fit }) => ({ ...row, ...(fit ? { fit } : {}) })),
				null,
				"\t",
			),
		);
	else if (options.format === "csv") print(csv(columns, found));
	else if (found.length > 0) print(textTable(columns, found, screenWidth()));
}

interface Line {
	readonly release: string;
	readonly change: ReleaseChange;
}

async function diff(releases: readonly string[], options: Options): Promise<void> {
	if (releases.length !== 2)
		throw new UsageError("matrix diff takes two releases, e.g. flowmatrix matrix diff 10.1 12.0");
	const matrix = await load(options);
	const lines = asUsage(() => diffReleases(matrix, releases[0]!, releases[1]!));
	const columns: Column<Line>[] = [
		{ head: "release", value: ({ release }) => release },
		{ head: "change", value: ({ change }) => change.change },
		{ head: "product", value: ({ change }) => productOf(matrix, change.product)?.name ?? change.product, shrink: 8 },
		{ head: "rows", value: ({ change }) => change.rows.join(" ") || "–", shrink: 10 },
		{ head: "direction", value: ({ change }) => change.direction, drop: 1 },
		{ head: "port", value: ({ change }) => `${portsText(change.ports)}${beforeText(change)}`, shrink: 11 },
		{ head: "over", value: ({ change }) => overText(change.transports, change.tls), drop: 2 },
		{ head: "service", value: ({ change }) => change.service, shrink: 12 },
		{ head: "what", value: ({ change }) => change.description, shrink: 16, drop: 3 },
	];
	if (options.format === "json")
		print(
			JSON.stringify(
				lines.map(({ release, change }) => ({ release, ...change })),
				null,
				"\t",
			),
		);
	else if (options.format === "csv") print(csv(columns, lines));
	else if (lines.length === 0) print(`No port changed between ${releases[0]} and ${releases[1]}.`);
	else print(textTable(columns, lines, screenWidth()));
}

async function load(options: Options): Promise<Matrix> {
	try {
		return await loadMatrix(options.matrix);
	} catch (error) {
		throw error instanceof MatrixError ? new UsageError(error.message) : error;
	}
}

function asUsage<T>(work: () => T): T {
	try {
		return work();
	} catch (error) {
		throw error instanceof MatrixError ? new UsageError(error.message) : error;
	}
}

function portsText(ports: readonly PortRange[]): string {
	return ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

function overText(transports: readonly string[], tls: string): string {
	return `${transports.join("+")}${tls === "always" ? " tls" : tls === "either" ? " (tls)" : ""}`;
}

function beforeText({ before }: ReleaseChange): string {
	const parts = [
		before?.ports && `was ${portsText(before.ports)}`,
		before?.state && `was ${before.state}`,
		before?.tls && `was tls ${before.tls}`,
	].filter(Boolean);
	return parts.length > 0 ? ` (${parts.join(", ")})` : "";
}

function csv<T>(columns: readonly Column<T>[], items: readonly T[]): string {
	return [columns.map(({ head }) => head), ...items.map((item) => columns.map(({ value }) => value(item)))]
		.map(csvLine)
		.join("\n");
}

function screenWidth(): number {
	return process.stdout.columns ?? (Number(process.env.COLUMNS) || 140);
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
	process.exitCode = EXIT.done;
}
