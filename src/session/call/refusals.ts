import type { PacketPlace, PacketView } from "../../packet/view.ts";
import { detached } from "../../protocol/bytes.ts";
import { placeOf } from "../incidents.ts";
import { Overflow } from "../overflow.ts";

/** What a registrar or a gatekeeper would not do for one user. */
export interface Refusal {
	readonly user: string;
	/** Status and reason phrase, or the reason of a reject. */
	readonly words: string;
	/** What the answer's Warning or Reason said beside, the first time; empty for none. */
	readonly explanation: string;
	/** Whether it was the challenge that credentials did not pass. */
	readonly isChallenge: boolean;
	/** The side that was refused. */
	readonly side: 0 | 1;
	readonly first: PacketPlace;
	last: number;
	count: number;
}

/** Refusals kept: each is one user of one flow refused in one way. A scan for passwords makes more. */
const MAX_REFUSALS = 50_000;
/** Of one flow: a trunk registers some hundred users. */
const MAX_OF_FLOW = 256;
/** Users whose success is remembered. */
const MAX_USERS = 100_000;
const BEYOND = "refused registrations beyond the limits are in no finding";
const BEYOND_USERS = `registrations of users beyond the first ${MAX_USERS}: refusals before them count though these came`;

const NONE: readonly Refusal[] = [];

/** Registrations that were refused, by flow, and which users got through later. */
export class Refusals {
	readonly #ofFlow = new Map<number, Refusal[]>();
	/** Time of the latest success, by user behind a mark: a text of digits alone is hashed as a number, without a seed. */
	readonly #succeeded = new Map<string, number>();
	readonly #overflow: Overflow;
	#kept = 0;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	/** @param side that was refused. @param count how often until now. */
	note(
		flow: number,
		side: 0 | 1,
		packet: PacketView,
		refusal: {
			readonly user: string;
			readonly words: string;
			readonly explanation?: string;
			readonly isChallenge?: boolean;
			readonly count?: number;
		},
	): void {
		const { user, words, explanation = "", isChallenge = false, count = 1 } = refusal;
		const all = this.#ofFlow.get(flow);
		const known = all?.find((each) => each.user === user && each.words === words);
		if (known) {
			known.last = packet.time;
			known.count += count;
			return;
		}
		if (this.#kept >= MAX_REFUSALS || (all && all.length >= MAX_OF_FLOW)) {
			this.#overflow.add(BEYOND);
			return;
		}
		this.#kept++;
		const first = placeOf(packet);
		const said = { user: detached(user), words: detached(words), explanation: detached(explanation) };
		const added = { ...said, isChallenge, side, first, last: first.time, count };
		if (all) all.push(added);
		else this.#ofFlow.set(flow, [added]);
	}

	/** A user is registered. */
	succeed(user: string, time: number): void {
		const key = `@${user}`;
		if (this.#succeeded.has(key) || this.#succeeded.size < MAX_USERS) this.#succeeded.set(key, time);
		else this.#overflow.add(BEYOND_USERS);
	}

	/** In the order in which they were noted. */
	of(flow: number): readonly Refusal[] {
		return this.#ofFlow.get(flow) ?? NONE;
	}

	/** Of all flows. */
	*all(): Iterable<Refusal> {
		for (const refusals of this.#ofFlow.values()) yield* refusals;
	}

	/** Whether the user got through after all. */
	isOvercome({ user, last }: Refusal): boolean {
		return (this.#succeeded.get(`@${user}`) ?? Number.NEGATIVE_INFINITY) > last;
	}
}
