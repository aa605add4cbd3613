import { type FlowStore, sideAddress } from "../../flow/store.ts";
import type { PacketView } from "../../packet/view.ts";
import { detached } from "../../protocol/bytes.ts";
import { type AnnouncedMedia, endpointsOf, type MediaDescription } from "../../protocol/sdp.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import { appended } from "../appended.ts";
import { placeOf } from "../incidents.ts";
import type { Announcement, MediaTable } from "../media/media.ts";
import { Overflow } from "../overflow.ts";
import { accept, acknowledge } from "./acceptance.ts";
import {
	agree,
	answer,
	type Call,
	type CallMessage,
	type CallOffer,
	type CallParty,
	forgive,
	hangUp,
	isSame,
	join,
	newCall,
} from "./call.ts";
import { ask } from "./challenges.ts";

/** What signalling other than SIP tells of a call. */
export interface CallEvent {
	readonly kind: "setup" | "ringing" | "answered" | "ended" | "other";
	readonly time: number;
	readonly flow: number;
	/** What told it, where that is a message to be shown. */
	readonly message?: CallMessage;
	readonly from?: CallParty;
	readonly to?: CallParty;
	/** Of an end that came before an answer: why, in words and as a cause of Q.850. */
	readonly reason?: string;
	readonly cause?: number;
}

/** A flow's part in a call. */
export interface Tie {
	readonly call: Call;
	/** What the call announced for the flow's side 0 and side 1; one of them may be undefined (NAT). */
	readonly ends: readonly [Announcement | undefined, Announcement | undefined];
}

/** Calls kept: a busy trunk makes some thousands a day, a flood of INVITEs millions an hour. */
const MAX_CALLS = 100_000;
const BEYOND = `messages of calls beyond the limit of ${MAX_CALLS} were not followed`;
/**
 * Of these, calls that nobody answered in any way, as a flood's are. Beyond, the request for a call opens none: one that
 * is answered is known from the answer on, as one that began before the capture. Those of hours ago count too, for they are
 * kept as all are: were only the young counted, a flood would need a few minutes to leave no room for calls that are answered.
 */
const MAX_UNHEARD = 30_000;
const BEYOND_UNHEARD = `requests for calls beyond ${MAX_UNHEARD} calls, old or new, without any answer: their calls are listed only where an answer came`;
const MAX_OFFERS = 64;
/** Messages kept of one call, and of all, some 150 bytes each: ten of an ordinary call. */
const MAX_MESSAGES_OF_CALL = 100;
const MAX_MESSAGES = 200_000;
const BEYOND_MESSAGES = "messages beyond the limits are not among those listed of their calls";
/**
 * Streams, codecs and candidates kept of all calls, some 200 bytes each: ten of an ordinary call, some hundred of a
 * browser's.
 */
const MAX_PARTS = 2_000_000;
const BEYOND_OFFERS = "streams that calls offer beyond the limits are not listed";
const BEYOND_PARTS = "streams that calls offer beyond the limits: of these the endpoint alone is known";
/** Calls between the same two users that are compared with one: so many before it, and so many after. */
const MAX_NEAR = 8;
/** Media may go on for a moment after the BYE. */
const AFTERMATH = 5e9;
/** What shows that there is a dialogue, though its INVITE was not seen (RFC 3261, 12.2). */
const IN_DIALOGUE = new Set(["ACK", "BYE", "INVITE", "UPDATE", "PRACK", "CANCEL"]);
const CARRIES_SDP = new Set(["INVITE", "ACK", "UPDATE", "PRACK"]);

/** Calls that one stream of media belongs to, the newest: what many announce at a time tells nothing of any of them. */
const MAX_LEGS = 4;

/** Follows calls: by SIP (RFC 3261), or by what others tell of theirs; and knows which media is whose. */
export class CallTracker {
	readonly calls: Call[] = [];
	#parts = 0;
	#messages = 0;
	/** Calls of which only the request is known. */
	#unheard = 0;
	readonly #media: MediaTable;
	/** By Call-ID, or call reference. */
	readonly #byId = { sip: new Map<string, Call>(), h323: new Map<string, Call>() };
	/** By the users of both ends; made when first asked for, after the capture's end. */
	#alike: Map<string, Call[]> | undefined;
	/** Tag of the calling party, by call id. */
	readonly #callerTags = new Map<number, string>();

