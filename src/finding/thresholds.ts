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
	"media-silence": {
		unit: "s",
		value: 10,
		meaning: "between the end of one side's audio and that of its call, for the audio to count as stopped",
	},
	"retransmission-rate": {
		unit: "%",
		value: 2,
		meaning: "of a side's TCP data segments sent again",
	},
	"reordering-rate": {
		unit: "%",
		value: 3,
		meaning: "of a side's TCP data segments that came in another order than they were sent",
	},
	"zero-window-time": {
		unit: "s",
		value: 0.2,
		meaning: "for which a receiver's window was zero, at the longest",
	},
	"round-trip": {
		unit: "ms",
		value: 200,
		meaning: "round trip of a TCP handshake; the vendor's limit for the line to the subscription service",
	},
	"transfer-silence": {
		unit: "s",
		value: 10,
		meaning: "a TFTP transfer counts as stopped once neither side has sent anything for so long",
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
