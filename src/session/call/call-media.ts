import { type FlowStore, sideAddress } from "../../flow/store.ts";
import { Protocol } from "../../packet/view.ts";
import type { Codec } from "../../protocol/codecs.ts";
import type { ReportBlock } from "../../protocol/rtcp.ts";
import { codecOf, type MediaDescription } from "../../protocol/sdp.ts";
import { doubtsOf, type Quality, qualityOf } from "../media/quality.ts";
import type { Stream } from "../media/stream-record.ts";
import type { Sessions } from "../sessions.ts";
import type { Call } from "./call.ts";
import type { Tie } from "./calls.ts";

/** A stream with what signalling and its receiver say of it. */
export interface StreamFacts {
	readonly stream: Stream;
	/** Its part in a call: what the call announced for the two ends of its flow; undefined for media nobody announced. */
	readonly tie: Tie | undefined;
	/** In the order in which they were sent, as the descriptions or RFC 3551 name them; null for a type nobody named. */
	readonly codecs: readonly (Codec | null)[];
	/** Whether signalling or a DTLS handshake says so. */
	readonly isEncrypted: boolean;
	/** What the receiver last said of it by RTCP. */
	readonly report: ReportBlock | undefined;
}

/** A stream that a call announced. */
export interface CallStream extends StreamFacts {
	readonly tie: Tie;
}

/** What belongs to one call. */
interface Parts {
	readonly streams: CallStream[];
	readonly flows: Set<number>;
}

/** What a flow may be and still carry media: an announced port that turns out to be DNS is none of the call's. */
const MEDIA_PROTOCOLS = new Set<string | null>([null, "rtp", "rtcp", "stun", "dtls", "t38"]);
/** Hosts with media that are remembered: a scan of media ports makes many. */
const MAX_HEARD = 50_000;
const BEYOND = `flows with media of hosts beyond the first ${MAX_HEARD}: media that calls miss may be told of these`;
const NO_CALLS: readonly Call[] = [];
const NO_PARTS: Parts = { streams: [], flows: new Set() };

/** Which flows and streams belong to which call, once the capture is over. */
export class CallMedia {
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	/** By call id. */
	readonly #parts = new Map<number, Parts>();
	/** Ids of the calls of a flow: most have one, which takes no set. */
	readonly #callsOf = new Map<number, number | Set<number>>();
	/** Flows in which each source was seen, by source and sender's address. */
	readonly #paths = new Map<string, number>();
	/** Addresses that RTP came from or went to. */
	readonly #heard = new Set<string>();

	constructor(store: FlowStore, sessions: Sessions) {
		this.#store = store;
		this.#sessions = sessions;
		for (const { id, flows } of sessions.calls.calls) for (const flow of flows) this.#join(id, flow);
		const { media, rtp } = sessions;
		if (media.size > 0 || rtp.streams > 0) for (let flow = 0; flow < store.size; flow++) this.#tie(flow);
	}

