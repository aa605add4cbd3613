import { type FlowStore, sideAddress } from "../flow/store.ts";
import { endpointText } from "../packet/address.ts";
import { Protocol } from "../packet/view.ts";
import { ssrcText } from "../protocol/rtcp.ts";
import { codecOf } from "../protocol/sdp.ts";
import { type Call, resultOf } from "../session/call.ts";
import type { Tie } from "../session/calls.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Stream } from "../session/stream-record.ts";
import { type CallFindings, type CallStream, callFindings } from "./call-findings.ts";
import type { CallRecord, Finding, StreamRecord } from "./document.ts";
import { isoTime, secondsBetween } from "./time.ts";

/** What belongs to one call. */
interface Parts {
	readonly streams: CallStream[];
	readonly flows: Set<number>;
}

/** What a flow may be and still carry media: an announced port that turns out to be DNS is none of the call's. */
const MEDIA_PROTOCOLS = new Set<string | null>([null, "rtp", "rtcp", "stun", "dtls", "t38"]);
const PARTIES = ["from", "to"] as const;

/** Joins calls, flows and streams, and makes their records. */
export class CallRecords {
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #epoch: number;
	/** By call id. */
	readonly #parts = new Map<number, Parts>();
	/** Ids of the calls of a flow. */
	readonly #callsOf = new Map<number, Set<number>>();
	readonly #hasMedia: boolean;
	readonly #captureEnd: number;
	/** By call id. */
	readonly #findings = new Map<number, CallFindings>();

	/** @param epoch of the run, in seconds since 1970. @param captureEnd since then, nanoseconds: calls go on to it. */
	constructor(store: FlowStore, sessions: Sessions, epoch: number, captureEnd: number) {
		this.#captureEnd = captureEnd;
		this.#store = store;
		this.#sessions = sessions;
		this.#epoch = epoch;
		for (const { id, flows } of sessions.calls.calls) for (const flow of flows) this.#join(id, flow);
		if (sessions.media.size > 0) for (let flow = 0; flow < store.size; flow++) this.#tie(flow);
		this.#hasMedia = sessions.rtp.streams > 0;
	}

