import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { type Capture, capture, captureOfFlows, DATA, remove } from "./captures.ts";
import { chart, type Line } from "./chart.ts";
import { CAPINFOS, FLOWMATRIX, NFPCAPD } from "./contenders.ts";
import { isInstalled, measure, median, type Sample } from "./measure.ts";

const PACKETS = 20_000_000;
const FLOWS = [1e3, 1e4, 1e5, 1e6, 1e7];
/** Of `PACKETS`: 1, 4 and 16 million. */
const SIZES = [1 / 20, 1 / 5, 4 / 5];
/** Apart from the captures that are kept. */
const SCALING_DATA = join(DATA, "scaling");
const FIGURE = fileURLToPath(new URL("../docs/performance-scaling.svg", import.meta.url));

const CONTENDERS = [
	{ ...FLOWMATRIX, name: "flowmatrix" },
	{ ...NFPCAPD, name: "nfpcapd" },
	{ ...CAPINFOS, name: "capinfos" },
];

/** What one capture took of each contender, in their order. */
interface Point {
	readonly x: number;
	/** Of the clock, a packet. */
	readonly nanoseconds: readonly number[];
	/** Of processor time, a packet. */
	readonly cpu: readonly number[];
	/** MB. */
	readonly memory: readonly number[];
}

/**
 * Measures what a packet costs with more flows, and in larger captures; prints tables, and draws the figure of
 * docs/performance.md. The captures are deleted as soon as they are measured.
 * @param packets of each capture of flows; of the office captures a twentieth, a fifth and four fifths.
 */
export async function scaling(runs: number, packets = PACKETS): Promise<void> {
	const contenders = CONTENDERS.filter(({ program }) => isInstalled(program));
	const commands = contenders.map(({ line }) => ({ line, runs }));
	const point = async (x: number, read: Capture): Promise<Point> => {
		const measured = await measure(commands, read, runs);
		remove(read);
		for (const { failure } of measured) if (failure !== undefined) throw new Error(failure);
		const perPacket = (of: (sample: Sample) => number) =>
			measured.map(({ samples }) => (median(samples.map(of)) * 1e9) / read.packets);
		return {
			x,
			nanoseconds: perPacket(({ seconds }) => seconds),
			cpu: perPacket(({ cpu }) => cpu),
			memory: measured.map(({ samples }) => Math.max(...samples.map(({ memory }) => memory)) / 1e6),
		};
	};
	const names = contenders.map(({ name }) => name);

	const byFlows: Point[] = [];
	for (const flows of FLOWS.filter((count) => count <= packets / 2)) {
		byFlows.push(await point(flows, await captureOfFlows(flows, packets, SCALING_DATA)));
	}
	const flowsTitle = `${millions(packets)} packets of 64 bytes`;
	print(`${flowsTitle}, by flows`, "flows", names, byFlows);

	const bySize: Point[] = [];
	for (const size of SIZES) {
		const count = Math.round(packets * size);
		bySize.push(await point(count, await capture("office", count, SCALING_DATA)));
	}
	print("office traffic, by packets", "packets", names, bySize);

	const panels = [
		{ title: flowsTitle, x: "flows", lines: lines(names, byFlows) },
		{ title: "Office traffic", x: "packets", lines: lines(names, bySize) },
	];
	writeFileSync(FIGURE, chart(panels, "nanoseconds a packet"));
	console.log(`\n${FIGURE}`);
}

function lines(names: readonly string[], points: readonly Point[]): Line[] {
	return names.map((name, i) => ({ name, points: points.map(({ x, nanoseconds }) => [x, nanoseconds[i]!]) }));
}

function millions(count: number): string {
	return `${count / 1e6} million`;
}

function print(title: string, x: string, names: readonly string[], points: readonly Point[]): void {
	const table = new Table({
		head: [x, ...names.flatMap((name) => [`${name}\nns/packet`, "CPU\nns/packet", "memory\nMB"])],
		colAligns: Array<"right">(1 + 3 * names.length).fill("right"),
		style: { head: [], border: [] },
	});
	for (const { x, nanoseconds, cpu, memory } of points) {
		const figures = names.flatMap((_, i) => [nanoseconds[i]!, cpu[i]!, memory[i]!]);
		table.push([x, ...figures.map(Math.round)].map((value) => value.toLocaleString("en")));
	}
	console.log(`\n${title}\n${table.toString()}`);
}
