import { openCapture } from "../capture/open.ts";
import { FlowTracker, type TrackerOptions } from "../flow/tracker.ts";
import { PacketDecoder } from "../packet/decode.ts";
import { PacketVector } from "../packet/vector.ts";
import type { Intake, IntakeOptions } from "./intake.ts";
import { CaptureRun } from "./read.ts";

/** Reads, decodes and finds flows in the thread that asks. */
export function intakeHere(paths: readonly string[], tracking: TrackerOptions, options: IntakeOptions): Intake {
	const { onProgress } = options;
	let run: CaptureRun | undefined;
	const captures = openCapture(paths, {
		...(options.signal ? { signal: options.signal } : {}),
		onProgress: (bytesRead, bytesTotal) => onProgress?.({ bytesRead, bytesTotal, packets: run?.packets ?? 0 }),
	});
	const tracker = new FlowTracker(tracking);
	run = new CaptureRun(captures, new PacketDecoder(captures.interfaces), tracker);
	const vector = new PacketVector();
	return {
		store: tracker.table.store,
		vectors: () => run.vectors(() => vector),
		summary: async () => run.summary(),
	};
}
