import { counted, grouped } from "../finding/words.ts";
import type { CaptureSummary, CaptureWindow } from "./document.ts";

/** Which packets were asked for, and of how many: one sentence. */
export function windowText({ from, to, all }: CaptureWindow, { packets }: Pick<CaptureSummary, "packets">): string {
	const day = (from ?? to ?? all.start).slice(0, 10);
	const span = [
		from !== null && `from ${clock(from)}`,
		to !== null && `to ${clock(to, from === null ? undefined : day)}`,
	]
		.filter(Boolean)
		.join(" ");
	return `only packets ${span} UTC were asked for: ${grouped(packets)} of ${counted(all.packets, "packet")}, which run from ${clock(all.start, day)} to ${clock(all.end, day)}`;
}

/** With milliseconds where there are some, but for the end of a whole second. @param day that needs no telling. */
function clock(iso: string, day?: string): string {
	const milliseconds = iso.slice(19, 23);
	const isWhole = milliseconds === ".000" || iso.slice(19, -1) === ".999999999";
	const date = iso.slice(0, 10);
	return `${date === day ? "" : `${date} `}${iso.slice(11, isWhole ? 19 : 23)}`;
}
