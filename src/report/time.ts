const LAST_SECOND = 8.64e12; // beyond it Date has no value (ECMA-262, 21.4.1.1)

/**
 * A moment as ISO 8601 in UTC with nanoseconds.
 * @param epoch whole seconds since 1970; @param nanoseconds since then, negative for earlier ones. A moment that no
 * calendar date exists for, which only a damaged capture holds, becomes the nearest that has one.
 */
export function isoTime(epoch: number, nanoseconds: number): string {
	const whole = Math.floor(nanoseconds / 1e9);
	const fraction = Math.min(999_999_999, Math.max(0, Math.round(nanoseconds - whole * 1e9)));
	const seconds = Math.min(LAST_SECOND, Math.max(-LAST_SECOND, epoch + whole));
	const date = new Date(seconds * 1000).toISOString();
	return `${date.slice(0, date.indexOf("."))}.${String(fraction).padStart(9, "0")}Z`;
}
