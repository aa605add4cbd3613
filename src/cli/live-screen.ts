import type { Report } from "../document/document.ts";
import { Events } from "../document/events.ts";
import type { Moment } from "../document/moment.ts";
import { eventText } from "../report/events.ts";
import { type ScreenOptions, showMoments } from "../screen/show.ts";
import { ProcessTerminal } from "../screen/terminal.ts";

/**
 * Shows a live run on the terminal's screen until it ends; a terminal that knows no cursor gets a line for each event.
 * @returns the last report.
 */
export async function showScreen(moments: AsyncIterable<Moment>, options: ScreenOptions): Promise<Report> {
	const isDumb = process.env.TERM === "dumb";
	const last = await (isDumb ? tellEvents(moments) : showMoments(moments, new ProcessTerminal(), options));
	return last!.report;
}

async function tellEvents(moments: AsyncIterable<Moment>): Promise<Moment | undefined> {
	const events = new Events();
	let last: Moment | undefined;
	for await (const moment of moments) {
		last = moment;
		for (const event of events.of(moment)) process.stdout.write(eventText(event) ?? "");
	}
	return last;
}
