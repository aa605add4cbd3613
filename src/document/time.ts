const LAST_SECOND = 8.64e12; // beyond it Date has no value (ECMA-262, 21.4.1.1)

/**
 * Nanoseconds from the run's epoch beyond which a double no longer tells every nanosecond (104 days): microseconds are
 * still exact there, for 200 years.
 */
const EXACT = Number.MAX_SAFE_INTEGER;

/** A difference of moments, without digits that moments as far from the epoch as `distance` do not hold. */
function rounded(nanoseconds: number, distance: number): number {
	return Math.abs(distance) > EXACT ? Math.round(nanoseconds / 1000) * 1000 : Math.round(nanoseconds);
}

/** Seconds between two moments, given in nanoseconds since the run's epoch. */
export function secondsBetween(first: number, last: number): number {
	return rounded(last - first, Math.max(Math.abs(first), Math.abs(last))) / 1e9;
}

/**
 * A moment as ISO 8601 in UTC with nanoseconds.
 * @param epoch whole seconds since 1970; @param nanoseconds since then, negative for earlier ones. A moment that no
 * calendar date exists for, which only a damaged capture holds, becomes the nearest that has one.
 */
export function isoTime(epoch: number, nanoseconds: number): string {
	let { seconds, fraction } = momentOf(epoch, nanoseconds);
	seconds = Math.min(LAST_SECOND, Math.max(-LAST_SECOND, seconds));
	// The last second of the calendar has no fraction.
	if (Math.abs(seconds) === LAST_SECOND) fraction = 0;
	return `${secondText(seconds)}.${String(1e9 + fraction).slice(1)}Z`;
}

/** A moment as Wireshark's `frame.time_epoch` takes it: seconds since 1970, with nanoseconds. Parameters as of {@link isoTime}. */
export function epochTime(epoch: number, nanoseconds: number): string {
	const { seconds, fraction } = momentOf(epoch, nanoseconds);
	return `${seconds}.${String(1e9 + fraction).slice(1)}`;
}

function momentOf(epoch: number, nanoseconds: number): { seconds: number; fraction: number } {
	const whole = Math.floor(nanoseconds / 1e9);
	const fraction = rounded(nanoseconds - whole * 1e9, nanoseconds);
	return fraction >= 1e9 ? { seconds: epoch + whole + 1, fraction: 0 } : { seconds: epoch + whole, fraction };
}

/** The last few texts of seconds, at the place of each: the same one is asked for again and again. */
const KNOWN = 1024;
const knownSeconds = new Float64Array(KNOWN).fill(Number.NaN);
const knownTexts = new Array<string>(KNOWN).fill("");

/** `2026-03-02T08:59:58`. @param seconds since 1970. */
function secondText(seconds: number): string {
	const place = Math.abs(seconds % KNOWN);
	if (knownSeconds[place] !== seconds) {
		const date = new Date(seconds * 1000).toISOString();
		knownSeconds[place] = seconds;
		knownTexts[place] = date.slice(0, date.indexOf("."));
	}
	return knownTexts[place]!;
}
