import {
	createReadStream,
	createWriteStream,
	existsSync,
	mkdirSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { office } from "./generate/office.ts";
import { scan } from "./generate/scan.ts";
import { manyFlows, small } from "./generate/small.ts";
import { CaptureWriter, type WriterOptions } from "./generate/writer.ts";

/** Raised with each change of what a generator writes: captures of another edition are made anew. */
const EDITION = 2;
export const DATA = fileURLToPath(new URL("data/", import.meta.url));
const RING_FILES = 20;
const OFFICE_SPACING = 90;

/** A capture on disk, in one or several files. */
export interface Capture {
	readonly what: string;
	readonly packets: number;
	readonly folder: string;
	readonly files: readonly string[];
	/** Bytes of all files. */
	readonly size: number;
}

interface Recipe {
	readonly what: string;
	readonly packets: number;
	/** Writes the files into a folder. */
	readonly make: (folder: string, packets: number, data: string) => void | Promise<void>;
}

const RECIPES = {
	office: {
		what: "mixed office traffic (TLS, HTTP, SIP, RTP, DNS, proprietary), about 20 packets a flow, pcap",
		packets: 4_000_000,
		make: (folder, packets) => write(folder, ["office.pcap"], packets, { spacing: OFFICE_SPACING }, office),
	},
	pcapng: {
		what: "the office capture as pcapng",
		packets: 4_000_000,
		make: (folder, packets) =>
			write(folder, ["office.pcapng"], packets, { spacing: OFFICE_SPACING, format: "pcapng" }, office),
	},
	gzip: {
		what: "the office capture, gzip",
		packets: 4_000_000,
		make: async (folder, packets, data) => {
			const { files } = await capture("office", packets, data);
			await pipeline(
				createReadStream(files[0]!),
				createGzip({ level: 1 }),
				createWriteStream(join(folder, "office.pcap.gz")),
			);
		},
	},
	small: {
		what: "frames of 64 bytes, about 12 packets a flow",
		packets: 4_000_000,
		make: (folder, packets) => write(folder, ["small.pcap"], packets, { spacing: 20 }, small),
	},
	scan: {
		what: "a port scan, 3 packets a flow",
		packets: 6_000_000,
		make: (folder, packets) => write(folder, ["scan.pcap"], packets, { spacing: 20 }, scan),
	},
	ring: {
		what: `the office capture as ${RING_FILES} files of a ring buffer`,
		packets: 4_000_000,
		make: (folder, packets) => {
			const names = Array.from({ length: RING_FILES }, (_, i) => `ring_${String(i + 1).padStart(5, "0")}.pcap`);
			const options = { spacing: OFFICE_SPACING, packetsPerFile: Math.ceil(packets / RING_FILES) };
			write(folder, names, packets, options, office);
		},
	},
} satisfies Record<string, Recipe>;

export type Kind = keyof typeof RECIPES;

export const KINDS = Object.keys(RECIPES) as readonly Kind[];

/** The capture of a kind: made where it is not there yet, the same bytes for the same number of packets. */
export function capture(kind: Kind, packets: number = RECIPES[kind].packets, data = DATA): Promise<Capture> {
	const { what, make }: Recipe = RECIPES[kind];
	return made(kind, { what, packets, make }, data);
}

/** A capture of `flows` flows, packets of 64 bytes. */
export function captureOfFlows(flows: number, packets: number, data = DATA): Promise<Capture> {
	const make = (folder: string) =>
		write(folder, ["flows.pcap"], packets, { spacing: 1 }, (writer) => manyFlows(writer, packets, flows));
	return made(`flows-${flows}`, { what: `${flows} flows`, packets, make }, data);
}

export function remove({ folder }: Capture): void {
	rmSync(folder, { recursive: true });
}

async function made(name: string, { what, packets, make }: Recipe, data: string): Promise<Capture> {
	const folder = join(data, `${name}-${packets}-edition-${EDITION}`);
	if (!existsSync(folder)) {
		const part = `${folder}.part`;
		rmSync(part, { recursive: true, force: true });
		mkdirSync(part, { recursive: true });
		await make(part, packets, data);
		renameSync(part, folder);
	}
	const files = readdirSync(folder)
		.sort()
		.map((file) => join(folder, file));
	const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
	return { what, packets, folder, files, size };
}

function write(
	folder: string,
	names: readonly string[],
	packets: number,
	options: WriterOptions,
	generate: (writer: CaptureWriter, packets: number) => void,
): void {
	const writer = new CaptureWriter(
		names.map((name) => join(folder, name)),
		options,
	);
	generate(writer, packets);
	writer.close();
}
