import { isGroupAddress } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { type IncidentTable, placeOf } from "../incidents.ts";
import { dropOldest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";

/** A request that waits for its answer. */
export interface OpenRequest {
	readonly side: 0 | 1;
	/** What ties an answer to it: a transaction's number, or a hash of one; within its flow. */
	readonly key: number;
	/** In words that fit all requests of the kind: `DNS query`. */
	readonly what: string;
	/** What was asked for, as {@link Requests.tellOpen} is given it. */
	readonly subject: string;
	/** Where it was asked first. */
	readonly file: number;
	readonly number: number;
	readonly time: number;
	last: number;
	tries: number;
	/** How many it stands for: 1, or all those of its flow that were given up. */
	requests: number;
}

/** Requests that wait at a time, of all flows: a scan opens one for each of its probes. The oldest flow's give way. */
const MAX_WAITING = 200_000;
/** Flows whose requests nobody waits for any more. */
const MAX_GIVEN_UP = 100_000;
/** Requests of one flow that wait at a time: a resolver that uses one port has some dozens. */
const MAX_OPEN = 64;
const BEYOND = "requests beyond the limits were not followed: whether they were answered is not told";
/** Requests answered lately that are remembered, a power of two; and for how long what comes again is a repetition. */
const ANSWERED = 1 << 12;
const REPEATED_WITHIN = 5e9;
/** Nobody waits so long for a datagram: resolvers give up after 5 to 30 s (resolv.conf(5)), SNMP managers sooner. Nanoseconds. */
const GIVEN_UP_AFTER = 30e9;

/**
 * Requests and the answers that close them: what is open at the end got none. A request that is sent again is one more
 * try of the same. Nothing is judged here: a finding's rule knows when the capture ended.
 */
export class Requests {
	/** By flow, those of the oldest flow first; of each, in the order in which they were first asked. */
	readonly #flows = new Map<number, OpenRequest[]>();
	/** By flow: those asked so long ago that nobody waits any more, as one. */
	readonly #givenUp = new Map<number, OpenRequest>();
	/** What was answered lately, each at a place that its flow and key give: what is sent again crosses its answer. */
	readonly #answeredKeys = new Int32Array(ANSWERED);
	readonly #answeredFlows = new Int32Array(ANSWERED).fill(-1);
	readonly #answeredTimes = new Float64Array(ANSWERED);
	/** How many wait, of all flows. */
	#waiting = 0;
	readonly #overflow: Overflow;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	/** Notes a request; what is said of it is kept and must not be cut out of a longer text. Those to many (broadcast, multicast) ask for no answer of anybody: see {@link isToMany}. */
	open(flow: number, side: 0 | 1, key: number, packet: PacketView, what: string, subject = ""): void {
		let open = this.#flows.get(flow);
		const known = open?.[placeOfRequest(open, key, side)];
		if (known) {
			known.tries++;
			known.last = packet.time;
			return;
		}
		const { file, number, time } = packet;
		const place = answeredPlace(flow, key);
		const isAnswered = this.#answeredFlows[place] === flow && this.#answeredKeys[place] === (key | 0);
		if (isAnswered && time - this.#answeredTimes[place]! < REPEATED_WITHIN) return;
		if (open && open.length >= MAX_OPEN) this.#giveUp(flow, open, time);
		if (this.#waiting >= MAX_WAITING) this.#forgetOldest();
		const request = { side, key, what, subject, file, number, time, last: time, tries: 1, requests: 1 };
		open = this.#flows.get(flow);
		if (open) open.push(request);
		else this.#flows.set(flow, [request]);
		this.#waiting++;
	}

	/** Notes an answer from a side. @returns the other side's request that it answers; undefined where none is known. */
	close(flow: number, side: 0 | 1, key: number): OpenRequest | undefined {
		const open = this.#flows.get(flow);
		if (!open) return undefined;
		const at = placeOfRequest(open, key, (1 - side) as 0 | 1);
		if (at < 0) return undefined;
		const request = open[at]!;
		const place = answeredPlace(flow, key);
		this.#answeredFlows[place] = flow;
		this.#answeredKeys[place] = key | 0;
		this.#answeredTimes[place] = request.last;
		this.#waiting--;
		if (open.length === 1) this.#flows.delete(flow);
		else open.splice(at, 1);
		return request;
	}

	/** Nothing more can be said of a flow's requests, or all of them are answered. */
	forget(flow: number): void {
		this.#waiting -= this.#flows.get(flow)?.length ?? 0;
		this.#flows.delete(flow);
		this.#givenUp.delete(flow);
	}

	#forgetOldest(): void {
		dropOldest(this.#flows, (flow, open) => {
			this.#overflow.add(BEYOND, open.length);
			this.#waiting -= open.length;
			this.#givenUp.delete(flow);
		});
	}

	/** Makes room: what is old is counted as unanswered, what is young may still be answered, and is forgotten. */
	#giveUp(flow: number, open: OpenRequest[], now: number): void {
		const oldest = open.shift()!;
		this.#waiting--;
		const known = this.#givenUp.get(flow);
		if (now - oldest.last < GIVEN_UP_AFTER) this.#overflow.add(BEYOND);
		else if (known) {
			known.tries += oldest.tries;
			known.requests++;
			known.last = oldest.last;
		} else if (this.#givenUp.size < MAX_GIVEN_UP) this.#givenUp.set(flow, oldest);
		else this.#overflow.add(BEYOND);
	}

	/**
	 * Notes what has no answer yet, one incident of a flow for each `what`.
	 * @param wordsOf what to say of a request, where it is not what it was opened with; undefined to say nothing of it.
	 */
	tellOpen(
		incidents: IncidentTable,
		wordsOf: (request: OpenRequest, flow: number) => { what: string; subject: string } | undefined,
	): void {
		const note = (request: OpenRequest, flow: number) => {
			const words = wordsOf(request, flow);
			if (!words) return;
			const { side, last, tries, requests } = request;
			const { what: detail, subject } = words;
			incidents.noteAt(flow, placeOf(request), last, tries, { kind: "unanswered", side, detail, subject }, requests);
		};
		for (const [flow, request] of this.#givenUp) note(request, flow);
		for (const [flow, open] of this.#flows) for (const request of open) note(request, flow);
	}
}

function answeredPlace(flow: number, key: number): number {
	return (Math.imul(flow, 0x9e3779b1) ^ key) & (ANSWERED - 1);
}

function placeOfRequest(open: readonly OpenRequest[], key: number, side: 0 | 1): number {
	for (let at = 0; at < open.length; at++) if (open[at]!.key === key && open[at]!.side === side) return at;
	return -1;
}

/** First four bits of reserved IPv4 addresses (RFC 1112, 4): nobody has one. */
const RESERVED = 0xf;

/** Whether a packet goes to many, or to nobody: no host has to answer it. */
export function isToMany({ ipVersion, dst0, dst3 }: PacketView): boolean {
	return isGroupAddress(ipVersion, dst0, dst3) || (ipVersion === 4 && dst3 >>> 28 === RESERVED);
}