	#join(call: number, flow: number): void {
		const calls = this.#callsOf.get(flow);
		if (calls) calls.add(call);
		else this.#callsOf.set(flow, new Set([call]));
	}

	/** Finds the calls of a flow that may be media. */
	#tie(flow: number): void {
		const store = this.#store;
		const { calls, rtp } = this.#sessions;
		if (store.protocol(flow) !== Protocol.UDP || !MEDIA_PROTOCOLS.has(this.#sessions.protocolOf(flow))) return;
		const streams = rtp.streamsOf(flow);
		for (const stream of streams) {
			for (const tie of calls.tiesOf(store, flow, stream.first, stream.last)) {
				this.#add(tie, flow).streams.push({ stream, record: this.#stream(stream, tie), tie });
			}
		}
		if (streams.length > 0) return;
		for (const tie of calls.tiesOf(store, flow, store.first(flow), store.last(flow))) this.#add(tie, flow);
	}

	#add({ call }: Tie, flow: number): Parts {
		let parts = this.#parts.get(call.id);
		if (!parts) {
			parts = { streams: [], flows: new Set() };
			this.#parts.set(call.id, parts);
		}
		parts.flows.add(flow);
		this.#join(call.id, flow);
		return parts;
	}

	/** Ids of the calls that a flow signals or whose media it carries, ascending; empty for most. */
	callsOf(flow: number): number[] {
		return [...(this.#callsOf.get(flow) ?? [])].sort((a, b) => a - b);
	}

	/** Which call announced the media that a flow carries, as reasons of its label. */
	reasonsOf(flow: number): string[] {
		return this.callsOf(flow)
			.filter((id) => this.#parts.get(id)?.flows.has(flow))
			.map((id) => {
				const { protocol, callId, from, to } = this.#sessions.calls.calls[id - 1]!;
				return `call ${id} announced the media: ${protocol} ${from.address} to ${to.address}, ${callId}`;
			});
	}

	/** Which call an H.245 connection is part of: its port is no row's. */
	controlReasons(flow: number): string[] {
		if (this.#sessions.protocolOf(flow) !== "h245") return [];
		return this.callsOf(flow).map((id) => `it is the H.245 connection of call ${id}, whose signalling named the port`);
	}

	/** Findings of the calls whose media a flow carries. */
	findingsOf(flow: number): Finding[] {
		return this.callsOf(flow)
			.filter((id) => this.#parts.get(id)?.flows.has(flow))
			.flatMap((id) => {
				const { ofAllFlows, byFlow } = this.#findingsOf(this.#sessions.calls.calls[id - 1]!);
				const own = byFlow.get(flow);
				return own ? [own, ...ofAllFlows] : ofAllFlows;
			});
	}

	#findingsOf(call: Call): CallFindings {
		let findings = this.#findings.get(call.id);
		if (!findings) {
			findings = callFindings(call, this.#parts.get(call.id)?.streams ?? [], this.#last(call), this.#hasMedia);
			this.#findings.set(call.id, findings);
		}
		return findings;
	}

	/** When something of a call was last seen. */
	#last(call: Call): number {
		const streams = this.#parts.get(call.id)?.streams ?? [];
		return streams.reduce((latest, { stream }) => Math.max(latest, stream.last), call.last);
	}

	/** The streams of a flow, whether a call announced them or none. */
	streamsOf(flow: number): StreamRecord[] {
		const { calls, rtp } = this.#sessions;
		return rtp
			.streamsOf(flow)
			.map((stream) => this.#stream(stream, calls.tiesOf(this.#store, flow, stream.first, stream.last)[0]));
	}

	/** All calls, in the order in which they were first seen. */
	list(): CallRecord[] {
		return this.#sessions.calls.calls.map((call) => this.#call(call));
	}

	#call(call: Call): CallRecord {
		const time = (at: number | null) => (at === null ? null : isoTime(this.#epoch, at));
		const { streams, flows } = this.#parts.get(call.id) ?? { streams: [], flows: new Set<number>() };
		const isAnswered = call.answered !== null || call.isEstablished;
		const codecs =
			call.codecs.length > 0
				? call.codecs
				: [...new Set(streams.flatMap(({ record }) => record.codec?.split(", ") ?? []))];
		return {
			id: call.id,
			protocol: call.protocol,
			callId: call.callId,
			from: call.from.address,
			to: call.to.address,
			...(call.from.name === "" ? {} : { fromName: call.from.name }),
			...(call.to.name === "" ? {} : { toName: call.to.name }),
			start: isoTime(this.#epoch, call.start),
			ringing: time(call.ringing),
			answered: time(call.answered),
			end: time(call.ended),
			...(call.beganBefore ? { beganBefore: true } : {}),
			duration: isAnswered ? secondsBetween(call.answered ?? call.start, call.ended ?? this.#captureEnd) : null,
			result: resultOf(call),
			codec: codecs.length > 0 ? codecs.join(", ") : null,
			flows: call.flows.map((flow) => flow + 1),
			mediaFlows: [...flows].map((flow) => flow + 1),
			offers: call.offers.map(({ time: at, party, media }) => ({
				time: isoTime(this.#epoch, at),
				party: PARTIES[party],
				media: media.media,
				endpoint: endpointText(media.address, media.port),
				protocol: media.protocol === "t38" ? "t38" : "rtp",
				direction: media.direction,
				srtp: media.srtp,
				codecs: media.codecs.map(({ name }) => name),
			})),
			media: streams.map(({ record }) => record),
			findings: this.#findingsOf(call).ofCall,
		};
	}

	#stream(stream: Stream, tie: Tie | undefined): StreamRecord {
		const { flow, side, ssrc, packets, expected, lost, jitter, rate, payloadTypes, digits } = stream;
		const report = this.#sessions.rtp.reportOn(stream);
		const receiver = tie?.ends[1 - side]?.media;
		const sender = tie?.ends[side]?.media;
		// What the receiver announced counts; an earlier word of the call, where it changed, is better than none.
		const described = [receiver, sender, ...(tie?.call.offers.map(({ media }) => media) ?? [])];
		const known = described.flatMap((media) => media?.codecs.filter((codec) => codec.rate > 0) ?? []);
		const codecs = payloadTypes.map((type) => codecOf(known, type)?.name ?? `type ${type}`);
		return {
			flow: flow + 1,
			ssrc: ssrcText(ssrc),
			from: this.#end(flow, side),
			to: this.#end(flow, (1 - side) as 0 | 1),
			codec: codecs.length > 0 ? [...new Set(codecs)].join(", ") : digits > 0 ? "telephone-event" : null,
			payloadType: payloadTypes[0] ?? null,
			srtp: this.#sessions.mediaOf(flow) === "srtp" || isEncrypted(receiver?.srtp, sender?.srtp),
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
			...(digits > 0 ? { digits } : {}),
			...(report
				? { reported: { lost: report.lost, jitterMs: rate === 0 ? null : milliseconds((report.jitter / rate) * 1e9) } }
				: {}),
			start: isoTime(this.#epoch, stream.first),
			end: isoTime(this.#epoch, stream.last),
		};
	}

	#end(flow: number, side: 0 | 1): string {
		return endpointText(sideAddress(this.#store, flow, side), this.#store.port(flow, side));
	}
}

/** SRTP is what both ends asked for, as far as both are known. */
function isEncrypted(receiver: boolean | undefined, sender: boolean | undefined): boolean {
	return (receiver ?? sender ?? false) && (sender ?? receiver ?? false);
}

/** Of nanoseconds, to the microsecond. */
function milliseconds(nanoseconds: number): number {
	return Math.round(nanoseconds / 1000) / 1000;
}
