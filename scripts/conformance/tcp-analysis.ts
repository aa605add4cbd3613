/**
 * Holds flowmatrix's analysis of TCP against tshark's `tcp.analysis` fields: of each conversation, the packets that
 * each side sent. Lists every conversation that differs, then the totals.
 *
 *     npx tsx scripts/conformance/tcp-analysis.ts FOLDER-OR-CAPTURE…
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CaptureError } from "../../src/analyse.ts";
import { classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";
import { captureFiles } from "../support/capture-files.ts";
import { TCP_COUNTS } from "./tcp-counts.ts";

const run = promisify(execFile);
const MAX_OUTPUT = 1 << 28;
const AT_A_TIME = 2;

type Counts = number[];
/** By `address port > address port`, the sender first. */
type Conversations = Map<string, Counts>;

interface Totals {
	captures: number;
	withTcp: number;
	differing: number;
	sides: number;
	differingSides: number;
	readonly ours: Counts;
	readonly theirs: Counts;
	/** Captures in which the count differs. */
	readonly captureDiffers: Counts;
}

async function main(paths: readonly string[]): Promise<void> {
	if (paths.length === 0) throw new Error("name a folder of captures, or captures");
	const zeros = () => TCP_COUNTS.map(() => 0);
	const totals: Totals = {
		captures: 0,
		withTcp: 0,
		differing: 0,
		sides: 0,
		differingSides: 0,
		ours: zeros(),
		theirs: zeros(),
		captureDiffers: zeros(),
	};
	const queue = captureFiles(paths);
	const worker = async () => {
		for (let file = queue.shift(); file !== undefined; file = queue.shift()) await compare(file, totals);
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));
	const { captures, withTcp, differing, sides, differingSides } = totals;
	console.log(`${captures} captures, ${withTcp} with TCP, ${differing} of them differ`);
	console.log(`${sides} directions of conversations, ${differingSides} of them differ`);
	console.log("\n| count | field | flowmatrix | tshark | captures that differ |\n| --- | --- | --- | --- | --- |");
	for (const [index, [ours, field]] of TCP_COUNTS.entries())
		console.log(
			`| \`${ours}\` | \`${field}\` | ${totals.ours[index]} | ${totals.theirs[index]} | ${totals.captureDiffers[index]} |`,
		);
}

async function compare(file: string, totals: Totals): Promise<void> {
	totals.captures++;
	let report: Report;
	try {
		report = await classify([file], { infer: false });
	} catch (error) {
		if (error instanceof CaptureError) return;
		throw error;
	}
	const ours = ourConversations(report);
	if (ours.size === 0) return;
	totals.withTcp++;
	const theirs = await tsharkConversations(file);
	const ourSum = add(totals.ours, [...ours.values()]);
	const theirSum = add(totals.theirs, [...theirs.values()]);
	for (const [index, sum] of ourSum.entries()) if (sum !== theirSum[index]) totals.captureDiffers[index]!++;
	let differs = false;
	for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
		totals.sides++;
		const difference = differ(ours.get(key), theirs.get(key));
		if (difference === "") continue;
		totals.differingSides++;
		differs = true;
		console.log(`${file}: ${key}: ${difference}`);
	}
	if (differs) totals.differing++;
}

/** Adds these counts to the totals. @returns their sum alone. */
function add(totals: Counts, all: readonly Counts[]): Counts {
	return TCP_COUNTS.map((_, index) => {
		const sum = all.reduce((total, counts) => total + counts[index]!, 0);
		totals[index]! += sum;
		return sum;
	});
}

function differ(ours: Counts | undefined, theirs: Counts | undefined): string {
	return TCP_COUNTS.flatMap(([name], index) => {
		const [a, b] = [ours?.[index] ?? 0, theirs?.[index] ?? 0];
		return a === b ? [] : [`${name} ${a}, tshark ${b}`];
	}).join("; ");
}

function ourConversations(report: Report): Conversations {
	const all: Conversations = new Map();
	for (const { tcp, client, server } of report.flows()) {
		if (!tcp) continue;
		const [a, b] = [`${client.address} ${client.port}`, `${server.address} ${server.port}`];
		count(all, `${a} > ${b}`, (index) => tcp.client[TCP_COUNTS[index]![0]] ?? 0);
		count(all, `${b} > ${a}`, (index) => tcp.server[TCP_COUNTS[index]![0]] ?? 0);
	}
	return all;
}

function count(all: Conversations, key: string, of: (index: number) => number): void {
	const known = all.get(key) ?? TCP_COUNTS.map(() => 0);
	all.set(
		key,
		known.map((value, index) => value + of(index)),
	);
}

/** Per packet that tshark marks: addresses and ports, then one column a field. Of a tunnel, the innermost ones. */
async function tsharkConversations(path: string): Promise<Conversations> {
	const fields = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport"];
	const wanted = [...fields, ...TCP_COUNTS.map(([, field]) => `tcp.analysis.${field}`)];
	const options = ["-n", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-Y", "tcp.analysis.flags"];
	const { stdout } = await run(
		"tshark",
		[...options, "-T", "fields", "-E", "occurrence=l", ...wanted.flatMap((field) => ["-e", field]), "-r", path],
		{ maxBuffer: MAX_OUTPUT },
	).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
	const all: Conversations = new Map();
	for (const line of stdout.split("\n")) {
		const cells = line.split("\t");
		if (cells.length < wanted.length) continue;
		const [source4, destination4, source6, destination6, sourcePort, destinationPort] = cells;
		const key = `${source4 || source6} ${sourcePort} > ${destination4 || destination6} ${destinationPort}`;
		count(all, key, (index) => (cells[fields.length + index] ? 1 : 0));
	}
	return all;
}

await main(process.argv.slice(2));
