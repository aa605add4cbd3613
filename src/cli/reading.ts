import { type Command, Option } from "commander";
import type { AnalyseOptions } from "../analyse.ts";
import { timeWindow } from "../capture/time-window.ts";
import { THRESHOLD_NAMES, type ThresholdName, type Thresholds } from "../finding/thresholds.ts";
import type { IdleTimeouts } from "../flow/table.ts";
import { loadMatrix } from "../matrix/load.ts";
import type { Matrix } from "../matrix/types.ts";
import { addressText, parseAddress } from "../packet/address.ts";
import { EXIT, UsageError } from "./exit.ts";
import { type Interrupt, Interrupted, onInterrupt, statusOf } from "./interrupts.ts";
import { checkNames } from "./missing.ts";
import { Progress, type Step, stepText } from "./progress.ts";
import { say } from "./say.ts";

/** Options of every command that holds something against the matrix. */
export interface MatrixOptions {
	readonly host: readonly { product: string; address: string }[];
	readonly matrix?: string;
	readonly release?: string;
}

/** Options of every command that reads captures. */
export interface ReadingOptions extends MatrixOptions {
	readonly infer: boolean;
	readonly idle: Partial<IdleTimeouts>;
	readonly maxFlows?: number;
	readonly threshold: Partial<Thresholds>;
	readonly threads?: number;
	readonly from?: string;
	readonly to?: string;
	readonly quiet?: true;
}

export function addMatrixOptions(command: Command): Command {
	return command
		.option(
			"--host <product=address>",
			"where a product runs, e.g. ipo=10.0.0.1; repeat, or separate addresses by commas",
			collectHosts,
			[],
		)
		.option("--matrix <file>", "use another port matrix (JSON, schema/matrix.schema.json)")
		.option("--release <release>", "use the matrix as it stood in this release, e.g. 11.1.2");
}

export function addReadingOptions(command: Command): Command {
	return addAnalysisOptions(command)
		.option(
			"--from <time>",
			"only packets from then on: 2026-03-02T09:00:18Z, 09:00 (on the day of the first packet, in UTC; 09:00+01:00), +12.5 (seconds after it)",
		)
		.option("--to <time>", "only packets up to then, its second included")
		.addOption(
			new Option(
				"--threads <count>",
				"threads that read beside the main one: 0 or 1; 1 where captures are large, unless told otherwise",
			).argParser(threadCount),
		);
}

/** Those that do not depend on where the packets come from. */
export function addAnalysisOptions(command: Command): Command {
	return addMatrixOptions(command)
		.option("--no-infer", "do not infer product hosts from the traffic")
		.option(
			"--idle <protocol=seconds>",
			"silence that ends a flow; default: tcp=7500, udp=180, icmp=60, other=300; repeat",
			collectIdle,
			{},
		)
		.option(
			"--max-flows <count>",
			"most flows to keep; default: 4,000,000, of sides 100,000",
			positiveInteger("--max-flows"),
		)
		.option(
			"--threshold <name=value>",
			"a figure beyond which something is a finding (flowmatrix findings lists them); repeat",
			collectThresholds,
			{},
		)
		.option("-q, --quiet", "no messages or progress on standard error");
}

/** `--format`, one of these; the first is the default. */
export function formatOption(formats: readonly [string, ...string[]]): Option {
	return new Option("--format <format>", "output format").choices(formats).default(formats[0]);
}

/** What a run made of the captures, and the exit status that it alone asks for. */
export interface Outcome<T> {
	readonly result: T;
	readonly status: number;
}

/** After Ctrl-C in a pipeline, what writes to us ends too: its last packets are worth this wait, in milliseconds. */
const LAST_PACKETS = 1000;

/**
 * Runs what reads captures, with progress on standard error. The first interrupt ends reading, and what was read is
 * reported; standard input is given a moment to end by itself, and then was read whole. The second ends the program at once.
 * @param read the library's function, called with the options that the command line gave; from when it calls `release` on,
 * the first interrupt ends the program at once, too.
 * @throws Interrupted where nothing had been read by then.
 * @throws MissingCaptures where one of them is not there.
 */
export async function reading<T>(
	captures: readonly string[],
	options: ReadingOptions,
	read: (options: AnalyseOptions, release: () => void) => Promise<T>,
): Promise<Outcome<T>> {
	const chosen = { ...(await analysisOptions(options)), ...windowOptions(options) };
	await checkNames(captures);
	const progress = new Progress(process.stderr, options.quiet !== true);
	const stop = new AbortController();
	const end = (by: Interrupt) => {
		stop.abort(by);
		if (options.quiet) return;
		progress.done();
		say(`interrupted (${by}) after ${stepText(progress.last)}: what was read is reported; once more ends at once`);
	};
	let wait: NodeJS.Timeout | undefined;
	const release = onInterrupt((by) => {
		if (captures.includes("-")) wait = setTimeout(end, LAST_PACKETS, by);
		else end(by);
	});
	try {
		const given = {
			...chosen,
			stop: stop.signal,
			onProgress: (step: Step) => progress.update(step),
			...(options.threads === undefined ? {} : { threads: options.threads }),
		};
		const result = await read(given, release);
		return { result, status: stop.signal.aborted ? statusOf(stop.signal.reason) : EXIT.done };
	} catch (error) {
		if (!stop.signal.aborted) throw error;
		throw new Interrupted(statusOf(stop.signal.reason), error instanceof Error ? error.message : String(error));
	} finally {
		clearTimeout(wait);
		progress.done();
		release();
	}
}

