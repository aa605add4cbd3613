import { readFileSync, writeFileSync } from "node:fs";
import { CaptureError } from "../../src/analyse.ts";
import { classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { OUTPUTS } from "../../src/report/index.ts";

export type OutputName = keyof typeof OUTPUTS;
export const OUTPUT_NAMES = Object.keys(OUTPUTS) as OutputName[];

/** A file to be analysed, and the outputs to be rendered of it. */
export interface Task {
	readonly path: string;
	readonly outputs: readonly OutputName[];
	/** Bytes of the file, where offsets in it are to be checked. */
	readonly size: number | undefined;
}

/** What flowmatrix made of a file. */
export interface Examination {
	readonly packets: number;
	/** What is wrong with the file, as flowmatrix says. */
	readonly problems: number;
	/** Processor time that it took, in seconds. */
	readonly seconds: number;
	/** Most memory that the process held meanwhile, in bytes. */
	readonly memory: number;
	/** What flowmatrix did that it must not: an exception, an offset outside of the file, text that is not safe. */
	readonly fault?: string;
}

/** Read once: it takes longer than most captures. */
const MATRIX = loadMatrix();

/** What moves a cursor or turns text around: no output may have it. Line ends are the outputs' own. */
const UNSAFE = /(?!\r?\n)[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Analyses a file whole (flows, sessions, labels, findings) and renders it. Whatever goes wrong is told, not thrown. */
export async function examine({ path, outputs, size }: Task): Promise<Examination> {
	resetPeak();
	const before = process.cpuUsage();
	let packets = 0;
	let problems: Report["problems"] = [];
	let fault: string | undefined;
	try {
		const report = await classify([path], { matrix: await MATRIX });
		packets = report.capture.packets;
		problems = report.problems;
		for (const name of outputs) fault ??= faultOf(name, report);
	} catch (error) {
		if (error instanceof CaptureError) problems = error.problems;
		else fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
	}
	const astray = problems.find(({ offset }) => offset < 0 || (size !== undefined && offset > size));
	if (astray) fault ??= `offset ${astray.offset} of ${size} bytes: ${astray.message}`;
	const { user, system } = process.cpuUsage(before);
	const seconds = (user + system) / 1e6;
	// What is told of times tells of no packet that could not be read.
	const told = problems.filter(({ kind }) => kind !== "time-order").length;
	return { packets, problems: told, seconds, memory: peak(), ...(fault === undefined ? {} : { fault }) };
}

/** @returns what is wrong with a rendered output. */
function faultOf(name: OutputName, report: Report): string | undefined {
	const text = [...OUTPUTS[name](report, { summary: false, color: false, width: 120 })].join("");
	const unsafe = UNSAFE.exec(text);
	if (unsafe) return `${name} holds ${JSON.stringify(text.slice(Math.max(0, unsafe.index - 40), unsafe.index + 40))}`;
	if (name === "json") JSON.parse(text);
	if (name === "ndjson") for (const line of text.trimEnd().split("\n")) JSON.parse(line);
	return undefined;
}

/** Has Linux forget the most memory that this process held; elsewhere it is that of the whole run. */
function resetPeak(): void {
	try {
		writeFileSync("/proc/self/clear_refs", "5");
	} catch {
		// Not Linux, or not allowed here.
	}
}

/** Most memory resident at a time since {@link resetPeak}, in bytes. */
function peak(): number {
	try {
		const status = readFileSync("/proc/self/status", "utf8");
		return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) * 1024;
	} catch {
		return process.resourceUsage().maxRSS * 1024;
	}
}
