import type { PacketPlace } from "../../packet/view.ts";
import { detached } from "../../protocol/bytes.ts";
import { type Codec, isSpeech } from "../../protocol/codecs.ts";
import type { MediaDescription } from "../../protocol/sdp.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import { appended, noItems } from "../appended.ts";
import type { Acceptance } from "./acceptance.ts";
import { type Challenges, challenge, isChallenge, noChallenges } from "./challenges.ts";

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

/** One message of a call's signalling. */
export interface CallMessage {
	readonly place: PacketPlace;
	readonly flow: number;
	/** Side of the flow that sent it. */
	readonly side: 0 | 1;
	/** `INVITE`, `403 Forbidden`; of H.323 `setup`, `connect`. */
	readonly text: string;
	/** It offers or accepts media. */
	readonly hasMedia: boolean;
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
	/** When it rang at the other end: 180, or a ringback tone behind a 183 (RFC 3261, 21.1.5). */
	ringing: number | null;
	/** First sign of progress (183 and other provisional answers), which alone is no ringing. */
	progress: number | null;
	answered: number | null;
	ended: number | null;
	/** Somebody answered the request in any way. */
	isHeard: boolean;
	isCancelled: boolean;
	/** SIP's final answer to the request for the call, in force; 0 for none so far. From 300 on it refuses the call. */
	status: number;
	/** What the refusal says is the reason. */
	refusalReason: string;
	/** What the refusal's Warning or Reason said beside. */
	explanation: string;
	/** Cause of Q.850 with which it was refused or ended; 0 for none. */
	cause: number;
	/** The message that refused it; null where SIP did not. */
	refusedAt: PacketPlace | null;
	/** What the BYE said was its reason (RFC 3326); empty for none. */
	endReason: string;
	acceptance: Acceptance | null;
	readonly challenges: Challenges;
	/** Time of the latest message. */
	last: number;
	/** In the order in which they came; beyond the limits the first ones. */
	messages: CallMessage[];
	/** How many more there were. */
	messagesBeyond: number;
	/** Signalling flows, in the order in which they joined. */
	flows: number[];
	offers: CallOffer[];
	/** Codecs agreed on, in their order; `T38` after a switch to fax. */
	codecs: string[];
}

/** A call has one signalling flow for each hop; a flood that names one Call-ID from everywhere must not grow it. */
const MAX_FLOWS = 32;
const MAX_CODECS = 8;
const NOBODY: CallParty = { address: "", name: "" };

/** A call of which nothing is known but its name. */
export function newCall(
	id: number,
	protocol: Call["protocol"],
	callId: string,
	start: number,
	beganBefore: boolean,
): Call {
	return {
		id,
		protocol,
		callId,
		from: NOBODY,
		to: NOBODY,
		start,
		beganBefore,
		isEstablished: false,
		ringing: null,
		progress: null,
		answered: null,
		ended: null,
		isHeard: false,
		isCancelled: false,
		status: 0,
		refusalReason: "",
		explanation: "",
		cause: 0,
		refusedAt: null,
		endReason: "",
		acceptance: null,
		challenges: noChallenges(),
		last: start,
		messages: noItems(),
		messagesBeyond: 0,
		flows: noItems(),
		offers: noItems(),
		codecs: noItems(),
	};
}

/** Notes a message of the call and the flow that carried it. */
export function join(call: Call, flow: number, time: number): void {
	call.last = time;
	if (call.flows.length < MAX_FLOWS && !call.flows.includes(flow)) call.flows = appended(call.flows, flow);
}

const RINGING = 180;
/** Progress without 180 that goes on for so long was a ringback tone; what ends sooner is the network's refusal. */
const RINGBACK = 4e9;

/** Takes a BYE: the first one ends the call. */
export function hangUp(call: Call, message: SipMessage, time: number): void {
	if (call.ended !== null) return;
	call.ended = time;
	call.endReason = detached(message.endReason);
	call.cause = message.cause;
}

