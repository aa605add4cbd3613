import { mapKey } from "../../flow/map-key.ts";
import type { PacketPlace, PacketView } from "../../packet/view.ts";
import {
	type DnsMessage,
	nameInWire,
	parseDnsMessage,
	Rcode,
	rcodeName,
	wireName,
} from "../../protocol/dns-message.ts";
import { type IncidentTable, placeOf } from "../incidents.ts";
import type { NameTable } from "../names.ts";
import { Overflow } from "../overflow.ts";
import { isToMany, type OpenRequest, type Requests } from "./requests.ts";

/** A name that a server said there is none of. */
export interface MissingName {
	readonly name: string;
	readonly side: 0 | 1;
	readonly first: PacketPlace;
	last: number;
	count: number;
}

interface Failure extends MissingName {
	readonly flow: number;
	readonly rcode: number;
}

export const QUERY = "DNS query";
/** What stands behind an unanswered query, and behind a failure, whose question another try got answered. */
export const ANSWERED_LATER = ", but another try was answered";

/** Questions known to be answered: 8 MB of hashes. Beyond, a failure counts though a later try may have been answered. */
const MAX_ANSWERED = 200_000;
/** Failures kept, one for each question, code and flow: a site that asks for more wrong names has one trouble. */
const MAX_FAILURES = 20_000;
const BEYOND_ANSWERED =
	"DNS answers beyond the limit were not remembered: failures before them count though these came";
const BEYOND_FAILURES = `DNS failures beyond the first ${MAX_FAILURES} are in no finding`;
/** Names of addresses (RFC 1035, 3.5; RFC 3596): whether they are known decides nothing. */
const REVERSE = /\.arpa\.?$/i;
const ID_SPACE = 0x10000;
const NONE: readonly MissingName[] = [];

/** DNS queries, their answers and failures; answers' addresses go to the names of addresses. */
export class DnsTracker {
	readonly #requests: Requests;
	readonly #names: NameTable;
	readonly #answered = new Set<number>();
	/** By flow, code and question. */
	readonly #failures = new Map<string, { readonly question: number; readonly failure: Failure }>();
	readonly #missing = new Map<number, MissingName[]>();
	readonly #overflow: Overflow;

	constructor(requests: Requests, names: NameTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#requests = requests;
		this.#names = names;
	}

	/** Looks at a message, without the length that stands before it over TCP. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = parseDnsMessage(data, start, end);
		if (!message) return;
		if (message.isResponse) {
			this.#names.observe(data, start, end);
			this.#answer(data, message, packet, flow, side);
		} else if (message.question !== 0 && !isToMany(packet)) {
			this.#requests.open(flow, side, keyOf(message), packet, QUERY, wireName(data, message));
		}
	}

	#answer(data: Uint8Array, message: DnsMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { rcode, question } = message;
		// A server that did not understand may leave the question out: then the number alone tells.
		if (question === 0) this.#requests.forget(flow);
		else this.#requests.close(flow, side, keyOf(message));
		if (rcode === Rcode.NoError) {
			if (this.#answered.size < MAX_ANSWERED) this.#answered.add(mapKey(question));
			else if (!this.#answered.has(mapKey(question))) this.#overflow.add(BEYOND_ANSWERED);
		} else this.#fail(data, message, packet, flow, side);
	}

	#fail(data: Uint8Array, message: DnsMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { rcode, question } = message;
		const key = `${flow} ${rcode} ${question}`;
		const known = this.#failures.get(key);
		if (known) {
			known.failure.count++;
			known.failure.last = packet.time;
			return;
		}
		if (this.#failures.size >= MAX_FAILURES) {
			this.#overflow.add(BEYOND_FAILURES);
			return;
		}
		const name = question === 0 ? "" : nameInWire(wireName(data, message));
		if (REVERSE.test(name)) return;
		const failure = { flow, rcode, name, side, first: placeOf(packet), last: packet.time, count: 1 };
		this.#failures.set(key, { question, failure });
	}

	/** Notes the failures so far; a name that there is none of waits for somebody who needs it. */
	tellOpen(incidents: IncidentTable): void {
		this.#missing.clear();
		for (const { question, failure } of this.#failures.values()) {
			const { flow, rcode, name: subject, side, first, last, count } = failure;
			const isAnswered = this.#answered.has(mapKey(question));
			if (rcode === Rcode.NoName) {
				if (!isAnswered) this.#missingOf(flow).push(failure);
				continue;
			}
			const detail = rcodeName(rcode) + (isAnswered ? ANSWERED_LATER : "");
			incidents.noteAt(flow, first, last, count, { kind: "dns-failure", side, detail, subject });
		}
	}

	/** How to tell of a query without an answer. */
	wordsOf({ subject, key }: OpenRequest): { what: string; subject: string } {
		const isAnswered = this.#answered.has(mapKey(Math.floor(key / ID_SPACE)));
		return { what: isAnswered ? QUERY + ANSWERED_LATER : QUERY, subject: nameInWire(subject) };
	}

	#missingOf(flow: number): MissingName[] {
		let missing = this.#missing.get(flow);
		if (!missing) {
			missing = [];
			this.#missing.set(flow, missing);
		}
		return missing;
	}

	/** Names that a flow's server said there are none of, and that no other answer knew. */
	missingNames(flow: number): readonly MissingName[] {
		return this.#missing.size === 0 ? NONE : (this.#missing.get(flow) ?? NONE);
	}
}

/** 32 bits of the question above the 16 of the number. */
function keyOf({ id, question }: DnsMessage): number {
	return question * ID_SPACE + id;
}
