import { allOf, anyOf, callFilter, conversationFilter } from "../finding/filters.ts";
import type { Findings } from "../finding/findings.ts";
import { type FlowStore, sideEndpoint } from "../flow/store.ts";
import { endpointText } from "../packet/address.ts";
import { detached } from "../protocol/bytes.ts";
import { isSpeech } from "../protocol/codecs.ts";
import { ssrcText } from "../protocol/rtcp.ts";
import { type Call, type CallMessage, resultOf } from "../session/call/call.ts";
import type { CallMedia, StreamFacts } from "../session/call/call-media.ts";
import type { Sessions } from "../session/sessions.ts";
import type { CallRecord, MessageRecord, StreamRecord } from "./document.ts";
import { findingOf } from "./findings.ts";
import { callId, flowId, type RunWords } from "./run-words.ts";
import { epochTime, isoTime, secondsBetween } from "./time.ts";

/** Flows of each kind that a call's filter names: calls have a few, and a flood to announced ports any number. */
const MAX_FILTERED = 16;
const PARTIES = ["from", "to"] as const;

/** When calls used the same two ends: nanoseconds since the run's epoch. */
interface Turns {
	/** Ascending. */
	readonly starts: number[];
	/** End of the first one to end. */
	firstEnd: number;
}

/** Makes the records of calls and their streams. */
export class CallRecords {
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #media: CallMedia;
	readonly #findings: Findings;
	readonly #run: RunWords;
	/** By the ends of what a filter names by its ends; made when first asked for. */
	#turns: ReadonlyMap<string, Turns> | undefined;

	/** @param run see {@link RunWords}. */
	constructor(store: FlowStore, sessions: Sessions, media: CallMedia, findings: Findings, run: RunWords) {
		this.#store = store;
		this.#sessions = sessions;
		this.#media = media;
		this.#findings = findings;
		this.#run = run;
	}

	/** Ids of the calls that a flow signals or whose media it carries, ascending; empty for most. */
	callsOf(flow: number): number[] {
		return this.#media.callsOf(flow).map(({ id }) => callId(this.#run, id));
	}

	/** Which call announced the media that a flow carries, as reasons of its label. */
	reasonsOf(flow: number): string[] {
		return this.#media
			.carriedBy(flow)
			.map(
				(call) =>
					`call ${callId(this.#run, call.id)} announced the media: ${call.protocol} ${call.from.address} to ${call.to.address}, ${call.callId}`,
			);
	}

