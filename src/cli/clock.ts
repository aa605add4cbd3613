/** Milliseconds since 1970, with their fractions. */
export function clock(): number {
	return performance.timeOrigin + performance.now();
}
