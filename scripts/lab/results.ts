/** Runs flowmatrix on what was captured, and prints what it made of it. */
import { join } from "node:path";
import { classify } from "../../src/classify.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { type Column, textTable } from "../../src/report/text/text-table.ts";
import { type Comparison, compare, describe, expectedText, isWrongHost, type Outcome } from "./compare.ts";
import { differences, type LiveReport } from "./live.ts";
import type { Failure } from "./run.ts";
import { hostsOf, type LabTruth, type PlayedFlow } from "./truth.ts";
import { VARIANTS, writeVariant } from "./worse.ts";

/** The same capture with the product hosts given, and left to be found. */
export interface Results {
	readonly given: Comparison;
	readonly inferred: Comparison;
}

interface Line {
	readonly flow: PlayedFlow;
	readonly given: Outcome;
	readonly inferred: Outcome;
	/** Flows with the same outcome. */
	readonly count: number;
}

const WIDTH = 200;

export async function classifyTwice(folder: string, truth: LabTruth): Promise<Results> {
	const files = truth.files.map((file) => join(folder, file));
	return {
		given: compare(await classify(files, { hosts: hostsOf(truth) }), truth),
		inferred: compare(await classify(files), truth),
	};
}

/** Prints how what was said live differs from what is said of the switch's file. @returns whether nothing does. */
export async function printLive(
	folder: string,
	truth: LabTruth,
	live: ReadonlyMap<string, LiveReport>,
): Promise<boolean> {
	if (live.size === 0) return true;
	const [file] = truth.files;
	const report = await classify([join(folder, file!)], { hosts: hostsOf(truth) });
	console.log(`\nLive, beside ${file} of ${report.capture.packets} packets, hosts given`);
	let isRight = true;
	for (const [backEnd, { capture, flows }] of live) {
		const all = differences(flows, report.flows());
		isRight &&= all.length === 0;
		const verdict = all.length === 0 ? "all as in the file" : "not as in the file:";
		console.log(
			`  ${backEnd}: ${capture.packets} packets, ${capture.dropped} dropped, ${flows.length} flows, ${verdict}`,
		);
		for (const line of all) console.log(`    ${line}`);
	}
	return isRight;
}

/** Has worse captures of the same classified, and prints what is wrong then. @returns whether nothing is. */
export async function printWorse(folder: string, truth: LabTruth): Promise<boolean> {
	let isRight = true;
	console.log("\nWorse captures of the same, hosts given");
	for (const variant of VARIANTS) {
		const files = truth.files.map((file) => join(writeVariant(folder, truth.files, variant), file));
		const comparison = compare(await classify(files, { hosts: hostsOf(truth) }), truth, true);
		console.log(`  ${summary(variant.name, truth, comparison)}`);
		for (const [flow, outcomes] of comparison.outcomes) {
			const bad = outcomes.find(({ result }) => result === "wrong");
			if (!bad) continue;
			isRight = false;
			console.log(explain({ flow, given: bad, inferred: { ...bad, result: "ok" } }).replaceAll(/^/gm, "    "));
		}
	}
	return isRight;
}

/** @returns whether all is right. */
export async function print(truth: LabTruth, results: Results, failures: readonly Failure[]): Promise<boolean> {
	const lines = truth.flows.map((flow) => lineOf(flow, results));
	console.log(textTable(COLUMNS, lines, WIDTH));
	const wrong = lines.filter(({ given, inferred }) => given.result === "wrong" || inferred.result === "wrong");
	if (wrong.length > 0) console.log(`\nWrong, and what flowmatrix says to it\n${wrong.map(explain).join("\n")}`);
	const weak = lines.filter(({ given }) => given.result === "ok" && given.remark !== "");
	section(
		"Right row, but the payload was not recognised",
		weak.map(({ flow, given }) => `${flow.service}: ${given.remark}`),
	);
	section("Hosts, with none given", results.inferred.hosts);
	section("Not as played, hosts given", [...results.given.hosts, ...results.given.others]);
	section("Not as played, no host given", results.inferred.others);
	section(
		"Not played",
		failures.map(({ play, rows, reason }) => `${play} (${rows.join(", ")}): ${reason}`),
	);
	section("Rows that no play exercised", [(await rowsLeft(truth)).join(" ")].filter(Boolean));
	console.log(
		`\n${summary("hosts given", truth, results.given)}\n${summary("no host given", truth, results.inferred)}`,
	);
	const isRight = ({ others, hosts }: Comparison) => others.length === 0 && !hosts.some(isWrongHost);
	return (
		wrong.length === 0 &&
		isRight(results.given) &&
		isRight(results.inferred) &&
		failures.every(({ isAbsent }) => isAbsent)
	);
}

/** Of several flows of one kind the worst stands for all. */
function lineOf(flow: PlayedFlow, { given, inferred }: Results): Line {
	const all = given.outcomes.get(flow)!;
	return { flow, given: worst(all), inferred: worst(inferred.outcomes.get(flow)!), count: all.length };
}

function worst(outcomes: readonly Outcome[]): Outcome {
	const rank = { wrong: 2, open: 1, ok: 0 };
	return outcomes.reduce((bad, each) => (rank[each.result] > rank[bad.result] ? each : bad));
}

const COLUMNS: readonly Column<Line>[] = [
	{ head: "play", value: ({ flow }) => flow.play },
	{ head: "service", value: ({ flow }) => flow.service, shrink: 30 },
	{ head: "flows", value: ({ count }) => String(count), right: true },
	{ head: "expected", value: ({ flow }) => expectedText(flow), shrink: 22 },
	{ head: "hosts given", value: ({ given }) => given.got, shrink: 22 },
	{ head: "how sure", value: ({ given }) => given.confidence },
	{ head: "", value: ({ given }) => given.result },
	{ head: "no host given", value: ({ inferred }) => inferred.got, shrink: 22 },
	{ head: "how sure", value: ({ inferred }) => inferred.confidence },
	{ head: "", value: ({ inferred }) => inferred.result },
];

function explain({ flow, given, inferred }: Omit<Line, "count">): string {
	const says = (name: string, { result, remark, got, record }: Outcome) =>
		result !== "wrong"
			? []
			: [
					`  ${name}: ${remark}: ${got}${record ? ` (${describe(record)})` : ""}`,
					...(record?.label.reasons ?? []).map((reason) => `    ${reason}`),
					...(record?.findings ?? []).map(({ kind, message }) => `    finding ${kind}: ${message}`),
				];
	return [
		`${flow.play}, ${flow.service}: ${flow.transport} ${flow.client} -> ${flow.server} is ${expectedText(flow)}: ${flow.why}`,
		...says("hosts given", given),
		...says("no host given", inferred),
	].join("\n");
}

function section(title: string, lines: readonly string[]): void {
	if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

function summary(name: string, truth: LabTruth, { outcomes }: Comparison): string {
	const all = truth.flows.flatMap((flow) => outcomes.get(flow)!);
	const count = (result: Outcome["result"]) => all.filter((outcome) => outcome.result === result).length;
	const confirmed = all.filter(({ confidence }) => confidence === "confirmed").length;
	return `${name}: ${all.length} flows, ${count("ok")} right (${confirmed} confirmed), ${count("open")} left open, ${count("wrong")} wrong`;
}

async function rowsLeft(truth: LabTruth): Promise<string[]> {
	const played = new Set(truth.flows.flatMap(({ row, peerRow, candidates }) => [row, peerRow, ...(candidates ?? [])]));
	return (await loadMatrix()).rows.map(({ id }) => id).filter((id) => !played.has(id));
}
