import type { PacketView } from "../packet/view.ts";
import { type IncidentTable, type PacketPlace, placeOf } from "./incidents.ts";

/** A request that waits for its answer. */
export interface OpenRequest {
	readonly side: 0 | 1;
	/** What ties an answer to it: a transaction's number, or a hash of one; within its flow. */
	readonly key: number;
	/** In words that fit all requests of the kind: `DNS query`. */
	readonly what: string;
	/** What was asked for, as {@link Requests.finish} is given it. */
	readonly subject: string;
	readonly first: PacketPlace;
	last: number;
	tries: number;
}

/** What one flow waits for, and what it gave up waiting for. */
interface Waiting {
	/** In the order in which they were first asked. */
	readonly open: OpenRequest[];
	/** Of those asked so long ago that nobody waits any more: how many, and the first of them. */
	givenUp: number;
	firstGivenUp: OpenRequest | undefined;
	lastGivenUp: number;
}

/** Flows with requests under way: a scan opens one for each of its probes. The oldest gives way. */
const MAX_FLOWS = 100_000;
/** Requests of one flow that wait at a time: a resolver that uses one port has some dozens. */
const MAX_OPEN = 64;
/** Nobody waits so long for a datagram: resolvers give up after 5 to 30 s (resolv.conf(5)), SNMP managers sooner. Nanoseconds. */
const GIVEN_UP_AFTER = 30e9;

/**
 * Requests and the answers that close them: what is open at the end got none. A request that is sent again is one more
 * try of the same. Nothing is judged here: a finding's rule knows when the capture ended.
 */
export class Requests {
	readonly #flows = new Map<number, Waiting>();
	/** Requests beyond the limits: nothing is said of them. */
	forgotten = 0;

	/** Notes a request. Those to many (broadcast, multicast) ask for no answer of anybody: see {@link isToMany}. */
	open(flow: number, side: 0 | 1, key: number, packet: PacketView, what: string, subject = ""): void {
		const waiting = this.#flows.get(flow) ?? this.#begin(flow);
		const { open } = waiting;
		const known = open[placeOfRequest(open, key, side)];
		if (known) {
			known.tries++;
			known.last = packet.time;
			return;
		}
		if (open.length >= MAX_OPEN) this.#giveUp(waiting, packet.time);
		open.push({ side, key, what, subject, first: placeOf(packet), last: packet.time, tries: 1 });
	}

	/** Notes an answer from the other side. @returns the request that it answers; undefined where none is known. */
	close(flow: number, side: 0 | 1, key: number): OpenRequest | undefined {
		const waiting = this.#flows.get(flow);
		if (!waiting) return undefined;
		const { open } = waiting;
		const at = placeOfRequest(open, key, (1 - side) as 0 | 1);
		if (at < 0) return undefined;
		const request = open[at];
		if (open.length === 1 && waiting.givenUp === 0) this.#flows.delete(flow);
		else open.splice(at, 1);
		return request;
	}

	/** Nothing more can be said of a flow's requests, or all of them are answered. */
	forget(flow: number): void {
		this.#flows.delete(flow);
	}

	#begin(flow: number): Waiting {
		if (this.#flows.size >= MAX_FLOWS) {
			const [oldest, { open }] = this.#flows.entries().next().value!;
			this.forgotten += open.length;
			this.#flows.delete(oldest);
		}
		const waiting = { open: [], givenUp: 0, firstGivenUp: undefined, lastGivenUp: 0 };
		this.#flows.set(flow, waiting);
		return waiting;
	}

	/** Makes room: what is old is counted as unanswered, what is young may still be answered, and is forgotten. */
	#giveUp(waiting: Waiting, now: number): void {
		const oldest = waiting.open.shift()!;
		if (now - oldest.last < GIVEN_UP_AFTER) {
			this.forgotten++;
			return;
		}
		waiting.firstGivenUp ??= oldest;
		waiting.givenUp += oldest.tries;
		waiting.lastGivenUp = oldest.last;
	}

	/**
	 * The capture is over: notes what got no answer, one incident of a flow for each `what`.
	 * @param wordsOf what to say of a request, where it is not what it was opened with; undefined to say nothing of it.
	 */
	finish(
		incidents: IncidentTable,
		wordsOf: (request: OpenRequest, flow: number) => { what: string; subject: string } | undefined,
	): void {
		for (const [flow, { open, givenUp, firstGivenUp, lastGivenUp }] of this.#flows) {
			const note = (request: OpenRequest, last: number, tries: number) => {
				const words = wordsOf(request, flow);
				if (!words) return;
				const { what: detail, subject } = words;
				incidents.noteAt(flow, request.first, last, tries, { kind: "unanswered", side: request.side, detail, subject });
			};
			if (firstGivenUp) note(firstGivenUp, lastGivenUp, givenUp);
			for (const request of open) note(request, request.last, request.tries);
		}
		this.#flows.clear();
	}
}

function placeOfRequest(open: readonly OpenRequest[], key: number, side: 0 | 1): number {
	for (let at = 0; at < open.length; at++) if (open[at]!.key === key && open[at]!.side === side) return at;
	return -1;
}

const MULTICAST = 0xe0;
const LAST_OCTET = 0xff;
const MULTICAST_6 = 0xff;

/**
 * Whether a packet goes to a multicast or broadcast address, from which nobody has to answer. A network's own broadcast
 * address is known by its last octet alone, because masks are not in packets.
 */
export function isToMany({ ipVersion, dst0, dst3 }: PacketView): boolean {
	if (ipVersion === 6) return dst0 >>> 24 === MULTICAST_6;
	return dst3 >>> 24 >= MULTICAST || (dst3 & LAST_OCTET) === LAST_OCTET;
}
