import type { Snapshot } from "./follow.ts";
import { type Size, sizesOf } from "./layout.ts";
import { type Selection, VIEW_NAMES, type ViewName } from "./view.ts";
import { VIEWS } from "./views/index.ts";

/** A list, and where its reader is. */
export interface ListState {
	readonly selection: Selection;
	/** Key of the item under the cursor; null while the cursor stays at the top, whatever comes there. */
	readonly key: string | null;
	/** Where the item was: the cursor stays there when it is gone. */
	readonly at: number;
	/** First item on the screen. */
	readonly top: number;
}

/** A page over the lists: the help, what is captured, or all about one item. */
export type PageState =
	| { readonly kind: "help" | "capture"; readonly top: number }
	| { readonly kind: "item"; readonly top: number; readonly view: ViewName; readonly key: string };

/** What the reader of the screen chose: all that keys change. */
export interface State {
	readonly view: ViewName;
	readonly lists: Readonly<Record<ViewName, ListState>>;
	readonly page: PageState | null;
	/** While a filter is typed: what it was before. */
	readonly typing: { readonly before: string } | null;
	readonly paused: boolean;
	readonly done: boolean;
}

const ALL: Selection = { filter: "", sort: null, reverse: false, alive: false, of: null };
const LIST: ListState = { selection: ALL, key: null, at: 0, top: 0 };

export const START: State = {
	view: "rows",
	lists: Object.fromEntries(VIEW_NAMES.map((name) => [name, LIST])) as Record<ViewName, ListState>,
	page: null,
	typing: null,
	paused: false,
	done: false,
};

/** Longest filter: more is a paste gone astray. */
const MAX_FILTER = 80;

/**
 * What a key does.
 * @param key one character, or a name: `up`, `down`, `left`, `right`, `pageup`, `pagedown`, `home`, `end`, `enter`,
 * `escape`, `tab`, `backtab`, `backspace`, `ctrl-c`, `ctrl-u`.
 */
export function press(state: State, key: string, snapshot: Snapshot, size: Size): State {
	if (key === "ctrl-c") return { ...state, done: true };
	if (state.typing) return typed(state, key, state.typing.before);
	const moved = MOVES[key];
	if (moved) return move(state, moved, snapshot, size);
	return (state.page ? PAGE_KEYS : LIST_KEYS)[key]?.(state, snapshot) ?? shared(state, key);
}

type Move = (at: number, page: number, last: number) => number;

const MOVES: Readonly<Record<string, Move>> = {
	up: (at) => at - 1,
	k: (at) => at - 1,
	down: (at) => at + 1,
	j: (at) => at + 1,
	pageup: (at, page) => at - page,
	pagedown: (at, page) => at + page,
	home: () => 0,
	g: () => 0,
	end: (_, __, last) => last,
	G: (_, __, last) => last,
};

type Act = (state: State, snapshot: Snapshot) => State;

const LIST_KEYS: Readonly<Record<string, Act>> = {
	q: (state) => ({ ...state, done: true }),
	tab: (state) => neighbour(state, 1),
	right: (state) => neighbour(state, 1),
	backtab: (state) => neighbour(state, -1),
	left: (state) => neighbour(state, -1),
	"/": (state) => ({ ...state, typing: { before: list(state).selection.filter } }),
	s: (state) => sortedByNext(state, 1),
	S: (state) => sortedByNext(state, -1),
	r: (state) => select(state, { reverse: !list(state).selection.reverse }),
	a: (state) => select(state, { alive: !list(state).selection.alive }),
	escape: widened,
	backspace: widened,
	enter: (state, snapshot) => {
		const key = cursor(state, snapshot).key;
		return key === null ? state : { ...state, page: { kind: "item", top: 0, view: state.view, key } };
	},
	f: (state, snapshot) => {
		const { key } = cursor(state, snapshot);
		return key === null ? state : flowsOf(state, snapshot, state.view, key);
	},
};

const PAGE_KEYS: Readonly<Record<string, Act>> = {
	q: closed,
	escape: closed,
	backspace: closed,
	left: closed,
	enter: closed,
	f: (state, snapshot) =>
		state.page?.kind === "item" ? flowsOf(state, snapshot, state.page.view, state.page.key) : state,
};

