import { byteText, counted, grouped } from "../../../finding/words.ts";
import { AT, type FlowLine, type Words } from "../data-format.ts";
import { byId, element, jsonOf } from "./elements.ts";
import { FlowDetails } from "./flow-details.ts";
import { type Column, FlowList } from "./flow-list.ts";
import { clockText, endText } from "./flow-texts.ts";

/** As the style sheet has them: rows are of one height, so that those which are not seen need not be drawn; on a phone a row has two lines. */
const ROW_HEIGHT = 30;
const NARROW_ROW_HEIGHT = 58;
const NARROW = matchMedia("(max-width: 40rem)");
/** Rows drawn above and below those that are seen. */
const MARGIN = 12;
const MAX_PRINTED = 300;
/** Characters that no column is too narrow for. */
const WIDE = 14;
/** What is sorted with the largest first at first. */
const LARGEST_FIRST: ReadonlySet<string> = new Set(["packets", "bytes", "note"]);

interface Parts {
	readonly form: HTMLFormElement;
	readonly scroll: HTMLElement;
	readonly table: HTMLTableElement;
	readonly count: HTMLOutputElement;
	readonly more: HTMLElement | undefined;
	readonly dialog: HTMLDialogElement;
}

/** The table of all flows that the page holds: searched, chosen, sorted; of its rows those alone exist that are seen. */
export class FlowTable {
	readonly #list: FlowList;
	readonly #parts: Parts;
	readonly #details: FlowDetails;
	readonly #body: HTMLTableSectionElement;
	#shown: readonly number[] = [];
	#column: Column | undefined;
	#isDescending = false;
	/** Place in `#shown` of the row that has, or would get, the keyboard. */
	#current = 0;
	#drawn = "";
	#isPrinting = false;

	/** @returns undefined where the page has no flows. */
	static ofPage(): FlowTable | undefined {
		const form = byId("flow-search", HTMLFormElement);
		const scroll = byId("flow-scroll", HTMLElement);
		const table = byId("flow-table", HTMLTableElement);
		const count = byId("flow-count", HTMLOutputElement);
		const dialog = byId("flow-details", HTMLDialogElement);
		const lines = jsonOf<FlowLine[]>("flow-data");
		const words = jsonOf<Words>("word-data");
		if (!form || !scroll || !table || !count || !dialog || !lines || !words) return undefined;
		const more = byId("flow-more", HTMLElement);
		return new FlowTable(new FlowList(lines, words), { form, scroll, table, count, dialog, more });
	}

