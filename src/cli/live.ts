import { Command, Option } from "commander";
import type { RunningCapture } from "../capture/live/back-end.ts";
import type { RingOptions } from "../capture/live/keep.ts";
import type { ByteSource } from "../capture/source.ts";
import type { Report } from "../document/document.ts";
import type { Moment } from "../document/moment.ts";
import { judge, memorySize, messages, writeReport } from "./classify.ts";
import { type Destination, destination } from "./destination.ts";
import { EXIT, UsageError } from "./exit.ts";
import { type Condition, collectConditions } from "./fail-on.ts";
import { onInterrupt } from "./interrupts.ts";
import { addAnalysisOptions, analysisOptions, matrixFor, positiveInteger, type ReadingOptions } from "./reading.ts";
import { say } from "./say.ts";
import { Lines } from "./write.ts";

interface Options extends Omit<ReadingOptions, "threads"> {
	readonly interface: readonly string[];
	readonly ssh?: string;
	readonly backend: string;
	readonly filter?: string;
	readonly snaplen: number;
	readonly promiscuous: boolean;
	readonly bufferSize: number;
	readonly count?: number;
	readonly duration?: number;
	readonly write?: string;
	readonly ring?: RingOptions;
	readonly format?: string;
	readonly output?: string;
	readonly summary?: true;
	readonly all?: true;
	readonly maxMemory?: number;
	readonly failOn: readonly Condition[];
}

const FORMATS = ["table", "json", "ndjson", "csv", "markdown"];
const BACK_ENDS = ["auto", "dumpcap", "tcpdump", "cap"];
/** After Ctrl-C, what a pipeline's other programs and the capturing one have time for, in milliseconds. */
const LAST_PACKETS = 1000;
const LAST_WORDS = 5000;

/** `flowmatrix live -i IFACE`: labels flows as they are captured. */
export function liveCommand(): Command {
	const command = new Command("live")
		.description("label flows while they are captured; Ctrl-C ends with the report that classify makes")
		.argument("[capture]", "- reads a capture from standard input as it comes; so does the path of a named pipe")
		.option(
			"-i, --interface <name>",
			"where to capture (flowmatrix interfaces lists them); repeat; any for all",
			collect,
			[],
		)
		.option("--ssh <host>", "capture on another host, with its tcpdump: user@host, or a name of ssh's configuration")
		.addOption(
			new Option("--backend <name>", "what captures; auto takes the first that works")
				.choices(BACK_ENDS)
				.default("auto"),
		)
		.option(
			"-f, --filter <filter>",
			"capture only this: a capture filter (pcap-filter); @ipo, @ipo-in and @IPO-IN-19 stand for rows",
		)
		.option("-s, --snaplen <bytes>", "most bytes kept of a packet", positiveInteger("--snaplen"), 262_144)
		.option("-p, --no-promiscuous", "capture only what is from or to this host")
		.option("-B, --buffer-size <MiB>", "memory for packets that wait to be read", positiveInteger("--buffer-size"), 64)
		.option("-c, --count <packets>", "end after so many packets", positiveInteger("--count"))
		.option("--duration <time>", "end after so long: seconds, or e.g. 90s, 10m, 8h", durationOf)
		.option("-w, --write <file>", "keep what is captured, as pcapng")
		.option("--ring <files>", "with --write: the last files only, e.g. 10x100MB, or 24x1h by time", ringOf)
		.addOption(
			new Option(
				"--format <format>",
				"of the report at the end; ndjson: what happens, as it happens (default: table on a terminal, else ndjson)",
			).choices(FORMATS),
		)
		.option("--summary", "leave the list of flows out of the report")
		.option("--all", "on a terminal too, list all flows, however many")
		.option("-o, --output <file>", "write the result to a file")
		.option(
			"--max-memory <size>",
			"memory that is to do, about; with more flows, those of the past wait on the disk; default: 300M",
			memorySize,
		)
		.option(
			"--fail-on <list>",
			"exit with status 3 where one of these is found, as for classify",
			collectConditions,
			[],
		);
	return addAnalysisOptions(command).action(run);
}

