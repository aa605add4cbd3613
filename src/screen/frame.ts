import { byteText, counted, durationText, grouped } from "../finding/words.ts";
import { SEVERITY_STYLES } from "../report/table.ts";
import { Page } from "../report/text/page.ts";
import { cutText, displayWidth, safeText } from "../report/text/safe-text.ts";
import type { Snapshot } from "./follow.ts";
import { type Size, sizesOf } from "./layout.ts";
import { pageLines } from "./pages.ts";
import { cursor, firstShown, START, type State } from "./state.ts";
import { cutTo, filled, plain, reversed } from "./styled.ts";
import { VIEW_NAMES } from "./view.ts";
import { newestFirst } from "./views/findings.ts";
import { VIEWS } from "./views/index.ts";
import { byteRate, clock, clockOf, packetRate, sparkline } from "./words.ts";

export interface Scene {
	/** What is on the screen, and what has come since: the same unless the screen is paused. */
	readonly shown: Snapshot;
	readonly latest: Snapshot;
	/** What is captured, and by what. */
	readonly source: string;
	/** Whether packets that are dropped are told as they are. */
	readonly tellsDrops: boolean;
}

/**
 * The lines of the screen: as many as it has rows, none wider than it is. They hold no controls but those of colours
 * (SGR), and without colours only those for dark on light.
 */
export function frame(state: State, scene: Scene, size: Size, color: boolean): string[] {
	const page = new Page({ width: size.columns, color });
	const { shown } = scene;
	const sizes = sizesOf(state, shown, size);
	const lines = [
		...upTo(sizes.title, () => [titleLine(state, scene, size.columns)]),
		...upTo(sizes.counts, () => [countsLine(shown, scene.tellsDrops, page)]),
		...upTo(sizes.tabs, () => [tabsLine(state, shown, page)]),
		...(state.page ? pagePart(state, shown, size, color) : listPart(state, shown, size, page)),
	];
	const above = Math.max(0, size.rows - sizes.bar);
	const whole = [...lines.slice(0, above), ...Array<string>(Math.max(0, above - lines.length)).fill("")];
	return [...whole, ...upTo(sizes.bar, () => [barLine(state, page)])].map((line) => cutTo(line, size.columns));
}

/** So many lines, which are only made where there are any. */
function upTo(count: number, make: () => readonly string[]): readonly string[] {
	return count > 0 ? make().slice(0, count) : [];
}

/** Columns that the name of the program and the first letters of the source take. */
const SOURCE_ROOM = 20;

function titleLine(state: State, { shown, latest, source }: Scene, width: number): string {
	const { rate, trend } = shown.total;
	const left = ` flowmatrix  ${safeText(source)}`;
	const behind = Math.max(0, latest.time - shown.time);
	const mode = state.paused ? `PAUSED${behind > 0 ? `, ${durationText(Math.round(behind))} behind` : ""}` : "live";
	// What matters most keeps its place longest; it stands on the right.
	const byWorth = [
		mode,
		`${clockOf(shown.clock)} UTC`,
		`${byteRate(rate) || "0 B"}/s ${sparkline(trend, 10)}`,
		`${packetRate(rate) || "0"} pkt/s`,
	];
	const right = `${[...fitting(byWorth, width - SOURCE_ROOM)].reverse().join("  ")} `;
	return reversed(apart(left, right, width), width);
}

/** Two texts at the edges; the left one is cut where there is no room for both. */
function apart(left: string, right: string, width: number): string {
	const room = width - displayWidth(right) - 1;
	return room < 1 ? right.trimStart() : `${filled(cutText(left, room), room)} ${right}`;
}

/** What counts most comes first: what the line has no room for is left out, never cut. */
function countsLine(
	{ report: { labels, capture, problems }, findings }: Snapshot,
	tellsDrops: boolean,
	page: Page,
): string {
	const severity = (wanted: string) => findings.filter(({ finding }) => finding.severity === wanted).length;
	const { dropped } = capture;
	const [errors, warnings] = [severity("error"), severity("warning")];
	const parts = [
		dropped === 0 && !tellsDrops
			? page.paint("dim", "? dropped")
			: page.paint(dropped > 0 ? "red" : "dim", `${grouped(dropped)} dropped`),
		...(problems.length > 0 ? [page.paint("yellow", counted(problems.length, "problem"))] : []),
		errors > 0 ? page.paint("red", counted(errors, "error")) : page.paint("dim", "0 errors"),
		warnings > 0 ? page.paint("yellow", counted(warnings, "warning")) : page.paint("dim", "0 warnings"),
		`${counted(labels.flows, "flow")}: ${grouped(labels.matched)} matched, ${grouped(labels.ambiguous)} ambiguous, ${grouped(labels.unknown)} unknown`,
		counted(capture.packets, "packet"),
		byteText(capture.bytes),
	];
	return ` ${fitting(parts, page.width - 1).join("  ")}`;
}

/** The first of some parts, as many as a line has room for with two blanks between; the first one always. */
function fitting(parts: readonly string[], width: number): readonly string[] {
	let used = -2;
	const beyond = parts.findIndex((part) => {
		used += 2 + displayWidth(plain(part));
		return used > width;
	});
	return beyond < 0 ? parts : parts.slice(0, Math.max(1, beyond));
}

