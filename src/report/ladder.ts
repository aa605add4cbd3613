import type { MessageRecord } from "../document/document.ts";
import { hostOf } from "../packet/address.ts";
import { answerOf } from "./text/call-words.ts";
import type { Page } from "./text/page.ts";
import { cutText, displayWidth, safeText } from "./text/safe-text.ts";

/** Life lines side by side; a call over more addresses is a list. */
const MAX_LINES = 4;
/** Between two life lines: least and most columns. */
const NARROW = 22;
const WIDE = 40;
/** Before the first life line: the time, which is also room for half of its address. */
const TIME = 14;
/** Behind the last one: the packet's number, and half of the address. */
const PACKET = 18;

/**
 * Messages between hosts as arrows between life lines, from above to below, with the seconds since the first one; a list
 * where there are too many hosts for the width.
 */
export function* ladder(messages: readonly MessageRecord[], page: Page): Iterable<string> {
	const [first] = messages;
	if (!first) return;
	const ends = [...new Set(messages.flatMap(({ from, to }) => [from, to]))];
	const hosts = [...new Set(ends.map(hostOf))];
	const files = new Set(messages.map(({ packet }) => packet.file)).size;
	const gap = Math.min(WIDE, Math.floor((page.width - TIME - PACKET) / Math.max(1, hosts.length - 1)));
	const place = ({ packet: { file, packet } }: MessageRecord) => `packet ${packet}${files > 1 ? ` of ${file}` : ""}`;
	const isList = hosts.length < 2 || hosts.length > MAX_LINES || gap < NARROW;
	if (!isList)
		yield page.line(
			head(
				hosts.map((host) => endOf(host, ends)),
				gap,
			),
			"bold",
		);
	for (const message of messages) {
		const time = sinceText(first.time, message.time).padStart(TIME - 3);
		const style = styleOf(message);
		if (isList) {
			yield* page.wrapped(
				`${time}  ${message.from} → ${message.to}  ${textOf(message)}, ${place(message)}`,
				" ".repeat(TIME),
				style,
			);
			continue;
		}
		const from = hosts.indexOf(hostOf(message.from));
		const to = hosts.indexOf(hostOf(message.to));
		const drawn = rung(from, to, hosts.length, gap, safeText(textOf(message)));
		const line = `${time}   ${drawn.before}${style ? page.paint(style, drawn.arrow) : drawn.arrow}${drawn.behind}`;
		yield `${line}  ${page.paint("dim", cutText(safeText(place(message)), PACKET - 2))}\n`;
	}
}

function textOf({ text, media }: MessageRecord): string {
	return media ? `${text} (media)` : text;
}

/** What goes wrong is red, what succeeds green. */
const STYLES = { provisional: undefined, challenge: "yellow", success: "green", refusal: "red" } as const;

function styleOf({ text }: MessageRecord): "red" | "green" | "yellow" | undefined {
	const answer = answerOf(text);
	return answer && STYLES[answer];
}

/** `+12.345 s`. */
function sinceText(first: string, time: string): string {
	const whole = (Date.parse(`${time.slice(0, 19)}Z`) - Date.parse(`${first.slice(0, 19)}Z`)) / 1000;
	const part = (text: string) => Number(`0${/\.\d+/.exec(text)?.[0] ?? ""}`);
	return `+${Math.max(0, whole + part(time) - part(first)).toFixed(3)} s`;
}

/** The life lines' heads, each in the middle of its line. */
function head(names: readonly string[], gap: number): string {
	let line = "";
	for (const [i, name] of names.entries()) {
		const text = cutText(safeText(name), i === 0 ? gap - 2 : gap - 1);
		const at = TIME + i * gap - Math.floor(displayWidth(text) / 2);
		line += `${" ".repeat(Math.max(i === 0 ? 0 : 1, at - displayWidth(line)))}${text}`;
	}
	return line;
}

interface Rung {
	readonly before: string;
	readonly arrow: string;
	readonly behind: string;
}

/** `│ ├── INVITE ──▶ │`: an arrow between two life lines; what stays on one host points at itself. */
function rung(from: number, to: number, lines: number, gap: number, text: string): Rung {
	const left = Math.min(from, to);
	const right = Math.max(from, to);
	const lives = (count: number) => `│${" ".repeat(gap - 1)}`.repeat(count);
	if (left === right) {
		const room = left < lines - 1 ? gap - 1 : PACKET;
		const words = cutText(`⟲ ${text}`, room);
		const pad = left < lines - 1 ? " ".repeat(Math.max(0, gap - 1 - displayWidth(words))) : "";
		return { before: `${lives(left)}│`, arrow: words, behind: `${pad}${behindOf(lines - 1 - left, gap)}` };
	}
	const length = (right - left) * gap - 1;
	const words = ` ${cutText(text, length - 6)} `;
	const shafts = length - 1 - displayWidth(words);
	const before = "─".repeat(Math.floor(shafts / 2));
	const behind = "─".repeat(Math.ceil(shafts / 2));
	const arrow = from < to ? `${before}${words}${behind}▶` : `◀${before}${words}${behind}`;
	return { before: `${lives(left)}│`, arrow, behind: `│${behindOf(lines - 1 - right, gap)}` };
}

/** Life lines to the right of one. */
function behindOf(count: number, gap: number): string {
	return `${" ".repeat(gap - 1)}│`.repeat(count);
}

/** A host with its port, where it has one only. */
function endOf(host: string, ends: readonly string[]): string {
	const own = ends.filter((end) => hostOf(end) === host);
	return own.length === 1 ? own[0]! : host;
}
