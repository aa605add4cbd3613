import { hasWord } from "../../../matrix/has-word.ts";
import { AT, type FlowLine, type LabelWords, type NoteWords, type Words } from "../data-format.ts";

/** What the reader wants to see. */
export interface Query {
	readonly text: string;
	readonly status: string;
	readonly row: string;
	readonly protocol: string;
}

/** A column by which flows are sorted. */
export type Column =
	| "flow"
	| "start"
	| "over"
	| "client"
	| "server"
	| "protocol"
	| "row"
	| "how sure"
	| "packets"
	| "bytes"
	| "note";

const NO_NOTES: readonly NoteWords[] = [];

/** The flows that the page holds. A flow is told by its place in the list. */
export class FlowList {
	readonly words: Words;
	readonly #lines: readonly FlowLine[];
	readonly #places = new Map<number, number>();
	readonly #keys = new Map<Column, Float64Array>();

	constructor(lines: readonly FlowLine[], words: Words) {
		this.words = words;
		this.#lines = lines;
		lines.forEach((line, place) => {
			this.#places.set(line[AT.id]!, place);
		});
	}

	get size(): number {
		return this.#lines.length;
	}

	/** @returns undefined where the page does not hold the flow. */
	placeOf(id: number): number | undefined {
		return this.#places.get(id);
	}

	number(place: number, at: number): number {
		return this.#lines[place]![at] ?? 0;
	}

	text(place: number, at: number): string {
		return this.words.texts[this.number(place, at)] ?? "";
	}

	label(place: number): LabelWords {
		return this.words.labels[this.number(place, AT.label)]!;
	}

	notes(place: number): readonly NoteWords[] {
		return this.words.notes[this.number(place, AT.notes)] ?? NO_NOTES;
	}

	packets(place: number): number {
		return this.number(place, AT.clientPackets) + this.number(place, AT.serverPackets);
	}

	bytes(place: number): number {
		return this.number(place, AT.clientBytes) + this.number(place, AT.serverBytes);
	}

	/** Kinds of what was found, or else the state of the connection. */
	noteText(place: number): string {
		const kinds = this.notes(place).flatMap(({ severity, kind }) => (severity === "info" ? [] : [kind]));
		return kinds.length > 0 ? kinds.join(", ") : this.text(place, AT.state);
	}

	isTroubled(place: number): boolean {
		return this.notes(place).some(({ severity }) => severity !== "info");
	}

	/** Places of the flows that a query fits, in the order of their ids. */
	find(query: Query): number[] {
		const tests = termsOf(query.text).map((term) => this.#testOf(term));
		const labels = this.words.labels.map(
			({ status, rows }) =>
				(query.status === "" || query.status === "trouble" || status === query.status) &&
				(query.row === "" || rows.includes(query.row)),
		);
		const found: number[] = [];
		for (let place = 0; place < this.size; place++) {
			if (!labels[this.number(place, AT.label)]) continue;
			if (query.status === "trouble" && !this.isTroubled(place)) continue;
			if (query.protocol !== "" && this.text(place, AT.protocol) !== query.protocol) continue;
			if (tests.every((test) => test(place))) found.push(place);
		}
		return found;
	}

	/** Asks each word that flows share once, not each flow. */
	#testOf(term: string): (place: number) => boolean {
		const ofRow = this.words.labels.map(({ rows }) => rows.some((row) => row.toLowerCase() === term));
		// A row's name is no part of another's: IPO-IN-1 is not to find IPO-IN-19, nor flows whose reasons name it.
		if (ofRow.includes(true)) return (place) => ofRow[this.number(place, AT.label)]!;
		const has = (text: string) => hasWord(text.toLowerCase(), term);
		const texts = this.words.texts.map(has);
		const labels = this.words.labels.map(({ text, status, sure, service, reasons, nearest, rows }) =>
			[text, status, sure, service, nearest, ...reasons, ...rows].some(has),
		);
		const notes = this.words.notes.map((all) => all.some(({ kind, message }) => has(kind) || has(message)));
		const end = /^(.*):(\d+)$/.exec(term);
		const address = (end?.[1] ?? "").replace(/^\[|\]$/g, "");
		const addresses = end && this.words.texts.map((text) => (address === "" ? true : text.toLowerCase() === address));
		const port = Number(end ? end[2] : /^\d+$/.test(term) ? term : Number.NaN);
		const columns = [AT.over, AT.client, AT.server, AT.protocol, AT.state, AT.fields, AT.file, AT.vlan];
		return (place) => {
			if (labels[this.number(place, AT.label)] || notes[this.number(place, AT.notes)]) return true;
			if (columns.some((at) => texts[this.number(place, at)])) return true;
			if (Number.isNaN(port)) return false;
			const isAt = (name: number, at: number) =>
				this.number(place, at) === port && (!addresses || addresses[this.number(place, name)]!);
			return (
				isAt(AT.client, AT.clientPort) || isAt(AT.server, AT.serverPort) || (!end && this.number(place, AT.id) === port)
			);
		};
	}

