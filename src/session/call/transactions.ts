import { mapKey } from "../../flow/map-key.ts";
import { addressText } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { dropOldest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import { isToMany, type Requests } from "../service/requests.ts";

/** Where a request was seen, and who sent it. */
interface Asked {
	readonly flow: number;
	readonly from: string;
	readonly time: number;
}

/** Requests whose answers may come on another flow; the oldest gives way. */
const MAX_ASKED = 20_000;
/** Places in which one request is seen: before and behind a translation. */
const MAX_PLACES = 4;
const BEYOND = `requests of calls and registrations beyond ${MAX_ASKED} at a time: an answer to another port of the sender was not seen`;
/** After 64 × T1 nobody waits for an answer (RFC 3261, 17.1). Nanoseconds. */
export const LIFETIME = 32e9;
/** FNV-1a, 32 bits. */
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** Requests of signalling: an answer goes to the host that asked, but not always to the port that it asked from. */
export class Transactions {
	readonly #requests: Requests;
	/** By key. */
	readonly #asked = new Map<number, Asked[]>();

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
		if (known?.some((each) => each.flow === flow)) return;
		const asked = {
			flow,
			from: addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3),
			time: packet.time,
		};
		if (known && known.length < MAX_PLACES) known.push(asked);
		else if (!known) this.#asked.set(key, [asked]);
		if (this.#asked.size <= MAX_ASKED) return;
		dropOldest(this.#asked, (_, [first]) => {
			if (packet.time - first!.time < LIFETIME) this.#overflow.add(BEYOND);
		});
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
		const to = addressText(packet.ipVersion, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
		for (const each of asked) {
			if (each.flow === flow || each.from !== to) continue;
			this.#requests.close(each.flow, 0, key);
			this.#requests.close(each.flow, 1, key);
		}
	}
}

/** A number that tells texts from each other. */
export function keyOf(text: string): number {
	let hash = OFFSET;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
	return mapKey(hash);
}
