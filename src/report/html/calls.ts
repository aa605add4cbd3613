import { scaleLinear, scaleUtc } from "d3-scale";
import type { CallRecord, Report, StreamRecord } from "../../document/document.ts";
import { counted, durationText, grouped, listed } from "../../finding/words.ts";
import { qualityOf } from "../../session/media/quality.ts";
import { endReasonText, isTroubled, lastedText, mediaText, resultText, troubleFirst } from "../text/call-words.ts";
import { callLadder, callLadderLegend } from "./call-ladder.ts";
import { timeOf } from "./gather.ts";
import { copyable, flowLinks, html, type Markup, NOTHING, section, table, type Value } from "./markup.ts";
import { timeFormat } from "./timeline.ts";

/** Calls on the page, those with findings first. */
const MAX_SHOWN = 200;
/** Streams drawn, those of the lowest scores. */
const MAX_DRAWN = 2000;
/** The chart is drawn twice, for a desk and for a phone. */
interface Room {
	readonly className: string;
	readonly width: number;
	readonly left: number;
	readonly right: number;
	readonly ticks: number;
}

const WIDE: Room = { className: "wide", width: 1150, left: 90, right: 1110, ticks: 6 };
const NARROW: Room = { className: "narrow", width: 380, left: 52, right: 350, ticks: 2 };
const HEIGHT = 190;
const TOP = 14;
const BOTTOM = HEIGHT - 24;
/** Mean opinion scores from which users are satisfied, and below which many are not (ITU-T G.107, annex B). */
const GOOD = 4.03;
const FAIR = 3.6;

/** Calls with their media, and its quality over time. */
export function calls(report: Report): Markup {
	const all = report.calls;
	if (all.length === 0) return NOTHING;
	const shown = troubleFirst(all).slice(0, MAX_SHOWN);
	const troubled = all.filter(isTroubled).length;
	return section(
		"calls",
		"Calls",
		html`${counted(all.length, "call")}; ${troubled === 0 ? "nothing wrong was found with them" : html`<strong>${counted(troubled, "call has", "calls have")} something wrong</strong>, and ${troubled === 1 ? "is" : "are"} listed first`}.`,
		quality(all, report),
		shown.some(({ messages }) => messages.length > 0) && callLadderLegend(),
		html`<ol class="cards">${shown.map((call) => callCard(call))}</ol>`,
		all.length > MAX_SHOWN &&
			html`<p class="more">${counted(all.length - MAX_SHOWN, "call")} more: <code>--format csv --records calls</code> has all.</p>`,
	);
}

/** A line for each stream, for as long as it ran, as high as its score. */
function quality(calls: readonly CallRecord[], { capture }: Report): Markup {
	const streams = calls.flatMap(({ media, id }) => media.map((stream) => ({ stream, id })));
	const all = streams.filter(({ stream }) => stream.quality !== null);
	const rated = all.sort((a, b) => a.stream.quality!.mos - b.stream.quality!.mos).slice(0, MAX_DRAWN);
	const unrated = streams.filter(({ stream }) => stream.quality === null).map(({ stream }) => stream);
	const missing =
		unrated.length > 0
			? [`${counted(unrated.length, "stream has", "streams have")} no estimate: ${whyUnrated(unrated)}`]
			: [];
	if (capture.start === null || capture.end === null || streams.length === 0) return NOTHING;
	if (rated.length === 0) return html`<p class="dim">${missing}.</p>`;
	const ends = [new Date(timeOf(capture.start)), new Date(timeOf(capture.end))] as const;
	const [worst, best] = [rated[0]!, rated.at(-1)!].map(({ stream }) => stream.quality!.mos.toFixed(1));
	const notes = [
		...missing,
		...(all.length > rated.length
			? [`of ${grouped(all.length)} the ${grouped(rated.length)} with the lowest are drawn`]
			: []),
	];
	const label = `${counted(rated.length, "stream")}, scores from ${worst} to ${best}`;
	return html`<figure><figcaption>Listening quality over time: each line is one stream of media for as long as it ran, at its estimated mean opinion score (E-model).${notes.length > 0 && ` ${notes.join("; ")}.`}</figcaption>
<div class="scroll" tabindex="0" role="group" aria-label="Quality of media over time">${[WIDE, NARROW].map((room) => chart(rated, ends, label, room))}</div></figure>`;
}

