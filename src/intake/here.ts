import { openCapture } from "../capture/open.ts";
import { PacketDecoder } from "../packet/decode.ts";
import { PacketVector } from "../packet/vector.ts";
import type { Intake, IntakeOptions } from "./intake.ts";
import { fillVectors, summaryOf } from "./read.ts";

/** Reads and decodes in the thread that asks. */
export function intakeHere(paths: readonly string[], options: IntakeOptions): Intake {
	const captures = openCapture(paths, options);
	const decoder = new PacketDecoder(captures.interfaces);
	const vector = new PacketVector();
	return {
		vectors: () => fillVectors(captures, decoder, () => vector),
		summary: async () => summaryOf(captures, decoder),
	};
}
