import { head, notDecoded, problems } from "../report/table.ts";
import { Page } from "../report/text/page.ts";
import type { Snapshot } from "./follow.ts";
import type { PageState } from "./state.ts";
import { VIEWS } from "./views/index.ts";

const HELP: readonly (readonly [title: string, keys: readonly (readonly [key: string, what: string])[]])[] = [
	[
		"Lists",
		[
			["1 … 6", "rows, flows, hosts, findings, transfers, calls"],
			["tab, right", "the next list; shift-tab, left: the one before"],
			["up, down", "move; also k and j, page up and down, home and end (g and G)"],
			["enter", "look into what is under the cursor: a flow's label with its reasons, fields, findings, filter"],
			["f", "the flows of the row, host, finding, transfer or call under the cursor"],
			["s, S", "sort by the next column, by the one before"],
			["r", "reverse the order"],
			["a", "only what had a packet in the last 10 seconds"],
			["/", "filter: every word must be in the line; !word must not; enter keeps it, escape undoes it"],
			["", "a row, a port, an address counts as a whole, or by what an address begins with"],
			["escape", "all of the list again; from the flows of something, back to it"],
		],
	],
	[
		"Everywhere",
		[
			["p, blank", "pause: the screen stands still, capturing goes on"],
			["i", "what is captured: packets, drops, port matrix, problems"],
			["ctrl-l", "draw the screen anew"],
			["ctrl-z", "back to the shell; fg returns"],
			["?", "this page; escape closes a page"],
			["q, ctrl-c", "end; the report of all that was captured follows. On a page, q closes it"],
		],
	],
];

const SIGNS: readonly (readonly [string, string])[] = [
	["fails, 3 fail", "a row all of whose judged flows fail, or some"],
	["works, !", "it works, but something is wrong in it: enter tells"],
	["3/12 flows", "3 alive of 12"],
	["+ and *", "a flow that has just come; one whose label, findings or end have just changed"],
	["? dropped", "what captures does not tell it before the end: none told is not none lost"],
	["traffic", "bytes a second over the last moments, each row against its own highest"],
];

/** The lines of a page, no wider than the page's width (40 at least). */
export function pageLines(state: PageState, snapshot: Snapshot, width: number, color: boolean): string[] {
	const page = new Page({ width, color });
	return pageText(state, snapshot, page).replace(/\n$/, "").split("\n");
}

function pageText(state: PageState, snapshot: Snapshot, page: Page): string {
	if (state.kind === "help") return [...help(page)].join("");
	if (state.kind !== "item") return [...capture(snapshot, page)].join("");
	return (
		VIEWS[state.view].text(snapshot, state.key, page) ?? page.line("This is no longer among what is kept.", "yellow")
	);
}

const KEY_WIDTH = 14;

function* help(page: Page): Iterable<string> {
	for (const [title, keys] of [...HELP, ["Signs", SIGNS] as const]) {
		yield `${page.paint("bold", title)}\n`;
		for (const [key, what] of keys)
			yield* page.wrapped(`  ${key.padEnd(KEY_WIDTH)} ${what}`, " ".repeat(KEY_WIDTH + 3));
		yield "\n";
	}
}

function* capture({ report }: Snapshot, page: Page): Iterable<string> {
	yield* head(report, page);
	yield* problems(report, page);
	yield* notDecoded(report, page);
}
