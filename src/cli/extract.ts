import { Command } from "commander";
import type { Report } from "../document/document.ts";
import { KIND_NAMES } from "../finding/kinds.ts";
import { type Anonymizing, type AnonymizingOptions, addAnonymizingOptions, anonymizing } from "./anonymizing.ts";
import { messages } from "./classify.ts";
import { destination } from "./destination.ts";
import { EXIT, UsageError } from "./exit.ts";
import { checkWords, meantBy, type Ways } from "./missing.ts";
import { Progress } from "./progress.ts";
import {
	addReadingOptions,
	checkReadableTwice,
	positiveInteger,
	type ReadingOptions,
	reading,
	validAddress,
} from "./reading.ts";
import { say } from "./say.ts";
import { version } from "./version.ts";
import { writeAll } from "./write.ts";

interface Options extends ReadingOptions, AnonymizingOptions {
	readonly address: readonly string[];
	readonly row: readonly string[];
	readonly flow: readonly number[];
	readonly call: readonly number[];
	readonly finding: readonly string[];
	readonly headersOnly?: true;
	readonly output?: string;
}

/** `flowmatrix extract CAPTURE…`: the packets of some flows. */
export function extractCommand(): Command {
	const command = new Command("extract")
		.description(
			"take the packets of some flows, with all flows of their transfers and calls, out of captures: pcapng, each packet commented with its row and flow",
		)
		.argument("<capture...>", "the captures, as for classify, but files: they are read twice")
		.option(
			"--row <rows>",
			"flows labelled with these rows, or unknown, ambiguous; e.g. IPO-IN-5,IPO-IN-19",
			collectRows,
			[],
		)
		.option("--flow <ids>", "flows by their ids in the report, e.g. 3,12-15", collectIds("--flow"), [])
		.option("--call <ids>", "calls by their ids in the report: their signalling and media", collectIds("--call"), [])
		.option("--finding <kinds>", "flows and calls with these findings, e.g. unanswered,one-way", collectKinds, [])
		.option(
			"--address <addresses>",
			"of all these, or of all flows, only those with one of these addresses at an end; e.g. 10.0.0.1,10.0.0.2",
			(text: string, before: readonly string[]) => [
				...before,
				...text.split(",").map((address) => validAddress("--address", address.trim())),
			],
			[],
		)
		.option("--headers-only", "cut payloads, but not the header of RTP; the packets' lengths on the wire stay")
		.option("-o, --output <file>", "the file to write; - for standard output");
	addAnonymizingOptions(
		command,
		"addresses in the packets, and names and numbers in the comments, and leave payloads out",
	);
	return addReadingOptions(command).action(run);
}

const WAYS: Ways = new Map(
	["row", "flow", "call", "finding"].map((what) => [what, (id) => `a ${what} is chosen by --${what} ${id}`]),
);

async function run(captures: readonly string[], options: Options): Promise<void> {
	if (options.output === undefined && process.stdout.isTTY === true)
		throw new UsageError("extract writes a capture, which is nothing for a terminal: name a file with -o");
	await checkWords(captures, WAYS);
	await checkReadableTwice("extract", captures);
	const { extract } = await import("../extract.ts");
	const to = await destination(options.output, captures);
	const hidden = await anonymizing(options, captures);
	let again: Progress | undefined;
	const { result, status } = await reading(captures, options, (read) =>
		extract(captures, {
			...read,
			rows: options.row,
			flows: options.flow,
			calls: options.call,
			findings: options.finding,
			addresses: options.address,
			headersOnly: options.headersOnly === true,
			...(hidden ? { anonymizer: hidden.anonymizer } : {}),
			application: `flowmatrix ${version()}`,
			onProgress: (step) => (again ? again.update(step) : read.onProgress?.(step)),
		}),
	);
	if (!options.quiet) for (const message of messages(result.report)) say(message);
	const isChosen = [options.row, options.flow, options.call, options.finding, options.address].some(
		(list) => list.length > 0,
	);
	if (result.flows === 0 && isChosen) throw new Error("no flow is chosen: nothing was written");
	again = new Progress(process.stderr, options.quiet !== true);
	try {
		await writeAll(result.chunks(), to);
	} finally {
		again.done();
	}
	await hidden?.conclude();
	if (!options.quiet && to.kind === "file")
		say(
			`${to.name}: ${result.packets} of ${result.report.capture.packets} packets, ${result.flows} of ${result.report.labels.flows} flows`,
		);
	if (!options.quiet && hidden) for (const message of readAs(result.report, hidden)) say(message);
	process.exitCode = status || EXIT.done;
}

/** Product hosts named to whoever reads an anonymized capture. */
const MAX_NAMED = 20;

/** How an anonymized capture is to be read: without its payload, no host says any more what it is. */
function readAs({ hosts }: Report, { anonymizer }: Anonymizing): string[] {
	const named = hosts.flatMap(({ address, products }) =>
		products.map((product) => `--host ${product}=${anonymizer.names.address(address)}`),
	);
	if (named.length === 0) return [];
	const more = named.length > MAX_NAMED ? " …" : "";
	return [`read it with ${named.slice(0, MAX_NAMED).join(" ")}${more}: without payload, no host tells its product`];
}

function collectWords(text: string, before: readonly string[]): string[] {
	return [...before, ...text.split(",").map((word) => word.trim().toLowerCase())];
}

function collectKinds(text: string, before: readonly string[]): string[] {
	return collectWords(text, before).map((kind) => {
		if (KIND_NAMES.some((name) => name === kind)) return kind;
		const meant = meantBy(kind, KIND_NAMES);
		throw new UsageError(`--finding: '${kind}' is no kind of finding${meant} (flowmatrix findings lists all)`);
	});
}

/** Rows are written in capitals, statuses are not. */
function collectRows(text: string, before: readonly string[]): string[] {
	return [
		...before,
		...collectWords(text, []).map((word) => (["unknown", "ambiguous"].includes(word) ? word : word.toUpperCase())),
	];
}

/** Most ids of one range: a typing error must not fill the memory. */
const MAX_RANGE = 1_000_000;

function collectIds(option: string): (text: string, before: readonly number[]) => number[] {
	const id = positiveInteger(option);
	return (text, before) => [
		...before,
		...text.split(",").flatMap((part) => {
			const [from = "", to = from, ...rest] = part.trim().split("-");
			if (rest.length > 0 || id(to) < id(from) || id(to) - id(from) >= MAX_RANGE)
				throw new UsageError(`${option}: '${part}' is neither an id nor a range such as 12-15`);
			return Array.from({ length: id(to) - id(from) + 1 }, (_, i) => id(from) + i);
		}),
	];
}
