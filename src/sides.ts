import { type AnalyseOptions, analyse, trackingOf } from "./analyse.ts";
import { readPacketLog } from "./compare/packet-log.ts";
import { buildReport } from "./document/build.ts";
import { buildSides, type SideInput, type Sides } from "./document/sides.ts";
import type { Progress } from "./intake/intake.ts";

/** @see {@link AnalyseOptions} */
export interface SidesOptions extends Omit<AnalyseOptions, "watch" | "maxFlows"> {
	/** Most flows of each side. Default: 100,000. */
	readonly maxFlows?: number;
	/** Most packets of each side that are compared: some 70 bytes each. Default: 3,000,000. */
	readonly maxPackets?: number;
}

const MAX_PACKETS = 3_000_000;
/** All conversations are in memory at a time, some kilobytes each. */
const MAX_FLOWS = 100_000;

/**
 * Holds captures from both sides of a firewall, router or NAT against each other, packet by packet: what was lost on the
 * way, which addresses were exchanged, which answers never came back.
 * @param inside, outside files, which are read twice: standard input cannot be.
 * @throws CaptureError where no file of a side could be read at all.
 */
export async function sides(
	inside: string | readonly string[],
	outside: string | readonly string[],
	options: SidesOptions = {},
): Promise<Sides> {
	const failed = new AbortController();
	const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
	const progress = jointProgress(options.onProgress);
	// Side by side, so that where reading is stopped early, much the same time is left of both.
	const reading = ([inside, outside] as const).map((input, side) =>
		readSide(input, { ...options, signal, onProgress: (step) => progress(side as 0 | 1, step) }),
	);
	try {
		const [first, second] = await Promise.all(reading);
		return buildSides(first!, second!);
	} catch (error) {
		failed.abort(error);
		throw error;
	}
}

/** Tells of two readings as of one. */
function jointProgress(tell: AnalyseOptions["onProgress"]): (side: 0 | 1, step: Progress) => void {
	const none: Progress = { bytesRead: 0, bytesTotal: undefined, packets: 0 };
	const steps: [Progress, Progress] = [none, none];
	return (side, step) => {
		steps[side] = step;
		const [one, other] = steps;
		const isTotalKnown = one.bytesTotal !== undefined && other.bytesTotal !== undefined;
		tell?.({
			bytesRead: one.bytesRead + other.bytesRead,
			bytesTotal: isTotalKnown ? one.bytesTotal + other.bytesTotal : undefined,
			packets: one.packets + other.packets,
		});
	};
}

async function readSide(input: string | readonly string[], options: SidesOptions): Promise<SideInput> {
	const paths = typeof input === "string" ? [input] : input;
	if (paths.includes("-")) throw new TypeError("standard input cannot be read twice: name files");
	const { maxPackets = MAX_PACKETS, maxFlows = MAX_FLOWS, ...rest } = options;
	const reading = { ...rest, maxFlows };
	// In one piece, whatever memory there is: a packet's flow is the same in both readings only so.
	const report = buildReport(await analyse(paths, reading));
	const log = await readPacketLog(paths, {
		packets: report.capture.packets,
		maxPackets,
		tracking: trackingOf(paths, reading),
		...(options.signal ? { signal: options.signal } : {}),
	});
	return { report, log };
}
