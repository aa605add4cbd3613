import { scaleLinear, scaleUtc } from "d3-scale";
import { area, curveStepAfter } from "d3-shape";
import type { CaptureFinding, Report } from "../../document/document.ts";
import { byteText, counted, durationText, grouped } from "../../finding/words.ts";
import { cutText, safeText } from "../text/safe-text.ts";
import { AMBIGUOUS, type Gathered, type Traffic, timeOf, UNKNOWN } from "./gather.ts";
import { html, type Markup, NOTHING, section, table, type Value } from "./markup.ts";

/** Rows drawn; the others are drawn as one. */
const MAX_ROWS = 40;
const TOP = 26;

/** The chart is drawn twice, for a desk and for a phone, where names stand above their bands. */
interface Room {
	readonly className: string;
	readonly width: number;
	/** Widths left and right of the bands. */
	readonly left: number;
	readonly right: number;
	/** Height of a band with its name and marks, and letters of a service. */
	readonly band: number;
	readonly letters: number;
	readonly ticks: number;
}

const WIDE: Room = { className: "wide", width: 1150, left: 320, right: 80, band: 26, letters: 34, ticks: 6 };
const NARROW: Room = { className: "narrow", width: 380, left: 28, right: 28, band: 44, letters: 26, ticks: 2 };
/** Height of the tallest part of a band, and of its marks with what is below them. */
const PEAK = 16;
const FOOT = 8;

interface Band {
	readonly name: string;
	readonly service: string;
	readonly kind: "row" | "open";
	readonly bytes: Float64Array;
	readonly total: number;
	readonly findings: readonly CaptureFinding[];
}

/** Traffic of each row over the capture's time, and what was found when. */
export function timeline(report: Report, gathered: Gathered): Markup {
	const { capture, labels } = report;
	if (labels.flows === 0 || capture.start === null || capture.end === null) return NOTHING;
	const bands = bandsOf(report, gathered);
	const span = (timeOf(capture.end) - timeOf(capture.start)) / 1000;
	return section(
		"timeline",
		"Traffic by row",
		"Each band is drawn to its own peak, with its bytes in all at the right; marks below it are findings. A flow’s bytes are spread evenly over its time.",
		span > 0
			? html`<div class="scroll" tabindex="0" role="group" aria-label="Traffic by row over time">${[WIDE, NARROW].map((room) => chart(bands, gathered, timeOf(capture.start), timeOf(capture.end), room))}</div>`
			: html`<p>All packets have one time: there is no course to draw.</p>`,
		rowsTable(report),
	);
}

function bandsOf(report: Report, { traffic }: Gathered): Band[] {
	const services = new Map(report.rows.map(({ row, service }) => [row, service]));
	const order = new Map(report.rows.map(({ row }, place) => [row, place]));
	const place = ({ row }: Traffic) => order.get(row) ?? (row === AMBIGUOUS ? 1e6 : 2e6);
	const all = [...traffic.values()].sort((a, b) => b.total - a.total);
	const shown = all.slice(0, MAX_ROWS).sort((a, b) => place(a) - place(b));
	const rest = all.slice(MAX_ROWS);
	const bands = shown.map(({ row, bytes, total }): Band => {
		const isOpen = row === UNKNOWN || row === AMBIGUOUS;
		const findings = report.findings.filter((each) => each.severity !== "info" && (each.row ?? UNKNOWN) === row);
		return {
			name: row,
			service: isOpen ? OPEN[row]! : (services.get(row) ?? ""),
			kind: isOpen ? "open" : "row",
			bytes,
			total,
			findings,
		};
	});
	if (rest.length > 0) {
		const bytes = new Float64Array(rest[0]!.bytes.length);
		for (const each of rest)
			each.bytes.forEach((amount, i) => {
				bytes[i]! += amount;
			});
		const total = rest.reduce((sum, each) => sum + each.total, 0);
		bands.push({
			name: counted(rest.length, "row"),
			service: "with less traffic",
			kind: "row",
			bytes,
			total,
			findings: [],
		});
	}
	return bands;
}

const OPEN: Readonly<Record<string, string>> = { [UNKNOWN]: "no row of the matrix", [AMBIGUOUS]: "several rows fit" };