interface Rated {
	readonly stream: StreamRecord;
	/** Id of the call. */
	readonly id: number;
}

function chart(rated: readonly Rated[], [start, end]: readonly [Date, Date], label: string, room: Room): Markup {
	const { className, width, left, right } = room;
	const x = scaleUtc([start, end], [left, right]);
	const y = scaleLinear([1, 4.5], [BOTTOM, TOP]);
	const format = x.tickFormat(room.ticks, timeFormat(start.getTime(), end.getTime()));
	const zone = (kind: string, from: number, to: number) =>
		html`<rect class="zone is-${kind}" x="${left}" y="${y(from).toFixed(1)}" width="${right - left}" height="${(y(to) - y(from)).toFixed(1)}"/>`;
	return html`<svg class="quality ${className}" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}" role="img" aria-label="${label}">
${zone("good", 4.5, GOOD)}${zone("poor", FAIR, 1)}
${[1, 2, 3, 4].map((score) => html`<line class="grid" x1="${left}" x2="${right}" y1="${y(score).toFixed(1)}" y2="${y(score).toFixed(1)}"/><text class="tick" x="${left - 8}" y="${(y(score) + 4).toFixed(1)}" text-anchor="end">${score}</text>`)}
<text class="tick" x="0" y="${(y(4.25) + 4).toFixed(1)}">good</text><text class="tick" x="0" y="${(y(2.5) + 4).toFixed(1)}">poor</text>
${x.ticks(room.ticks).map((tick) => html`<text class="tick" x="${x(tick).toFixed(1)}" y="${HEIGHT - 6}" text-anchor="middle">${format(tick)}</text>`)}
${rated.map((each) => streamLine(each, x, y))}
</svg>
`;
}

/** How many streams have no estimate for which reason. */
function whyUnrated(streams: readonly StreamRecord[]): string {
	const reasons = new Map<string, StreamRecord[]>();
	for (const stream of streams) {
		const reason = reasonUnrated(stream);
		const some = reasons.get(reason);
		if (some) some.push(stream);
		else reasons.set(reason, [stream]);
	}
	return [...reasons]
		.map(([reason, some]) => {
			const codecs =
				reason === NO_FIGURES ? ` (${listed([...new Set(some.flatMap(({ codec }) => codec ?? []))])})` : "";
			return `${grouped(some.length)} ${reason}${codecs}`;
		})
		.join(", ");
}

const NO_FIGURES = "of codecs for which no figures are published";
/** Packets that are enough for any codec that has figures. */
const MANY = 1e6;

function reasonUnrated({ codec, payloadType }: StreamRecord): string {
	if (payloadType === null) return "of digits alone";
	const codecs = codec?.split(", ") ?? [];
	if (codecs.length > 1) return "with more than one codec";
	if (codec === null || codec.startsWith("type ")) return "of a codec that nothing names";
	const hasFigures = qualityOf(codecs, { lost: 0, expected: MANY }, undefined) !== null;
	return hasFigures ? "with too few packets (a second of voice is needed)" : NO_FIGURES;
}

function streamLine({ stream, id }: Rated, x: (time: Date) => number, y: (mos: number) => number): Markup {
	const { from, to, start, end, quality: rating, lossPercent } = stream;
	const mos = rating!.mos;
	const left = x(new Date(timeOf(start)));
	const width = Math.max(5, x(new Date(timeOf(end))) - left);
	return html`<rect class="stream is-${toneOf(mos)}" x="${left.toFixed(1)}" y="${(y(mos) - 2).toFixed(1)}" width="${width.toFixed(1)}" height="4" rx="2"><title>call ${id}, ${from} to ${to}: score ${mos.toFixed(1)}, ${lossPercent} % lost</title></rect>`;
}

