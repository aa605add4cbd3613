import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type ClassifyOptions, classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";
import type { Moment } from "../../src/document/moment.ts";

/** Packet, simple packet and enhanced packet blocks (pcapng, 4 and Appendix A). */
const PACKET_BLOCKS = [2, 3, 6];

/** Ends of the packets' blocks of a little-endian pcapng file. */
export function packetEnds(bytes: Buffer): number[] {
	const ends: number[] = [];
	for (let at = 0; at + 12 <= bytes.length; ) {
		const type = bytes.readUInt32LE(at);
		at += bytes.readUInt32LE(at + 4);
		if (PACKET_BLOCKS.includes(type)) ends.push(at);
	}
	return ends;
}

/** What a live capture would have told: moments of ever more packets of a little-endian pcapng file, so many in all. */
export async function* momentsOf(path: string, count: number, options: ClassifyOptions = {}): AsyncGenerator<Moment> {
	const bytes = readFileSync(path);
	const ends = packetEnds(bytes);
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
	const part = join(folder, basename(path));
	try {
		for (let i = 1; i <= count; i++) {
			const packets = Math.ceil((ends.length * i) / count);
			writeFileSync(part, bytes.subarray(0, packets === ends.length ? bytes.length : ends[packets - 1]));
			const report = await classify([part], { threads: 0, ...options });
			const time = Date.parse(report.capture.end ?? "1970-01-01");
			yield momentOf(report, time, time - Date.parse(report.capture.start ?? "1970-01-01"), i === count);
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** A moment at which every flow is said to have changed. @param time, @param elapsed milliseconds */
export function momentOf(report: Report, time: number, elapsed: number, isLast: boolean): Moment {
	const flow = (id: number) => [...report.flows()].find((record) => record.id === id);
	return { report, time, elapsed, isLast, changed: () => report.flows(), flow };
}
