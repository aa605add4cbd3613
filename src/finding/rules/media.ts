import { sideEndpoint } from "../../flow/store.ts";
import { isSpeech } from "../../protocol/codecs.ts";
import type { CallStream, StreamFacts } from "../../session/call/call-media.ts";
import { isBurst, keepsPace } from "../../session/media/stream-record.ts";
import {
	type CallCase,
	type CallObservation,
	type FlowCase,
	messageOf,
	type Observation,
	type Run,
	severityRank,
} from "../observation.ts";
import { grouped, listed } from "../words.ts";
import { ENOUGH_PACKETS, senderOf } from "./call-media.ts";

/** Packets that have to be expected, and to be missing, before loss is judged: a few lost at a stream's end are nothing. */
const ENOUGH_EXPECTED = 200;
const ENOUGH_LOST = 10;
/** So many times the threshold, speech is no longer understood. */
const MANY_TIMES = 5;
/** Packets before jitter is judged. */
const ENOUGH_JITTER = 100;
/** The packets of one picture bear one time stamp: jitter is none of the network's. */
const VIDEO_RATE = 90_000;
/** Code points (RFC 3246, RFC 2474). */
const EXPEDITED = 46;
const BEST_EFFORT = 0;

/** Streams that no call announced. */
export function streams(subject: FlowCase): readonly Observation[] | undefined {
	const { media, flow } = subject;
	const all = media.inFlow(flow);
	if (all.length === 0 || all.some(({ tie }) => tie !== undefined)) return undefined;
	const lost = dscpLost(all, (each) => each.stream.side, ["one side", "the other side"]);
	return [...all.flatMap((each) => way(subject, each) ?? []), ...(lost ? [lost] : [])];
}

/** Streams of a call: how they came, whether they are what was agreed on, and whether their priority stays. */
export function callStreams(subject: CallCase): readonly CallObservation[] | undefined {
	const { media, call } = subject;
	const all = media.streamsOf(call);
	if (all.length === 0) return undefined;
	const found: OfStreams[] = [];
	for (const each of all) {
		for (const one of [way(subject, each), codecMismatch(subject, each)])
			if (one) add(found, { ...one, flows: [each.stream.flow] });
	}
	const lost = dscpLost(all, senderOf, ["the calling side", "the called side"]);
	if (lost) found.push({ ...lost, flows: [...new Set(all.map(({ stream }) => stream.flow))] });
	return found;
}

/** What some streams of a call show alike, and their flows. */
type OfStreams = CallObservation & { readonly flows: number[] };

/** Streams of a call whose figures one observation tells: both directions, and some more. */
const MAX_TOLD = 4;

/** Adds what one stream shows; what several of the call's streams show alike is told once, with the figures of each. */
function add(found: OfStreams[], one: OfStreams): void {
	const place = found.findIndex(({ kind, what }) => kind === one.kind && what === one.what);
	const known = found[place];
	if (!known) {
		found.push(one);
		return;
	}
	// In place, for a scan of an open media port has streams without number; those of one flow come together.
	for (const flow of one.flows) if (known.flows.at(-1) !== flow) known.flows.push(flow);
	const count = (known.count ?? 1) + 1;
	found[place] = {
		...known,
		severity: severityRank(one) < severityRank(known) ? one.severity : known.severity,
		message: count <= MAX_TOLD ? `${messageOf(known)}; ${messageOf(one)}` : messageOf(known),
		count,
		until: Math.max(known.until!, one.until!),
	};
}

/** Loss, else jitter: what loses packets delays others too, and is told once. */
function way(run: Run, facts: StreamFacts): Observation | undefined {
	return loss(run, facts) ?? reportedLoss(run, facts) ?? jitter(run, facts);
}

function loss({ thresholds, media, store }: Run, { stream }: StreamFacts): Observation | undefined {
	const { expected, lost, burst, maxGap, last, flow, side } = stream;
	const percent = (100 * lost) / expected;
	const threshold = thresholds["media-loss"];
	if (expected < ENOUGH_EXPECTED || lost < ENOUGH_LOST || percent <= threshold || media.isSplit(stream))
		return undefined;
	const to = sideEndpoint(store, flow, (1 - side) as 0 | 1);
	const gap = isBurst(stream)
		? `, ${grouped(burst)} of them in a row; the longest gap is ${grouped(maxGap / 1e6)} ms`
		: "";
	return {
		kind: "media-loss",
		severity: percent > MANY_TIMES * threshold ? "error" : "warning",
		what: `more than ${threshold} % of the RTP packets are missing`,
		message: `${shortly(percent)} % of the RTP packets to ${to} are missing (${grouped(lost)} of ${grouped(expected)}${gap})`,
		until: last,
	};
}

