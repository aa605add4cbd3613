/** A figure beyond which something is worth telling. */
export interface Threshold {
	readonly unit: string;
	readonly value: number;
	readonly meaning: string;
}

/** All thresholds, with their default values. */
export const THRESHOLDS = {
	"answer-time": {
		unit: "s",
		value: 3,
		meaning: "a single request counts as unanswered once the capture has gone on for so long without an answer",
	},
	"media-loss": {
		unit: "%",
		value: 1,
		meaning: "packets of a voice or video stream that are missing (at five times as many it is an error)",
	},
	"media-jitter": {
		unit: "ms",
		value: 30,
		meaning: "mean interarrival jitter (RFC 3550) of a voice stream that lacks no more packets than allowed",
	},
} as const satisfies Record<string, Threshold>;

export type ThresholdName = keyof typeof THRESHOLDS;
export type Thresholds = Readonly<Record<ThresholdName, number>>;

export const THRESHOLD_NAMES = Object.keys(THRESHOLDS) as ThresholdName[];

/** The defaults, with some of them changed. */
export function thresholdsWith(changed: Partial<Thresholds> = {}): Thresholds {
	const defaults = Object.fromEntries(THRESHOLD_NAMES.map((name) => [name, THRESHOLDS[name].value]));
	return { ...(defaults as Thresholds), ...changed };
}
