import { type FlowStore, sideAddress } from "../flow/store.ts";
import type { PacketView } from "../packet/view.ts";
import { type Codec, isSpeech } from "../protocol/codecs.ts";
import { type AnnouncedMedia, endpointsOf, type MediaDescription, parseSdp } from "../protocol/sdp.ts";
import { parseSip, type SipMessage } from "../protocol/sip-message.ts";
import type { Announcement, MediaTable } from "./media.ts";
import { RegistrationTable } from "./registrations.ts";

/** One side of a call, as the signalling names it. */
export interface CallParty {
	/** `user@host`, or a number; empty where unknown. */
	readonly address: string;
	/** Display name; empty for none. */
	readonly name: string;
}

/** A stream that a party asked for: an offer, an answer, or one of a change during the call. */
export interface CallOffer {
	readonly time: number;
	/** 0 the calling party, 1 the called one. */
	readonly party: 0 | 1;
	readonly media: MediaDescription;
}

/** A call: one Call-ID of SIP, or one call reference of H.323. Times are nanoseconds since the run's epoch. */
export interface Call {
	/** From 1, in the order in which they were first seen. */
	readonly id: number;
	readonly protocol: "sip" | "h323";
	readonly callId: string;
	from: CallParty;
	to: CallParty;
	readonly start: number;
	/** The request that began it is not in the capture. */
	readonly beganBefore: boolean;
	/** Whether it was answered, though perhaps before the capture. */
	isEstablished: boolean;
	ringing: number | null;
	answered: number | null;
	ended: number | null;
	/** Somebody answered the request in any way. */
	isHeard: boolean;
	isCancelled: boolean;
	/** The final answer that refused it: status code and reason; 0 for none. */
	refusal: number;
	refusalReason: string;
	/** Time of the latest message. */
	last: number;
	/** Signalling flows, in the order in which they joined. */
	readonly flows: number[];
	readonly offers: CallOffer[];
	/** Codecs agreed on, in their order; `T38` after a switch to fax. */
	readonly codecs: string[];
}

/** What signalling other than SIP tells of a call. */
export interface CallEvent {
	readonly kind: "setup" | "ringing" | "answered" | "ended" | "other";
	readonly time: number;
	readonly flow: number;
	readonly from?: CallParty;
	readonly to?: CallParty;
	/** Of an end that came before an answer: why. */
	readonly reason?: string;
}

/** A flow's part in a call. */
export interface Tie {
	readonly call: Call;
	/** What the call announced for the flow's side 0 and side 1; one of them may be undefined (NAT). */
	readonly ends: readonly [Announcement | undefined, Announcement | undefined];
}

/** Calls kept: a busy trunk makes some thousands a day, a flood of INVITEs millions an hour. */
const MAX_CALLS = 100_000;
/** A call has one signalling flow for each hop; a flood that names one Call-ID from everywhere must not grow it. */
const MAX_FLOWS = 32;
const MAX_OFFERS = 64;
const MAX_CODECS = 8;
/** Media may go on for a moment after the BYE. */
const AFTERMATH = 5e9;
/** What shows that there is a dialogue, though its INVITE was not seen (RFC 3261, 12.2). */
const IN_DIALOGUE = new Set(["ACK", "BYE", "INVITE", "UPDATE", "PRACK", "CANCEL"]);
const CARRIES_SDP = new Set(["INVITE", "ACK", "UPDATE", "PRACK"]);
const NOBODY: CallParty = { address: "", name: "" };

/** Follows calls: by SIP (RFC 3261), or by what others tell of theirs; and knows which media is whose. */
export class CallTracker {
	readonly calls: Call[] = [];
	readonly registrations = new RegistrationTable();
	/** Calls beyond the limit. */
	refused = 0;
	readonly #media: MediaTable;
	readonly #byId = new Map<string, Call>();
	/** Tag of the calling party, by call id. */
	readonly #callerTags = new Map<number, string>();

	constructor(media: MediaTable) {
		this.#media = media;
	}

