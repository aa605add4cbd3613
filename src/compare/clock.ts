import { sideAddress } from "../flow/store.ts";
import type { PacketLog } from "./packet-log.ts";

/** Two packets are one only where they were seen within this time of each other, clocks set right: nanoseconds. */
export const WINDOW = 1e9;

/** How the second capture's clock stands to the first one's. */
export interface Clock {
	/** Nanoseconds that the second clock is ahead at a time of the first one (nanoseconds since the first log's epoch). */
	at(time: number): number;
	/** Pairs of packets that it rests on. */
	readonly pairs: number;
	/** Seconds gained per second; undefined where too little was seen to tell. */
	readonly drift: number | undefined;
	/** Nanoseconds that hold nearly all of the pairs' differences from it: transit and jitter. */
	readonly reach: number;
}

/** From here on the two ends of what went one way are held against each other, to tell drift: pairs, and nanoseconds. */
const DRIFT = { pairs: 40, span: 60e9 } as const;
/** Share of the pairs that {@link Clock.reach} holds. */
const NEARLY_ALL = 0.99;

/** A packet that both captures have. */
interface Meeting {
	/** By the first capture. */
	readonly time: number;
	/** Nanoseconds by which the second one showed more. */
	readonly ahead: number;
}

/**
 * The clock by packets that both captures have exactly once.
 * @param pairs indices of each into both logs.
 */
export function clockOf(a: PacketLog, b: PacketLog, pairs: readonly (readonly [number, number])[]): Clock | undefined {
	if (pairs.length === 0) return undefined;
	const epochs = (b.epoch - a.epoch) * 1e9;
	const meetings: Meeting[] = [];
	const ways = new Map<string, Meeting[]>();
	for (const [i, j] of [...pairs].sort((x, y) => a.time[x[0]]! - a.time[y[0]]!)) {
		const time = a.time[i]!;
		const meeting = { time, ahead: b.time[j]! + epochs - time };
		meetings.push(meeting);
		const way = wayOf(a, b, i, j);
		const known = ways.get(way);
		if (known) known.push(meeting);
		else ways.set(way, [meeting]);
	}
	// Where the directions take turns, the time on the way would look like drift: each is asked by itself.
	const drifts = [...ways.values()].map(driftOf).filter((each) => each !== undefined);
	const drift = drifts.length > 0 ? median(drifts) : undefined;
	const begin = meetings[0]!.time;
	const gained = (time: number) => (drift ?? 0) * (time - begin);
	const rest = median(meetings.map(({ time, ahead }) => ahead - gained(time)));
	const at = (time: number) => rest + gained(time);
	const apart = meetings
		.map(({ time, ahead }) => Math.abs(ahead - at(time)))
		.filter((each) => each <= WINDOW)
		.sort((x, y) => x - y);
	const reach = apart[Math.min(apart.length - 1, Math.floor(apart.length * NEARLY_ALL))] ?? 0;
	return { at, pairs: meetings.length, drift, reach };
}

/** What goes one way: as hops tell, or else what one host sends. */
function wayOf(a: PacketLog, b: PacketLog, i: number, j: number): string {
	const hops = Math.sign(a.ttl[i]! - b.ttl[j]!);
	return hops === 0 ? sideAddress(a.store, a.flow[i]!, a.side[i] as 0 | 1) : String(hops);
}

/** Of packets that went one way, in the order of time. */
function driftOf(meetings: readonly Meeting[]): number | undefined {
	if (meetings.length < DRIFT.pairs) return undefined;
	const quarter = Math.floor(meetings.length / 4);
	const [early, late] = [meetings.slice(0, quarter), meetings.slice(-quarter)];
	const between = (field: keyof Meeting) =>
		median(late.map((each) => each[field])) - median(early.map((each) => each[field]));
	const span = between("time");
	return span < DRIFT.span ? undefined : between("ahead") / span;
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @returns when the first clock showed what the second one showed at a packet of the second capture: nanoseconds since the first log's epoch. */
export function firstClock(a: PacketLog, b: PacketLog, clock: Clock | undefined): (packet: number) => number {
	const epochs = (b.epoch - a.epoch) * 1e9;
	return (packet) => {
		const raw = b.time[packet]! + epochs;
		// Drift is a matter of parts per million: one step is exact to the nanosecond.
		return clock ? raw - clock.at(raw - clock.at(raw)) : raw;
	};
}

/** When both captures had packets, by the first one's clock: nanoseconds since its log's epoch. `from` is beyond `to` where they never did. */
export function sharedTime(a: PacketLog, b: PacketLog, clock: Clock | undefined): { from: number; to: number } {
	const [beginA, endA] = span(a, (i) => a.time[i]!);
	const [beginB, endB] = span(b, firstClock(a, b, clock));
	return { from: Math.max(beginA, beginB), to: Math.min(endA, endB) };
}

function span(log: PacketLog, timeOf: (packet: number) => number): [number, number] {
	let [begin, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	for (let i = 0; i < log.count; i++) {
		const time = timeOf(i);
		if (time < begin) begin = time;
		if (time > end) end = time;
	}
	return [begin, end];
}
