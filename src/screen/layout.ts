import type { Snapshot } from "./follow.ts";
import { pageLines } from "./pages.ts";
import type { State } from "./state.ts";
import { VIEWS } from "./views/index.ts";

/** Of a terminal. */
export interface Size {
	readonly columns: number;
	readonly rows: number;
}

/** How many lines each part of the screen has. From the top: title, counts, tabs, rule, head, body, panes, bar. */
export interface Sizes {
	readonly title: number;
	readonly counts: number;
	readonly tabs: number;
	readonly rule: number;
	readonly head: number;
	/** Items of the list. */
	readonly body: number;
	/** Under the list of rows: newest findings, newest flows, each with its rule. */
	readonly findings: number;
	readonly flows: number;
	readonly bar: number;
	/** In the place of rule, head, body and panes, while a page is shown; and how many lines it has in all. */
	readonly page: number;
	readonly lines: number;
}

/** Lines in which the newest findings are worth their room. */
const ROOM_FOR_FINDINGS = 14;
const LEAST_PANE = 4;

/** Divides the screen. What matters least goes first where there is little room. */
export function sizesOf(state: State, snapshot: Snapshot, { columns, rows }: Size): Sizes {
	const title = rows >= 2 ? 1 : 0;
	const bar = rows >= 4 ? 1 : 0;
	const counts = rows >= 12 ? 1 : 0;
	const tabs = rows >= 8 ? 1 : 0;
	const top = { title, counts, tabs, bar };
	const left = Math.max(0, rows - title - counts - tabs - bar);
	if (state.page) {
		const { length } = pageLines(state.page, snapshot, columns, false);
		return { ...top, rule: 0, head: 0, body: 0, findings: 0, flows: 0, page: left, lines: length };
	}
	const rule = rows >= 10 ? 1 : 0;
	const head = rows >= 5 ? 1 : 0;
	const list = Math.max(0, left - rule - head);
	const panes = state.view === "rows" ? panesOf(state, snapshot, list) : { findings: 0, flows: 0 };
	return { ...top, rule, head, body: list - panes.findings - panes.flows, ...panes, page: 0, lines: 0 };
}

function panesOf(state: State, snapshot: Snapshot, room: number): { findings: number; flows: number } {
	if (room < ROOM_FOR_FINDINGS) return { findings: 0, flows: 0 };
	const findings = Math.max(LEAST_PANE, Math.floor(room / 5));
	const rows = VIEWS.rows.list(snapshot, state.lists.rows.selection).keys.length;
	const flows = room - findings - Math.max(rows, LEAST_PANE);
	return { findings, flows: flows >= LEAST_PANE ? flows : 0 };
}