/** Keys that mean the same everywhere. */
function shared(state: State, key: string): State {
	if (key === "p" || key === " ") return { ...state, paused: !state.paused };
	if (key === "?" || key === "h") return toggled(state, "help");
	if (key === "i") return toggled(state, "capture");
	const view = VIEW_NAMES[Number(key) - 1];
	return view === undefined ? state : { ...state, view, page: null };
}

/** All of the list; of the flows of something that are not narrowed further, back to where they were asked for. */
function widened(state: State): State {
	const { filter, alive, of } = list(state).selection;
	if (filter !== "" || alive) return select(state, { filter: "", alive: false });
	return of ? { ...select(state, { of: null }), view: of.view } : state;
}

function toggled(state: State, kind: "help" | "capture"): State {
	return state.page?.kind === kind ? closed(state) : { ...state, page: { kind, top: 0 } };
}

function closed(state: State): State {
	return { ...state, page: null };
}

/** A key while a filter is typed. */
function typed(state: State, key: string, before: string): State {
	const { filter } = list(state).selection;
	if (key === "enter") return { ...state, typing: null };
	if (key === "escape") return { ...select(state, { filter: before }), typing: null };
	if (key === "ctrl-u") return select(state, { filter: "" });
	if (key === "backspace")
		return filter === "" ? { ...state, typing: null } : select(state, { filter: [...filter].slice(0, -1).join("") });
	if ([...key].length !== 1 || filter.length >= MAX_FILTER) return state;
	return select(state, { filter: filter + key });
}

function neighbour(state: State, step: number): State {
	const count = VIEW_NAMES.length;
	return { ...state, view: VIEW_NAMES[(VIEW_NAMES.indexOf(state.view) + step + count) % count]! };
}

function sortedByNext(state: State, step: number): State {
	const orders = [null, ...VIEWS[state.view].orders];
	const at = orders.indexOf(list(state).selection.sort);
	return select(state, { sort: orders[(at + step + orders.length) % orders.length]!, reverse: false });
}

function flowsOf(state: State, snapshot: Snapshot, view: ViewName, key: string): State {
	if (view === "flows") return state;
	const title = VIEWS[view].title(snapshot, key);
	if (title === null) return state;
	const flows: ListState = { ...LIST, selection: { ...ALL, of: { view, key, title } } };
	return { ...state, view: "flows", page: null, lists: { ...state.lists, flows } };
}

function list(state: State): ListState {
	return state.lists[state.view];
}

/** The list shown with another selection, from its top. */
function select(state: State, change: Partial<Selection>): State {
	const before = list(state);
	return withList(state, { ...before, selection: { ...before.selection, ...change }, key: null, at: 0, top: 0 });
}

function withList(state: State, changed: ListState): State {
	return { ...state, lists: { ...state.lists, [state.view]: changed } };
}

/** Where the cursor of the list shown is: at its item, wherever that has gone, or where the item was. */
export function cursor(state: State, snapshot: Snapshot): { readonly at: number; readonly key: string | null } {
	const { selection, key, at } = list(state);
	const { keys } = VIEWS[state.view].list(snapshot, selection);
	const found = key === null ? 0 : keys.indexOf(key);
	const place = found >= 0 ? found : Math.min(at, keys.length - 1);
	return { at: Math.max(0, place), key: keys[place] ?? null };
}

/** First of the items on the screen: that of before, unless the cursor is beyond what that shows. */
export function firstShown(top: number, at: number, shown: number, count: number): number {
	const last = Math.max(0, count - shown);
	return Math.max(0, Math.min(Math.max(top, at - shown + 1), at, last));
}

function move(state: State, by: Move, snapshot: Snapshot, size: Size): State {
	if (state.page) {
		const { page: shown, lines } = sizesOf(state, snapshot, size);
		const last = Math.max(0, lines - shown);
		const top = clamp(by(Math.min(state.page.top, last), shown, last), last);
		return { ...state, page: { ...state.page, top } };
	}
	const before = list(state);
	const { keys } = VIEWS[state.view].list(snapshot, before.selection);
	const { body } = sizesOf(state, snapshot, size);
	const here = cursor(state, snapshot).at;
	const at = clamp(by(here, Math.max(1, body), keys.length - 1), Math.max(0, keys.length - 1));
	const top = firstShown(before.top, at, body, keys.length);
	// At the top the cursor stays at the top: new items are seen as they come.
	return withList(state, { ...before, key: at === 0 ? null : (keys[at] ?? null), at, top });
}

function clamp(value: number, last: number): number {
	return Math.min(last, Math.max(0, value));
}