async function run(capture: string | undefined, options: Options, command: Command): Promise<void> {
	const terminal = process.stdout.isTTY === true;
	const format = options.format ?? (terminal ? "table" : "ndjson");
	const inputs = capture === undefined || capture === "-" ? [] : [capture];
	const to = await destination(options.output, inputs);
	await checkWrite(options.write, inputs, to);
	const analysis = await analysisOptions(options);
	const named = OF_CAPTURING.filter(([name]) => command.getOptionValueSource(name) === "cli").map(([, flag]) => flag);
	const source = await openSource(capture, options, named);
	const stop = new AbortController();
	const end = () => source.stop(() => stop.abort("SIGINT"));
	const interrupt = new AbortController();
	const release = onInterrupt((by) => {
		interrupt.abort();
		if (!options.quiet) say(`${by}: the report follows; once more ends at once`);
		end();
	});
	if (!options.quiet) say(`${capture === undefined ? "capturing on" : "reading"} ${source.title}; Ctrl-C ends`);
	const timer = options.duration === undefined ? undefined : setTimeout(end, options.duration);
	try {
		const { live } = await import("../live.ts");
		const moments = live(source, {
			...analysis,
			stop: stop.signal,
			...(options.maxMemory === undefined ? {} : { maxMemory: options.maxMemory }),
		});
		const isOnScreen = terminal && to.kind !== "straight" && format !== "ndjson";
		const report = isOnScreen
			? await (await import("./live-screen.ts")).showScreen(moments, {
					source: source.title,
					tellsDrops: source.tellsDrops,
					stop: end,
					signal: interrupt.signal,
				})
			: await follow(moments, format === "ndjson" ? to : undefined, end);
		source.conclude(report);
		release();
		await conclude(report, format, to, options);
		if (source.fault()) process.exitCode = EXIT.unreadable;
		// A pipe whose writer goes on would keep the program from exiting.
		if (capture !== undefined) process.exit();
	} finally {
		if (capture === "-") process.stdin.destroy();
		clearTimeout(timer);
		release();
		source.stop(() => stop.abort());
	}
}

/** Writes what happens, as it happens, and behind it the report without its flows. @returns the last report. */
async function follow(moments: AsyncIterable<Moment>, to: Destination | undefined, end: () => void): Promise<Report> {
	const [{ Events }, { eventJson }] = await Promise.all([
		import("../document/events.ts"),
		import("../report/events.ts"),
	]);
	const events = new Events();
	const lines = to && new Lines(to);
	let last: Moment | undefined;
	for await (const moment of moments) {
		last = moment;
		if (!lines) continue;
		let text = "";
		for (const event of events.of(moment)) {
			text += eventJson(event);
			if (text.length < PIECE) continue;
			await lines.put(text);
			text = "";
		}
		if (text !== "") await lines.put(text);
		if (lines.isClosed) end();
	}
	const { report } = last!;
	if (lines) {
		const { ndjson } = (await import("../report/index.ts")).OUTPUTS;
		for (const text of ndjson(report, { summary: true, color: false, width: 0 })) await lines.put(text);
		await lines.end();
	}
	return report;
}

/** Characters of events that are written at a time. */
const PIECE = 1 << 16;

/** The report at the end, as `classify` writes it. */
async function conclude(report: Report, format: string, to: Destination, options: Options): Promise<void> {
	if (!options.quiet) for (const message of messages(report)) say(message);
	judge(report, EXIT.done, options);
	if (format !== "ndjson") await writeReport(report, { ...options, format }, to);
}

/** Where the packets come from. */
interface Source {
	/** What the report names as the capture's file. */
	readonly name: string;
	/** For people: what is captured, and by what. */
	readonly title: string;
	/** Whether it tells as it goes what was dropped. */
	readonly tellsDrops: boolean;
	open(): Promise<ByteSource>;
	/** Ends it. @param giveUp to be called where it does not. */
	stop(giveUp: () => void): void;
	/** The run is over: ends what was kept of it. */
	conclude(report: Report | undefined): void;
	/** Why capturing broke off, or what was captured was not kept whole. */
	fault(): Error | undefined;
}

