import type { Report } from "../report/document.ts";
import { eventText } from "../report/event-text.ts";
import { Events } from "../report/events.ts";
import type { Moment } from "../report/moment.ts";

/** What a screen shows beside the moments, and what its keys do. */
export interface ScreenOptions {
	/** What is captured, and by what. */
	readonly source: string;
	/** Ends the run: its last moment follows. */
	stop(): void;
}

/** Shows a live run on a terminal until it ends. @returns the last report. */
export async function showScreen(moments: AsyncIterable<Moment>, _options: ScreenOptions): Promise<Report> {
	const events = new Events();
	let last: Moment | undefined;
	for await (const moment of moments) {
		last = moment;
		for (const event of events.of(moment)) process.stdout.write(eventText(event) ?? "");
	}
	return last!.report;
}
