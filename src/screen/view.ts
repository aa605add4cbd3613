import { hasWord } from "../matrix/has-word.ts";
import type { Page } from "../report/text/page.ts";
import { type Column, tableLayout } from "../report/text/text-table.ts";
import type { Snapshot } from "./follow.ts";

/** The lists, in the order of their keys, 1 to 6. */
export const VIEW_NAMES = ["rows", "flows", "hosts", "findings", "transfers", "calls"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** Which items a list has, and in which order. */
export interface Selection {
	/** Words that all have to be in an item's text, as {@link hasWord} has it; one with `!` before it must not be. */
	readonly filter: string;
	/** Head of the column that the list is sorted by; null for the list's own order. */
	readonly sort: string | null;
	readonly reverse: boolean;
	/** Only what moved of late. */
	readonly alive: boolean;
	/** Of the flows, only those of something else: of a row, a host, a finding, … */
	readonly of: { readonly view: ViewName; readonly key: string; readonly title: string } | null;
}

/** What is listed, as a selection has it. */
export interface Listing {
	/** By which items are known again in the next snapshot. */
	readonly keys: readonly string[];
	/** Items that there are, selected or not. */
	readonly total: number;
	/** The table's head and the lines of the items from one to another, none wider than the page. */
	table(page: Page, from: number, to: number): { readonly head: string; readonly lines: readonly string[] };
}

/** One of the lists, without the type of its items. */
export interface View {
	/** On its tab. */
	readonly name: string;
	/** Its own order, in words. */
	readonly order: string;
	/** Heads of the columns that it can be sorted by. */
	readonly orders: readonly string[];
	list(snapshot: Snapshot, selection: Selection): Listing;
	/** A few words for an item; null where it is gone. */
	title(snapshot: Snapshot, key: string): string | null;
	/** All about an item, text over several lines; null where it is gone. */
	text(snapshot: Snapshot, key: string, page: Page): string | null;
}

/** A list, as its file describes it. */
export interface ViewSpec<T> {
	readonly name: string;
	readonly order: string;
	/** In the list's own order. */
	readonly items: (snapshot: Snapshot) => readonly T[];
	readonly key: (item: T) => string;
	readonly title: (item: T) => string;
	/** What filters look at. */
	readonly words: (item: T) => readonly (string | null | undefined)[];
	readonly isAlive: (item: T, snapshot: Snapshot) => boolean;
	/** Whether an item is of {@link Selection.of}; for the list of flows. */
	readonly isOf?: (snapshot: Snapshot, view: ViewName, key: string) => (item: T) => boolean;
	readonly columns: (page: Page, snapshot: Snapshot) => readonly Column<T>[];
	/** By the heads of columns: what they are sorted by. Numbers the largest first, words the first first. */
	readonly orders: Readonly<Record<string, (item: T) => number | string>>;
	readonly text: (item: T, snapshot: Snapshot, page: Page) => Iterable<string>;
}

/** Items that set the widths of columns. */
const WIDTH_ITEMS = 200;

/** Makes a list of its description. */
export function defineView<T>(spec: ViewSpec<T>): View {
	/** The last list made: it is asked for many times while a snapshot is looked at. */
	let last: { snapshot: Snapshot; selection: Selection; listing: Listing } | undefined;
	const find = (snapshot: Snapshot, key: string) => spec.items(snapshot).find((item) => spec.key(item) === key);
	return {
		name: spec.name,
		order: spec.order,
		orders: Object.keys(spec.orders),
		list(snapshot, selection) {
			if (last?.snapshot !== snapshot || last.selection !== selection)
				last = { snapshot, selection, listing: listingOf(spec, snapshot, selection) };
			return last.listing;
		},
		title(snapshot, key) {
			const item = find(snapshot, key);
			return item === undefined ? null : spec.title(item);
		},
		text(snapshot, key, page) {
			const item = find(snapshot, key);
			return item === undefined ? null : [...spec.text(item, snapshot, page)].join("");
		},
	};
}

function listingOf<T>(spec: ViewSpec<T>, snapshot: Snapshot, selection: Selection): Listing {
	const all = spec.items(snapshot);
	const items = sorted(spec, selected(spec, snapshot, selection, all), selection);
	return {
		keys: items.map(spec.key),
		total: all.length,
		table(page, from, to) {
			const mark = selection.reverse ? "▴" : "▾";
			const columns = spec
				.columns(page, snapshot)
				.map((column) => (column.head === selection.sort ? { ...column, head: `${column.head}${mark}` } : column));
			const shown = items.slice(from, to);
			const { head, line } = tableLayout(columns, [...items.slice(0, WIDTH_ITEMS), ...shown], page.width);
			return { head, lines: shown.map(line) };
		},
	};
}

function selected<T>(
	spec: ViewSpec<T>,
	snapshot: Snapshot,
	{ filter, alive, of }: Selection,
	all: readonly T[],
): readonly T[] {
	const tests: ((item: T) => boolean)[] = [];
	if (of && spec.isOf) tests.push(spec.isOf(snapshot, of.view, of.key));
	if (alive) tests.push((item) => spec.isAlive(item, snapshot));
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	if (words.length > 0) tests.push((item) => hasWords(spec.words(item), words));
	return tests.length === 0 ? all : all.filter((item) => tests.every((test) => test(item)));
}

function hasWords(texts: readonly (string | null | undefined)[], words: readonly string[]): boolean {
	const text = texts.filter(Boolean).join("\n").toLowerCase();
	return words.every((word) =>
		word.startsWith("!") ? word === "!" || !hasWord(text, word.slice(1)) : hasWord(text, word),
	);
}

function sorted<T>(spec: ViewSpec<T>, items: readonly T[], { sort, reverse }: Selection): readonly T[] {
	const by = sort === null ? undefined : spec.orders[sort];
	if (!by) return reverse ? [...items].reverse() : items;
	const keyed = items.map((item) => ({ item, value: by(item) }));
	keyed.sort(({ value: a }, { value: b }) => (reverse ? -1 : 1) * compared(a, b));
	return keyed.map(({ item }) => item);
}

function compared(a: number | string, b: number | string): number {
	if (typeof a === "number" && typeof b === "number") return b - a || 0;
	return String(a).localeCompare(String(b), "en", { numeric: true });
}
