import type { FlowRecord, Label, Report } from "../../document/document.ts";
import { KINDS } from "../../finding/kinds.ts";
import { RANKS, rank, rowText, SURE } from "../text/flow-words.ts";
import { safeJson, safeText } from "../text/safe-text.ts";
import type { FlowLine, LabelWords, NoteWords, Words } from "./data-format.ts";
import { type Gathered, timeOf } from "./gather.ts";

/** Characters of what one flow's payload says, and of what all say: beyond, `--format json` has it. */
const MAX_FIELDS = 300;
const MAX_ALL_FIELDS = 4_000_000;
/** Characters of what was found on single flows: beyond, what the kind means is said instead. */
const MAX_ALL_NOTES = 2_000_000;
/** Fields that tell a reader nothing, or what the table has anyway. */
const UNTOLD = new Set(["protocol", "ja3", "ja3s", "ja4", "fingerprint", "media"]);

/** The flows as JSON in elements that no text of theirs can end. @param most flows held, those that matter most. */
export function* flowData(report: Report, gathered: Gathered, most: number): Iterable<string> {
	const start = timeOf(report.capture.start);
	const words = new WordList(new Map(report.rows.map(({ row, service }) => [row, service])));
	yield '<script type="application/json" id="flow-data">[';
	let separator = "\n";
	for (const flow of chosen(report, gathered, most)) {
		yield separator + inScript(words.lineOf(flow, start));
		separator = ",\n";
	}
	yield '\n]</script>\n<script type="application/json" id="word-data">{';
	const all: Words = { start, span: (timeOf(report.capture.end) - start) / 1000, ...words.lists() };
	separator = "\n";
	for (const [name, value] of Object.entries(all)) {
		yield `${separator}"${name}":`;
		separator = ",\n";
		if (typeof value === "number") yield String(value);
		else yield* list(value);
	}
	yield "\n}</script>\n";
}

function* list(items: readonly unknown[]): Iterable<string> {
	let separator = "[";
	for (const item of items) {
		yield separator + inScript(item);
		separator = ",\n";
	}
	yield items.length === 0 ? "[]" : "]";
}

/** JSON without what could end, or begin, an element. */
function inScript(value: unknown): string {
	return safeJson(value).replaceAll("<", "\\u003c");
}

/** The flows that matter most, in the order of their ids. */
function* chosen(report: Report, { ranks }: Gathered, most: number): Iterable<FlowRecord> {
	const left = new Array<number>(RANKS).fill(0);
	let room = most;
	for (let place = 0; place < RANKS; place++) {
		left[place] = Math.min(room, ranks[place]!);
		room -= left[place]!;
	}
	for (const flow of report.flows()) if (left[rank(flow)]!-- > 0) yield flow;
}

/** Collects what flows share. */
class WordList {
	readonly #texts = new Numbering<string>("");
	readonly #labels = new Numbering<LabelWords>();
	readonly #notes = new Numbering<readonly NoteWords[]>([]);
	readonly #known = new Map<Label, number>();
	readonly #services: ReadonlyMap<string, string>;
	#fieldsLeft = MAX_ALL_FIELDS;
	#notesLeft = MAX_ALL_NOTES;

	/** @param services of rows, by id. */
	constructor(services: ReadonlyMap<string, string>) {
		this.#services = services;
	}

	/** @param origin of times, in milliseconds since 1970. */
	lineOf(flow: FlowRecord, origin: number): FlowLine {
		const { client, server, first, tcp, transfer, call, vlan } = flow;
		const line = [
			flow.id,
			secondsSince(flow.start, origin),
			flow.duration,
			this.#text(flow.transport),
			this.#text(client.address),
			client.port,
			this.#text(server.address),
			server.port,
			client.packets,
			server.packets,
			client.bytes,
			server.bytes,
			this.#text(flow.application?.protocol ?? ""),
			this.#label(flow.label),
			first.packet,
			this.#note(flow),
			this.#text(tcp?.state ?? ""),
			this.#fields(flow),
			this.#text(first.file),
			transfer ?? 0,
			this.#text((call ?? []).slice(0, 20).join(" ")),
			this.#text(vlan.join(" ")),
		];
		while (line.at(-1) === 0) line.pop();
		return line;
	}

	lists(): Pick<Words, "texts" | "labels" | "notes"> {
		return { texts: this.#texts.all, labels: this.#labels.all, notes: this.#notes.all };
	}

	#text(text: string): number {
		return text === "" ? 0 : this.#texts.of(text, () => safeText(text));
	}

	#label(label: Label): number {
		let place = this.#known.get(label);
		if (place !== undefined) return place;
		place = this.#labels.of(JSON.stringify(label), () => {
			const { status, row, peerRow, candidates, confidence, service, reasons, nearest } = label;
			return {
				status,
				text: rowText(label),
				rows: [...new Set([row, peerRow, ...candidates].filter((id) => id !== null))],
				sure: SURE[confidence ?? "none"],
				service: safeText(this.#serviceText(row, service ?? "")),
				reasons: reasons.map(safeText),
				nearest: safeText(nearest ?? ""),
			};
		});
		if (Object.isFrozen(label)) this.#known.set(label, place);
		return place;
	}

	/** The row's service, with what the server's name tells of it beside. */
	#serviceText(row: string | null, told: string): string {
		const service = this.#services.get(row ?? "") ?? told;
		return service === told ? service : `${service}: ${told}`;
	}

	#note({ findings }: FlowRecord): number {
		if (findings.length === 0) return 0;
		const isFull = this.#notesLeft <= 0;
		const key = isFull ? findings.map(({ severity, kind }) => `${severity} ${kind}`).join() : JSON.stringify(findings);
		return this.#notes.of(key, () =>
			findings.map(({ severity, kind, message }) => {
				if (isFull) return { severity, kind, message: KINDS[kind].meaning };
				this.#notesLeft -= message.length;
				return { severity, kind, message: safeText(message) };
			}),
		);
	}

	#fields({ application }: FlowRecord): number {
		if (!application || this.#fieldsLeft <= 0) return 0;
		const parts = Object.entries(application)
			.filter(([name, value]) => !UNTOLD.has(name) && value !== null && value !== "" && value !== false)
			.map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
		const text = parts.join("; ").slice(0, MAX_FIELDS);
		const before = this.#texts.all.length;
		const place = this.#text(text);
		if (this.#texts.all.length > before) this.#fieldsLeft -= text.length;
		return place;
	}
}

/** Different things and the place of each in their list. */
class Numbering<T> {
	readonly all: T[];
	readonly #places = new Map<string, number>();

	/** @param zero what is at place 0, where there is nothing. */
	constructor(...zero: T[]) {
		this.all = zero;
	}

	/** @param key the same for what is the same. */
	of(key: string, make: () => T): number {
		let place = this.#places.get(key);
		if (place === undefined) {
			place = this.all.length;
			this.all.push(make());
			this.#places.set(key, place);
		}
		return place;
	}
}

/** To the microsecond: what a time has beyond milliseconds Date does not tell. */
function secondsSince(text: string, origin: number): number {
	const micros = Number(text.slice(-7, -4)) || 0;
	return Math.round((timeOf(text) - origin) * 1000 + micros) / 1e6;
}