/** The tabs with how many items each has; with less room, without that; with still less, from the chosen one on. */
function tabsLine(state: State, snapshot: Snapshot, page: Page): string {
	const chosen = VIEW_NAMES.indexOf(state.view);
	const names = VIEW_NAMES.map((name, i) => ` ${i + 1} ${VIEWS[name].name} `);
	const counted = VIEW_NAMES.map((name, i) => {
		const { total } = VIEWS[name].list(snapshot, state.lists[name].selection);
		return `${names[i]}${grouped(total)} `;
	});
	const room = (texts: readonly string[]) => page.width - texts.join("").length;
	const texts = room(counted) >= 0 ? counted : names.map((name, i) => (i === chosen ? counted[i]! : name));
	let from = 0;
	while (from < chosen && room(texts.slice(from, chosen + 1)) < 0) from++;
	return texts
		.slice(from)
		.map((text, i) => (from + i === chosen ? reversed(text, text.length) : page.paint("dim", text)))
		.join("");
}

function pagePart(state: State, snapshot: Snapshot, size: Size, color: boolean): string[] {
	const { page: shown } = sizesOf(state, snapshot, size);
	const lines = pageLines(state.page!, snapshot, size.columns, color);
	const top = Math.max(0, Math.min(state.page!.top, lines.length - shown));
	return lines.slice(top, top + shown);
}

function listPart(state: State, snapshot: Snapshot, size: Size, page: Page): string[] {
	const sizes = sizesOf(state, snapshot, size);
	const { selection, top: before } = state.lists[state.view];
	const listing = VIEWS[state.view].list(snapshot, selection);
	const { at } = cursor(state, snapshot);
	const top = firstShown(before, at, sizes.body, listing.keys.length);
	const { head, lines } = listing.table(page, top, top + sizes.body);
	const items = lines.map((line, i) => (top + i === at ? reversed(line, size.columns) : line));
	if (items.length === 0 && sizes.body > 0) items.push(page.paint("dim", nothingText(state, listing.total)));
	return [
		...upTo(sizes.rule, () => [ruleLine(state, [top, top + lines.length, listing.keys.length], page)]),
		...upTo(sizes.head, () => [page.paint("dim", head)]),
		...items,
		...Array<string>(Math.max(0, sizes.body - items.length)).fill(""),
		...upTo(sizes.findings, () => findingsPane(snapshot, sizes.findings, page)),
		...upTo(sizes.flows, () => flowsPane(snapshot, sizes.flows, page)),
	];
}

function nothingText({ view, lists }: State, total: number): string {
	const { filter, alive, of } = lists[view].selection;
	if (total === 0) return `No ${view} yet`;
	return filter !== "" || alive || of ? `None of ${grouped(total)} ${view} (escape shows all)` : "";
}

/** `── flows of IPO-IN-5 ── filter sip ── by bytes ─────── 1–14 of 34 ──`. */
function ruleLine(state: State, [from, to, count]: readonly [number, number, number], page: Page): string {
	const { filter, alive, of, sort, reverse } = state.lists[state.view].selection;
	const parts = [
		...(of ? [`flows of ${safeText(of.title)}`] : []),
		...(filter !== "" ? [`filter: ${safeText(filter)}`] : []),
		...(alive ? ["alive"] : []),
		`${sort === null ? VIEWS[state.view].order : `by ${sort}`}${reverse ? ", reversed" : ""}`,
	];
	const place = count === 0 ? "" : ` ${grouped(from + 1)}–${grouped(to)} of ${grouped(count)} ──`;
	return rule(`── ${parts.join(" ── ")} `, place, page, filter !== "" || alive || of ? "yellow" : "dim");
}

function rule(left: string, right: string, page: Page, style: "dim" | "yellow" = "dim"): string {
	const room = page.width - displayWidth(right);
	const cut = cutText(left, Math.max(0, room));
	return page.paint(style, `${cut}${"─".repeat(Math.max(0, room - displayWidth(cut)))}${right}`);
}

function findingsPane({ findings }: Snapshot, lines: number, page: Page): string[] {
	const troubles = newestFirst(findings.filter(({ finding }) => finding.severity !== "info"));
	const texts = troubles.slice(0, lines - 1).map(({ finding: { severity, kind, message, start } }) => {
		const text = cutText(`${clock(start)} ${severity} ${kind}: ${safeText(message)}`, page.width);
		return page.paint(SEVERITY_STYLES[severity], text);
	});
	if (texts.length === 0) texts.push(page.paint("dim", "no errors or warnings so far"));
	return [rule("── newest errors and warnings ", "", page), ...padded(texts, lines - 1)];
}

function flowsPane(snapshot: Snapshot, lines: number, page: Page): string[] {
	const flows = VIEWS.flows.list(snapshot, START.lists.flows.selection).table(page, 0, lines - 1);
	return [rule("── newest and changed flows ", "", page), ...padded(flows.lines, lines - 1)];
}

function padded(lines: readonly string[], count: number): string[] {
	return [...lines, ...Array<string>(Math.max(0, count - lines.length)).fill("")];
}

const LIST_KEYS = ["? help", "/ filter", "enter look into", "f flows", "s sort", "a alive", "p pause", "q end"];
const PAGE_KEYS = ["escape, q back", "up, down", "p pause", "? help"];

function barLine(state: State, page: Page): string {
	if (state.typing) {
		const { filter } = state.lists[state.view].selection;
		// Its end is where one types.
		const text = [...safeText(filter)];
		const room = Math.max(1, page.width - " filter: ".length - 1);
		while (displayWidth(text.join("")) > room) text.shift();
		return ` filter: ${page.paint("bold", text.join(""))}\x1b[7m \x1b[0m  ${page.paint("dim", "enter keeps it, escape undoes it")}`;
	}
	const isItem = state.page?.kind === "item" && state.page.view !== "flows";
	const keys = state.page ? [...PAGE_KEYS, ...(isItem ? ["f flows"] : [])] : LIST_KEYS;
	return ` ${keys.map((text) => text.replace(/^\S+(, \S+)?/, (key) => page.paint("bold", key))).join("  ")}`;
}
