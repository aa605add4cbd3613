import type { PacketLog } from "./packet-log.ts";

/** How the second capture's clock stands to the first one's. */
export interface Clock {
	/** Nanoseconds that the second clock is ahead at a time of the first one (nanoseconds since the first log's epoch). */
	at(time: number): number;
	/** Pairs of packets that it rests on. */
	readonly pairs: number;
	/** Seconds gained per second: 0 where too little was seen to tell. */
	readonly drift: number;
	/** Middle half of the pairs' differences from it, in nanoseconds: transit and jitter. */
	readonly spread: number;
}

/** From here on the two ends of the capture are looked at apart, to tell drift: pairs, and nanoseconds. */
const DRIFT = { pairs: 40, span: 60e9 } as const;

/**
 * The clock by packets that both captures have exactly once.
 * @param pairs times of each, by both captures' own epochs in nanoseconds.
 */
export function clockOf(a: PacketLog, b: PacketLog, pairs: readonly (readonly [number, number])[]): Clock | undefined {
	if (pairs.length === 0) return undefined;
	const epochs = (b.epoch - a.epoch) * 1e9;
	const sorted = pairs.map(([first, second]) => ({ time: first, ahead: second + epochs - first }));
	sorted.sort((x, y) => x.time - y.time);
	const whole = median(sorted.map(({ ahead }) => ahead));
	const quarter = Math.floor(sorted.length / 4);
	const [early, late] = [sorted.slice(0, quarter), sorted.slice(-quarter)];
	const span = quarter === 0 ? 0 : median(late.map(({ time }) => time)) - median(early.map(({ time }) => time));
	let drift = 0;
	let at = (_time: number) => whole;
	if (sorted.length >= DRIFT.pairs && span >= DRIFT.span) {
		const begin = median(early.map(({ ahead }) => ahead));
		const from = median(early.map(({ time }) => time));
		drift = (median(late.map(({ ahead }) => ahead)) - begin) / span;
		at = (time) => begin + drift * (time - from);
	}
	const rest = sorted.map(({ time, ahead }) => ahead - at(time)).sort((x, y) => x - y);
	const spread = rest[Math.floor(rest.length * 0.75)]! - rest[Math.floor(rest.length * 0.25)]!;
	return { at, pairs: sorted.length, drift, spread };
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