	readonly #overflow: Overflow;

	constructor(media: MediaTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#media = media;
	}

	/** Looks at a SIP message. */
	observe(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { method, callId } = message;
		if (callId === "") return;
		const isOfDialogue = IN_DIALOGUE.has(method);
		const call = this.#byId.sip.get(callId) ?? (isOfDialogue ? this.#open(message, callId, packet.time) : undefined);
		if (!call) return;
		if (this.#hasRoom(call)) call.messages = appended(call.messages, sipMessage(message, packet, flow, side));
		if (!isOfDialogue) return;
		join(call, flow, packet.time);
		if (message.status === 0) this.#request(call, message, packet.time);
		else {
			if (method === "INVITE") this.#hear(call);
			if (method === "INVITE" && message.status >= 200 && message.status < 300)
				call.acceptance = accept(call.acceptance, message, packet, flow, side);
			answer(call, message, placeOf(packet));
		}
		if (CARRIES_SDP.has(method) && message.status < 300) {
			const media = message.streams;
			if (media.length > 0) this.#describe(call, media, this.#partyOf(call, message), message, packet.time);
		}
	}

	/** Counts one more message of a call. @returns whether it is to be kept. */
	#hasRoom(call: Call): boolean {
		if (call.messages.length < MAX_MESSAGES_OF_CALL && this.#messages < MAX_MESSAGES) {
			this.#messages++;
			return true;
		}
		call.messagesBeyond++;
		this.#overflow.add(BEYOND_MESSAGES);
		return false;
	}

	#open(message: SipMessage, callId: string, time: number): Call | undefined {
		const isRequest = message.status === 0;
		const beganBefore = !(isRequest && message.method === "INVITE" && !message.hasToTag);
		// Before more of the message is read: of a flood that is most of them.
		if (this.#isFull(beganBefore)) return undefined;
		const call = this.#add("sip", callId, time, beganBefore);
		call.from = message.from;
		call.to = message.to;
		call.isEstablished = isRequest && beganBefore && /^(ACK|BYE|INVITE)$/.test(message.method);
		this.#callerTags.set(call.id, message.fromTag);
		return call;
	}

	/** Whether no further call is kept, or none of which only the request is known; tells that one was not. */
	#isFull(beganBefore: boolean): boolean {
		const isFull = this.calls.length >= MAX_CALLS;
		if (isFull) this.#overflow.add(BEYOND);
		else if (beganBefore || this.#unheard < MAX_UNHEARD) return false;
		else this.#overflow.add(BEYOND_UNHEARD);
		return true;
	}

