import { setImmediate as nextTurn } from "node:timers/promises";
import { type AnalyseOptions, analyse, trackingOf } from "./analyse.ts";
import { timeWindow } from "./capture/time-window.ts";
import { type PacketLog, readPacketLog } from "./compare/packet-log.ts";
import { buildReport } from "./document/build.ts";
import type { Report } from "./document/document.ts";
import { buildSides, type SideInput, type Sides } from "./document/sides.ts";
import type { Progress } from "./intake/intake.ts";

/** @see {@link AnalyseOptions} */
export interface SidesOptions extends Omit<AnalyseOptions, "watch" | "maxFlows" | "onProgress"> {
	/** As for one capture; both are read twice, and bytes are those of all readings. */
	readonly onProgress?: (progress: Progress) => void;
	/** Called once all is read, before it is compared: that nothing stops. */
	readonly onRead?: () => void;
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
	const both = ([inside, outside] as const).map(
		(input, side) => new Side(input, { ...options, signal }, (reading, step) => progress(side as 0 | 1, reading, step)),
	);
	try {
		// Side by side, so that where a reading is stopped early, much the same time is left of both.
		const reports = await Promise.all(both.map((side) => side.report()));
		const logs = await Promise.all(both.map((side, i) => side.log(reports[i]!)));
		// Signals that came during the last of it get their turn.
		await nextTurn();
		options.onRead?.();
		const [first, second] = reports.map((report, i): SideInput => ({ report, log: logs[i]! }));
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

/** One of the captures, to be read twice. */
class Side {
	readonly #paths: readonly string[];
	readonly #options: SidesOptions & { readonly maxFlows: number };
	readonly #progress: (reading: Reading, step: Progress) => void;

	constructor(
		input: string | readonly string[],
		options: SidesOptions,
		progress: (reading: Reading, step: Progress) => void,
	) {
		this.#paths = typeof input === "string" ? [input] : input;
		if (this.#paths.includes("-")) throw new TypeError("standard input cannot be read twice: name files");
		this.#options = { ...options, maxFlows: options.maxFlows ?? MAX_FLOWS };
		this.#progress = progress;
	}

	/** In one piece, whatever memory there is: a packet's flow is the same in both readings only so. */
	async report(): Promise<Report> {
		const onProgress = (step: Progress) => this.#progress("flows", step);
		return buildReport(await analyse(this.#paths, { ...this.#options, onProgress }));
	}

	log({ capture }: Report): Promise<PacketLog> {
		const { maxPackets = MAX_PACKETS, signal, stop } = this.#options;
		const window = timeWindow(this.#options);
		return readPacketLog(this.#paths, {
			packets: capture.packets,
			maxPackets,
			tracking: trackingOf(this.#paths, this.#options),
			onProgress: (step) => this.#progress("packets", step),
			...(window ? { window } : {}),
			...(signal ? { signal } : {}),
			...(stop ? { stop } : {}),
		});
	}
}
