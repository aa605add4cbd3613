import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { CaptureInterface } from "../capture/batch.ts";
import type { NameRecord } from "../capture/open.ts";
import type { Problem } from "../capture/problem.ts";
import type { ByteSource } from "../capture/source.ts";
import type { TimeWindow, Windowed } from "../capture/time-window.ts";
import type { FlowStore } from "../flow/store.ts";
import type { TrackerOptions } from "../flow/tracker.ts";
import type { NotDecoded } from "../packet/reasons.ts";
import type { PacketVector } from "../packet/vector.ts";
import { intakeHere } from "./here.ts";
import { intakeThread } from "./thread.ts";

/** Bytes in all from which a second thread is worth its start. */
const LARGE = 32e6;

/** What was read of the captures. */
export interface IntakeSummary {
	readonly interfaces: readonly CaptureInterface[];
	/** Seconds since 1970 that the packets' times count from; undefined where there were none. */
	readonly epoch: number | undefined;
	readonly problems: readonly Problem[];
	/** Files that are captures, however damaged. */
	readonly readable: number;
	/** Packets that the capturing hosts say they dropped. */
	readonly dropped: number;
	/** Names that the files give addresses. */
	readonly names: readonly NameRecord[];
	/** What a time window left out of all pieces; undefined without one. */
	readonly windowed: Windowed | undefined;
	readonly packets: number;
	/** Bytes on the wire. */
	readonly bytes: number;
	/** Earliest and latest packet, nanoseconds since the epoch; infinite where there were none. */
	readonly start: number;
	readonly end: number;
	/** Packets that are in no flow, or not whole in one, and why. */
	readonly notDecoded: readonly NotDecoded[];
	/** Packets left out because they were captured before in another place. */
	readonly duplicates: number;
	/** Fragments whose first fragment, which alone has the ports, never came. */
	readonly orphanFragments: number;
	/** First fragments without any other one: what they began is not whole. */
	readonly loneFragments: number;
	/** Packets of flows beyond the limit: they are in no flow. */
	readonly refused: number;
}

/** How far reading is. */
export interface Progress {
	readonly bytesRead: number;
	/** Undefined while an input's size is unknown. */
	readonly bytesTotal: number | undefined;
	readonly packets: number;
}

/** Captures as flows, and the packets that the session part wants. */
export interface Intake {
	/**
	 * The flows of the present piece. Whole after {@link summary}; until then, only what does not change of a flow is to be
	 * read. Another one after a vector that was the piece's last.
	 */
	readonly store: FlowStore;
	/**
	 * The wanted packets in the order of time; within a file, in the file's order. A vector is good until the next is asked
	 * for. To be called once; may be left early.
	 */
	vectors(): AsyncGenerator<PacketVector, void, undefined>;
	/**
	 * Ends reading: notes under `problems` how far each file was read. @returns whether vectors are under way, which are to be
	 * taken as before: they come without waiting for more of a file.
	 */
	interrupt(): boolean;
	/** Of the present piece. To be called after its last vector, or the last that was wanted. */
	summary(): Promise<IntakeSummary>;
}

export interface IntakeOptions {
	/** Gives up: the vectors end with its reason. */
	readonly signal?: AbortSignal;
	/** Called now and then. */
	readonly onProgress?: (progress: Progress) => void;
	/** Threads that read and find flows beside this one: 0 or 1. Default: 1 where the files are large. */
	readonly threads?: number;
	/** Gives the bytes of a path, instead of the file that it names; then no other thread can read them. */
	readonly open?: (path: string) => Promise<ByteSource>;
	/** Packets outside of it are left out. */
	readonly window?: TimeWindow;
}

/** Prepares captures for reading; nothing is opened before `vectors` is. @param paths `-` is standard input. */
export function openIntake(paths: readonly string[], tracking: TrackerOptions, options: IntakeOptions): Intake {
	if (options.open) return intakeHere(paths, tracking, options);
	const isThreaded =
		options.threads === undefined ? areLarge(paths) && availableParallelism() > 1 : options.threads > 0;
	// What a pipe's writer holds back must not hold a thread that nobody can interrupt.
	const open = isThreaded && paths.every(isFile) ? intakeThread : intakeHere;
	return open(paths, tracking, options);
}

/** What is not there is told by whoever reads it. */
function isFile(path: string): boolean {
	return path !== "-" && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true);
}

function areLarge(paths: readonly string[]): boolean {
	let size = 0;
	for (const path of paths) size += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	return size >= LARGE;
}