/** What the receiver lacks and the capture has was lost behind the capture point. Counted from the stream's start, which must be here. */
function reportedLoss({ thresholds, store }: Run, { stream, tie, report }: StreamFacts): Observation | undefined {
	if (!report || !tie || tie.call.beganBefore || tie.call.start > stream.first) return undefined;
	const { expected, last, flow, side } = stream;
	const { lost } = report;
	const percent = (100 * lost) / expected;
	const threshold = thresholds["media-loss"];
	if (expected < ENOUGH_EXPECTED || lost < ENOUGH_LOST || lost > expected || percent <= threshold) return undefined;
	const to = sideEndpoint(store, flow, (1 - side) as 0 | 1);
	return {
		kind: "media-loss",
		severity: percent > MANY_TIMES * threshold ? "error" : "warning",
		what: `more than ${threshold} % of the RTP packets are lost behind the capture point, as receivers report`,
		message: `${shortly(percent)} % of the RTP packets to ${to} are lost behind the capture point, as it reports (${grouped(lost)} of ${grouped(expected)})`,
		filter: "rtp || rtcp",
		until: last,
	};
}

function jitter({ thresholds, store }: Run, { stream, codecs }: StreamFacts): Observation | undefined {
	const { jitter: measured, rate, isRateAssumed, packets, last, flow, side } = stream;
	if (!measured || isRateAssumed || rate === VIDEO_RATE || packets < ENOUGH_JITTER) return undefined;
	if (!keepsPace(stream) || codecs.some((codec) => codec === null)) return undefined;
	const threshold = thresholds["media-jitter"];
	const [mean, max] = [measured.mean / 1e6, measured.max / 1e6];
	if (mean <= threshold) return undefined;
	const from = sideEndpoint(store, flow, side);
	return {
		kind: "media-jitter",
		severity: "warning",
		what: `RTP arrives with more than ${threshold} ms of jitter`,
		message: `RTP of ${from} arrives with ${shortly(mean)} ms of jitter, ${shortly(max)} ms at worst`,
		until: last,
	};
}

/** What is sent must be one of those that the receiver named, by number or by name (RFC 3264, 6.1 and 7). */
function codecMismatch({ store }: CallCase, { stream, tie, codecs }: CallStream): Observation | undefined {
	const { flow, side, packets, payloadTypes, last } = stream;
	const receiver = tie.ends[1 - side];
	if (!receiver?.media || packets < ENOUGH_PACKETS) return undefined;
	const kind = receiver.media.media;
	const offered = tie.call.offers
		.filter(({ party, media }) => party === receiver.party && media.media === kind)
		.flatMap(({ media }) => media.codecs);
	if (offered.length === 0) return undefined;
	const foreign = codecs.filter(
		(codec, place) =>
			codec !== null &&
			isSpeech(codec) &&
			!offered.some(({ payloadType, name }) => payloadType === payloadTypes[place] || isAlike(name, codec.name)),
	);
	if (foreign.length === 0) return undefined;
	const sent = listed([...new Set(foreign.map((codec) => codec!.name))]);
	const wanted = listed([...new Set(offered.filter(isSpeech).map(({ name }) => name))]);
	const to = sideEndpoint(store, flow, (1 - side) as 0 | 1);
	return {
		kind: "codec-mismatch",
		severity: "error",
		what: `${sent} is sent to a side that offered ${wanted || "other codecs"}`,
		message: `${sent} is sent to ${to}, which offered ${wanted || "other codecs"}`,
		until: last,
	};
}

function isAlike(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** @param sideOf who sends a stream. @param names of the sides. */
function dscpLost<T extends StreamFacts>(
	all: readonly T[],
	sideOf: (facts: T) => 0 | 1 | undefined,
	names: readonly [string, string],
): Observation | undefined {
	const marks = ([0, 1] as const).map((side) => {
		const own = all.filter((each) => sideOf(each) === side && each.stream.packets >= ENOUGH_PACKETS);
		const [first] = own;
		return own.every(({ stream }) => stream.dscp === first!.stream.dscp) ? first?.stream.dscp : undefined;
	});
	const marked = marks.indexOf(EXPEDITED);
	if (marked < 0 || marks[1 - marked] !== BEST_EFFORT) return undefined;
	return {
		kind: "dscp-lost",
		severity: "warning",
		what: `RTP of ${names[marked]} is marked for priority (EF, DSCP 46), that of ${names[1 - marked]} is not (DSCP 0)`,
	};
}

/** `0.4`, `12`. */
function shortly(value: number): string {
	return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}
