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
	let whole = Math.floor(nanoseconds / 1e9);
	let fraction = rounded(nanoseconds - whole * 1e9, nanoseconds);
	if (fraction >= 1e9) {
		whole++;
		fraction = 0;
	}
	const seconds = Math.min(LAST_SECOND, Math.max(-LAST_SECOND, epoch + whole));
	// The last second of the calendar has no fraction.
	if (Math.abs(seconds) === LAST_SECOND) fraction = 0;
	return `${dateText(seconds)}.${String(fraction).padStart(9, "0")}Z`;
}

/** The last answer of {@link dateText}: most times of a report are of the same second as the one before. */
const last = { seconds: Number.NaN, text: "" };

/** A second since 1970 as `2026-03-02T09:00:00`. */
function dateText(seconds: number): string {
	if (seconds !== last.seconds) {
		const date = new Date(seconds * 1000).toISOString();
		last.text = date.slice(0, date.indexOf("."));
		last.seconds = seconds;
	}
	return last.text;
}