	/** Looks at a whole SIP message. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, _side: 0 | 1): void {
		const message = parseSip(data, start, end);
		if (!message) return;
		const { method, callId } = message;
		if (method === "REGISTER") this.registrations.observe(message, flow);
		if (!IN_DIALOGUE.has(method) || callId === "") return;
		const call = this.#byId.get(`sip ${callId}`) ?? this.#open(message, packet.time);
		if (!call) return;
		join(call, flow, packet.time);
		if (message.status === 0) this.#request(call, message, packet.time);
		else answer(call, message, packet.time);
		if (CARRIES_SDP.has(method) && message.status < 300) {
			const media = parseSdp(data, message.body, end);
			if (media.length > 0) this.#describe(call, media, this.#partyOf(call, message), message, packet.time);
		}
	}

	#open(message: SipMessage, time: number): Call | undefined {
		const isRequest = message.status === 0;
		const beganBefore = !(isRequest && message.method === "INVITE" && message.to.tag === "");
		const call = this.#add("sip", message.callId, time, beganBefore);
		if (!call) return undefined;
		call.from = message.from;
		call.to = message.to;
		call.isEstablished = isRequest && beganBefore && /^(ACK|BYE|INVITE)$/.test(message.method);
		this.#callerTags.set(call.id, message.from.tag);
		return call;
	}

	#add(protocol: Call["protocol"], callId: string, time: number, beganBefore: boolean): Call | undefined {
		if (this.calls.length >= MAX_CALLS) {
			this.refused++;
			return undefined;
		}
		const call: Call = {
			id: this.calls.length + 1,
			protocol,
			callId,
			from: NOBODY,
			to: NOBODY,
			start: time,
			beganBefore,
			isEstablished: false,
			ringing: null,
			answered: null,
			ended: null,
			isHeard: false,
			isCancelled: false,
			refusal: 0,
			refusalReason: "",
			last: time,
			flows: [],
			offers: [],
			codecs: [],
		};
		this.calls.push(call);
		this.#byId.set(`${protocol} ${callId}`, call);
		return call;
	}

	#request(call: Call, message: SipMessage, time: number): void {
		if (message.method === "BYE") call.ended ??= time;
		else if (message.method === "CANCEL") call.isCancelled = true;
		else if (message.method === "INVITE" && message.to.tag === "") {
			// After a challenge (401, 407) the request comes again with an answer to it.
			call.refusal = 0;
			if (call.answered === null && !call.isEstablished) call.ended = null;
		}
	}

	/** Who sends a message: the tag in From is the caller's in what the caller asks and in the answers to it. */
	#partyOf(call: Call, { from, status }: SipMessage): 0 | 1 {
		const isCallersDialogue = from.tag === this.#callerTags.get(call.id);
		return isCallersDialogue === (status === 0) ? 0 : 1;
	}

	#describe(call: Call, media: readonly MediaDescription[], party: 0 | 1, message: SipMessage, time: number): void {
		for (const stream of media) {
			const before = call.offers.findLast(
				(offer) => offer.party === party && offer.media.media === stream.media && offer.media.port === stream.port,
			);
			if (!(before && isSame(before.media, stream)) && call.offers.length < MAX_OFFERS)
				call.offers.push({ time, party, media: stream });
			for (const { address, port, protocol } of endpointsOf(stream))
				this.#media.announce(address, port, { protocol, call: call.id, party, time, media: stream });
		}
		const isAnswer = message.status !== 0 || message.method === "ACK";
		if (isAnswer) agree(call, party);
	}

	/** Takes what signalling of another protocol tells of a call; its first word begins the call. */
	report(protocol: "h323", callRef: string, event: CallEvent): void {
		const call =
			this.#byId.get(`${protocol} ${callRef}`) ?? this.#add(protocol, callRef, event.time, event.kind !== "setup");
		if (!call) return;
		join(call, event.flow, event.time);
		if (event.from) call.from = event.from;
		if (event.to) call.to = event.to;
		if (event.kind !== "setup") call.isHeard = true;
		if (event.kind === "ringing") call.ringing ??= event.time;
		else if (event.kind === "answered") call.answered ??= event.time;
		else if (event.kind === "ended") {
			call.ended ??= event.time;
			if (call.beganBefore) call.isEstablished = true;
			else if (call.answered === null && event.reason) call.refusalReason = event.reason;
		}
	}

	/** Takes an endpoint that signalling of another protocol announces for a call which {@link report} told of. */
	announce(media: AnnouncedMedia, protocol: "h323", callRef: string, party: 0 | 1, time: number): void {
		const call = this.#byId.get(`${protocol} ${callRef}`);
		const { address, port } = media;
		this.#media.announce(address, port, { protocol: media.protocol, call: call?.id ?? 0, party, time, media: null });
	}

	/**
	 * The calls that a flow's media between two times belongs to, the newest first: those that announced both its ends (two legs of one
	 * conversation may, where media goes directly), else the one that last announced one of them.
	 */
	tiesOf(store: FlowStore, flow: number, first: number, last: number): Tie[] {
		if (this.#media.size === 0) return [];
		const [one, other] = ([0, 1] as const).map((side) =>
			this.#media
				.inForce(sideAddress(store, flow, side), store.port(flow, side), last)
				.filter(({ call }) => this.#isOn(call, first)),
		) as [Announcement[], Announcement[]];
		const both = one.flatMap((end) => {
			const match = other.find(({ call }) => call === end.call);
			return match ? [{ call: this.calls[end.call - 1]!, ends: [end, match] as const }] : [];
		});
		if (both.length > 0) return both;
		const newest = [...one.slice(0, 1), ...other.slice(0, 1)].sort((a, b) => b.time - a.time)[0];
		if (!newest) return [];
		const ends = newest === one[0] ? ([newest, undefined] as const) : ([undefined, newest] as const);
		return [{ call: this.calls[newest.call - 1]!, ends }];
	}

	#isOn(id: number, time: number): boolean {
		const call = this.calls[id - 1];
		return call !== undefined && (call.ended === null || time <= call.ended + AFTERMATH);
	}
}

