import { cutText, displayWidth, safeText } from "./safe-text.ts";

/** A column of a table on the terminal. */
export interface Column<T> {
	readonly head: string;
	/** The cell's text; need not be safe. */
	readonly value: (item: T) => string;
	readonly right?: boolean;
	/** Narrowest width worth showing, where the column may be cut; a column without it keeps its whole width. */
	readonly shrink?: number;
	/** Width that is kept free for longer texts to come, on a screen that changes. */
	readonly least?: number;
	/** Whether the column may be left out where the width does not do: the higher, the sooner. */
	readonly drop?: number;
	/** Wraps the finished cell in a colour. */
	readonly paint?: (text: string, item: T) => string;
}

const GAP = "  ";
/** Rows of a piece; those of the first one set the widths, later ones are cut to fit. */
export const ROWS_AT_A_TIME = 500;

/** A whole table as one text. */
export function textTable<T>(columns: readonly Column<T>[], items: readonly T[], width: number): string {
	return [...textTableLines(columns, items, width)].join("\n");
}

/**
 * A table without lines between cells, no line wider than `width`, in pieces of some hundred rows. The first rows set
 * the widths; items are taken as they come and not kept.
 */
export function* textTableLines<T>(
	columns: readonly Column<T>[],
	items: Iterable<T>,
	width: number,
	paintHead: (text: string) => string = (text) => text,
): Iterable<string> {
	const pieces = inPieces(items);
	const first = pieces.next().value ?? [];
	const { head, line } = tableLayout(columns, first, width);
	yield paintHead(head);
	if (first.length > 0) yield first.map(line).join("\n");
	for (const piece of pieces) yield piece.map(line).join("\n");
}

/** A table's head, and the function that makes the line of any item. @param items set the widths. */
export function tableLayout<T>(
	columns: readonly Column<T>[],
	items: readonly T[],
	width: number,
): { readonly head: string; readonly line: (item: T) => string } {
	const { shown, widths } = widthsFor(columns, items, width);
	const joined = (cellOf: (column: Column<T>, width: number) => string) =>
		shown
			.map((column, i) => cellOf(column, widths[i]!))
			.join(GAP)
			.trimEnd();
	return {
		head: joined(({ head, right }, width) => padded(cutText(head, width), width, right)),
		line: (item) => joined((column, width) => cell(column, item, width)),
	};
}

function* inPieces<T>(items: Iterable<T>): Generator<T[], undefined> {
	let piece: T[] = [];
	for (const item of items) {
		piece.push(item);
		if (piece.length < ROWS_AT_A_TIME) continue;
		yield piece;
		piece = [];
	}
	if (piece.length > 0) yield piece;
	return undefined;
}

function cell<T>(column: Column<T>, item: T, width: number): string {
	const text = cutText(safeText(column.value(item)), width);
	return padded(text, width, column.right, column.paint?.(text, item));
}

/** Text filled with blanks up to a width. @param painted what is shown of it, with colours, which take no room */
function padded(text: string, width: number, right = false, painted = text): string {
	const blanks = " ".repeat(Math.max(0, width - displayWidth(text)));
	return right ? blanks + painted : painted + blanks;
}

/** Narrowest column on a screen where not even the undroppable columns have room. */
const LAST_RESORT = 4;

/** Which columns are shown, and how wide: columns are cut, then dropped, until the table fits. */
function widthsFor<T>(
	columns: readonly Column<T>[],
	items: readonly T[],
	width: number,
): { shown: readonly Column<T>[]; widths: number[] } {
	let shown = columns;
	const natural = new Map(columns.map((column) => [column, naturalWidth(column, items)]));
	const narrowest = (column: Column<T>) => Math.min(natural.get(column)!, column.shrink ?? Number.POSITIVE_INFINITY);
	const gaps = (count: number) => GAP.length * (count - 1);
	while (sum(shown.map(narrowest)) + gaps(shown.length) > width) {
		const least = [...shown].filter(({ drop }) => drop !== undefined).sort((a, b) => b.drop! - a.drop!)[0];
		if (!least) break;
		shown = shown.filter((column) => column !== least);
	}
	const widths = shown.map((column) => natural.get(column)!);
	const available = width - gaps(shown.length);
	cut(widths, shown.map(narrowest), available);
	cut(
		widths,
		shown.map(({ shrink }) => (shrink === undefined ? Number.POSITIVE_INFINITY : LAST_RESORT)),
		available,
	);
	return { shown, widths };
}

/** Narrows columns, none below its least width, until their sum fits; the widest gives way first, so that they end up alike. */
function cut(widths: number[], least: readonly number[], available: number): void {
	let excess = sum(widths) - available;
	while (excess > 0) {
		const room = widths.map((each, i) => (each > least[i]! ? each : 0));
		const widest = room.indexOf(Math.max(...room));
		if (room[widest] === 0) return;
		widths[widest]!--;
		excess--;
	}
}

function naturalWidth<T>(column: Column<T>, items: readonly T[]): number {
	return items.reduce(
		(widest, item) => Math.max(widest, displayWidth(safeText(column.value(item)))),
		Math.max(1, column.head.length, column.least ?? 0),
	);
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, each) => total + each, 0);
}
