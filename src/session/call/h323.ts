import { addressText } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { type H225Message, parseH225Call } from "../../protocol/h323/h225.ts";
import { parseH245 } from "../../protocol/h323/h245.ts";
import { placeOf } from "../incidents.ts";
import { dropOldest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import type { CallEvent, CallTracker } from "./calls.ts";

/** A call as its messages name it: by connection and call reference, whatever identifier they carry. */
interface Dialogue {
	/** The call's identifier where a message has one: the same on all its connections. */
	readonly call: string;
	/** Side of the signalling flow that sent the setup. */
	readonly callerSide: 0 | 1;
}

/** An H.245 address that a call's message gave, and which party listens there. */
interface ControlEnd {
	readonly call: string;
	readonly party: 0 | 1;
}

/** Calls and control addresses followed at a time; the oldest gives way. */
const MAX_DIALOGUES = 20_000;
const BEYOND = `H.323 dialogues and control addresses, the oldest of more than ${MAX_DIALOGUES}, are no longer known: what comes of them later is another call`;
const KINDS: Readonly<Record<string, CallEvent["kind"]>> = {
	setup: "setup",
	alerting: "ringing",
	connect: "answered",
	releaseComplete: "ended",
};
const CAUSES: Readonly<Record<number, string>> = { 17: "busy", 18: "no answer", 19: "no answer", 21: "call rejected" };
const NORMAL_CLEARING = 16;

/** Follows H.323 calls (H.225.0 call signalling, H.245) and tells the {@link CallTracker} of them and of their media. */
export class H323Tracker {
	readonly #calls: CallTracker;
	/** By flow and call reference. */
	readonly #dialogues = new Map<string, Dialogue>();
	/** By `address|port`. */
	readonly #controls = new Map<string, ControlEnd>();

	readonly #overflow: Overflow;

	constructor(calls: CallTracker, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#calls = calls;
	}

	/** Looks at a whole call signalling message. */
	observeCall(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = parseH225Call(data, start, end);
		if (!message) return;
		const { call, callerSide } = this.#dialogueOf(message, flow, side);
		const party = side === callerSide ? 0 : 1;
		this.#calls.report("h323", call, eventOf(message, packet, flow, side));
		for (const media of message.media) this.#calls.announce(media, "h323", call, party, packet.time);
		const { h245Address } = message;
		if (h245Address) this.#remember(this.#controls, `${h245Address.address}|${h245Address.port}`, { call, party });
	}

	/** Looks at a whole H.245 message of a connection of its own. */
	observeControl(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number): void {
		const source = `${addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3)}|${packet.srcPort}`;
		const target = `${addressText(packet.ipVersion, packet.dst0, packet.dst1, packet.dst2, packet.dst3)}|${packet.dstPort}`;
		const listener = this.#controls.get(source);
		const known = listener ?? this.#controls.get(target);
		if (!known) return;
		const party = listener ? known.party : ((1 - known.party) as 0 | 1);
		this.#calls.report("h323", known.call, { kind: "other", time: packet.time, flow });
		for (const media of parseH245(data, start, end).media)
			this.#calls.announce(media, "h323", known.call, party, packet.time);
	}

	#dialogueOf(message: H225Message, flow: number, side: 0 | 1): Dialogue {
		const key = `${flow}|${message.callReference}`;
		const known = message.message === "setup" ? undefined : this.#dialogues.get(key);
		if (known) return known;
		// Without its setup in the capture, the first to speak is taken for the caller.
		const dialogue = { call: message.callIdentifier ?? key, callerSide: side };
		this.#remember(this.#dialogues, key, dialogue);
		return dialogue;
	}

	#remember<T>(map: Map<string, T>, key: string, value: T): void {
		map.delete(key);
		map.set(key, value);
		if (map.size > MAX_DIALOGUES) this.#overflow.add(BEYOND, dropOldest(map));
	}
}

function eventOf(message: H225Message, packet: PacketView, flow: number, side: 0 | 1): CallEvent {
	const { caller = "", called = "", display = "", cause } = message;
	const kind = KINDS[message.message] ?? "other";
	const reason = cause === undefined ? message.reason : cause === NORMAL_CLEARING ? undefined : causeText(cause);
	return {
		kind,
		time: packet.time,
		flow,
		message: { place: placeOf(packet), flow, side, text: message.message, hasMedia: message.media.length > 0 },
		...(kind === "setup" ? { from: { address: caller, name: display }, to: { address: called, name: "" } } : {}),
		...(kind === "ended" && reason !== undefined ? { reason } : {}),
		...(kind === "ended" && cause !== undefined ? { cause } : {}),
	};
}

/** A cause of Q.850 in words, else its number. */
function causeText(cause: number): string {
	return CAUSES[cause] ?? `cause ${cause}`;
}
