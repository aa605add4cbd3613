import { type AnalyseOptions, analyse, trackingOf } from "./analyse.ts";
import { readPacketLog } from "./compare/packet-log.ts";
import type { Progress } from "./intake/intake.ts";
import { buildReport } from "./report/build.ts";
import { buildSides, type SideInput, type Sides } from "./report/sides.ts";

/** @see {@link AnalyseOptions} */
export interface SidesOptions extends Omit<AnalyseOptions, "watch" | "maxFlows" | "onProgress"> {
	/** As for one capture; both are read twice, and bytes are those of all readings. */
	readonly onProgress?: (progress: Progress) => void;
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
		readSide(input, { ...options, signal }, (reading, step) => progress(side as 0 | 1, reading, step)),
	);
	try {
		const [first, second] = await Promise.all(reading);
		return buildSides(first!, second!);
	} catch (error) {
		failed.abort(error);
		throw error;
	}
}

/** Of one capture, the reading of its flows, or the other one, of its packets. */
type Reading = "flows" | "packets";

/** Tells of the readings of both captures as of one. */
function jointProgress(tell: AnalyseOptions["onProgress"]): (side: 0 | 1, reading: Reading, step: Progress) => void {
	const none: Progress = { bytesRead: 0, bytesTotal: undefined, packets: 0 };
	const steps: Record<Reading, [Progress, Progress]> = { flows: [none, none], packets: [none, none] };
	return (side, reading, step) => {
		steps[reading][side] = step;
		const [one, other] = steps.flows;
		const isTotalKnown = one.bytesTotal !== undefined && other.bytesTotal !== undefined;
		tell?.({
			bytesRead: [...steps.flows, ...steps.packets].reduce((sum, { bytesRead }) => sum + bytesRead, 0),
			bytesTotal: isTotalKnown ? 2 * (one.bytesTotal + other.bytesTotal) : undefined,
			packets: one.packets + other.packets,
		});
	};
}

async function readSide(
	input: string | readonly string[],
	options: SidesOptions,
	progress: (reading: Reading, step: Progress) => void,
): Promise<SideInput> {
	const paths = typeof input === "string" ? [input] : input;
	if (paths.includes("-")) throw new TypeError("standard input cannot be read twice: name files");
	const { maxPackets = MAX_PACKETS, maxFlows = MAX_FLOWS, ...rest } = options;
	const reading = { ...rest, maxFlows, onProgress: (step: Progress) => progress("flows", step) };
	// In one piece, whatever memory there is: a packet's flow is the same in both readings only so.
	const report = buildReport(await analyse(paths, reading));
	const log = await readPacketLog(paths, {
		packets: report.capture.packets,
		maxPackets,
		tracking: trackingOf(paths, reading),
		onProgress: (step) => progress("packets", step),
		...(options.signal ? { signal: options.signal } : {}),
		...(options.stop ? { stop: options.stop } : {}),
	});
	return { report, log };
}