	/** Somebody answers the request for a call. */
	#hear(call: Call): void {
		if (call.isHeard) return;
		call.isHeard = true;
		if (!call.beganBefore) this.#unheard--;
	}

	#add(protocol: Call["protocol"], callId: string, time: number, beganBefore: boolean): Call {
		const call = newCall(this.calls.length + 1, protocol, callId, time, beganBefore);
		this.calls.push(call);
		if (!beganBefore) this.#unheard++;
		this.#byId[protocol].set(callId, call);
		return call;
	}

	#request(call: Call, message: SipMessage, time: number): void {
		if (message.method === "BYE") hangUp(call, message, time);
		else if (message.method === "ACK") acknowledge(call.acceptance, message);
		else if (message.method === "CANCEL") call.isCancelled = true;
		else if (message.method === "INVITE" && !message.hasToTag) {
			ask(call.challenges, message);
			// After a challenge (401, 407) the request comes again with an answer to it.
			if (call.answered === null && !call.isEstablished) {
				forgive(call);
				call.ended = null;
			}
		}
	}

	/** Who sends a message: the tag in From is the caller's in what the caller asks and in the answers to it. */
	#partyOf(call: Call, { fromTag, status }: SipMessage): 0 | 1 {
		const isCallersDialogue = fromTag === this.#callerTags.get(call.id);
		return isCallersDialogue === (status === 0) ? 0 : 1;
	}

	#describe(call: Call, media: readonly MediaDescription[], party: 0 | 1, message: SipMessage, time: number): void {
		for (const stream of media) {
			const before = call.offers.findLast(
				(offer) => offer.party === party && offer.media.media === stream.media && offer.media.port === stream.port,
			);
			const known = before && isSame(before.media, stream) ? before.media : undefined;
			const kept = known ?? this.#keep(stream);
			if (kept && !known) this.#offer(call, { time, party, media: kept });
			for (const { address, port, protocol } of endpointsOf(stream))
				this.#media.announce(address, port, { protocol, call: call.id, party, time, media: kept });
		}
		const isAnswer = message.status !== 0 || message.method === "ACK";
		if (isAnswer) agree(call, party);
	}

	#offer(call: Call, offer: CallOffer): void {
		if (call.offers.length >= MAX_OFFERS) this.#overflow.add(BEYOND_OFFERS);
		else call.offers = appended(call.offers, offer);
	}

	/** What is kept of a stream's description: all, or beyond the limit nothing. */
	#keep(stream: MediaDescription): MediaDescription | null {
		if (this.#parts >= MAX_PARTS) {
			this.#overflow.add(BEYOND_PARTS);
			return null;
		}
		this.#parts += 1 + stream.codecs.length + stream.others.length;
		return stream;
	}

	/** Takes what signalling of another protocol tells of a call; its first word begins the call. */
	report(protocol: "h323", callRef: string, event: CallEvent): void {
		const known = this.#byId[protocol].get(callRef);
		if (!known && this.#isFull(event.kind !== "setup")) return;
		const call = known ?? this.#add(protocol, callRef, event.time, event.kind !== "setup");
		if (event.message && this.#hasRoom(call)) call.messages = appended(call.messages, event.message);
		join(call, event.flow, event.time);
		if (event.from) call.from = detachedParty(event.from);
		if (event.to) call.to = detachedParty(event.to);
		if (event.kind !== "setup") this.#hear(call);
		if (event.kind === "ringing") call.ringing ??= event.time;
		else if (event.kind === "answered") call.answered ??= event.time;
		else if (event.kind === "ended") {
			call.ended ??= event.time;
			if (call.beganBefore) call.isEstablished = true;
			else if (call.answered === null) {
				if (event.reason) call.refusalReason = detached(event.reason);
				call.cause = event.cause ?? 0;
			}
		}
	}

	/** Takes an endpoint that signalling of another protocol announces for a call which {@link report} told of. */
	announce(media: AnnouncedMedia, protocol: "h323", callRef: string, party: 0 | 1, time: number): void {
		const call = this.#byId[protocol].get(callRef);
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
		if (both.length > 0) return both.slice(0, MAX_LEGS);
		const newest = [...one.slice(0, 1), ...other.slice(0, 1)].sort((a, b) => b.time - a.time)[0];
		if (!newest) return [];
		const ends = newest === one[0] ? ([newest, undefined] as const) : ([undefined, newest] as const);
		return [{ call: this.calls[newest.call - 1]!, ends }];
	}

	/** Calls between the same two users shortly before and after a call: its other legs, and other tries. */
	alike(call: Call): readonly Call[] {
		this.#alike ??= this.#byUsers();
		const all = this.#alike.get(usersOf(call)) ?? [];
		const place = placeIn(all, call.id);
		return [...all.slice(Math.max(0, place - MAX_NEAR), place), ...all.slice(place + 1, place + 1 + MAX_NEAR)];
	}

	#byUsers(): Map<string, Call[]> {
		const found = new Map<string, Call[]>();
		for (const call of this.calls) {
			const users = usersOf(call);
			const known = found.get(users);
			if (known) known.push(call);
			else found.set(users, [call]);
		}
		return found;
	}

	#isOn(id: number, time: number): boolean {
		const call = this.calls[id - 1];
		return call !== undefined && (call.ended === null || time <= call.ended + AFTERMATH);
	}
}

/** Where the call with an id is among calls in the order of their ids. */
function placeIn(calls: readonly Call[], id: number): number {
	let low = 0;
	let high = calls.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (calls[middle]!.id < id) low = middle + 1;
		else high = middle;
	}
	return low;
}

function sipMessage(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): CallMessage {
	const { method, status, reason } = message;
	const text = status === 0 ? method : `${status} ${reason}`.trimEnd();
	const hasMedia = CARRIES_SDP.has(method) && message.streams.length > 0;
	return { place: placeOf(packet), flow, side, text: detached(text), hasMedia };
}

function detachedParty({ address, name }: CallParty): CallParty {
	return { address: detached(address), name: detached(name) };
}

function usersOf({ from, to }: Call): string {
	return `${from.address.split("@")[0]}|${to.address.split("@")[0]}`;
}
