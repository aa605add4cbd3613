import type { Timeline } from "./batch.ts";

/** Largest 10^n for which every step of the division below stays an exact integer in a double. */
const MAX_EXACT_UNITS = 2 ** 37;
const HIGH_WORD = 2 ** 32;
const BILLION = 1_000_000_000n;

/**
 * Turns pcapng's 64-bit time stamps, two 32-bit words in units of an interface's if_tsresol, into nanoseconds on the
 * run's time line: exact, and without big integers for every resolution in use.
 */
export class TimestampScale {
	/** Units in a second; as a double it is exact for the powers of ten and of two that are divided by it. */
	readonly #units: number;
	readonly #bigUnits: bigint;
	/** if_tsoffset: seconds to add. */
	readonly #offset: number;
	/** 2^32 div and mod units: what the high word is worth. */
	readonly #highSeconds: number;
	readonly #highUnits: number;
	/** How many nanoseconds a unit is, where that is a whole number; else 0. */
	readonly #nanosecondsPerUnit: number;

	/**
	 * @param resolution if_tsresol: a negative power of ten, or of two where the top bit is set.
	 * @param offset if_tsoffset, in seconds.
	 */
	constructor(resolution: number, offset: number) {
		const exponent = BigInt(resolution & 0x7f);
		this.#bigUnits = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
		this.#units = Number(this.#bigUnits);
		this.#offset = offset;
		this.#highSeconds = Math.floor(HIGH_WORD / this.#units);
		this.#highUnits = HIGH_WORD % this.#units;
		this.#nanosecondsPerUnit = 1e9 % this.#units === 0 ? 1e9 / this.#units : 0;
	}

	at(timeline: Timeline, high: number, low: number): number {
		const units = this.#units;
		// Seconds and a rest smaller than a second, by long division: high * 2^32 + low = seconds * units + rest.
		if (units > MAX_EXACT_UNITS || high * this.#highUnits > Number.MAX_SAFE_INTEGER - HIGH_WORD) {
			return this.#exactly(timeline, high, low);
		}
		const rest = high * this.#highUnits + low;
		const carry = Math.floor(rest / units);
		const seconds = high * this.#highSeconds + carry + this.#offset;
		const fraction = rest - carry * units;
		const nanoseconds = this.#nanosecondsPerUnit;
		return timeline.at(seconds, nanoseconds > 0 ? fraction * nanoseconds : Math.floor((fraction / units) * 1e9));
	}

	/** For resolutions finer than a double divides; they are rare enough for big integers. */
	#exactly(timeline: Timeline, high: number, low: number): number {
		const ticks = (BigInt(high) << 32n) | BigInt(low);
		const seconds = ticks / this.#bigUnits;
		const nanoseconds = ((ticks % this.#bigUnits) * BILLION) / this.#bigUnits;
		return timeline.at(Number(seconds) + this.#offset, Number(nanoseconds));
	}
}