/** Takes the answer to an INVITE; later ones are to changes of a call that goes on. */
export function answer(call: Call, message: SipMessage, place: PacketPlace): void {
	const { method, status } = message;
	if (method !== "INVITE") return;
	const isOpen = call.answered === null && !call.isEstablished;
	if (status === RINGING) call.ringing ??= place.time;
	else if (status > 100 && status < 200) call.progress ??= place.time;
	else if (status >= 200 && isOpen && call.progress !== null && place.time - call.progress >= RINGBACK)
		call.ringing ??= call.progress;
	if (status >= 200 && status < 300 && !call.isEstablished) {
		call.answered ??= place.time;
		// One branch of a forked call refused, another one took it.
		if (call.status >= 300) call.ended = null;
		if (call.status === 0 || call.status >= 300) call.status = status;
	}
	if (isChallenge(message)) challenge(call.challenges, message);
	if (status >= 300 && call.answered === null && !call.isEstablished) refuse(call, message, place);
}

function refuse(call: Call, { status, reason, explanation, cause }: SipMessage, place: PacketPlace): void {
	// It is sent again until its ACK comes.
	if (call.status === status) return;
	call.status = status;
	call.refusalReason = reason;
	call.explanation = detached(explanation);
	call.cause = cause;
	call.refusedAt = place;
	call.ended = place.time;
}

/** The request is made once more: what refused it before counts no longer. */
export function forgive(call: Call): void {
	call.status = 0;
	call.refusalReason = "";
	call.explanation = "";
	call.cause = 0;
	call.refusedAt = null;
}

/** Notes the codec that the latest answer chose: its first that the other party named too. */
export function agree(call: Call, party: 0 | 1): void {
	const mine = call.offers.findLast((offer) => offer.party === party)?.media;
	if (!mine) return;
	const kind = mine.media;
	const theirs = call.offers.findLast((offer) => offer.party !== party && offer.media.media === kind)?.media;
	const chosen = mine.codecs.find(
		(codec) => isSpeech(codec) && (theirs?.codecs.some((other) => isAlike(codec, other)) ?? true),
	);
	const name = mine.protocol === "t38" ? "T38" : chosen?.name;
	if (name && !call.codecs.includes(name) && call.codecs.length < MAX_CODECS) call.codecs = appended(call.codecs, name);
}

function isAlike(one: Codec, other: Codec): boolean {
	return one.name.toLowerCase() === other.name.toLowerCase() && one.rate === other.rate;
}

export function isSame(one: MediaDescription, other: MediaDescription): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

/** Reasons of H.323 that are a result as they stand. */
const PLAIN_REASONS = new Set(["busy", "no answer"]);

/** How a call went, in a few words. */
export function resultOf(call: Call): string {
	const { protocol, status, refusalReason, ringing } = call;
	if (call.answered !== null || call.isEstablished) return "answered";
	if (call.isCancelled && (status === 0 || status === 487)) return "cancelled";
	if (status === 486 || status === 600) return "busy";
	if (status === 487 || (status === 0 && call.ended !== null && refusalReason === "")) return "cancelled";
	if ((status === 408 || status === 480) && ringing !== null) return "no answer";
	if (protocol === "h323" && PLAIN_REASONS.has(refusalReason)) return refusalReason;
	const why = `${status === 0 ? "" : `${status} `}${refusalReason}`.trimEnd();
	if (why === "") return call.isHeard || call.beganBefore ? "in progress" : "unanswered request";
	if (status >= 300 && status < 400) return `redirected ${why}`;
	return `${isFailure(status) ? "failed" : "rejected"} ${why}`;
}

/** What is no fault of the people: nobody was reached, or media or servers did not fit (RFC 3261, 21.4.9, 21.4.13, 21.4.26, 21.5, 21.6.4). */
function isFailure(status: number): boolean {
	return status === 408 || status === 415 || status === 488 || status === 606 || (status >= 500 && status < 600);
}
