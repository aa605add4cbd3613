import type { PacketView } from "../../packet/view.ts";
import { Latest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import { isToMany, type Requests } from "../service/requests.ts";

/** Where a request was seen, and who sent it. */
interface Asked {
	readonly flow: number;
	/** Its sender's address, as {@link PacketView.src0} and the others have it. */
	readonly from0: number;
	readonly from1: number;
	readonly from2: number;
	readonly from3: number;
	readonly time: number;
}

/** Requests whose answers may come on another flow; the oldest gives way. */
const MAX_ASKED = 20_000;
/** Places in which one request is seen: before and behind a translation. */
const MAX_PLACES = 4;
const BEYOND = `requests of calls and registrations beyond ${MAX_ASKED} at a time: an answer to another port of the sender was not seen`;
/** After 64 × T1 nobody waits for an answer (RFC 3261, 17.1). Nanoseconds. */
export const LIFETIME = 32e9;

/** Requests of signalling: an answer goes to the host that asked, but not always to the port that it asked from. */
export class Transactions {
	readonly #requests: Requests;
	/** By key. */
	readonly #asked = new Latest<number, Asked[]>(MAX_ASKED);

	readonly #overflow: Overflow;

	constructor(requests: Requests, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#requests = requests;
	}

	/** Notes a request, unless it is to many. @param key as in {@link Requests.open}. */
	ask(flow: number, side: 0 | 1, key: number, packet: PacketView, what: string, subject: string): void {
		if (isToMany(packet)) return;
		this.#requests.open(flow, side, key, packet, what, subject);
		const known = this.#asked.get(key);
		if (!known) {
			const gone = this.#asked.add(key, [askedBy(packet, flow)])?.[0];
			if (gone && packet.time - gone.time < LIFETIME) this.#overflow.add(BEYOND);
		} else if (known.length < MAX_PLACES && !known.some((each) => each.flow === flow))
			known.push(askedBy(packet, flow));
	}

	/** Notes that a side has got the answer to its own request. */
	acknowledge(flow: number, side: 0 | 1, key: number): void {
		this.#requests.close(flow, (1 - side) as 0 | 1, key);
	}

	/** Notes an answer. @param side its sender's. */
	answer(flow: number, side: 0 | 1, key: number, packet: PacketView): void {
		this.#requests.close(flow, side, key);
		const asked = this.#asked.get(key);
		if (!asked) return;
		for (const each of asked) {
			if (each.flow === flow || !isTo(packet, each)) continue;
			this.#requests.close(each.flow, 0, key);
			this.#requests.close(each.flow, 1, key);
		}
	}
}

function askedBy({ src0, src1, src2, src3, time }: PacketView, flow: number): Asked {
	return { flow, from0: src0, from1: src1, from2: src2, from3: src3, time };
}

function isTo({ dst0, dst1, dst2, dst3 }: PacketView, { from0, from1, from2, from3 }: Asked): boolean {
	return dst3 === from3 && dst2 === from2 && dst1 === from1 && dst0 === from0;
}
