import { type AnalyseOptions, trackingOf } from "./analyse.ts";
import { classify } from "./classify.ts";
import { readPacketLog } from "./compare/packet-log.ts";
import { buildSides, type SideInput, type Sides } from "./report/sides.ts";

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
	return buildSides(await readSide(inside, options), await readSide(outside, options));
}

async function readSide(input: string | readonly string[], options: SidesOptions): Promise<SideInput> {
	const paths = typeof input === "string" ? [input] : input;
	if (paths.includes("-")) throw new TypeError("standard input cannot be read twice: name files");
	const { maxPackets = MAX_PACKETS, maxFlows = MAX_FLOWS, ...reading } = options;
	const report = await classify(paths, { ...reading, maxFlows });
	const log = await readPacketLog(paths, {
		maxPackets,
		tracking: trackingOf(paths, { ...reading, maxFlows }),
		...(options.signal ? { signal: options.signal } : {}),
	});
	return { report, log };
}
