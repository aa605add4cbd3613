import type { Recorder } from "./recorder.ts";

/** Packets that are meant to fill memory or to take time. */
export interface Flood {
	readonly name: string;
	readonly what: string;
	/** Records about `count` packets, the same ones every time. */
	write(out: Recorder, count: number): void;
}