function toneOf(mos: number): "good" | "fair" | "poor" {
	if (mos >= GOOD) return "good";
	return mos >= FAIR ? "fair" : "poor";
}

function callCard(call: CallRecord): Markup {
	const { id, from, to, fromName, toName, result, codec, protocol, start, findings, flows, mediaFlows } = call;
	const party = (address: string, name: string | undefined) =>
		html`<b>${address === "" ? "unknown" : address}</b>${name !== undefined && html` <span class="dim">${name}</span>`}`;
	const troubled = isTroubled(call);
	const works = result === "answered" || result === "in progress";
	return html`<li><details${troubled && html` open`} data-print><summary><span class="state is-${troubled ? "failing" : works ? "working" : "unclear"}">${resultText(call)}</span> ${party(from, fromName)} to ${party(to, toName)} <span class="dim">${start.slice(11, 19)}${lastedText(call) !== "" && `, ${lastedText(call)}`}</span></summary>
${findings.map(({ severity, kind, message }) => html`<p class="note is-${severity}">${message} <span class="kind">${kind}</span></p>`)}
<dl class="facts">
<div><dt>Call</dt><dd>${id}, ${protocol === "sip" ? "SIP" : "H.323"}, <span class="address">${call.callId}</span></dd></div>
<div><dt>Course</dt><dd>${courseOf(call)}</dd></div>
<div><dt>Media</dt><dd>${mediaText({ ...call, findings: [] }) || "none was seen"}${codec !== null && `, ${codec}`}</dd></div>
${call.filter !== null && html`<div><dt>In Wireshark</dt><dd>${copyable(call.filter)}</dd></div>`}
<div><dt>Flows</dt><dd>${flowLinks([...flows, ...mediaFlows], 8)}</dd></div>
</dl>
${callLadder(call)}${streamsTable(call)}</details></li>
`;
}

function courseOf(call: CallRecord): string {
	const { start, ringing, answered, end, beganBefore } = call;
	const why = endReasonText(call);
	const after = (time: string) => `after ${durationText(Math.max(0, (timeOf(time) - timeOf(start)) / 1000))}`;
	const steps = [
		`${beganBefore ? "under way" : "called"} at ${start.slice(11, 23)} UTC`,
		...(ringing !== null ? [`ringing ${after(ringing)}`] : []),
		...(answered !== null ? [`answered ${after(answered)}`] : []),
		end !== null ? `ended ${after(end)}${why === "" ? "" : ` (${why})`}` : "its end is not in the capture",
	];
	return steps.join(", ");
}

function streamsTable({ id, media }: CallRecord): Value {
	if (media.length === 0) return null;
	const number = (value: number | null, digits = 1) => (value === null ? "–" : value.toFixed(digits));
	const rows = media.map((stream) => [
		html`<span class="address">${stream.from}</span>`,
		html`<span class="address">${stream.to}</span>`,
		`${stream.codec ?? "unknown"}${stream.srtp ? ", SRTP" : ""}`,
		grouped(stream.packets),
		`${stream.lossPercent} %`,
		number(stream.jitterMs),
		number(stream.maxJitterMs),
		number(stream.maxGapMs, 0),
		String(stream.dscp),
		stream.quality === null
			? "–"
			: html`<span class="score is-${toneOf(stream.quality.mos)}">${stream.quality.atMost && "≤ "}${stream.quality.mos.toFixed(1)}</span>`,
	]);
	const heads = ["from", "to", "codec", ">packets", ">lost", ">jitter, ms", ">most, ms", ">gap, ms", ">DSCP", ">score"];
	return table(`Streams of call ${id}`, heads, rows);
}