	/** Which call an H.245 connection is part of: its port is no row's. */
	controlReasons(flow: number): string[] {
		if (this.#sessions.protocolOf(flow) !== "h245") return [];
		return this.callsOf(flow).map((id) => `it is the H.245 connection of call ${id}, whose signalling named the port`);
	}

	/** The streams of a flow, whether a call announced them or none. */
	streamsOf(flow: number): StreamRecord[] {
		return this.#media.inFlow(flow).map((facts) => this.#stream(facts));
	}

	/** All calls, in the order in which they were first seen. */
	list(): CallRecord[] {
		return this.#sessions.calls.calls.map((call) => this.#call(call));
	}

	/** Those with these ids, in their order; without those that are none. */
	of(ids: readonly number[]): CallRecord[] {
		const wanted = new Set(ids);
		return this.#sessions.calls.calls
			.filter(({ id }) => wanted.has(callId(this.#run, id)))
			.map((call) => this.#call(call));
	}

	#call(call: Call): CallRecord {
		const time = (at: number | null) => (at === null ? null : isoTime(this.#run.epoch, at));
		const facts = this.#media.streamsOf(call);
		const streams = facts.map((each) => this.#stream(each));
		const isAnswered = call.answered !== null || call.isEstablished;
		const codecs = codecsOf(call, facts, streams);
		return {
			id: callId(this.#run, call.id),
			protocol: call.protocol,
			callId: call.callId,
			from: call.from.address,
			to: call.to.address,
			...(call.from.name === "" ? {} : { fromName: call.from.name }),
			...(call.to.name === "" ? {} : { toName: call.to.name }),
			start: isoTime(this.#run.epoch, call.start),
			ringing: time(call.ringing),
			answered: time(call.answered),
			end: time(call.ended),
			...(call.beganBefore ? { beganBefore: true } : {}),
			duration: isAnswered ? secondsBetween(call.answered ?? call.start, this.#endOf(call)) : null,
			result: resultOf(call),
			status: call.status === 0 ? null : call.status,
			reason: (isAnswered ? call.endReason : call.refusalReason) || null,
			cause: call.cause === 0 ? null : call.cause,
			codec: codecs.length > 0 ? codecs.join(", ") : null,
			flows: call.flows.map((flow) => flowId(this.#run, flow)),
			mediaFlows: this.#media.flowsOf(call).map((flow) => flowId(this.#run, flow)),
			offers: call.offers.map(({ time: at, party, media }) => ({
				time: isoTime(this.#run.epoch, at),
				party: PARTIES[party],
				media: media.media,
				endpoint: endpointText(media.address, media.port),
				protocol: media.protocol === "t38" ? "t38" : "rtp",
				direction: media.direction,
				srtp: media.srtp,
				codecs: media.codecs.map(({ name }) => name),
			})),
			media: streams,
			findings: this.#findings.concerning(call).map(findingOf),
			messages: call.messages.map((message) => this.#message(message)),
			...(call.messagesBeyond > 0 ? { messagesBeyond: call.messagesBeyond } : {}),
			filter: this.#filter(call),
		};
	}

	#filter(call: Call): string | null {
		const signalling = callFilter(call);
		if (signalling === "" && call.protocol === "sip") return null;
		const flows = [
			...this.#connectionsOf(call).slice(0, MAX_FILTERED),
			...this.#media.flowsOf(call).slice(0, MAX_FILTERED),
		];
		return anyOf([
			signalling,
			...flows.map((flow) => allOf([conversationFilter(this.#store, flow), ...this.#turnOf(call, flow)])),
		]);
	}

	/** Signalling that a filter names by its ends: SIP's names its call in a field, H.323's not in all messages, and H.245's in none. */
	#connectionsOf({ protocol, flows }: Call): readonly number[] {
		return protocol === "h323" ? flows : [];
	}

	/** Calls use the same ends one after the other: where they do, the time from this one's start to the next one's. */
	#turnOf(call: Call, flow: number): string[] {
		const { starts, firstEnd } = this.#turnsByEnds().get(this.#endsOf(flow))!;
		const next = starts[placeBehind(starts, this.#endOf(call))];
		const bound = (comparison: string, time: number) =>
			`frame.time_epoch ${comparison} ${epochTime(this.#run.epoch, time)}`;
		return [
			...(firstEnd < call.start ? [bound(">=", call.start)] : []),
			...(next === undefined ? [] : [bound("<", next)]),
		];
	}

	#turnsByEnds(): ReadonlyMap<string, Turns> {
		if (this.#turns) return this.#turns;
		const turns = new Map<string, Turns>();
		for (const call of this.#sessions.calls.calls) {
			const last = this.#endOf(call);
			const flows = [...this.#connectionsOf(call), ...this.#media.flowsOf(call)];
			for (const ends of new Set(flows.map((flow) => this.#endsOf(flow)))) {
				const known = turns.get(ends) ?? { starts: [], firstEnd: last };
				known.starts.push(call.start);
				known.firstEnd = Math.min(known.firstEnd, last);
				turns.set(ends, known);
			}
		}
		for (const { starts } of turns.values()) starts.sort((a, b) => a - b);
		this.#turns = turns;
		return turns;
	}

	#endOf(call: Call): number {
		return call.ended ?? this.#media.lastOf(call);
	}

	#endsOf(flow: number): string {
		return ([0, 1] as const)
			.map((side) => sideEndpoint(this.#store, flow, side))
			.sort()
			.join(" ");
	}

	#message({ place, flow, side, text, hasMedia }: CallMessage): MessageRecord {
		// All messages of all calls are there at once: texts that are joined of ten pieces each would take twice the memory.
		return {
			time: detached(isoTime(this.#run.epoch, place.time)),
			flow: flowId(this.#run, flow),
			from: detached(sideEndpoint(this.#store, flow, side)),
			to: detached(sideEndpoint(this.#store, flow, (1 - side) as 0 | 1)),
			text,
			...(hasMedia ? { media: true } : {}),
			packet: { file: this.#run.files[place.file] ?? "", packet: place.number },
		};
	}

	#stream(facts: StreamFacts): StreamRecord {
		const { stream, codecs, isEncrypted, report } = facts;
		const { flow, side, ssrc, packets, expected, lost, jitter, rate, payloadTypes, digits } = stream;
		const names = payloadTypes.map((type, place) => codecs[place]?.name ?? `type ${type}`);
		return {
			flow: flowId(this.#run, flow),
			ssrc: ssrcText(ssrc),
			from: sideEndpoint(this.#store, flow, side),
			to: sideEndpoint(this.#store, flow, (1 - side) as 0 | 1),
			codec: names.length > 0 ? [...new Set(names)].join(", ") : digits > 0 ? "telephone-event" : null,
			payloadType: payloadTypes[0] ?? null,
			srtp: isEncrypted,
			packets,
			lost,
			lossPercent: expected > 0 ? Math.round((lost / expected) * 1e4) / 100 : 0,
			reordered: stream.reordered,
			duplicates: stream.duplicates,
			jitterMs: jitter && milliseconds(jitter.mean),
			maxJitterMs: jitter && milliseconds(jitter.max),
			clockRate: rate === 0 ? null : rate,
			...(stream.isRateAssumed ? { clockRateAssumed: true } : {}),
			maxGapMs: milliseconds(stream.maxGap),
			dscp: stream.dscp,
			quality: this.#media.qualityOf(facts),
			...(digits > 0 ? { digits } : {}),
			...(report
				? { reported: { lost: report.lost, jitterMs: rate === 0 ? null : milliseconds((report.jitter / rate) * 1e9) } }
				: {}),
			start: isoTime(this.#run.epoch, stream.first),
			end: isoTime(this.#run.epoch, stream.last),
		};
	}
}

/** What was sent, where that was seen, else what was agreed on: a description may name several and leave the choice to the sender. */
function codecsOf(
	{ codecs }: Call,
	facts: readonly StreamFacts[],
	streams: readonly StreamRecord[],
): readonly string[] {
	const speech = facts.flatMap((each) =>
		each.codecs.flatMap((codec) => (codec && isSpeech(codec) ? [codec.name] : [])),
	);
	// A switch to fax is no RTP.
	if (speech.length > 0) return [...new Set([...speech, ...codecs.filter((name) => name === "T38")])];
	return codecs.length > 0 ? codecs : [...new Set(streams.flatMap(({ codec }) => codec?.split(", ") ?? []))];
}

/** Place of the first of ascending times that is later. */
function placeBehind(times: readonly number[], time: number): number {
	let [low, high] = [0, times.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (times[middle]! > time) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** Of nanoseconds, to the microsecond. */
function milliseconds(nanoseconds: number): number {
	return Math.round(nanoseconds / 1000) / 1000;
}