	constructor(list: FlowList, parts: Parts) {
		this.#list = list;
		this.#parts = parts;
		this.#details = new FlowDetails(list, parts.dialog);
		this.#body = parts.table.tBodies[0]!;
		this.#fillChoices();
		this.#makeHeads();
		parts.form.hidden = false;
		parts.form.addEventListener("submit", (event) => event.preventDefault());
		parts.form.addEventListener("input", () => this.#find());
		parts.scroll.addEventListener("scroll", () => requestAnimationFrame(() => this.#draw()), { passive: true });
		addEventListener("resize", () => this.#draw());
		this.#body.addEventListener("click", (event) => this.#clicked(event));
		this.#body.addEventListener("keydown", (event) => this.#pressed(event));
		this.#body.addEventListener("focusin", (event) => this.#focused(event));
		document.querySelector(".scriptless")?.remove();
		parts.table.classList.add("is-live");
		this.#find();
		addEventListener("hashchange", () => this.#follow());
		// A link to the flow that is shown already changes no address.
		document.addEventListener("click", (event) => {
			const link =
				event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#flow-"]') : null;
			if (link && link.hash === location.hash) this.#follow();
		});
		this.#follow();
	}

	/** Puts the first of the flows that are shown on paper, as plain rows. */
	forPaper(): void {
		this.#isPrinting = true;
		const most = Math.min(MAX_PRINTED, this.#shown.length);
		this.#body.replaceChildren(...this.#shown.slice(0, most).map((place, i) => this.#row(place, i)));
		const left = this.#shown.length - most;
		if (this.#parts.more) this.#parts.more.textContent = left > 0 ? `${counted(left, "flow")} more.` : "";
	}

	forScreen(): void {
		this.#isPrinting = false;
		this.#drawn = "";
		this.#draw();
	}

	#fillChoices(): void {
		const fill = (name: string, values: readonly string[]) => {
			const select = this.#parts.form.elements.namedItem(name);
			if (select instanceof HTMLSelectElement) for (const value of values) select.add(new Option(value, value));
		};
		fill("row", this.#list.rows());
		fill("protocol", this.#list.protocols());
	}

	#makeHeads(): void {
		for (const head of this.#parts.table.tHead!.rows[0]!.cells) {
			const name = head.textContent as Column;
			const button = element("button", "sort", name);
			button.type = "button";
			head.replaceChildren(button);
			button.addEventListener("click", () => {
				const isAgain = this.#column === name;
				this.#isDescending = isAgain ? !this.#isDescending : LARGEST_FIRST.has(name);
				this.#column = name;
				for (const other of this.#parts.table.tHead!.rows[0]!.cells) other.removeAttribute("aria-sort");
				head.setAttribute("aria-sort", this.#isDescending ? "descending" : "ascending");
				this.#find();
			});
		}
	}

	#find(): void {
		const value = (name: string) => String(new FormData(this.#parts.form).get(name) ?? "");
		const found = this.#list.find({
			text: value("text"),
			status: value("status"),
			row: value("row"),
			protocol: value("protocol"),
		});
		this.#shown = this.#column ? this.#list.sort(found, this.#column, this.#isDescending) : this.#list.ranked(found);
		const { size } = this.#list;
		this.#parts.count.value =
			found.length === size ? counted(size, "flow") : `${grouped(found.length)} of ${counted(size, "flow")}`;
		this.#parts.table.setAttribute("aria-rowcount", String(found.length + 1));
		this.#current = 0;
		this.#parts.scroll.scrollTop = 0;
		this.#drawn = "";
		this.#draw();
	}

	/** Draws the rows that are seen, and the one that has the keyboard wherever it is, between others that keep the room of the rest. */
	#draw(): void {
		if (this.#isPrinting) return;
		const { scroll } = this.#parts;
		const height = rowHeight();
		const count = this.#shown.length;
		const first = Math.max(0, Math.floor(scroll.scrollTop / height) - MARGIN);
		const last = Math.min(count, Math.ceil((scroll.scrollTop + scroll.clientHeight) / height) + MARGIN);
		const drawn = `${first} ${last} ${height}`;
		if (drawn === this.#drawn) return;
		this.#drawn = drawn;
		const hadFocus = this.#body.contains(document.activeElement);
		const current = this.#current;
		const seen = Array.from({ length: last - first }, (_, i) => first + i);
		const places = [
			...(current < first ? [current] : []),
			...seen,
			...(current >= last && current < count ? [current] : []),
		];
		const rows: HTMLTableRowElement[] = [];
		let next = 0;
		for (const at of places) {
			if (at > next) rows.push(room((at - next) * height));
			rows.push(this.#row(this.#shown[at]!, at));
			next = at + 1;
		}
		if (count > next) rows.push(room((count - next) * height));
		this.#body.replaceChildren(...rows);
		if (hadFocus) this.#rowAt(current)?.focus({ preventScroll: true });
	}

	#row(place: number, at: number): HTMLTableRowElement {
		const list = this.#list;
		const label = list.label(place);
		const cells: readonly (readonly [string, string])[] = [
			["", String(list.number(place, AT.id))],
			["", clockText(list, place)],
			["", list.text(place, AT.over)],
			["address", endText(list, place, "client")],
			["address", endText(list, place, "server")],
			["", list.text(place, AT.protocol)],
			[`row is-${label.status}`, label.text],
			["", label.sure],
			["right", grouped(list.packets(place))],
			["right", byteText(list.bytes(place))],
			[list.isTroubled(place) ? "is-error" : "", list.noteText(place)],
		];
		const row = element("tr", "", ...cells.map(([className, text]) => cell(className, text)));
		row.dataset.at = String(at);
		row.tabIndex = at === this.#current ? 0 : -1;
		row.setAttribute("aria-rowindex", String(at + 2));
		return row;
	}

	#rowAt(at: number): HTMLTableRowElement | null {
		return this.#body.querySelector(`tr[data-at="${at}"]`);
	}

	#clicked({ target }: MouseEvent): void {
		const row = target instanceof Element ? target.closest<HTMLTableRowElement>("tr[data-at]") : null;
		// Who marks text to copy it wants no window over it.
		if (!row || String(getSelection()) !== "") return;
		this.#select(Number(row.dataset.at));
		this.#details.show(this.#shown[this.#current]!);
	}

	/** The keyboard goes on from the row that was last pressed, too. */
	#focused({ target }: FocusEvent): void {
		if (!(target instanceof HTMLTableRowElement) || target.tabIndex === 0) return;
		const before = this.#rowAt(this.#current);
		if (before) before.tabIndex = -1;
		target.tabIndex = 0;
		this.#current = Number(target.dataset.at);
	}

	#pressed(event: KeyboardEvent): void {
		const page = Math.max(1, Math.floor(this.#parts.scroll.clientHeight / rowHeight()) - 2);
		const steps: Readonly<Record<string, number>> = {
			ArrowDown: 1,
			ArrowUp: -1,
			PageDown: page,
			PageUp: -page,
			Home: -this.#shown.length,
			End: this.#shown.length,
		};
		if (event.key === "Enter" || event.key === " ") this.#details.show(this.#shown[this.#current]!);
		else if (event.key in steps) this.#select(this.#current + steps[event.key]!);
		else return;
		event.preventDefault();
	}

	/** Gives a row the keyboard, and brings it into view. */
	#select(at: number): void {
		this.#current = Math.max(0, Math.min(this.#shown.length - 1, at));
		const { scroll, table } = this.#parts;
		const head = table.tHead!.offsetHeight;
		const height = rowHeight();
		const top = this.#current * height;
		if (top < scroll.scrollTop) scroll.scrollTop = top;
		else if (top + height + head > scroll.scrollTop + scroll.clientHeight)
			scroll.scrollTop = top + height + head - scroll.clientHeight;
		this.#drawn = "";
		this.#draw();
		this.#rowAt(this.#current)?.focus({ preventScroll: true });
	}

	/** Shows the flow that the page's address names. */
	#follow(): void {
		const [, id] = /^#flow-(\d+)$/.exec(location.hash) ?? [];
		if (id === undefined) return;
		const place = this.#list.placeOf(Number(id));
		if (place !== undefined) this.#details.show(place);
		else this.#details.miss(id);
	}
}

/** A cell whose text can be read whole where it is cut. */
function cell(className: string, text: string): HTMLTableCellElement {
	const made = element("td", className, text);
	if (text.length > WIDE) made.title = text;
	return made;
}

function rowHeight(): number {
	return NARROW.matches ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
}

/** A row as high as those that are not drawn. */
function room(height: number): HTMLTableRowElement {
	const row = element("tr", "room");
	row.setAttribute("aria-hidden", "true");
	const cell = element("td");
	cell.colSpan = 11;
	cell.style.height = `${height}px`;
	row.append(cell);
	return row;
}