/** @throws UsageError for standard input and pipes, to a command that reads captures twice. */
export async function checkReadableTwice(command: string, captures: readonly string[]): Promise<void> {
	const { isPipe } = await import("../capture/source.ts");
	for (const capture of captures) {
		if (!(await isPipe(capture))) continue;
		const name = capture === "-" ? "standard input" : capture;
		throw new UsageError(
			`${name} can be read only once, and ${command} reads captures twice: save it to a file first, e.g. by cat > case.pcapng`,
		);
	}
}

/** @throws UsageError for what is no window. */
function windowOptions({ from, to }: ReadingOptions): Pick<AnalyseOptions, "from" | "to"> {
	const ends = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
	try {
		timeWindow(ends);
	} catch (error) {
		throw new UsageError(`--from, --to: ${(error as RangeError).message}`);
	}
	return ends;
}

/** What the command line says of how packets are to be read. */
export async function analysisOptions(options: Omit<ReadingOptions, "threads">): Promise<AnalyseOptions> {
	return {
		hosts: options.host,
		infer: options.infer,
		matrix: await matrixFor(options),
		...(options.release === undefined ? {} : { release: options.release }),
		idle: options.idle,
		thresholds: options.threshold,
		...(options.maxFlows === undefined ? {} : { maxFlows: options.maxFlows }),
	};
}

/** The matrix that the options name. @throws UsageError for a host of a product that it does not have. */
export async function matrixFor(options: MatrixOptions): Promise<Matrix> {
	const matrix = await loadMatrix(options.matrix);
	const products = new Set(matrix.products.map((product) => product.id));
	for (const { product } of options.host) {
		if (!products.has(product))
			throw new UsageError(`--host: unknown product '${product}'; the matrix has ${[...products].join(", ")}`);
	}
	return matrix;
}

function collectHosts(
	text: string,
	before: readonly { product: string; address: string }[],
): { product: string; address: string }[] {
	const [product, addresses] = splitPair(text, "--host", "PRODUCT=ADDRESS, e.g. ipo=10.0.0.1");
	return [
		...before,
		...addresses
			.split(",")
			.map((address) => ({ product: product.toLowerCase(), address: validAddress("--host", address.trim()) })),
	];
}

const IDLE_PROTOCOLS = ["tcp", "udp", "icmp", "other"];

function collectIdle(text: string, before: Partial<IdleTimeouts>): Partial<IdleTimeouts> {
	const [protocol, seconds] = splitPair(text, "--idle", "PROTOCOL=SECONDS, e.g. udp=60");
	if (!IDLE_PROTOCOLS.includes(protocol))
		throw new UsageError(`--idle: unknown protocol '${protocol}'; use ${IDLE_PROTOCOLS.join(", ")}`);
	const value = Number(seconds);
	if (!(value > 0)) throw new UsageError(`--idle: '${seconds}' is no number of seconds`);
	return { ...before, [protocol]: value * 1e9 };
}

function collectThresholds(text: string, before: Partial<Thresholds>): Partial<Thresholds> {
	const [name, figure] = splitPair(text, "--threshold", "NAME=VALUE, e.g. answer-time=5");
	if (!THRESHOLD_NAMES.includes(name as ThresholdName))
		throw new UsageError(`--threshold: unknown threshold '${name}'; use ${THRESHOLD_NAMES.join(", ")}`);
	const value = Number(figure.replace(/%$/, ""));
	if (!(value >= 0 && Number.isFinite(value))) throw new UsageError(`--threshold: '${figure}' is no number`);
	return { ...before, [name]: value };
}

function splitPair(text: string, option: string, form: string): [string, string] {
	const at = text.indexOf("=");
	if (at <= 0 || at === text.length - 1) throw new UsageError(`${option}: '${text}' is not ${form}`);
	return [text.slice(0, at), text.slice(at + 1)];
}

export function validAddress(option: string, address: string): string {
	const parsed = parseAddress(address);
	if (!parsed) throw new UsageError(`${option}: '${address}' is no IPv4 or IPv6 address`);
	return addressText(parsed.version, ...parsed.words);
}

function threadCount(text: string): number {
	if (text !== "0" && text !== "1") throw new UsageError(`--threads: '${text}' is neither 0 nor 1`);
	return Number(text);
}

export function positiveInteger(option: string): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!Number.isSafeInteger(value) || value <= 0) throw new UsageError(`${option}: '${text}' is no positive number`);
		return value;
	};
}