/** What only the program that captures can do, by its name and as it is typed. */
const OF_CAPTURING = [
	["filter", "-f"],
	["snaplen", "-s"],
	["promiscuous", "-p"],
	["bufferSize", "-B"],
	["backend", "--backend"],
] as const;

/** @param named flags of {@link OF_CAPTURING} on the command line. */
async function openSource(capture: string | undefined, options: Options, named: readonly string[]): Promise<Source> {
	const { interface: interfaces, ssh } = options;
	if (capture !== undefined && (interfaces.length > 0 || ssh !== undefined))
		throw new UsageError("name interfaces (-i), or a capture, not both");
	if (capture === undefined && interfaces.length === 0)
		throw new UsageError("name an interface with -i (flowmatrix interfaces lists them), or - for standard input");
	if (capture !== undefined && named.length > 0) {
		const between = options.filter === undefined ? "" : ", or put tcpdump -r - -w - 'FILTER' between";
		throw new UsageError(
			`${named.join(", ")} ${named.length === 1 ? "is" : "are"} for capturing: give that to what captures${between}`,
		);
	}
	if (options.ring && options.write === undefined) throw new UsageError("--ring needs --write");
	const kept = await keeperFor(options);
	return capture === undefined ? await captured(options, kept) : await given(capture, options, kept);
}

/** What is kept replaces a file at its first packet: that must not be the capture, nor what the result goes to. */
async function checkWrite(write: string | undefined, captures: readonly string[], to: Destination): Promise<void> {
	if (write === undefined) return;
	const place = await destination(write, captures, "--write");
	if (place.kind === "stdout") throw new UsageError("--write: name a file; standard output is for the result");
	if (place.kind === "file" && to.kind === "file" && place.path === to.path)
		throw new UsageError(`--write and --output: both are ${write}, and one would replace the other`);
}

type Keeping = NonNullable<Awaited<ReturnType<typeof keeperFor>>>;

async function keeperFor({ write, ring }: Options) {
	if (write === undefined) return undefined;
	const { Keeping } = await import("./keeping.ts");
	return new Keeping(write, ring);
}

/** A capture that somebody else makes. */
async function given(path: string, options: Options, kept: Keeping | undefined): Promise<Source> {
	const [{ openSource: open, sourceOf }, { asPcapng, gate }] = await Promise.all([
		import("../capture/source.ts"),
		import("../capture/live/gate.ts"),
	]);
	const { count } = options;
	return {
		name: path,
		title: path === "-" ? "standard input" : path,
		tellsDrops: false,
		open: async () => {
			const source = await open(path);
			if (count === undefined && !kept) return source;
			return sourceOf(
				gate(asPcapng(chunksOf(source)), { ...(count ? { count } : {}), ...(kept ? { keeper: kept.keeper } : {}) }),
			);
		},
		stop: (giveUp) => setTimeout(giveUp, path === "-" ? LAST_PACKETS : 0).unref(),
		conclude: (report) => kept?.conclude(report),
		fault: () => kept?.fault,
	};
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
	const buffer = Buffer.alloc(1 << 18);
	try {
		for (let length = await source.read(buffer, 0, buffer.length); length > 0; ) {
			yield Buffer.from(buffer.subarray(0, length));
			length = await source.read(buffer, 0, buffer.length);
		}
	} finally {
		await source.close();
	}
}