	/** Sorts places by a column; what is equal stays in the order of ids. */
	sort(places: readonly number[], column: Column, isDescending: boolean): number[] {
		const keys = this.#keysOf(column);
		const sign = isDescending ? -1 : 1;
		return [...places].sort((a, b) => sign * (keys[a]! - keys[b]!) || a - b);
	}

	/** What flows are sorted by, made when a column is first asked for: to collate 100,000 texts takes a second. */
	#keysOf(column: Column): Float64Array {
		let keys = this.#keys.get(column);
		if (!keys) {
			keys = Float64Array.from({ length: this.size }, (_, place) => place).map(this.#keyOf(column));
			this.#keys.set(column, keys);
		}
		return keys;
	}

	#keyOf(column: Column): (place: number) => number {
		const ofText = (at: number) => {
			const ranks = this.#ranksAt(at, (text) => this.words.texts[text] ?? "");
			return (place: number) => ranks.get(this.number(place, at))!;
		};
		const ofEnd = (address: number, port: number) => {
			const rank = ofText(address);
			return (place: number) => rank(place) * 65_536 + this.number(place, port);
		};
		const ofLabel = (text: (label: LabelWords) => string) => {
			const ranks = this.#ranksAt(AT.label, (label) => text(this.words.labels[label]!));
			return (place: number) => ranks.get(this.number(place, AT.label))!;
		};
		switch (column) {
			case "flow":
				return (place) => this.number(place, AT.id);
			case "start":
				return (place) => this.number(place, AT.start);
			case "over":
				return ofText(AT.over);
			case "client":
				return ofEnd(AT.client, AT.clientPort);
			case "server":
				return ofEnd(AT.server, AT.serverPort);
			case "protocol":
				return ofText(AT.protocol);
			case "row":
				return ofLabel(({ text }) => text);
			case "how sure":
				return ofLabel(({ sure }) => sure);
			case "packets":
				return (place) => this.packets(place);
			case "bytes":
				return (place) => this.bytes(place);
			case "note": {
				const ranks = this.#ranksAt(AT.notes, (notes) => this.words.notes[notes]!.map(({ kind }) => kind).join());
				return (place) => ranks.get(this.number(place, AT.notes))!;
			}
		}
	}

	/** The rank of each word that flows have at one place of their lines, by its number. */
	#ranksAt(at: number, textOf: (word: number) => string): ReadonlyMap<number, number> {
		const used = new Set<number>();
		for (let place = 0; place < this.size; place++) used.add(this.number(place, at));
		const words = [...used];
		const ranks = ranksOf(words.map(textOf));
		return new Map(words.map((word, i) => [word, ranks[i]!]));
	}

	/** What the list shows unless the reader sorts it: trouble, doubt, what is known, the rest. */
	ranked(places: readonly number[]): number[] {
		const groups: number[][] = [[], [], [], [], []];
		for (const place of places) {
			const { status, sure } = this.label(place);
			const rank = this.isTroubled(place)
				? 0
				: status === "ambiguous"
					? 1
					: status === "unknown"
						? 4
						: sure === "port only"
							? 3
							: 2;
			groups[rank]!.push(place);
		}
		return groups.flat();
	}

	/** Different values of what flows are chosen by, sorted. */
	rows(): string[] {
		return inOrder(this.words.labels.flatMap(({ rows }) => rows));
	}

	protocols(): string[] {
		const all = new Set<string>();
		for (let place = 0; place < this.size; place++) all.add(this.text(place, AT.protocol));
		all.delete("");
		return inOrder([...all]);
	}
}

/** Words of a search, all of which a flow has to have; what is in double quotes is one. */
function termsOf(text: string): string[] {
	return [...text.toLowerCase().matchAll(/"([^"]+)"?|[^\s"]+/g)].map(([whole, quoted]) => quoted ?? whole);
}

/** As people order names with numbers in them: `10.0.0.9` before `10.0.0.10`. */
const ORDER = new Intl.Collator("en", { numeric: true });

function inOrder(texts: readonly string[]): string[] {
	return [...new Set(texts)].sort(ORDER.compare);
}

/** The place of each text in their order. */
function ranksOf(texts: readonly string[]): Float64Array {
	const order = texts.map((_, i) => i).sort((a, b) => ORDER.compare(texts[a]!, texts[b]!));
	const ranks = new Float64Array(texts.length);
	order.forEach((i, rank) => {
		// Equal texts, of different labels, have one rank.
		const before = order[rank - 1];
		ranks[i] = before !== undefined && texts[before] === texts[i] ? ranks[before]! : rank;
	});
	return ranks;
}