function chart(bands: readonly Band[], { start, step }: Gathered, first: number, last: number, room: Room): Markup {
	const { className, width, left, right, band: pitch } = room;
	const height = TOP + bands.length * pitch + 4;
	const x = scaleUtc([new Date(first), new Date(last)], [left, width - right]);
	const ticks = x.ticks(room.ticks);
	const format = x.tickFormat(room.ticks, timeFormat(first, last));
	const title = `Traffic of ${counted(bands.length, "row")} over ${durationText((last - first) / 1000)}`;
	return html`<svg class="timeline ${className}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">
${ticks.map((tick) => html`<line class="grid" x1="${px(x(tick))}" x2="${px(x(tick))}" y1="${TOP - 6}" y2="${height}"/><text class="tick" x="${px(x(tick))}" y="12" text-anchor="middle">${format(tick)}</text>`)}
${bands.map((band, i) => bandOf(band, TOP + i * pitch, start, step, x, room))}
</svg>`;
}

function bandOf(
	band: Band,
	top: number,
	start: number,
	step: number,
	x: (time: Date) => number,
	{ width, left, right, band: pitch, letters }: Room,
): Markup {
	const { name, service, kind, bytes, total, findings } = band;
	const base = top + pitch - FOOT;
	const text = Math.min(base - 2, top + PEAK);
	const y = scaleLinear([0, Math.max(1, ...bytes)], [base, base - PEAK]);
	const path = area<readonly [number, number]>()
		.x(([i]) => x(new Date(start + i * step)))
		.y0(base)
		.y1(([, amount]) => y(amount))
		.curve(curveStepAfter)
		.digits(1)(stepsOf(bytes));
	const label = kind === "row" ? `${name} ${service}` : service;
	return html`<g class="band is-${kind}"><title>${label}: ${byteText(total)}</title>
<text class="label" x="0" y="${text}">${kind === "row" ? html`<tspan class="row">${name}</tspan> ${cutText(safeText(service), letters)}` : service}</text>
<line class="base" x1="${left}" x2="${width - right}" y1="${base}" y2="${base}"/>
<path d="${path}"/>
${[...findings].reverse().map((each) => mark(each, base + 2, x, width - right))}
<text class="total" x="${width}" y="${text}" text-anchor="end">${byteText(total)}</text></g>
`;
}

/** Places where the amount changes, and the end: what is equal from one bucket to the next is one step. */
function stepsOf(buckets: Float64Array): [number, number][] {
	const steps: [number, number][] = [];
	buckets.forEach((amount, i) => {
		if (steps.at(-1)?.[1] !== amount) steps.push([i, amount]);
	});
	return [...steps, [buckets.length, steps.at(-1)?.[1] ?? 0]];
}

/** How the axis of a time is written: no more of it than tells ticks apart. */
export function timeFormat(first: number, last: number): string {
	const span = last - first;
	if (span < 2000) return "%H:%M:%S.%L";
	if (span < 15 * 60_000) return "%H:%M:%S";
	return new Date(first).toISOString().slice(0, 10) === new Date(last).toISOString().slice(0, 10)
		? "%H:%M"
		: "%Y-%m-%d %H:%M";
}

function mark(
	{ severity, start, end, message }: CaptureFinding,
	y: number,
	x: (time: Date) => number,
	right: number,
): Value {
	if (start === null) return null;
	const from = x(new Date(timeOf(start)));
	const width = Math.max(4, x(new Date(timeOf(end ?? start))) - from);
	return html`<rect class="mark is-${severity}" x="${px(Math.min(from, right - 4))}" y="${y}" width="${px(width)}" height="4" rx="1"><title>${message}</title></rect>`;
}

function px(value: number): string {
	return String(Math.round(value * 10) / 10);
}

function rowsTable({ rows }: Report): Markup {
	if (rows.length === 0) return NOTHING;
	const lines = rows.map(({ row, service, flows, packets, bytes, working, failing }) => [
		html`<span class="row">${row}</span>`,
		service,
		grouped(flows),
		grouped(packets),
		byteText(bytes),
		grouped(working),
		failing > 0 ? html`<span class="is-error">${grouped(failing)}</span>` : "0",
	]);
	return html`<details><summary>${counted(rows.length, "row")} in figures</summary>${table("Rows with traffic", ["row", "service", ">flows", ">packets", ">bytes", ">working", ">failing"], lines)}</details>`;
}