function join(call: Call, flow: number, time: number): void {
	call.last = time;
	if (call.flows.length < MAX_FLOWS && !call.flows.includes(flow)) call.flows.push(flow);
}

/** Takes the answer to an INVITE; later ones are to changes of a call that goes on. */
function answer(call: Call, { method, status, reason }: SipMessage, time: number): void {
	if (method !== "INVITE") return;
	call.isHeard = true;
	if (status > 100 && status < 200) call.ringing ??= time;
	if (status >= 200 && status < 300 && !call.isEstablished) {
		call.answered ??= time;
		call.refusal = 0;
	}
	if (status >= 300 && call.answered === null && !call.isEstablished) {
		call.refusal = status;
		call.refusalReason = reason;
		call.ended = time;
	}
}

/** Notes the codec that the latest answer chose: its first that the other party named too. */
function agree(call: Call, party: 0 | 1): void {
	const mine = call.offers.findLast((offer) => offer.party === party)?.media;
	if (!mine) return;
	const kind = mine.media;
	const theirs = call.offers.findLast((offer) => offer.party !== party && offer.media.media === kind)?.media;
	const chosen = mine.codecs.find(
		(codec) => isSpeech(codec) && (theirs?.codecs.some((other) => isAlike(codec, other)) ?? true),
	);
	const name = mine.protocol === "t38" ? "T38" : chosen?.name;
	if (name && !call.codecs.includes(name) && call.codecs.length < MAX_CODECS) call.codecs.push(name);
}

function isAlike(one: Codec, other: Codec): boolean {
	return one.name.toLowerCase() === other.name.toLowerCase() && one.rate === other.rate;
}

function isSame(one: MediaDescription, other: MediaDescription): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

/** How a call went, in a few words. */
export function resultOf(call: Call): string {
	const { refusal, refusalReason } = call;
	if (call.answered !== null || call.isEstablished) return "answered";
	if (call.isCancelled && (refusal === 0 || refusal === 487)) return "cancelled";
	if (refusal === 486 || refusal === 600) return "busy";
	if (refusal === 487 || (refusal === 0 && call.ended !== null && refusalReason === "")) return "cancelled";
	if (refusal === 408 || refusal === 480) return "no answer";
	const why = `${refusal === 0 ? "" : `${refusal} `}${refusalReason}`.trimEnd();
	if (why === "") return call.isHeard || call.beganBefore ? "in progress" : "unanswered request";
	if (refusal >= 300 && refusal < 400) return `redirected ${why}`;
	// What is no fault of the people: media or servers did not fit (RFC 3261, 21.4.13, 21.4.26, 21.5, 21.6.4).
	const isFailure = refusal === 415 || refusal === 488 || refusal === 606 || (refusal >= 500 && refusal < 600);
	return `${isFailure ? "failed" : "rejected"} ${why}`;
}
