import type { Timeline } from "./batch.ts";
import type { PacketRun } from "./open.ts";

/** An end of a {@link TimeWindow}. Plain data: it goes to other threads. */
export interface WindowEnd {
	/** What `seconds` count from: 1970 (UTC), midnight of the day on which the capture begins, or its first packet. */
	readonly base: "1970" | "midnight" | "first-packet";
	readonly seconds: number;
	/** Undefined where the user named none: an upper end then is the whole second. */
	readonly nanoseconds: number | undefined;
	/** Seconds by which the midnight's zone is ahead of UTC. */
	readonly zone: number;
}

/** Which packets are wanted, by their times; an end that is missing is open. */
export interface TimeWindow {
	readonly from?: WindowEnd;
	readonly to?: WindowEnd;
}

/** What a window made of a run. Times are nanoseconds since the run's epoch. */
export interface Windowed {
	/** The window, both ends included; infinite where one is open. */
	readonly from: number;
	readonly to: number;
	/** All packets, also those outside the window, and the times of the earliest and the latest. */
	readonly packets: number;
	readonly start: number;
	readonly end: number;
}

const SECOND = 1e9;
/** The last nanosecond of a second. */
const LAST = SECOND - 1;
const DAY = 86_400;

const AFTER_FIRST = /^\+(\d{1,10})(?:\.(\d{1,9}))?$/;
const CLOCK = /^(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Reads the ends of a window: `2026-03-02T09:00:18.5Z` (or with a space, without seconds or fraction, with `+01:00`; UTC where
 * no zone is told), `09:00:18` on the day on which the capture begins, or `+12.5`, seconds after its first packet.
 * @throws RangeError for any other text, and for a window that ends before it begins.
 */
export function timeWindow(ends: { readonly from?: string; readonly to?: string }): TimeWindow | undefined {
	if (ends.from === undefined && ends.to === undefined) return undefined;
	const from = ends.from === undefined ? undefined : windowEnd(ends.from);
	const to = ends.to === undefined ? undefined : windowEnd(ends.to);
	// Of times of the day, the second may be on the day after.
	if (from && from.base === to?.base && from.base !== "midnight" && isAfter(from, to))
		throw new RangeError(`the window ends (${ends.to}) before it begins (${ends.from})`);
	return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

function windowEnd(text: string): WindowEnd {
	const after = AFTER_FIRST.exec(text);
	if (after) return { base: "first-packet", seconds: Number(after[1]), nanoseconds: fractionOf(after[2]), zone: 0 };
	const [, date, hour, minute, second = "0", fraction, zoneText] = CLOCK.exec(text) ?? [];
	const midnight = date === undefined ? 0 : Date.parse(`${date}T00:00:00Z`) / 1000;
	const isDay = date === undefined || dayText(midnight) === date;
	if (hour === undefined || !isDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
		throw new RangeError(
			`'${text}' is no time such as 2026-03-02T09:00:18, 09:00:18.5, 09:00 or +12.5 (seconds after the first packet)`,
		);
	const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
	const zone = zoneOf(zoneText);
	const nanoseconds = fractionOf(fraction);
	return date === undefined
		? { base: "midnight", seconds: ofDay, nanoseconds, zone }
		: { base: "1970", seconds: midnight + ofDay - zone, nanoseconds, zone };
}

/** For `Date.parse`, the 30th of February is the 2nd of March. */
function dayText(seconds: number): string {
	return Number.isNaN(seconds) ? "" : new Date(seconds * 1000).toISOString().slice(0, 10);
}

function fractionOf(digits: string | undefined): number | undefined {
	return digits === undefined ? undefined : Number(digits.padEnd(9, "0"));
}

/** @param text `+01:00`, `-0530`, `Z`. */
function zoneOf(text: string | undefined): number {
	if (text === undefined || text === "Z") return 0;
	const seconds = Number(text.slice(1, 3)) * 3600 + Number(text.slice(-2)) * 60;
	return text.startsWith("-") ? -seconds : seconds;
}

/** Of ends with the same base, as lower and upper end of a window. */
function isAfter(from: WindowEnd, to: WindowEnd): boolean {
	if (from.seconds !== to.seconds) return from.seconds > to.seconds;
	return (from.nanoseconds ?? 0) > (to.nanoseconds ?? LAST);
}

/** Leaves out packets outside a window. */
export class WindowFilter {
	readonly #window: TimeWindow;
	readonly #timeline: Timeline;
	#from = Number.NEGATIVE_INFINITY;
	#to = Number.POSITIVE_INFINITY;
	#packets = 0;
	#start = Number.POSITIVE_INFINITY;
	#end = Number.NEGATIVE_INFINITY;

	constructor(window: TimeWindow, timeline: Timeline) {
		this.#window = window;
		this.#timeline = timeline;
	}

	/** What was seen so far; undefined before the first packet, which the window may count from. */
	get windowed(): Windowed | undefined {
		if (this.#packets === 0) return undefined;
		return { from: this.#from, to: this.#to, packets: this.#packets, start: this.#start, end: this.#end };
	}

	/** The packets in the window. Runs without any come too, empty: whoever reads can stop there. */
	async *within(runs: AsyncIterable<PacketRun>): AsyncGenerator<PacketRun, void, undefined> {
		for await (const { batch, from, to } of runs) {
			const { time } = batch;
			if (this.#packets === 0) this.#begin(time[from]!);
			this.#packets += to - from;
			for (let at = from; at < to; at++) {
				this.#start = Math.min(this.#start, time[at]!);
				this.#end = Math.max(this.#end, time[at]!);
			}
			let end = from;
			do {
				let at = end;
				while (at < to && !this.#holds(time[at]!)) at++;
				end = at;
				while (end < to && this.#holds(time[end]!)) end++;
				yield { batch, from: at, to: end };
			} while (end < to);
		}
	}

	#holds(time: number): boolean {
		return time >= this.#from && time <= this.#to;
	}

	/** @param first time of the first packet. */
	#begin(first: number): void {
		const { from, to } = this.#window;
		if (from) this.#from = this.#at(from, first, 0);
		if (!to) return;
		this.#to = this.#at(to, first, LAST);
		// A capture from before midnight until behind it.
		if (to.base === "midnight" && this.#to < Math.max(this.#from, first)) this.#to += DAY * SECOND;
	}

	/** @param unnamed nanoseconds of an end without any. */
	#at({ base, seconds, nanoseconds, zone }: WindowEnd, first: number, unnamed: number): number {
		if (base === "first-packet") return first + seconds * SECOND + (nanoseconds ?? unnamed);
		const epoch = this.#timeline.epoch ?? 0;
		const begun = epoch + Math.floor(first / SECOND) + zone;
		const midnight = base === "midnight" ? Math.floor(begun / DAY) * DAY - zone : 0;
		return (midnight + seconds - epoch) * SECOND + (nanoseconds ?? unnamed);
	}
}
