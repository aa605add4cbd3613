import { openCapture } from "../capture/open.ts";
import { FlowTracker, type TrackerOptions } from "../flow/tracker.ts";
import { PacketVector } from "../packet/vector.ts";
import type { Intake, IntakeOptions } from "./intake.ts";
import { CaptureRun } from "./read.ts";

/** Reads, decodes and finds flows in the thread that asks. */
export function intakeHere(paths: readonly string[], tracking: TrackerOptions, options: IntakeOptions): Intake {
	const { onProgress, window } = options;
	let run: CaptureRun | undefined;
	const captures = openCapture(paths, {
		...(options.signal ? { signal: options.signal } : {}),
		...(options.open ? { open: options.open } : {}),
		...(window ? { window } : {}),
		onProgress: (bytesRead, bytesTotal) => onProgress?.({ bytesRead, bytesTotal, packets: run?.allPackets ?? 0 }),
	});
	run = new CaptureRun(captures, () => new FlowTracker(tracking));
	const vector = new PacketVector();
	let isInterrupted = false;
	return {
		get store() {
			return run.store;
		},
		vectors: () => run.vectors(() => (isInterrupted ? undefined : vector)),
		interrupt() {
			isInterrupted = true;
			captures.interrupt();
			return false;
		},
		summary: async () => run.summary(),
	};
}