/** A capture that a back end makes. */
async function captured(options: Options, kept: Keeping | undefined): Promise<Source> {
	const { interface: interfaces, ssh, backend, count } = options;
	const [{ sourceOf }, { gate }] = await Promise.all([
		import("../capture/source.ts"),
		import("../capture/live/gate.ts"),
	]);
	const { clock } = await import("./clock.ts");
	const settings = {
		interfaces,
		snaplen: options.snaplen,
		promiscuous: options.promiscuous,
		bufferSize: options.bufferSize,
		clock,
		...(options.filter?.trim() ? { filter: await captureFilter(options.filter, options) } : {}),
	};
	let running: RunningCapture;
	let title = `${interfaces.join(", ")}`;
	let tellsDrops = false;
	if (ssh !== undefined) {
		running = await (await import("../capture/live/ssh.ts")).startSsh(ssh, settings);
		title += ` of ${ssh}`;
	} else {
		const { startCapture } = await import("../capture/live/index.ts");
		const { backEnd, result, passedOver } = await startCapture(backend, settings);
		running = result;
		title += ` by ${backEnd.name}`;
		tellsDrops = backEnd.tellsDrops;
		if (!options.quiet) {
			for (const { message } of passedOver) say(message);
			if (backEnd.limits) say(`${backEnd.name} ${backEnd.limits}`);
		}
	}
	let taken = 0;
	let brokenOff: Error | undefined;
	const noting = async function* () {
		try {
			for await (const chunk of running.bytes) {
				taken = performance.now();
				yield chunk;
			}
		} catch (error) {
			brokenOff = error as Error;
			throw error;
		}
	};
	const gated = gate(noting(), {
		onFull: () => running.stop(),
		...(count === undefined ? {} : { count }),
		...(kept ? { keeper: kept.keeper } : {}),
	});
	return {
		name: ssh === undefined ? interfaces.join(",") : `${ssh}:${interfaces.join(",")}`,
		title,
		tellsDrops,
		open: async () => sourceOf(gated),
		stop: (giveUp) => {
			running.stop();
			// What waits in buffers is still taken in, however long that takes.
			const timer = setInterval(() => {
				if (performance.now() - taken < LAST_WORDS) return;
				clearInterval(timer);
				giveUp();
			}, LAST_WORDS).unref();
		},
		conclude: (report) => kept?.conclude(report),
		fault: () => brokenOff ?? kept?.fault,
	};
}

/** The filter, with the ports of rows for what names them. */
async function captureFilter(filter: string, options: Options): Promise<string> {
	if (!filter.includes("@")) return filter;
	const [{ expandRows }, { matrixOfRelease }] = await Promise.all([
		import("../matrix/filter.ts"),
		import("../matrix/release.ts"),
	]);
	const current = await matrixFor(options);
	const matrix = options.release === undefined ? current : matrixOfRelease(current, options.release);
	return expandRows(filter, matrix, { hosts: options.host });
}

function collect(name: string, before: readonly string[]): string[] {
	return [...before, ...name.split(",").filter((each) => each !== "")];
}

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };

/** @returns milliseconds. */
function durationOf(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|min|h|d)?$/.exec(text) ?? [];
	const milliseconds = Number(number) * SECONDS[unit ?? ""]! * 1000;
	if (!(milliseconds > 0)) throw new UsageError(`--duration: '${text}' is no time, such as 90s, 10m or 8h`);
	// Timers count in 31 bits.
	if (milliseconds > 2 ** 31 - 1) throw new UsageError("--duration: at most 24 days");
	return milliseconds;
}

const BYTES: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, k: 1e3, m: 1e6, g: 1e9 };

function ringOf(text: string): RingOptions {
	const [, files, number, unit = ""] = /^(\d+)x(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text) ?? [];
	const bytes = BYTES[/b$|^[kg]$/i.test(unit) || unit === "M" ? unit.toLowerCase() : ""];
	const seconds = bytes === undefined ? SECONDS[unit] : undefined;
	const size = Number(number) * (bytes ?? seconds ?? Number.NaN);
	if (!(size > 0 && Number(files) > 0))
		throw new UsageError(
			`--ring: '${text}' is not files and the size of each, such as 10x100MB, or their time, such as 24x1h`,
		);
	return { files: Number(files), ...(bytes === undefined ? { milliseconds: size * 1000 } : { bytes: size }) };
}
