import { Command, Option } from "commander";
import type { IdleTimeouts } from "../flow/table.ts";
import type { Matrix } from "../matrix/types.ts";
import { addressText, parseAddress } from "../packet/address.ts";
import type { Report } from "../report/document.ts";
import { problemText } from "../report/words.ts";
import { EXIT, UsageError } from "./exit.ts";

interface Options {
	readonly host: readonly { product: string; address: string }[];
	readonly infer: boolean;
	readonly format: string;
	readonly summary?: true;
	readonly all?: true;
	readonly output?: string;
	readonly matrix?: string;
	readonly release?: string;
	readonly idle: Partial<IdleTimeouts>;
	readonly maxFlows?: number;
	readonly quiet?: true;
}

const FORMATS = ["table", "json", "ndjson", "csv", "markdown"];

/** `flowmatrix classify CAPTURE…`: the main job. */
export function classifyCommand(): Command {
	return new Command("classify")
		.description("label every flow of the captures with its matrix row (the default command)")
		.argument(
			"<capture...>",
			"pcap or pcapng files, also gzip or zstd; several are merged in time order; - reads standard input",
		)
		.option(
			"--host <product=address>",
			"where a product runs, e.g. ipo=10.0.0.1; repeat, or separate addresses by commas",
			collectHosts,
			[],
		)
		.option("--no-infer", "do not infer product hosts from the traffic")
		.addOption(new Option("--format <format>", "output format").choices(FORMATS).default("table"))
		.option("--summary", "leave the list of flows out")
		.option("--all", "on a terminal too, list all flows, however many")
		.option("-o, --output <file>", "write the result to a file")
		.option("--matrix <file>", "use another port matrix (JSON, schema/matrix.schema.json)")
		.option("--release <release>", "use the matrix as it stood in this release, e.g. 11.1.2")
		.option("--idle <protocol=seconds>", "silence that ends a flow: tcp, udp, icmp, other; repeat", collectIdle, {})
		.option("--max-flows <count>", "most flows to keep", positiveInteger("--max-flows"))
		.option("-q, --quiet", "no messages or progress on standard error")
		.action(run);
}

async function run(captures: readonly string[], options: Options): Promise<void> {
	const [{ classify }, { Progress }] = await Promise.all([import("../classify.ts"), import("./progress.ts")]);
	const matrix = await matrixFor(options);
	const progress = new Progress(process.stderr, options.quiet !== true);
	const stop = new AbortController();
	const interrupt = () => stop.abort();
	process.once("SIGINT", interrupt);
	let report: Report;
	try {
		report = await classify(captures, {
			hosts: options.host,
			infer: options.infer,
			matrix,
			...(options.release === undefined ? {} : { release: options.release }),
			idle: options.idle,
			stop: stop.signal,
			onProgress: (step) => progress.update(step),
			...(options.maxFlows === undefined ? {} : { maxFlows: options.maxFlows }),
		});
	} finally {
		progress.done();
		process.off("SIGINT", interrupt);
	}
	if (stop.signal.aborted) {
		process.stdin.destroy();
		if (!options.quiet) process.stderr.write("flowmatrix: interrupted: what was read until then is reported\n");
	}
	if (!options.quiet) for (const line of messages(report)) process.stderr.write(`flowmatrix: ${line}\n`);
	await write(report, options);
	process.exitCode = EXIT.done;
}

async function matrixFor(options: Options): Promise<Matrix> {
	const { loadMatrix } = await import("../matrix/load.ts");
	const matrix = await loadMatrix(options.matrix);
	const products = new Set(matrix.products.map((product) => product.id));
	for (const { product } of options.host) {
		if (!products.has(product))
			throw new UsageError(`--host: unknown product '${product}'; the matrix has ${[...products].join(", ")}`);
	}
	return matrix;
}

/** What was not read, or not whole: one line each. */
function* messages(report: Report): Iterable<string> {
	for (const problem of report.problems) yield problemText(problem);
	for (const { address, source, flows } of report.hosts) {
		if (source === "given" && flows === 0) yield `--host: ${address} is in none of the flows`;
	}
	const { packets, notDecoded } = report.capture;
	for (const { reason, packets: count, class: kind, hint } of notDecoded) {
		if (kind === "problem") yield `${count} of ${packets} packets not decoded: ${reason}${hint ? ` (${hint})` : ""}`;
	}
	if (report.labels.flows === 0) {
		const why =
			packets === 0 ? "the capture has no packets" : `none of the ${packets} packets is IP that could be read`;
		yield `no flows: ${why}`;
	}
}

async function write(report: Report, options: Options): Promise<void> {
	const [{ OUTPUTS }, { writeAll }] = await Promise.all([import("../report/index.ts"), import("./write.ts")]);
	const render = OUTPUTS[options.format as keyof typeof OUTPUTS];
	const terminal = options.output === undefined && process.stdout.isTTY === true;
	const chunks = render(report, {
		summary: options.summary === true,
		color: terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb",
		width: terminal ? (process.stdout.columns ?? 80) : Number(process.env.COLUMNS) || 120,
		...(options.all || !terminal ? { maxFlows: Number.POSITIVE_INFINITY } : {}),
	});
	await writeAll(chunks, options.output);
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
			.map((address) => ({ product: product.toLowerCase(), address: validAddress(address.trim()) })),
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

function splitPair(text: string, option: string, form: string): [string, string] {
	const at = text.indexOf("=");
	if (at <= 0 || at === text.length - 1) throw new UsageError(`${option}: '${text}' is not ${form}`);
	return [text.slice(0, at), text.slice(at + 1)];
}

function validAddress(address: string): string {
	const parsed = parseAddress(address);
	if (!parsed) throw new UsageError(`--host: '${address}' is no IPv4 or IPv6 address`);
	return addressText(parsed.version, ...parsed.words);
}

function positiveInteger(option: string): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (!Number.isSafeInteger(value) || value <= 0) throw new UsageError(`${option}: '${text}' is no positive number`);
		return value;
	};
}