	#join(call: number, flow: number): void {
		const calls = this.#callsOf.get(flow);
		if (calls === undefined) this.#callsOf.set(flow, call);
		else if (typeof calls !== "number") calls.add(call);
		else if (calls !== call) this.#callsOf.set(flow, new Set([calls, call]));
	}

	/** Finds the calls of a flow that may be media. */
	#tie(flow: number): void {
		const store = this.#store;
		const { calls, rtp, media } = this.#sessions;
		if (store.protocol(flow) !== Protocol.UDP || !MEDIA_PROTOCOLS.has(this.#sessions.protocolOf(flow))) return;
		const streams = rtp.streamsOf(flow);
		if (streams.length > 0 && this.#heard.size >= MAX_HEARD) this.#sessions.overflow.add(BEYOND);
		else if (streams.length > 0) for (const side of [0, 1] as const) this.#heard.add(sideAddress(store, flow, side));
		for (const stream of streams) {
			const path = this.#pathOf(stream);
			this.#paths.set(path, (this.#paths.get(path) ?? 0) + 1);
			for (const tie of calls.tiesOf(store, flow, stream.first, stream.last))
				this.#add(tie, flow).streams.push(this.#facts(stream, tie));
		}
		if (streams.length > 0 || media.size === 0) return;
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

	#pathOf({ flow, side, ssrc }: Stream): string {
		return `${ssrc}|${sideAddress(this.#store, flow, side)}`;
	}

	#facts<T extends Tie | undefined>(stream: Stream, tie: T): StreamFacts & { readonly tie: T } {
		const { flow, side } = stream;
		const receiver = tie?.ends[1 - side]?.media;
		const sender = tie?.ends[side]?.media;
		// What the receiver announced counts; an earlier word of the call, where it changed, is better than none.
		const described = [receiver, sender, ...(tie?.call.offers.map(({ media }) => media) ?? [])];
		const known = described.flatMap((media) => media?.codecs.filter((codec) => codec.rate > 0) ?? []);
		const { rtp } = this.#sessions;
		const codecs = stream.payloadTypes.map((type) => codecOf(known, type) ?? null);
		return {
			stream,
			tie,
			codecs,
			isEncrypted: this.#sessions.mediaOf(flow) === "srtp" || isSecured(receiver, sender),
			report: rtp.reportOn(stream),
		};
	}

	/** An estimate; null for codecs without figures, and for a few packets. */
	qualityOf({ stream, codecs }: StreamFacts): Quality | null {
		return qualityOf(
			codecs.map((codec) => codec?.name ?? ""),
			stream,
			this.#sessions.rtp.roundTripOf(stream),
			doubtsOf(stream),
		);
	}

	/** The calls that a flow signals or whose media it carries, the oldest first; empty for most. */
	callsOf(flow: number): readonly Call[] {
		const calls = this.#callsOf.get(flow);
		if (calls === undefined) return NO_CALLS;
		const all = this.#sessions.calls.calls;
		if (typeof calls === "number") return [all[calls - 1]!];
		return [...calls].sort((a, b) => a - b).map((id) => all[id - 1]!);
	}

	/** Of these, the ones whose media it carries. */
	carriedBy(flow: number): Call[] {
		return this.callsOf(flow).filter(({ id }) => this.#partsOf(id).flows.has(flow));
	}

	/** Flows on the endpoints that a call announced. */
	flowsOf({ id }: Call): readonly number[] {
		return [...this.#partsOf(id).flows];
	}

	/** Streams that a call announced. */
	streamsOf({ id }: Call): readonly CallStream[] {
		return this.#partsOf(id).streams;
	}

	#partsOf(id: number): Parts {
		return this.#parts.get(id) ?? NO_PARTS;
	}

	/** The streams of a flow, whether a call announced them or none. */
	inFlow(flow: number): StreamFacts[] {
		const { calls, rtp } = this.#sessions;
		return rtp
			.streamsOf(flow)
			.map((stream) => this.#facts(stream, calls.tiesOf(this.#store, flow, stream.first, stream.last)[0]));
	}

	/** When something of a call was last seen. */
	lastOf(call: Call): number {
		return this.streamsOf(call).reduce((latest, { stream }) => Math.max(latest, stream.last), call.last);
	}

	/** Whether a source sent part of its stream another way: what one flow lacks may have gone there. */
	isSplit(stream: Stream): boolean {
		return (this.#paths.get(this.#pathOf(stream)) ?? 0) > 1;
	}

	/** Whether the capture has RTP of a host: where it has none, it may not pass the capture point, or a filter kept it out. */
	isHeard(address: string): boolean {
		return this.#heard.has(address);
	}
}

/** SRTP is what both ends asked for, as far as both are known. */
function isSecured(
	receiver: MediaDescription | null | undefined,
	sender: MediaDescription | null | undefined,
): boolean {
	return (receiver?.srtp ?? sender?.srtp ?? false) && (sender?.srtp ?? receiver?.srtp ?? false);
}
