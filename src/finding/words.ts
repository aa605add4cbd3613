/** `1 flow`, `12,345 flows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
	return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `1,234,567`. */
export function grouped(count: number): string {
	const text = String(Math.round(count));
	return text.length <= 3 ? text : text.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `999 B`, `1.2 kB`, `3.4 GB`: powers of ten. */
export function byteText(bytes: number): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let unit = 0;
	let value = bytes;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `69 µs`, `2.5 ms`, `0.25 s`, `12 s`, `3 min 4 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(seconds: number): string {
	if (seconds > 0 && seconds < 0.001) return `${Number((seconds * 1e6).toPrecision(2))} µs`;
	if (seconds > 0 && seconds < 0.1) return `${Number((seconds * 1e3).toPrecision(2))} ms`;
	if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
	if (seconds < 60) return `${Math.round(seconds)} s`;
	const steps: readonly (readonly [number, string])[] = [
		[86_400, "d"],
		[3600, "h"],
		[60, "min"],
		[1, "s"],
	];
	const at = steps.findIndex(([size]) => seconds >= size);
	const [size, name] = steps[at]!;
	const [next, nextName] = steps[at + 1]!;
	const rest = Math.floor((seconds % size) / next);
	return `${Math.floor(seconds / size)} ${name}${rest > 0 ? ` ${rest} ${nextName}` : ""}`;
}

/** Words that {@link listed} names one by one. */
const LISTED = 4;

/** `a`, `a and b`, `a, b, c, d and 3 more`. */
export function listed(words: readonly string[]): string {
	if (words.length > LISTED) return `${words.slice(0, LISTED).join(", ")} and ${grouped(words.length - LISTED)} more`;
	return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" and ");
}
