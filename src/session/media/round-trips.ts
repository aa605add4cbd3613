import type { ReportBlock, SenderReport } from "../../protocol/rtcp.ts";
import { Overflow } from "../overflow.ts";

/** Sources whose reports are followed; a flood of them must not fill the memory. */
const MAX_SOURCES = 50_000;
const BEYOND = `RTCP reports of senders beyond the first ${MAX_SOURCES}: round trips to these were not measured`;
/** A longer way than this is a clock that was set, or a report of another sender. */
const LONGEST = 10e9;
/** Units of a report's delay in a second (RFC 3550, 6.4.1). */
const DELAY_UNITS = 0x10000;

interface Way {
	/** Middle 32 bits of the latest sender report's time, and when it passed. */
	ntp: number;
	time: number;
	/** Of the measured ways. */
	sum: number;
	count: number;
}

/**
 * How long it takes from the capture point to a stream's receiver and back: from a sender report to the receiver's
 * report on it, less what the receiver kept it (RFC 3550, 6.4.1). Both directions of a call make its round trip.
 */
export class RoundTrips {
	/** By source and its address. */
	readonly #ways = new Map<string, Way>();
	readonly #overflow: Overflow;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	/** A source's sender report passes. */
	sent(source: string, { ntp }: SenderReport, time: number): void {
		const way = this.#ways.get(source);
		if (way) {
			way.ntp = ntp;
			way.time = time;
		} else if (this.#ways.size < MAX_SOURCES) this.#ways.set(source, { ntp, time, sum: 0, count: 0 });
		else this.#overflow.add(BEYOND);
	}

	/** A receiver's report on the source passes. */
	reported(source: string, { lastReport, delay }: ReportBlock, time: number): void {
		const way = this.#ways.get(source);
		if (!way || lastReport === 0 || way.ntp !== lastReport) return;
		const taken = time - way.time - (delay / DELAY_UNITS) * 1e9;
		// Delays are rounded, and clocks differ a little.
		if (taken > LONGEST || taken < -1e6) return;
		way.sum += Math.max(0, taken);
		way.count++;
	}

	/** Mean of what was measured, nanoseconds; undefined for nothing. */
	of(source: string): number | undefined {
		const way = this.#ways.get(source);
		return way && way.count > 0 ? way.sum / way.count : undefined;
	}
}
